"""Skill: its arithmetic, what is too little, and how often its interval holds the truth."""

from __future__ import annotations

import numpy as np
import pytest

from steelyard.watch.skill import skill_of


def batches(rng: np.random.Generator, *, skill: float, count: int, size: int = 64) -> tuple[np.ndarray, ...]:
    trivial = 1 + rng.standard_normal((count, size)) * 0.8
    losses = trivial - skill + 0.5 * rng.standard_normal((count, size))
    return losses.mean(axis=1), trivial.mean(axis=1), np.zeros(count), np.full(count, float(size))


def test_is_the_share_of_the_way_to_the_floor() -> None:
    skill = skill_of(np.full(20, 0.5), np.full(20, 0.9), np.full(20, 0.1), np.full(20, 10.0))
    assert skill is not None
    assert skill.estimate == pytest.approx(0.5)
    assert (skill.loss, skill.trivial, skill.batches, skill.examples) == pytest.approx((0.5, 0.9, 20, 200))


@pytest.mark.parametrize(
    ("loss", "learning"), [(0.5, "better"), (0.9, "no better"), (1.4, "no better"), (0.896, "better")]
)
def test_certain_answers(loss: float, learning: str) -> None:
    skill = skill_of(np.full(20, loss), np.full(20, 0.9), np.zeros(20), np.full(20, 10.0))
    assert skill is not None
    assert skill.learning == learning


def test_too_little_gives_no_answer() -> None:
    ones = np.ones(7)
    assert skill_of(ones, ones, 0 * ones, 100 * ones) is None
    assert skill_of(np.ones(20), np.ones(20), np.zeros(20), np.ones(20)) is None
    assert skill_of(np.full(20, np.nan), np.ones(20), np.zeros(20), np.full(20, 99.0)) is None


def test_constant_targets_have_no_scale() -> None:
    zeros = np.zeros(20)
    assert skill_of(zeros, zeros, zeros, np.full(20, 99.0)) is None


def test_few_noisy_batches_are_undecided() -> None:
    skill = skill_of(*batches(np.random.default_rng(0), skill=0.0, count=8, size=16))
    assert skill is not None
    assert skill.learning == "undecided"


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, 40, 300])
def test_the_interval_holds_the_truth(count: int) -> None:
    held = 0
    for seed in range(1000):
        skill = skill_of(*batches(np.random.default_rng(seed), skill=0.1, count=count))
        assert skill is not None
        held += skill.low <= 0.1 / skill.trivial <= skill.high
    assert 0.93 <= held / 1000 <= 0.97
