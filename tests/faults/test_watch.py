"""Planted faults are found by their names, and healthy runs are silent: small trainings, each of several seeds."""

from __future__ import annotations

import pytest
import torch
from training_runs.faulty import FAULTS
from training_runs.healthy import HEALTHY
from training_runs.loop import train

HEALTHY_SEEDS, FAULT_SEEDS = range(10), range(3)


def warned(name: str, seed: int) -> tuple[set[str], set[str]]:
    """Return the codes of warnings and errors, and of everything."""
    torch.manual_seed(seed)
    script = HEALTHY[name](seed) if name in HEALTHY else FAULTS[name].script(seed)
    report = train(script, seed=seed)
    assert report.counts["error"] == 0
    assert not report.problems
    return {each.code for each in report.findings if each.severity != "info"}, {
        each.code for each in report.findings
    }


@pytest.mark.parametrize("name", ["events, 30%", "classes, label smoothing"])
def test_one_healthy_run_is_silent(name: str) -> None:
    assert warned(name, 0)[0] == set()


@pytest.mark.parametrize(
    "name", ["softmax twice", "no zero_grad", "(B,) against (B, 1)", "batch_first forgotten"]
)
def test_one_run_of_a_fault_is_found(name: str) -> None:
    assert warned(name, 0)[0] & FAULTS[name].codes


@pytest.mark.slow
def test_healthy_runs_carry_no_warning() -> None:
    alarms = {
        (name, seed): codes for name in HEALTHY for seed in HEALTHY_SEEDS if (codes := warned(name, seed)[0])
    }
    runs = len(HEALTHY) * len(HEALTHY_SEEDS)
    print(f"{len(alarms)} of {runs} healthy runs with a warning: {alarms}")
    assert runs >= 150
    assert len(alarms) <= 0.02 * runs


@pytest.mark.slow
def test_planted_faults_are_found_and_named() -> None:
    found = {(name, seed): warned(name, seed) for name in FAULTS for seed in FAULT_SEEDS}
    missed = [key for key, (warnings, _) in found.items() if not warnings]
    unnamed = [key for key, (_, codes) in found.items() if not codes & FAULTS[key[0]].codes]
    print(f"{len(found)} runs with a fault; without a warning: {missed}; without the right code: {unnamed}")
    assert len(missed) <= 0.1 * len(found)
    assert len(unnamed) <= 0.1 * len(found)
