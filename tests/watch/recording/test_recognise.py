"""A loss is recognised by recomputing it, whatever it was called with; and what isn't known isn't guessed."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as f

from steelyard.watch.recording.recognise import class_axes, from_module, matching, recognise

DRAWS = torch.Generator().manual_seed(0)
LOGITS = torch.randn(16, 5, generator=DRAWS)
CLASSES = torch.randint(0, 5, (16,), generator=DRAWS)
WORDS = torch.randn(4, 7, 5, generator=DRAWS)
NEXT = torch.randint(0, 5, (4, 7), generator=DRAWS)
EVENTS = torch.randint(0, 2, (16, 1), generator=DRAWS).float()
COLUMN = torch.randn(16, 1, generator=DRAWS)
IMAGES = torch.rand(4, 1, 6, 6, generator=DRAWS)


@pytest.mark.parametrize(
    ("outputs", "targets", "loss", "kind", "form"),
    [
        (LOGITS, CLASSES, f.cross_entropy(LOGITS, CLASSES), "cross-entropy", "logits"),
        (WORDS, NEXT, f.cross_entropy(WORDS.flatten(0, 1), NEXT.flatten()), "cross-entropy", "logits"),
        (
            WORDS,
            NEXT.flatten(),
            f.cross_entropy(WORDS.flatten(0, 1), NEXT.flatten()),
            "cross-entropy",
            "logits",
        ),
        (WORDS.movedim(2, 1), NEXT, f.cross_entropy(WORDS.movedim(2, 1), NEXT), "cross-entropy", "logits"),
        (LOGITS, f.one_hot(CLASSES, 5).float(), f.cross_entropy(LOGITS, CLASSES), "cross-entropy", "logits"),
        (COLUMN, EVENTS, f.binary_cross_entropy_with_logits(COLUMN, EVENTS), "bce", "logits"),
        (COLUMN[:, 0], EVENTS, f.binary_cross_entropy_with_logits(COLUMN, EVENTS), "bce", "logits"),
        (COLUMN.sigmoid(), EVENTS, f.binary_cross_entropy(COLUMN.sigmoid(), EVENTS), "bce", "probabilities"),
        (IMAGES, IMAGES.flip(0), f.mse_loss(IMAGES, IMAGES.flip(0)), "mse", "values"),
        (COLUMN, 3 * EVENTS, f.l1_loss(COLUMN, 3 * EVENTS), "mae", "values"),
        (COLUMN, 3 * EVENTS, f.poisson_nll_loss(COLUMN, 3 * EVENTS), "poisson", "logits"),
    ],
)
def test_the_usual_losses(outputs: Tensor, targets: Tensor, loss: Tensor, kind: str, form: str) -> None:
    found = recognise(outputs, targets, float(loss))
    assert found is not None
    assert (found.kind, found.form, found.reduction, found.broadcast) == (kind, form, "mean", False)


def test_a_sum_is_recognised_as_one() -> None:
    found = recognise(LOGITS, CLASSES, float(f.cross_entropy(LOGITS, CLASSES, reduction="sum")))
    assert found is not None
    assert (found.kind, found.reduction) == ("cross-entropy", "sum")


def test_label_smoothing_and_padding_are_recognised() -> None:
    found = recognise(LOGITS, CLASSES, float(f.cross_entropy(LOGITS, CLASSES, label_smoothing=0.1)))
    assert found is not None
    assert found.smoothing == 0.1
    padded = torch.where(torch.arange(16) < 9, CLASSES, -100)
    ignoring = recognise(LOGITS, padded, float(f.cross_entropy(LOGITS, padded)))
    assert ignoring is not None
    assert ignoring.kind == "cross-entropy"


def test_shapes_that_spread_are_told_from_pairs() -> None:
    targets = EVENTS[:, 0]
    spread = recognise(COLUMN, targets, float(((COLUMN - targets) ** 2).mean()))
    paired = recognise(COLUMN, targets, float(((COLUMN[:, 0] - targets) ** 2).mean()))
    assert spread is not None
    assert spread.broadcast
    assert paired is not None
    assert not paired.broadcast


def test_softmax_twice_is_a_loss_of_logits_that_are_probabilities() -> None:
    shares = torch.softmax(LOGITS, dim=1)
    found = recognise(shares, CLASSES, float(f.cross_entropy(shares, CLASSES)))
    assert found is not None
    assert found.form == "logits"


@pytest.mark.parametrize("extra", [0.05, 1.0])
def test_a_penalty_makes_it_unknown(extra: float) -> None:
    assert recognise(LOGITS, CLASSES, float(f.cross_entropy(LOGITS, CLASSES)) + extra) is None


def test_a_kind_that_was_said_is_the_only_one_tried() -> None:
    loss = float(f.mse_loss(COLUMN, EVENTS))
    assert recognise(COLUMN, EVENTS, loss, kind="mae") is None


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        (nn.CrossEntropyLoss(ignore_index=0), "cross-entropy"),
        (nn.NLLLoss(), "cross-entropy"),
        (nn.BCELoss(), "bce"),
        (nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0)), "bce"),
        (nn.MSELoss(reduction="sum"), "mse"),
        (nn.L1Loss(), "mae"),
    ],
)
def test_loss_modules(module: Any, kind: str) -> None:
    found = from_module(module)
    assert found is not None
    assert found.kind == kind
    assert found.ignore == getattr(module, "ignore_index", -100)
    assert found.reduction == module.reduction


def test_an_unknown_module_is_unknown() -> None:
    assert from_module(nn.CTCLoss()) is None


@pytest.mark.parametrize(
    ("outputs", "targets", "axes"),
    [
        ((8, 5), (8,), (1,)),
        ((8, 5, 3), (8, 5), (2,)),
        ((8, 5, 3), (8, 3), (1,)),
        ((8, 5, 5), (8, 5), (1, 2)),
        ((8,), (8,), ()),
        ((40, 3), (8, 5), (1,)),
    ],
)
def test_the_axes_that_may_hold_the_classes(
    outputs: tuple[int, ...], targets: tuple[int, ...], axes: tuple[int, ...]
) -> None:
    assert class_axes(torch.zeros(outputs), torch.zeros(targets, dtype=torch.long)) == axes


def test_as_many_classes_as_places_are_told_apart() -> None:
    outputs, targets = torch.randn(4, 5, 5, generator=DRAWS), torch.randint(0, 5, (4, 5), generator=DRAWS)
    last = recognise(outputs, targets, float(f.cross_entropy(outputs.flatten(0, 1), targets.flatten())))
    second = recognise(outputs, targets, float(f.cross_entropy(outputs, targets)))
    assert last is not None
    assert second is not None
    assert (last.channels_last, second.channels_last) == (True, False)


def test_an_untrained_network_leaves_it_open() -> None:
    outputs = torch.zeros(4, 5, 5)
    targets = torch.randint(0, 5, (4, 5), generator=DRAWS)
    found = matching(outputs, targets, float(f.cross_entropy(outputs, targets)))
    assert {each.channels_last for each in found} == {True, False}
    assert {each.smoothing for each in found} > {0.0, 0.1}
