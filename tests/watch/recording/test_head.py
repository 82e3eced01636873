"""A head: what was taken for another loss at first is found out, and nothing of it is kept."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as f

from steelyard.watch.recording.head import HeadRecorder

DRAWS = torch.Generator().manual_seed(0)


def looked(*, scale_of_first: float, smoothing: float = 0.0, declared: str | None = None) -> HeadRecorder:
    """Look at a batch of an untrained network, then at batches of one with as many classes as places."""
    recorder = HeadRecorder("words", declared=declared)  # type: ignore[arg-type]
    for step in range(1, 31):
        outputs = (scale_of_first if step == 1 else 1.0) * torch.randn(16, 5, 5, generator=DRAWS)
        targets = torch.randint(0, 5, (16, 5), generator=DRAWS)
        loss = f.cross_entropy(outputs.flatten(0, 1), targets.flatten(), label_smoothing=smoothing)
        recorder.reported.add(step, loss)
        recorder.look(step, float(loss), outputs, targets)
    return recorder


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_first_batch_that_leaves_it_open_does_not_decide(smoothing: float) -> None:
    recorder = looked(scale_of_first=0.0, smoothing=smoothing)
    assert recorder.objective is not None
    assert (recorder.objective.channels_last, recorder.objective.smoothing) == (True, smoothing)
    head = recorder.evidence(30)
    assert head.batches is not None
    assert head.curve is not None
    recomputed = dict(zip(head.batches.steps, head.batches.losses, strict=True))
    reported = dict(zip(head.curve.steps, head.curve.values, strict=True))
    assert all(recomputed[step] == pytest.approx(reported[step], rel=1e-5) for step in recomputed)
    assert head.ratios == pytest.approx([1.0] * len(head.ratios), rel=1e-4)


def test_a_loss_of_nothing_known_has_a_curve_alone() -> None:
    recorder = HeadRecorder("loss")
    for step in range(1, 20):
        recorder.reported.add(step, 3.21)
        recorder.look(step, 3.21, torch.randn(8, 3, generator=DRAWS), torch.randn(8, 3, generator=DRAWS))
    head = recorder.evidence(19)
    assert head.objective is None
    assert head.batches is None
    assert head.curve is not None
