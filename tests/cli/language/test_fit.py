from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from steelyard.cli.language import fit as fit_module
from steelyard.errors import InputError
from steelyard.language.model import LanguageModel
from steelyard.language.parts import split_documents
from steelyard.language.reading import read_documents


def test_a_model_a_page_a_story_and_a_table(fitted: tuple[Path, Result]) -> None:
    folder, done = fitted
    assert sorted(each.name for each in folder.iterdir()) == [
        "language.json",
        "report.html",
        "story.json",
        "weights.safetensors",
    ]
    assert "cats.txt: 1 document" in done.stderr
    assert "epoch 3," in done.stderr
    assert "frequencies alone" in done.stderr
    assert "Without a network, bits a byte: uniform" in done.stdout
    story = json.loads((folder / "story.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in story["passages"]] == ["cats.txt", "Your sentence"]
    assert story["states"][0]["tokens"] == 0
    nats = [state["guesses"]["nats"] for state in story["states"]]
    assert nats[-1] < nats[0]
    assert f"{nats[-1]:.3f}" in done.stdout
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "what became smaller?" in html
    assert "its end held out" in html


def test_the_saved_model_is_the_pages_last_state(fitted: tuple[Path, Result], text: Path) -> None:
    folder, _ = fitted
    story = json.loads((folder / "story.json").read_text(encoding="utf-8"))
    (held_out,) = split_documents(read_documents(text)).test
    score = LanguageModel.load(folder).score(held_out)
    assert score.nats_per_token == pytest.approx(story["states"][-1]["guesses"]["nats"], rel=1e-4)
    assert score.bits_per_byte == pytest.approx(story["states"][-1]["bits_per_byte"], rel=1e-4)


def test_words_json_and_the_source_of_known_entropy(
    text: Path, tmp_path: Path, invoke_json: Any, small: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steelyard.language.meaning.known_source.DRAWN", 6000)
    page = tmp_path / "x" / "p.html"
    said = invoke_json(
        "fit", text, *small, "--unit", "word", "--vocabulary", "8", "--out", tmp_path / "o", "--report", page
    )
    assert said["unit"] == "word"
    assert said["vocabulary"] == 10
    assert said["known"]["drawn"] == 6000
    for state in said["known"]["states"]:
        assert state["cross_entropy_nats"] == pytest.approx(state["entropy_nats"] + state["divergence_nats"])
    assert page.exists()
    assert "passages" not in said


def test_a_recipe_that_options_change(
    text: Path, tmp_path: Path, invoke_json: Any, small: tuple[str, ...]
) -> None:
    said = invoke_json(
        "fit", text, "--recipe", "char-rnn", *small, "--no-known-source", "--out", tmp_path / "o"
    )
    assert said["parameters"]["layers"] == 2
    assert said["parameters"]["hidden"] == 16
    assert said["parameters"]["optimiser"] == "rmsprop"


def test_a_stopped_training_goes_on_to_the_same_weights(  # noqa: PLR0917 - fixtures
    fitted: tuple[Path, Result],
    text: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    invoke: Any,
    small: tuple[str, ...],
) -> None:
    command = ("fit", text, *small, "--no-known-source", "--out", tmp_path / "o")

    @contextmanager
    def stopping(**_: Any) -> Iterator[Any]:
        def on_progress(progress: Any) -> None:
            if progress.epoch > 1.5:
                raise KeyboardInterrupt

        yield on_progress

    with monkeypatch.context() as patch:
        patch.setattr(fit_module, "training_shown", stopping)
        stopped = invoke(*command)
    assert stopped.exit_code == 130
    assert "the same command goes on from there" in stopped.stderr
    assert list((tmp_path / "o" / "checkpoint").iterdir())
    again = invoke(*command)
    assert again.exit_code == 0, again.output
    assert "epoch 1," not in again.stderr
    assert not (tmp_path / "o" / "checkpoint").exists()
    one, two = (LanguageModel.load(folder) for folder in (fitted[0], tmp_path / "o"))
    assert one.score("the cat").nats.tolist() == two.score("the cat").nats.tolist()
    curves = [
        json.loads((folder / "story.json").read_text(encoding="utf-8"))["curve"]
        for folder in (fitted[0], tmp_path / "o")
    ]
    assert curves[0][-1] == pytest.approx(curves[1][-1])


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"", (), "must not be empty"),
        (b"x", (), "part must hold text|too few|at least"),
        (b"ab\xff", (), "byte 2 \\(0xff\\)"),
        (b"a\x00b" * 50, (), "NUL"),
        (b"the cat sat " * 40, ("--minutes", "0"), "--minutes must be above 0"),
        (b"the cat sat " * 40, ("--recipe", "zaremba"), "the recipe must be one of"),
        (b"the cat sat " * 40, ("--dropout", "2"), "dropout"),
        (b"the cat sat " * 40, ("--text-column", "t"), "must be of a table"),
    ],
)
def test_bad_input_is_an_error_that_says_what_to_do(
    content: bytes, options: tuple[str, ...], said: str, tmp_path: Path, invoke: Any
) -> None:
    path = tmp_path / "t.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        invoke("fit", path, *options, "--epochs", "1", "--out", tmp_path / "o")


def test_folders_that_are_somebody_elses(text: Path, tmp_path: Path, invoke: Any) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds 'mine\.txt'; name another"):
        invoke("fit", text, "--out", tmp_path)
    with pytest.raises(InputError, match="must be a folder that can be written"):
        invoke("fit", text, "--out", tmp_path / "mine.txt")
    with pytest.raises(InputError, match="there is no file or folder"):
        invoke("fit", tmp_path / "none", "--out", tmp_path / "o")
    with pytest.raises(InputError, match="must come with one, but none was named"):
        invoke("fit", "--text-column", "x", "--out", tmp_path / "o")
