"""Studies run for real, on small trials: the same answer however they are run, and nothing run twice."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steelyard.errors import InputError, TrialError
from steelyard.study.result import StudyResult
from steelyard.study.run import Run
from steelyard.study.store import open_store
from steelyard.study.study import Study


def noisy(seed: int, depth: int, run: Run, log: str = "") -> dict[str, float]:
    """Lower loss for deeper; every call leaves a line in `log`."""
    if log:
        with open(log, "a") as lines:
            lines.write(f"{seed} {depth}\n")
    block = np.random.default_rng(seed).normal()
    own = np.random.default_rng([seed, depth]).normal(size=40)
    run.curve("loss", step=0, value=1.0)
    scores = block - depth + own
    run.scores("loss", scores)
    return {"loss": float(scores.mean()), "accuracy": float(own[0])}


def fails_when_deep(seed: int, depth: int) -> dict[str, float]:
    if depth == 2 and seed % 2:
        raise RuntimeError("no convergence")
    return {"loss": float(np.random.default_rng([seed, depth]).normal())}


def diverges(seed: int, depth: int) -> dict[str, float]:
    return {"loss": float("nan")}


def study(trial: Any = noisy, *, levels: tuple[int, ...] = (1, 2), **options: Any) -> Study:
    given = {"factors": {"depth": levels}, "margin": 0.5, **options}
    return Study("Does depth help?", trial=trial, metric="loss", **given)


def essence(result: StudyResult) -> tuple[Any, ...]:
    trials = [(each.spec, each.status, each.metrics, each.curves, each.scores) for each in result.trials]
    return result.verdicts, result.looks, result.level_means, trials, result.variance


def test_decides_keeps_everything_and_never_runs_a_trial_twice(tmp_path: Path) -> None:
    log = tmp_path / "log"
    asked = study(levels=(1, 2, 3), parameters={"log": str(log)}, secondary={"accuracy": "higher"})
    result = asked.run(store=tmp_path / "s.db", workers=1, notes=["a note"])
    assert [verdict.decision for verdict in result.verdicts] == ["better", "better"]
    assert result.verdicts[0].estimate == pytest.approx(-1, abs=0.5)
    assert result.level_means["depth", "1"] - result.level_means["depth", "2"] == pytest.approx(1, abs=0.5)
    assert {verdict.metric for verdict in result.secondary} == {"accuracy"}
    assert set(result.variance) == {"depth: 2 against 1", "depth: 3 against 1"}
    assert result.reproducible is True
    assert result.notes == ("a note",)
    ran = Counter(log.read_text().splitlines())
    assert ran.pop("0 1") == 2  # the reproducibility check
    assert set(ran.values()) == {1}
    again = asked.run(store=tmp_path / "s.db", workers=1)
    assert essence(again) == essence(result)
    assert again.reused == len(again.trials)
    assert Counter(log.read_text().splitlines()) == {**ran, "0 1": 2}


def test_the_answer_has_the_same_bits_for_any_number_of_workers(tmp_path: Path) -> None:
    asked = study(levels=(1, 2, 3), max_pairs=6, margin=0.01)
    results = [asked.run(store=tmp_path / f"{workers}.db", workers=workers) for workers in (1, 2, 3)]
    assert essence(results[0]) == essence(results[1]) == essence(results[2])


def test_another_seed_gives_other_bits(tmp_path: Path) -> None:
    first, second = (
        study(seed=seed, max_pairs=4).run(store=tmp_path / "s.db", workers=1) for seed in (0, 100)
    )
    assert first.verdicts[0].differences != second.verdicts[0].differences


def test_failures_are_outcomes_and_decide_when_they_are_many(tmp_path: Path) -> None:
    result = study(fails_when_deep, max_pairs=16, margin=50).run(store=tmp_path / "s.db", workers=1)
    [verdict] = result.verdicts
    assert verdict.decision == "worse"
    assert verdict.method.startswith("failed seeds")
    assert len(verdict.failed_level) == 7
    failed = [each for each in result.trials if each.status == "failed"]
    assert all("no convergence" in each.error for each in failed)


def test_a_study_whose_every_first_trial_fails_stops(tmp_path: Path) -> None:
    with pytest.raises(TrialError, match=r"all 2 failed.*diverged"):
        study(diverges).run(store=tmp_path / "s.db", workers=1)


def test_a_trial_that_ignores_its_seed_is_found_out(tmp_path: Path) -> None:
    calls = tmp_path / "calls"

    def restless(seed: int, depth: int) -> dict[str, float]:
        with open(calls, "a") as lines:
            lines.write("x")
        return {"loss": float(calls.stat().st_size)}

    result = study(restless, max_pairs=4).run(store=tmp_path / "s.db", workers=1)
    assert result.reproducible is False
    assert any("different results when run twice" in note for note in result.notes)


def test_undecided_at_the_end_says_how_many_more_and_can_be_extended(tmp_path: Path) -> None:
    def even(seed: int, depth: int) -> dict[str, float]:
        return {"loss": float(np.random.default_rng([seed, depth]).normal())}

    first = study(even, max_pairs=5, margin=0.8).run(store=tmp_path / "s.db", workers=1)
    assert first.verdicts[0].decision == "undecided"
    assert first.verdicts[0].pairs_needed
    longer = study(even, max_pairs=40, margin=0.8).run(store=tmp_path / "s.db", workers=1)
    assert longer.verdicts[0].pairs > 5
    assert longer.verdicts[0].method == "always-valid t-mixture e-process"
    assert any("extended" in note for note in longer.notes)
    assert longer.reused == 10


def test_a_margin_changed_after_the_fact_is_told(tmp_path: Path) -> None:
    study(max_pairs=4).run(store=tmp_path / "s.db", workers=1)
    other = study(max_pairs=4, margin=0.25).run(store=tmp_path / "s.db", workers=1)
    assert any("margin of 0.5" in note for note in other.notes)


def test_the_callers_generators_and_threads_are_left_alone(tmp_path: Path) -> None:
    import random

    import torch

    def greedy(seed: int, depth: int) -> dict[str, float]:
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002 - what users do
        torch.manual_seed(seed)
        return {"loss": float(torch.randn(1)) + depth, "threads": torch.get_num_threads()}

    torch.manual_seed(5)
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    python_state, numpy_state = random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    result = study(greedy, max_pairs=4).run(store=tmp_path / "s.db", workers=1)
    assert torch.equal(state, torch.get_rng_state())
    assert torch.get_num_threads() == threads
    assert random.getstate() == python_state
    assert (np.random.get_state()[1] == numpy_state).all()  # noqa: NPY002
    assert {each.metrics["threads"] for each in result.trials} == {1.0}


SCRIPT = """
import os, sys, time
import numpy as np
from steelyard import Study

