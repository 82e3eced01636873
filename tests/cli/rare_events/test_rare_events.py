"""`steelyard rare-events` on small data: fit, predict, backtest, resumed, and one clear refusal where there is no answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from steelyard.cli.rare_events import app as rare_events
from steelyard.errors import InputError
from steelyard.rare_events.simulation import simulate

app = typer.Typer(pretty_exceptions_enable=False)
app.add_typer(rare_events, name="rare-events")

SERIES = simulate(steps=500, seed=0).series
DAYS = SERIES.ds.astype("datetime64[D]")
SMALL = ("--epochs", "2", "--hidden", "4", "--window", "10")


def run(folder: Path, *arguments: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "100")
        done = CliRunner().invoke(app, ["rare-events", *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def answer(folder: Path, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(folder, *arguments, "--json"))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pl.DataFrame({"ds": DAYS, "y": SERIES.y}).write_csv(tmp_path / "mine.csv")
    pl.DataFrame({"day": DAYS, "shop": ["a"] * len(DAYS), "sold": SERIES.y}).write_csv(tmp_path / "named.csv")
    keep = np.arange(len(DAYS)) != 300
    pl.DataFrame({"ds": DAYS[keep], "y": SERIES.y[keep]}).write_csv(tmp_path / "gap.csv")
    return tmp_path


def test_a_forecaster_is_fitted_kept_and_asked(folder: Path) -> None:
    fitted = answer(folder, "fit", "mine.csv", "--horizon", "3", "--out", "model", *SMALL)
    assert (fitted["epochs_now"], fitted["steps"], fitted["model"]) == (2, 500, "model")
    again = answer(folder, "fit", "mine.csv", "--horizon", "3", "--out", "model", *SMALL)
    assert (again["epochs"], again["epochs_now"]) == (2, 0)
    assert again["validation_loss"] == fitted["validation_loss"]
    ahead = answer(folder, "predict", "model", "mine.csv")["forecasts"]
    assert [row["horizon"] for row in ahead] == [1, 2, 3]
    assert ahead[0]["ds"] == str(DAYS[-1] + 1)
    assert all(0 < row["p_event"] < 1 <= row["strength"] for row in ahead)
    said = run(folder, "predict", "model", "mine.csv", "--start", str(DAYS[-3]), "--out", "f.csv")
    assert "P(event)" in said
    frame = pl.read_csv(folder / "f.csv")
    assert frame["horizon"].to_list() == [1, 2, 3, 1, 2, 1]
    assert frame["ds"][0] == str(DAYS[-3])
    assert "Forecast with: steelyard rare-events predict model mine.csv" in " ".join(
        run(folder, "fit", "mine.csv", "--horizon", "3", "--out", "model", *SMALL).split()
    )


def test_a_backtest_is_scored_reported_and_resumed(folder: Path) -> None:
    options = ("backtest", "mine.csv", "--horizon", "2", "--folds", "2", "--forecasters", "tsb,logistic")
    first = answer(folder, *options, "--repetitions", "20", "--report", "page.html")
    assert first["reused"] == 0
    assert first["fits"] == 8
    assert set(first["scores"]) == {"tsb", "logistic", "climatology", "markov"}
    assert set(first["by_horizon"]) == {"1", "2"}
    assert [fold["trained_steps"] for fold in first["folds"]] == [400, 450]
    assert (folder / "page.html").stat().st_size > 100_000
    again = answer(folder, *options, "--repetitions", "20")
    assert again["reused"] == 8
    assert again["scores"] == first["scores"]
    said = run(folder, *options, "--repetitions", "20")
    for expected in ("The best log score is that of", "over markov", "8 of 8 fits", "no skill"):
        assert expected in " ".join(said.split())


def test_columns_have_the_names_that_one_says(folder: Path) -> None:
    names = ("--date-column", "day", "--id-column", "shop", "--count-column", "sold")
    found = answer(folder, "backtest", "named.csv", *names, "--forecasters", "tsb", "--repetitions", "5")
    assert found["folds"][0]["trained_steps"] == 400


def test_covariates_are_read_for_training_forecasts_and_backtests(folder: Path) -> None:
    promotion = np.arange(len(DAYS) + 2) % 5 == 0
    table = {
        "ds": np.append(DAYS, [DAYS[-1] + 1, DAYS[-1] + 2]),
        "y": [*SERIES.y.tolist(), None, None],
        "promotion": promotion.astype(int),
        "warmth": [*np.linspace(0, 1, len(DAYS)), None, None],
        "region": ["north"] * (len(DAYS) + 2),
    }
    pl.DataFrame(table).write_csv(folder / "told.csv")
    pl.DataFrame({**table, "promotion": 1 - promotion.astype(int)}).write_csv(folder / "other.csv")
    roles = ("--known", "promotion", "--past", "warmth", "--static", "region")
    answer(folder, "fit", "told.csv", "--horizon", "2", "--out", "told", *roles, *SMALL)
    ahead = answer(folder, "predict", "told", "told.csv", *roles)["forecasts"]
    other = answer(folder, "predict", "told", "other.csv", *roles)["forecasts"]
    assert [row["p_event"] for row in ahead] != [row["p_event"] for row in other]
    options = ("--forecasters", "logistic", "--repetitions", "5", *roles)
    assert answer(folder, "backtest", "told.csv", *options)["scores"]["logistic"]
    with pytest.raises(InputError, match="--known, --past and --static must name columns of a table"):
        run(folder, "fit", "--known", "promotion")


def test_a_missing_date_is_what_one_says(folder: Path) -> None:
    options = ("backtest", "gap.csv", "--forecasters", "tsb", "--repetitions", "5", "--start", str(DAYS[400]))
    with pytest.raises(InputError, match="--missing zero or --missing drop"):
        run(folder, *options)
    steps = {
        rule: answer(folder, *options, "--missing", rule)["folds"][0]["trained_steps"]
        for rule in ("zero", "drop")
    }
    assert steps == {"zero": 400, "drop": 399}
    with pytest.raises(InputError, match="missing"):
        run(folder, *options, "--missing", "error")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("backtest", "none.csv"), "no file"),
        (("backtest", "mine.csv", "--forecasters", "prophet"), "must be one of"),
        (("backtest", "mine.csv", "--threshold", "2"), "--threshold"),
        (("backtest", "mine.csv", "--horizon", "0"), "--horizon"),
        (("backtest", "mine.csv", "--start", "soon"), "--start must be a date"),
        (("backtest", "mine.csv", "--folds", "2", "--refit-every", "2"), "only one of"),
        (("backtest", "mine.csv", "--report", "/dev/null/x.html"), "report"),
        (("backtest", "mine.csv", "--count-column", "z"), "'z'"),
        (("predict", "nothing"), "must hold a saved forecaster"),
        (("predict", "nothing", "--out", "x.txt"), "--out must end in"),
        (("fit", "mine.csv", "--heads", "three"), "`heads` must be one of"),
        (("fit", "mine.csv", "--loss", "love"), "love"),
        (("fit", "mine.csv", "--horizon", "0"), "horizon"),
    ],
)
def test_bad_input_is_refused_before_anything_is_done(
    arguments: tuple[str, ...], says: str, folder: Path
) -> None:
    before = sorted(folder.iterdir())
    with pytest.raises(InputError, match=says):
        run(folder, *arguments)
    assert sorted(folder.iterdir()) == before


def test_other_settings_in_the_same_folder_are_refused(folder: Path) -> None:
    run(folder, "fit", "mine.csv", "--out", "model", *SMALL)
    with pytest.raises(InputError, match="must be of the same data and parameters"):
        run(folder, "fit", "mine.csv", "--out", "model", *SMALL, "--seed", "1")


@pytest.mark.parametrize("command", ["fit", "predict", "backtest"])
def test_help_says_what_it_does(command: str) -> None:
    said = CliRunner().invoke(app, ["rare-events", command, "--help"]).stdout
    assert "storms" in said
    assert "--missing" in said
    assert "--json" in said
