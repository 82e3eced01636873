"""Curves: bounded, and what isn't finite is never thinned away."""

from __future__ import annotations

import math

import numpy as np
import torch

from steelyard.watch.recording.curve import MOST_POINTS, CurveRecorder


def test_a_short_curve_is_kept_whole() -> None:
    recorder = CurveRecorder()
    for step in range(1, 6):
        recorder.add(step, torch.tensor(float(step) / 2))
    curve = recorder.curve()
    assert curve is not None
    assert curve.steps.tolist() == [1, 2, 3, 4, 5]
    assert curve.values.tolist() == [0.5, 1.0, 1.5, 2.0, 2.5]


def test_a_long_curve_is_thinned_evenly_and_keeps_its_end() -> None:
    recorder = CurveRecorder()
    for step in range(1, 50_001):
        recorder.add(step, step / 50_000)
    curve = recorder.curve()
    assert curve is not None
    assert len(curve.steps) <= MOST_POINTS + 1
    assert curve.steps[-1] == 50_000
    assert set(np.diff(curve.steps[:-1])) == {curve.steps[1] - curve.steps[0]}


def test_one_nan_among_many_is_kept() -> None:
    recorder = CurveRecorder()
    for step in range(1, 10_001):
        recorder.add(step, math.nan if step == 7_777 else 1.0)
    curve = recorder.curve()
    assert curve is not None
    assert curve.steps[~np.isfinite(curve.values)].tolist() == [7_777]


def test_nothing_is_no_curve() -> None:
    assert CurveRecorder().curve() is None
