"""Statistics of inputs, fingerprints of rows, and targets among the inputs."""

from __future__ import annotations

import pytest
import torch

from steelyard.watch.recording.inputs import InputRecorder, fingerprints, statistics

DRAWS = torch.Generator().manual_seed(0)


def test_statistics_over_batches_are_those_of_all_rows() -> None:
    rows = torch.randn(120, 5, generator=DRAWS) * torch.arange(1.0, 6)
    recorder = InputRecorder()
    for batch in rows.split(30):
        recorder.look(batch, None)
    found = recorder.inputs()
    assert found is not None
    assert found.means == pytest.approx(rows.double().mean(0).numpy(), abs=1e-6)
    assert found.sds == pytest.approx(rows.double().std(0, correction=0).numpy(), rel=1e-5)
    assert (found.rows, found.kind) == (120, "columns")
    assert found.low == pytest.approx(float(rows.min()))


def test_images_have_channels_and_sequences_features() -> None:
    images = statistics(torch.randn(4, 3, 8, 8, generator=DRAWS))
    series = statistics(torch.randn(4, 9, 2, generator=DRAWS))
    assert images is not None
    assert series is not None
    assert (len(images.means), images.kind, images.rows) == (3, "channels", 4)
    assert len(series.means) == 2


def test_flags_are_told_from_numbers() -> None:
    recorder = InputRecorder()
    for _ in range(4):
        flags = torch.randint(0, 2, (50, 1), generator=DRAWS).float()
        recorder.look(torch.cat([flags, torch.randn(50, 1, generator=DRAWS)], dim=1), None)
    found = recorder.inputs()
    assert found is not None
    assert found.two_valued.tolist() == [1, 0]


def test_what_is_not_finite_is_counted_and_left_out() -> None:
    rows = torch.tensor([[1.0, float("nan")], [3.0, float("inf")]])
    found = statistics(rows)
    assert found is not None
    assert found.not_finite == 2
    assert found.means.tolist() == [2, 0]


def test_tokens_have_no_statistics() -> None:
    assert statistics(torch.randint(0, 9, (4, 7))) is None


def test_equal_rows_have_equal_fingerprints() -> None:
    rows = torch.randn(50, 4, generator=DRAWS)
    marks = fingerprints(rows)
    assert len(set(marks)) == 50
    assert fingerprints(rows.flip(0)) == marks[::-1]
    assert fingerprints(rows.double()) == marks


def test_overlap_counts_rows_that_were_seen() -> None:
    rows = torch.randn(60, 4, generator=DRAWS)
    recorder = InputRecorder()
    recorder.look(rows[:40], None)
    found = recorder.overlap(rows[30:])
    assert found is not None
    assert (found.rows, found.shared, found.own_repeats) == (30, 10, 0)


def test_a_target_among_the_columns() -> None:
    rows = torch.randn(100, 4, generator=DRAWS)
    recorder = InputRecorder()
    recorder.look(rows, 3 * rows[:, 2] - 1)
    found = recorder.leak()
    assert found is not None
    assert found.column == 2
    other = InputRecorder()
    other.look(rows, rows[:, 2] + 0.1 * torch.randn(100, generator=DRAWS))
    leak = other.leak()
    assert leak is not None
    assert leak.column == -1
    assert leak.correlation > 0.98


def test_tokens_that_are_their_own_targets() -> None:
    words = torch.randint(0, 9, (8, 12), generator=DRAWS)
    recorder = InputRecorder()
    recorder.look(words, words)
    found = recorder.leak()
    assert found is not None
    assert found.same == 1
    masked = InputRecorder()
    masked.look(words, torch.where(words == 0, words + 1, -100))
    leak = masked.leak()
    assert leak is not None
    assert leak.same == 0