def trial(seed, depth, log):
    time.sleep(0.1)
    with open(log, "a") as lines:
        lines.write(f"{seed} {depth}\\n")
    while os.path.exists(f"{log}.held") and len(open(log).readlines()) >= 10:
        time.sleep(0.02)
    return {"loss": float(np.random.default_rng([seed, depth]).normal())}

if __name__ == "__main__":
    folder, workers = sys.argv[1], int(sys.argv[2])
    study = Study("?", trial=trial, factors={"depth": [1, 2]}, metric="loss", margin=0.001, max_pairs=10,
                  parameters={"log": f"{folder}/log"})
    try:
        result = study.run(store=f"{folder}/s.db", workers=workers)
    except KeyboardInterrupt as stop:
        print(stop, file=sys.stderr)
        sys.exit(130)
    print([verdict.differences for verdict in result.verdicts])
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Give a way to run the script in the test's folder; what a test that fails leaves running is killed."""
    started = []

    def run(workers: int = 1) -> subprocess.Popen[str]:
        (tmp_path / "script.py").write_text(textwrap.dedent(SCRIPT))
        process = subprocess.Popen(
            [sys.executable, str(tmp_path / "script.py"), str(tmp_path), str(workers)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        with process:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def wait_for_lines(log: Path, lines: int, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:  # pytest's own timeout ends it
        if log.exists() and len(log.read_text().splitlines()) >= lines:
            return
        time.sleep(0.02)
    raise AssertionError(f"the study ended: {process.communicate()}")


@pytest.mark.parametrize(
    ("signal_number", "workers"),
    [
        (signal.SIGKILL, 2),
        (signal.SIGINT, 1),
        pytest.param(signal.SIGINT, 2, marks=pytest.mark.slow),
        pytest.param(signal.SIGKILL, 1, marks=pytest.mark.slow),
    ],
)
def test_stopped_at_any_moment_it_resumes(
    signal_number: int, workers: int, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    held = tmp_path / "log.held"
    held.touch()  # however late the signal comes, half of the trials are still to do
    stopped = start(workers)
    log = tmp_path / "log"
    wait_for_lines(log, 5, stopped)
    os.killpg(stopped.pid, signal_number)
    out, err = stopped.communicate(timeout=120)
    assert out == ""
    if signal_number == signal.SIGINT:
        assert stopped.returncode == 130, err
        assert re.fullmatch(r"\d+ of this study's trials have ended\.\n", err)
    kept = len(open_store(tmp_path / "s.db").trials(study_key_of(tmp_path)))
    before = Counter(log.read_text().splitlines())
    assert len(before) - workers <= kept < 20  # a worker keeps each trial before it begins the next
    held.unlink()
    resumed = start(workers)
    out, err = resumed.communicate(timeout=120)
    assert resumed.returncode == 0, err
    assert out.startswith("[(")
    again = Counter(log.read_text().splitlines()) - before
    assert sum(again.values()) <= 20 - kept + 1  # and perhaps the reproducibility check


def study_key_of(folder: Path) -> str:
    [found] = open_store(folder / "s.db").studies()
    return str(found["study_key"])


def in_a_process_of_its_own(text: str, folder: Path) -> str:
    (folder / "main.py").write_text(textwrap.dedent(text))
    done = subprocess.run(
        [sys.executable, "-B", "main.py"], capture_output=True, text=True, cwd=folder, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_workers_run_a_helper_as_it_is_now_and_load_little_else(tmp_path: Path) -> None:
    """Loky's workers live on between studies; an edited and reloaded module must not meet its older self there."""
    printed = in_a_process_of_its_own(
        """
        import importlib, pathlib, sys
        from steelyard import Study

        def write(value):
            pathlib.Path("helper.py").write_text(f"def offset():\\n    return {value}\\n")
            importlib.invalidate_caches()

        write(1)
        import helper

        def trial(seed, depth):
            return {"loss": float(helper.offset()), "heavy": float("scipy" in sys.modules)}

        def run():
            study = Study("?", trial=trial, factors={"depth": [1, 2]}, metric="loss", margin=1, max_pairs=2)
            trials = study.run(store="s.db", workers=2).trials
            print({each.metrics["loss"] for each in trials}, sum(each.metrics["heavy"] for each in trials))

        if __name__ == "__main__":
            run()
            write(777)
            try:
                run()
            except ValueError as error:
                print("helper.offset" in str(error))
            importlib.reload(helper)
            run()
        """,
        tmp_path,
    )
    assert printed.splitlines() == [
        "{1.0} 0.0",
        "True",
        "{777.0} 0.0",
    ]  # 0: workers load nothing heavy of their own


@pytest.mark.slow
def test_torch_gives_the_same_bits_in_a_worker_that_imports_it_first(tmp_path: Path) -> None:
    printed = in_a_process_of_its_own(
        """
        import sys
        from steelyard import Study

        def trial(seed, depth):
            import torch
            return {"loss": float(torch.randn(1)) + depth}

        if __name__ == "__main__":
            for workers in (1, 2):
                study = Study("?", trial=trial, factors={"depth": [1, 2]}, metric="loss", margin=1, max_pairs=3)
                result = study.run(store=f"{workers}.db", workers=workers)
                print(result.reproducible, [each.metrics["loss"] for each in result.trials])
        """,
        tmp_path,
    )
    first, second = printed.splitlines()
    assert first == second
    assert first.startswith("True")


def test_two_processes_share_the_work(tmp_path: Path, start: Callable[..., subprocess.Popen[str]]) -> None:
    both = [start(), start()]
    outputs = [each.communicate(timeout=120) for each in both]
    assert [each.returncode for each in both] == [0, 0], outputs
    assert outputs[0][0] == outputs[1][0] != ""
    ran = Counter((tmp_path / "log").read_text().splitlines())
    ran.subtract({"0 1": max(0, ran["0 1"] - 1)})  # each process may check reproducibility once
    assert set(ran.values()) == {1}


def test_a_dask_cluster_gives_the_same_bits(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    asked = study(max_pairs=4, margin=0.01)
    here = asked.run(store=tmp_path / "here.db", workers=1)
    there = asked.run(store=tmp_path / "there.db", workers=2, backend="dask")
    assert essence(here) == essence(there)


@pytest.mark.slow
def test_threads_of_a_dask_worker_do_not_share_generators(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")

    def global_noise(seed: int, depth: int) -> dict[str, float]:
        np.random.seed([seed, depth])  # noqa: NPY002 - what users do
        time.sleep(0.05)
        return {"loss": float(np.random.normal())}  # noqa: NPY002

    asked = study(global_noise, max_pairs=6, margin=0.01)
    here = asked.run(store=tmp_path / "here.db", workers=1)
    options = {"n_workers": 1, "threads_per_worker": 3, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster):
        there = asked.run(store=tmp_path / "there.db", workers=3, backend="dask")
    assert essence(here) == essence(there)


def test_ray_gives_the_same_bits(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    asked = study(max_pairs=4, margin=0.01)
    here = asked.run(store=tmp_path / "here.db", workers=1)
    there = asked.run(store=tmp_path / "there.db", workers=2, backend="ray")
    assert essence(here) == essence(there)


def test_a_worker_that_dies_is_named(tmp_path: Path) -> None:
    def dies(seed: int, depth: int) -> dict[str, float]:
        if seed == 1 and depth == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return {"loss": float(seed + depth)}

    with pytest.raises(TrialError, match="died twice"):
        study(dies, max_pairs=4).run(store=tmp_path / "s.db", workers=2)


def test_each_trial_that_was_run_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    for _ in range(2):  # the second time none runs
        result = study(max_pairs=4).run(
            store=tmp_path / "s.db", workers=1, on_trial=lambda record: told.append(record.spec.key)
        )
    assert sorted(told) == sorted(each.spec.key for each in result.trials)


@pytest.mark.parametrize("most", [2, 3])
def test_very_few_pairs_are_looked_at_once(most: int, tmp_path: Path) -> None:
    result = study(max_pairs=most).run(store=tmp_path / "s.db", workers=1)
    assert [look.pairs for look in result.looks] == [most]
    assert len(result.trials) == 2 * most


def test_fewer_pairs_than_were_planned_stop_earlier_or_are_refused(tmp_path: Path) -> None:
    study(max_pairs=8, margin=0.01).run(store=tmp_path / "s.db", workers=1)
    fewer = study(max_pairs=5, margin=0.01).run(store=tmp_path / "s.db", workers=1)
    assert fewer.looks[0].pairs == 4
    with pytest.raises(InputError, match="`max_pairs` must reach the first look"):
        study(max_pairs=3, margin=0.01).run(store=tmp_path / "s.db", workers=1)


def test_a_factorial_study_finds_main_effects(tmp_path: Path) -> None:
    def both(seed: int, depth: int, width: int) -> dict[str, float]:
        return {"loss": depth * width + 0.1 * float(np.random.default_rng([seed, depth, width]).normal())}

    asked = study(both, factors={"depth": [1, 2], "width": [1, 2, 3]}, design="factorial", max_pairs=6)
    result = asked.run(store=tmp_path / "s.db", workers=1)
    assert [verdict.decision for verdict in result.verdicts] == ["worse"] * 3
    assert [verdict.estimate for verdict in result.verdicts] == pytest.approx([2, 1.5, 3], abs=0.2)


def test_failed_trials_are_retried_once_and_then_count(tmp_path: Path) -> None:
    mended, log = tmp_path / "mended", tmp_path / "log"

    def flaky(seed: int, depth: int, mended: str, log: str) -> dict[str, float]:
        with open(log, "a") as lines:
            lines.write(f"{seed} {depth}\n")
        if depth == 2 and seed == 1 and not os.path.exists(mended):
            raise RuntimeError("out of memory")
        return {"loss": float(np.random.default_rng([seed, depth]).normal())}

    asked = study(flaky, max_pairs=4, margin=0.01, parameters={"mended": str(mended), "log": str(log)})
    assert asked.run(store=tmp_path / "s.db", workers=1).verdicts[0].failed_level == (1,)
    mended.touch()
    before = Counter(log.read_text().splitlines())
    result = asked.run(store=tmp_path / "s.db", workers=2, retry_failed=True)
    assert Counter(log.read_text().splitlines()) - before == {"1 2": 1}
    assert result.verdicts[0].failed_level == ()
    assert result.reused == len(result.trials) - 1
    clean = asked.run(store=tmp_path / "clean.db", workers=1)
    assert clean.verdicts == result.verdicts


def test_a_nan_beside_the_metric_is_reproducible(tmp_path: Path) -> None:
    def lacking(seed: int, depth: int) -> dict[str, float]:
        return {"loss": float(seed + depth), "recall": float("nan")}

    assert study(lacking, max_pairs=4).run(store=tmp_path / "s.db", workers=1).reproducible is True


def test_code_that_changed_since_the_study_was_built_is_refused(tmp_path: Path) -> None:
    scale = [1.0]

    def scaled(seed: int, depth: int) -> dict[str, float]:
        return {"loss": scale[0] * depth}

    asked = study(scaled)
    scale[0] = 2.0
    with pytest.raises(InputError, match="as they were when the study was built"):
        asked.run(store=tmp_path / "s.db", workers=1)
