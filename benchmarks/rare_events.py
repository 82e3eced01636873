"""How well rare events are forecast, and at what cost: ours against statsforecast, LightGBM and neuralforecast.

Everybody learns from the same history and forecasts the same steps, one step ahead from a rolling origin, as whole distributions:

- storms (embedded): 19,812 days before 2011-12-29 are the history, the 4,953 days since are forecast;
- carparts (--carparts, a wide table: a row a part, a column a month, empty = missing): monthly demand of 2,674 parts; the months
  before 2001-04 are the history, the 12 since are forecast for the 2,509 parts that are still sold.

`rare_events_peers.py` says how a mean becomes a distribution and what each peer is given. A row runs in a process of its own, on
one thread; seconds are of processor time, after a first fit on simulated data that loads and compiles everything. Lower is better
everywhere. The interval is of the mean paired difference in log score, the row's minus ours, 95% by bootstrap: blocks of 27 days for the
storms; whole parts for carparts, which says nothing about other months.

    python benchmarks/rare_events.py           # both data sets, times are the least of three
    python benchmarks/rare_events.py --quick   # the storms only (and carparts where --carparts is given), times of one run

Prints a table and ends with one line of JSON. Needs the extra `bench`; rows of packages that aren't installed are left out with a line.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data import read_series
from steelyard.data.series import CountSeries
from steelyard.stats.bootstrap import block_bootstrap_interval

OURS = "steelyard, default"
CARPARTS = Path(__file__).parents[2] / "shared" / "data" / "carparts_2674x51.csv"
TEST_FROM = np.datetime64("2001-04-01")
BLOCK_DAYS = 27


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Series split by time: what is learned from, what is forecast (with its history), and from when on."""

    history: tuple[CountSeries, ...]
    series: tuple[CountSeries, ...]
    start: Any

    @property
    def y(self) -> NDArray[np.int64]:
        """Return the counts that are forecast, series after series."""
        return np.concatenate([each.y[len(each.before(self.start)) :] for each in self.series])


def storms() -> Data:
    from steelyard.rare_events.dataset import load

    data = load(None, None)
    return Data(history=data.history, series=data.series, start=data.start)


