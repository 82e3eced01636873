from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from steelyard.errors import InputError


def test_the_same_seed_writes_the_same_text(
    fitted: tuple[Path, Result], invoke_json: Any, invoke: Any
) -> None:
    one = invoke_json("generate", fitted[0], "--prompt", "the ", "--length", "40", "--seed", "1")
    two = invoke_json("generate", fitted[0], "--prompt", "the ", "--length", "40", "--seed", "1")
    other = invoke_json("generate", fitted[0], "--prompt", "the ", "--length", "40", "--seed", "2")
    assert one == two
    assert one["text"] != other["text"]
    assert len(one["text"]) == 40
    printed = invoke("generate", fitted[0], "--prompt", "the ", "--length", "40", "--seed", "1")
    assert printed.stdout.rstrip("\n") == "the " + one["text"].rstrip("\n")


def test_a_prompt_on_standard_input(fitted: tuple[Path, Result], invoke: Any) -> None:
    said = invoke(
        "generate", fitted[0], "--prompt", "-", "--length", "5", "--temperature", "0", given=b"the cat"
    )
    assert said.stdout.startswith("the cat")


@pytest.mark.parametrize("options", [("--temperature", "-1"), ("--temperature", "nan")])
def test_bad_input(options: tuple[str, ...], fitted: tuple[Path, Result], invoke: Any) -> None:
    with pytest.raises(InputError, match="`temperature`"):
        invoke("generate", fitted[0], *options)
