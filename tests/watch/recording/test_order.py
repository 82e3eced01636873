"""Order of targets in batches: shuffled, sorted over batches, sorted within them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from steelyard.watch.evidence import Order
from steelyard.watch.recording.order import OrderRecorder
from steelyard.watch.recording.rows import Rows


def order_of(batches: list[np.ndarray]) -> Order:
    recorder = OrderRecorder()
    for batch in batches:
        recorder.add(
            Rows(outputs=np.zeros((len(batch), 2)), targets=batch, total=len(batch), examples=len(batch))
        )
    found = recorder.order()
    assert found is not None
    return found


def test_shuffled_batches_are_within_chance() -> None:
    p_between, p_agreement = [], []
    for seed in range(200):
        labels = np.random.default_rng(seed).integers(0, 3, 16 * 32).astype(float)
        found = order_of(np.split(labels, 16))
        p_between.append(found.p_between)
        p_agreement.append(found.p_agreement)
    assert stats.kstest(p_between, "uniform").pvalue > 0.001
    assert stats.kstest(p_agreement, "uniform").pvalue > 0.001


def test_between_is_analysis_of_variance() -> None:
    batches = np.split(np.random.default_rng(0).normal(size=16 * 32), 16)
    f, p = stats.f_oneway(*batches)
    found = order_of(batches)
    assert found.p_between == pytest.approx(p)
    k, n = 16, 512
    assert found.between == pytest.approx(f * (k - 1) / (f * (k - 1) + n - k))


def test_sorted_data_lie_between_batches() -> None:
    found = order_of(np.split(np.repeat(np.arange(4.0), 128), 16))
    assert found.between == 1
    assert found.p_between == 0


def test_alternating_rows_do_not_agree() -> None:
    found = order_of([np.tile([0.0, 1.0], 16)] * 16)
    assert found.agreement == pytest.approx(-1, abs=0.05)
    assert found.p_agreement > 0.99


def test_few_batches_and_constant_targets_are_not_judged() -> None:
    recorder = OrderRecorder()
    for _ in range(20):
        recorder.add(Rows(outputs=np.zeros((9, 1)), targets=np.ones((9, 1)), total=9, examples=9))
    assert recorder.order() is None
    assert OrderRecorder().order() is None