def carparts(path: Path) -> Data:
    import polars as pl

    wide = pl.read_csv(path, infer_schema_length=0)
    long = wide.unpivot(index="part", variable_name="ds", value_name="y").drop_nulls()
    rows = long.select(
        unique_id="part", ds=pl.col("ds") + "-01", y=pl.col("y").cast(pl.Float64).cast(pl.Int64)
    )
    series = read_series(rows.sort("unique_id", "ds", maintain_order=True))
    return Data(
        history=tuple(each.before(TEST_FROM) for each in series),
        series=tuple(each for each in series if each.ds[-1] >= TEST_FROM),
        start=TEST_FROM,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One forecaster: how to make it, the package it needs, whether it is a classical peer, whether there is time to run it often."""

    make: Callable[[str], Any]
    package: str | None = None
    classical: bool = False
    quick: bool = True


def rows() -> dict[str, Row]:
    import rare_events_peers as peers
    from steelyard.rare_events import TSB, Climatology, HurdleBoosting, RareEventForecaster

    def deep_ar(data: str) -> Any:
        import_module("neuralforecast")  # not to be timed

        return peers.DeepAR(input_size=54 if data == "storms" else 13, steps=500)

    found = {
        OURS: Row(make=lambda _: RareEventForecaster(seed=0)),
        "steelyard HurdleBoosting": Row(make=lambda _: HurdleBoosting(seed=0)),
        "steelyard TSB": Row(make=lambda _: TSB()),
        "steelyard Climatology": Row(make=lambda _: Climatology()),
    }
    for method in ("TSB", "CrostonClassic", "CrostonSBA"):
        found[f"statsforecast {method}"] = Row(
            make=lambda _, method=method: peers.StatsForecastMethod(method),
            package="statsforecast",
            classical=True,
        )
    for kind in ("hurdle", "tweedie"):
        found[f"LightGBM {kind}"] = Row(
            make=lambda _, kind=kind: peers.LightGBM(kind), package="lightgbm", classical=True
        )
    found["neuralforecast DeepAR"] = Row(make=deep_ar, package="neuralforecast", quick=False)
    return found


def run_row(name: str, data_name: str, *, carparts_path: Path, repeats: int, out: Path) -> None:
    """Fit and predict, and write scores of every forecast, least seconds and the most memory this process ever had."""
    from steelyard.rare_events import simulate
    from steelyard.rare_events.scores.distribution import log_scores, ranked_probability_scores
    from steelyard.rare_events.scores.occurrence import brier_scores

    data = storms() if data_name == "storms" else carparts(carparts_path)
    row = rows()[name]
    if row.quick:
        known = simulate(steps=1500, seed=0).series
        row.make(data_name).fit((known.before(known.ds[1000]),)).predict((known,), start=known.ds[1000])
    train, predict = [], []
    for _ in range(repeats):
        model = row.make(data_name)
        started = time.process_time()
        model.fit(data.history)
        train.append(time.process_time() - started)
        started = time.process_time()
        forecast = model.predict(data.series, start=data.start)
        predict.append(time.process_time() - started)
    if hasattr(model, "check"):
        for series in (data.series[0], data.series[-1]):
            for origin in np.linspace(len(series) // 2, len(series) - 1, 5).astype(int):
                model.check(series, origin=int(origin))
    y = data.y
    np.savez(
        out,
        log=log_scores(forecast, y),
        rps=ranked_probability_scores(forecast, y),
        brier=brier_scores(forecast.p_event, y > 0),
        train=min(train),
        predict=min(predict),
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def measured(name: str, data_name: str, *, carparts_path: Path, repeats: int) -> dict[str, Any]:
    """Return what `run_row` wrote in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "row.npz"
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        command = [sys.executable, __file__, "--row", name, "--data", data_name, "--out", str(out)]
        command += ["--carparts", str(carparts_path), "--repeats", str(repeats)]
        done = subprocess.run(
            command, env=os.environ | one, cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the row {name!r} failed on {data_name}:\n{done.stderr[-3000:]}")
        with np.load(out) as kept:
            return {key: kept[key] for key in kept.files}


def interval(difference: NDArray[np.float64], data: Data) -> tuple[float, float]:
    """Return the 95% interval of a mean paired difference."""
    if len(data.series) == 1:
        return block_bootstrap_interval(difference, seed=0, block_length=BLOCK_DAYS)
    steps = [len(each) - len(each.before(data.start)) for each in data.series]
    means = np.array([part.mean() for part in np.split(difference, np.cumsum(steps)[:-1])])
    return block_bootstrap_interval(means, seed=0, block_length=1)


def compared(data_name: str, data: Data, options: argparse.Namespace) -> dict[str, Any]:
    """Print the table of one data set and return its numbers."""
    events = float((data.y > 0).mean())
    print(
        f"\n{data_name}: {len(data.series):,} series, {len(data.y):,} forecasts, {events:.1%} of them of an event\n"
        f"{'':<30}{'log score':>10}{'RPS':>9}{'Brier':>9}{'train s':>9}{'predict s':>11}{'MB':>7}"
        "   log score minus ours"
    )
    results: dict[str, Any] = {}
    ours: NDArray[np.float64] | None = None
    for name, row in rows().items():
        if row.package and find_spec(row.package) is None:
            print(f"{name:<30}left out: {row.package} isn't installed")
            continue
        if options.quick and not row.quick:
            print(f"{name:<30}left out by --quick")
            continue
        repeats = options.repeats if row.quick else 1
        found = measured(name, data_name, carparts_path=options.carparts, repeats=repeats)
        result = results[name] = {
            "log_score": float(found["log"].mean()),
            "rps": float(found["rps"].mean()),
            "brier": float(found["brier"].mean()),
            "train_s": float(found["train"]),
            "predict_s": float(found["predict"]),
            "megabytes": float(found["megabytes"]),
        }
        beside = ""
        if ours is None:
            ours = found["log"]
        else:
            difference = found["log"] - ours
            low, high = interval(difference, data)
            result["log_score_minus_ours"] = [float(difference.mean()), low, high]
            beside = f"{difference.mean():+.4f} ({low:+.4f} to {high:+.4f})"
        print(
            f"{name:<30}{result['log_score']:>10.4f}{result['rps']:>9.4f}{result['brier']:>9.4f}{result['train_s']:>9.1f}"
            f"{result['predict_s']:>11.2f}{result['megabytes']:>7.0f}   {beside}",
            flush=True,
        )
    return results


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """Return ours over the best peer (scores) and over the slowest classical peer (seconds); below 1 is better, empty without peers."""
    theirs = {name: each for name, each in results.items() if not name.startswith("steelyard")}
    classical = [each["train_s"] for name, each in theirs.items() if rows()[name].classical]
    if not classical:
        return {}
    found = {
        f"{score}_ratio": results[OURS][score] / min(each[score] for each in theirs.values())
        for score in ("log_score", "rps", "brier")
    }
    found["train_ratio"] = results[OURS]["train_s"] / max(classical)
    return {name: round(value, 4) for name, value in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="the storms only, one run a row")
    parser.add_argument(
        "--carparts", type=Path, help=f"the wide table; default: {CARPARTS.name} in ../shared/data"
    )
    parser.add_argument("--repeats", type=int, help="runs a row, of which the least time is shown; default 3")
    for hidden in ("--row", "--data", "--out"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args()
    asked_for_carparts = options.carparts is not None
    options.carparts = (options.carparts or CARPARTS).absolute()
    options.repeats = options.repeats or (1 if options.quick else 3)
    if options.row:
        run_row(
            options.row,
            options.data,
            carparts_path=options.carparts,
            repeats=options.repeats,
            out=Path(options.out),
        )
        return
    results = {"storms": compared("storms", storms(), options)}
    if options.quick and not asked_for_carparts:
        print("\ncarparts: left out by --quick; give --carparts PATH to have it")
    elif options.carparts.exists():
        results["carparts"] = compared("carparts", carparts(options.carparts), options)
    else:
        print(
            f"\ncarparts: left out, no file {options.carparts.name} in ../shared/data; give --carparts PATH"
        )
    summary = {name: ratios(each) for name, each in results.items()}
    print(json.dumps({"benchmark": "rare_events", "ratios": summary, "rows": results}))


if __name__ == "__main__":
    main()
