"""A panel keeps series apart: nobody's past or future is another's."""

import numpy as np
import pytest
import torch

from steelyard.data import read_series
from steelyard.rare_events.features import Features
from steelyard.rare_events.panel import Panel

SERIES = (*read_series([0, 1, 2, 3, 4, 5]), *read_series([0, 10, 20, 30]))
FEATURES = Features(memory=(), seasons=())


@pytest.fixture(params=[False, True])
def panel(request):
    return Panel.of(SERIES, features=FEATURES, horizon=3, ahead=request.param, device=torch.device("cpu"))


def test_every_origin_is_scored_once_and_reads_its_own_past(panel):
    pieces = panel.pieces([(2, 6), (1, 4)], warm_up=2, span=2)
    read = panel.inputs[pieces.rows][..., 0].expm1().round()
    scored = read[pieces.scored].tolist()
    assert scored == [1, 2, 3, 4, 0, 10, 20]  # the last count known at each origin
    before = read[:, 0].tolist()
    assert before == [0, 1, 0, 0]  # nothing stands before a series' start


def test_targets_are_the_next_counts_up_to_the_stop(panel):
    pieces = panel.pieces([(4, 6), (2, 4)], warm_up=1, span=4)
    rows, counts = panel.targets(pieces)
    y = np.where(counts, panel.y[rows], -1)
    assert y.tolist() == [[4, 5, -1], [5, -1, -1], [20, 30, -1], [30, -1, -1]]


def test_cuts_do_not_depend_on_the_first_origin_asked_for(panel):
    late = panel.pieces([(3, 6), (0, 0)], warm_up=2, span=4)
    early = panel.pieces([(1, 6), (0, 0)], warm_up=2, span=4)
    for rows, scored in zip(late.rows, late.scored, strict=True):
        assert any(torch.equal(rows, other) for other in early.rows)
        assert scored.any()


def test_shifted_cuts_still_score_every_origin_once(panel):
    for shift in range(4):
        pieces = panel.pieces([(1, 6), (1, 4)], warm_up=2, span=4, offsets=np.array([shift, 3 - shift]))
        scored = np.sort(pieces.rows[pieces.scored].numpy())
        assert scored.tolist() == [1, 2, 3, 4, 5, 10, 11, 12]


def test_nothing_asked_is_nothing_cut(panel):
    assert len(panel.pieces([(2, 2), (3, 1)], warm_up=2, span=4)) == 0
