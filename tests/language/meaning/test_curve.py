from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from steelyard.language.meaning.curve import CurveRecorder


def reports(losses: list[float], *, windows: int, sizes: list[int] | None = None) -> list[Any]:
    """Return what a training would report of windows with these losses: means since the epoch began."""
    sizes = sizes or [10] * len(losses)
    found, tokens = [], 0
    for nth, size in enumerate(sizes):
        tokens += size
        first = nth // windows * windows
        weights = np.array(sizes[first : nth + 1], dtype=float)
        ends = (nth + 1) % windows == 0
        found.append(
            SimpleNamespace(
                step=nth + 1,
                tokens=tokens,
                epoch=(nth + 1) / windows,
                train_nats=float(np.average(losses[first : nth + 1], weights=weights)),
                validation_nats=9.0 if ends else None,
            )
        )
    return found


def test_points_are_the_losses_themselves_across_epochs() -> None:
    losses = [5.0, 4.0, 3.0, 2.5, 2.0, 1.5]
    record = CurveRecorder()
    for each in reports(losses, windows=3, sizes=[10, 10, 4, 10, 10, 4]):
        record(each)
    points = record.points()
    assert [point.train_nats for point in points] == pytest.approx(losses)
    assert [point.tokens for point in points] == [10, 20, 24, 34, 44, 48]
    assert [math.isnan(point.validation_nats) for point in points] == [True, True, False] * 2


@pytest.mark.parametrize("windows", [7, 1000])
def test_a_long_training_is_thinned_and_nothing_of_its_loss_is_lost(windows: int) -> None:
    losses = np.random.default_rng(0).exponential(2, 700).tolist()
    record = CurveRecorder(most=40)
    for each in reports(losses, windows=windows):
        record(each)
    points = record.points()
    before = [0, *(point.tokens for point in points[:-1])]
    whole = sum(
        point.train_nats * (point.tokens - first) for point, first in zip(points, before, strict=True)
    )
    last = points[-1].step
    assert whole == pytest.approx(10 * sum(losses[:last]))
    assert len(points) <= 41 + 700 // windows
    assert sum(not math.isnan(point.validation_nats) for point in points) == 700 // windows


def test_a_training_that_is_gone_on_with_has_its_history() -> None:
    every = reports([6.0, 5.0, 4.0, 3.0, 2.0, 1.0], windows=2)
    record = CurveRecorder()
    for each in every[3:]:
        record(each)
    points = record.points([each for each in every if each.validation_nats is not None])
    assert [point.step for point in points] == [2, 4, 5, 6]
    # The report after going on is a mean since its epoch began.
    assert [point.train_nats for point in points] == pytest.approx([5.5, 3.5, 2.0, 1.0])


def test_nothing_reported() -> None:
    assert CurveRecorder().points() == ()
