"""Losses recomputed row by row, against torch's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as f

from steelyard.watch.recording.objective import Objective, constant_losses, example_losses, predicted
from steelyard.watch.recording.recognise import from_module

DRAWS = torch.Generator().manual_seed(0)
LOGITS = torch.randn(40, 5, generator=DRAWS, dtype=torch.float64)
CLASSES = torch.randint(0, 5, (40,), generator=DRAWS)
WEIGHT = torch.tensor([1.0, 2.0, 0.5, 3.0, 1.0], dtype=torch.float64)
EVENTS = torch.randint(0, 2, (40, 5), generator=DRAWS).double()


def mean_of(objective: Objective, outputs: torch.Tensor, targets: torch.Tensor) -> float:
    return float(example_losses(objective, outputs.numpy(), targets.double().numpy()).mean())


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_cross_entropy_is_torchs(smoothing: float, weight: torch.Tensor | None) -> None:
    criterion = nn.CrossEntropyLoss(weight=weight, label_smoothing=smoothing)
    objective = from_module(criterion)
    assert objective is not None
    assert mean_of(objective, LOGITS, CLASSES) == pytest.approx(float(criterion(LOGITS, CLASSES)), rel=1e-9)


def test_soft_targets_are_torchs() -> None:
    shares = torch.softmax(LOGITS.flip(0), dim=1)
    objective = Objective(kind="cross-entropy", form="logits")
    assert mean_of(objective, LOGITS, shares) == pytest.approx(
        float(f.cross_entropy(LOGITS, shares)), rel=1e-9
    )


@pytest.mark.parametrize("positive", [None, torch.tensor([4.0], dtype=torch.float64), WEIGHT])
def test_binary_cross_entropy_is_torchs(positive: torch.Tensor | None) -> None:
    criterion = nn.BCEWithLogitsLoss(pos_weight=positive)
    objective = from_module(criterion)
    assert objective is not None
    assert mean_of(objective, LOGITS, EVENTS) == pytest.approx(float(criterion(LOGITS, EVENTS)), rel=1e-9)


def test_losses_of_probabilities_are_torchs() -> None:
    p = torch.sigmoid(LOGITS)
    binary = Objective(kind="bce", form="probabilities")
    assert mean_of(binary, p, EVENTS) == pytest.approx(float(f.binary_cross_entropy(p, EVENTS)), rel=1e-9)
    logs = torch.log_softmax(LOGITS, dim=1)
    likelihood = Objective(kind="cross-entropy", form="log-probabilities")
    assert mean_of(likelihood, logs, CLASSES) == pytest.approx(float(f.nll_loss(logs, CLASSES)), rel=1e-9)


def test_errors_and_counts_are_torchs() -> None:
    counts = torch.poisson(EVENTS * 3, generator=DRAWS)
    for objective, wanted in (
        (Objective(kind="mse", form="values"), f.mse_loss(LOGITS, EVENTS)),
        (Objective(kind="mae", form="values"), f.l1_loss(LOGITS, EVENTS)),
    ):
        assert mean_of(objective, LOGITS, EVENTS) == pytest.approx(float(wanted), rel=1e-9)
    poisson = Objective(kind="poisson", form="logits")
    assert mean_of(poisson, LOGITS, counts) == pytest.approx(
        float(f.poisson_nll_loss(LOGITS, counts)), rel=1e-9
    )


def test_a_constant_loses_what_its_logits_would() -> None:
    objective = Objective(kind="cross-entropy", form="logits", smoothing=0.1, weight=tuple(WEIGHT.tolist()))
    shares = torch.softmax(LOGITS[:1], dim=1).numpy()[0]
    as_outputs = np.broadcast_to(np.log(shares), (40, 5))
    targets = CLASSES.double().numpy()
    assert constant_losses(objective, shares, targets) == pytest.approx(
        example_losses(objective, as_outputs, targets)
    )


def test_predictions_are_probabilities() -> None:
    shares = predicted(Objective(kind="cross-entropy", form="logits"), LOGITS.numpy())
    assert shares.sum(axis=1) == pytest.approx(np.ones(40))
    logs = torch.log_softmax(LOGITS, dim=1).numpy()
    assert predicted(Objective(kind="cross-entropy", form="log-probabilities"), logs) == pytest.approx(shares)
