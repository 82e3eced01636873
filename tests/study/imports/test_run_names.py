from __future__ import annotations

import pytest

from steelyard.errors import InputError
from steelyard.study.imports.run_names import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "name", "fields"),
    [
        ("{norm}_seed{seed}", "layer_norm_seed12", {"norm": "layer_norm", "seed": "12"}),
        ("{norm}/{seed}/{_}", "a/1/version_0", {"norm": "a", "seed": "1"}),
        ("run.{norm}+{seed}", "run.a+1", {"norm": "a", "seed": "1"}),
        ("{norm}_seed{seed}", "deep/a_seed1", None),
        ("run.{norm}+{seed}", "runxa+1", None),
    ],
)
def test_patterns_read_whole_names(pattern: str, name: str, fields: dict[str, str] | None) -> None:
    match = compile_pattern(pattern).fullmatch(name)
    assert (match and match.groupdict()) == fields


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("run", "fields in braces"),
        ("{_}", "fields in braces"),
        ("{a}{b}", "text between"),
        ("{a}-{a}", "different names"),
        ("{a b}", "different names"),
        ("{}x{seed}", "different names"),
        ("{__class__}", "different names"),
    ],
)
def test_patterns_that_say_too_little(pattern: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        compile_pattern(pattern)
