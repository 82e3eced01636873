"""`steelyard run` on small data: an answer with its report, or one clear refusal before anything is trained."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from steelyard.cli.questions import questions_command
from steelyard.cli.run import run_command
from steelyard.errors import InputError

app = typer.Typer(pretty_exceptions_enable=False)
app.command("run")(run_command)
app.command("questions")(questions_command)

START = date(2020, 1, 1)


def rows(counts: list[Any], *, dates: list[date] | None = None) -> str:
    days = dates or [START + timedelta(days=i) for i in range(len(counts))]
    return "ds,y\n" + "".join(f"{day},{count}\n" for day, count in zip(days, counts, strict=True))


def counts(n: int = 800) -> list[int]:
    rng = np.random.default_rng(0)
    return [int(each) for each in rng.binomial(1, 0.2, n) * rng.integers(1, 6, n)]


def run(folder: Path, *options: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(app, ["run", *options])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_answers_on_a_persons_own_data_with_a_gap_filled_as_told_and_resumes(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(with_gap())
    options = (
        "rare-events.heads",
        *("--data", "mine.csv", "--missing", "zero"),
        *("--max-seeds", "2", "--workers", "1", "--charts", "svg"),
    )
    said = " ".join(run(tmp_path, *options).split())
    assert "one against two" in said
    page = tmp_path / "steelyard-results" / "rare-events.heads-quick.html"
    assert page.stat().st_size > 100_000
    assert list((tmp_path / "steelyard-results").rglob("*.svg"))
    [result] = json.loads(run(tmp_path, *options, "--json"))["results"]
    assert result["reused"] == len(result["trials"]) == 8
    assert {each["decision"] for each in result["contrasts"]} <= {
        "better",
        "worse",
        "equivalent",
        "undecided",
    }
    assert result["scale"]["baseline"]["name"] == "climatology"


def test_answers_a_question_of_language_on_a_persons_own_text(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    (tmp_path / "mine.txt").write_text(" ".join(f"w{number}" for number in rng.integers(0, 30, 6500)))
    [result] = json.loads(
        run(
            tmp_path,
            *("language.tying", "--data", "mine.txt", "--max-seeds", "2", "--workers", "1", "--json"),
        )
    )["results"]
    assert len(result["trials"]) == 4
    assert {each["status"] for each in result["trials"]} == {"finished"}
    assert result["reproducible"] is True
    assert result["scale"]["baseline"]["name"] == "unigram"
    page = (tmp_path / "steelyard-results" / "language.tying-quick.html").read_text()
    assert "train_nats" in page
    assert "The same text is held out for every seed" in page


def with_gap() -> str:
    days = [START + timedelta(days=i) for i in range(800) if i != 400]
    return rows(counts()[:799], dates=days)


def swapped() -> str:
    days = [START + timedelta(days=i) for i in range(800)]
    days[10], days[11] = days[11], days[10]
    return rows(counts(), dates=days)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("ds,y\n", "row"),
        ("when,what\n2020-01-01,1\n", "ds"),
        (rows([*counts()[:-1], "many"]), "many"),
        (rows([*counts()[:-1], -3]), "negative|-3"),
        (rows([*counts()[:-1], 1.5]), "1.5"),
        (rows([0] * 800), "0"),
        (rows([2] * 800), "2"),
        (rows(counts(12)), "short|at least"),
        (rows(counts(), dates=[START] * 800), "2020-01-01"),
        (with_gap(), "--missing|missing"),
        (swapped(), "order|2020-01-1"),
    ],
    ids=[
        "empty file", "no rows", "other columns", "text", "negative", "fraction", "all zeros", "constant", "short",
        "duplicates", "gap", "out of order",
    ],
)  # fmt: skip
def test_data_without_an_answer_are_refused_before_training(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(text)
    with pytest.raises(InputError, match=says):
        run(tmp_path, "--data", "mine.csv")
    assert not (tmp_path / "steelyard-results").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("rare-events.heads", "rare-events.loss", "--report", "x.html"), "--report"),
        (("--margin", "0"), "margin"),
        (("nothing",), "catalogue"),
        (("--known", "promotion"), "covariates must be columns of data, but got promotion and no data"),
        (("--past", "rain", "--past", "wind"), "but got rain, wind and no data"),
        (("--static", "region"), "but got region and no data"),
        (("--report", "/dev/null/x.html"), "report"),
    ],
)
def test_bad_options_are_refused(options: tuple[str, ...], says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        run(tmp_path, *options)


def test_the_catalogue_is_listed() -> None:
    said = " ".join(CliRunner().invoke(app, ["questions"]).stdout.split())
    for expected in ("rare-events.heads", "rare-events.loss", "margin: 0.005"):
        assert expected in said
