"""Training learns what can be learned, keeps its best, and is the same bits for the same seed."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from steelyard.data import read_series
from steelyard.rare_events.features import Features
from steelyard.rare_events.loss_weights import LossWeights
from steelyard.rare_events.network import Architecture, Network
from steelyard.rare_events.objectives import objective, total
from steelyard.rare_events.panel import Panel
from steelyard.rare_events.training import Split, Training, TrainingPlan, forecast_outputs, pretrain

PLAN = TrainingPlan(
    window=4, span=16, batch_size=8, epochs=12, patience=12, learning_rate=0.02, weight_decay=0.0
)
SPLIT = Split(train=[(4, 300)], validation=[(300, 400)])
SERIES = read_series((np.arange(400) % 3 == 0).astype(int))
FEATURES = Features(memory=(), seasons=())


def made(
    *, seed=0, plan=PLAN, split=SPLIT, horizon=1, weights="equal", heads="one", loss="mse", **architecture
):
    panel = Panel.of(SERIES, features=FEATURES, horizon=horizon, ahead=False, device=torch.device("cpu"))
    chosen = objective(heads, loss)
    shape = Architecture(hidden=6, dropout=0.0, horizon=horizon, **architecture)
    model = Network(inputs=FEATURES.width, known=0, heads=chosen.heads, architecture=shape, seed=seed)
    model.standardise(panel.inputs[:300])
    model.begin(chosen.start(panel.y[4:300]))
    parts = (*chosen.parts, "reconstruction") if shape.autoencoder == "joint" else chosen.parts
    weigher = LossWeights(weights, parts=parts)
    return Training(model, chosen, weigher, panel=panel, split=split, plan=plan, seed=seed)


def test_learns_what_can_be_learned_at_every_horizon():
    training = made(horizon=4)
    history = training.run()
    assert history[0].train_loss > history[-1].train_loss
    outputs, targets, counts = forecast_outputs(training.model, training.panel, SPLIT.validation, plan=PLAN)
    errors = (outputs[..., 0] - training.panel.y[targets])[counts]
    assert float((errors**2).mean()) < 0.03 < float(training.panel.y[:400].var())


def test_leaves_the_weights_of_the_best_epoch():
    training = made()
    history = training.run()
    outputs, targets, counts = forecast_outputs(training.model, training.panel, SPLIT.validation, plan=PLAN)
    found = float(total(training.objective.losses(outputs[counts], training.panel.y[targets][counts])).mean())
    assert found == pytest.approx(min(epoch.validation_loss for epoch in history), rel=1e-5)


def test_stops_when_nothing_gets_better():
    plan = replace(PLAN, epochs=60, patience=2, learning_rate=0.05)
    history = made(plan=plan, split=Split(train=[(4, 300)], validation=[(300, 301)])).run()
    best = int(np.argmin([epoch.validation_loss for epoch in history]))
    assert len(history) == min(60, best + 1 + 2)


def test_same_seed_same_bits():
    runs = []
    for seed in (0, 0, 1):
        training = made(seed=seed)
        training.run()
        runs.append(training.model.heads[0].linear.weight.detach().clone())
    assert torch.equal(runs[0], runs[1])
    assert not torch.equal(runs[0], runs[2])


def test_training_does_not_see_what_comes_after_its_stop():
    first, second = made(horizon=5), made(horizon=5)
    second.panel.y[300:400] = 9.0
    first.epoch()
    second.epoch()
    assert torch.equal(first.model.heads[0].linear.weight, second.model.heads[0].linear.weight)


def test_every_part_its_weight_and_its_gradient_are_kept():
    training = made(heads="two", loss="hurdle-poisson", autoencoder="joint", weights="uncertainty")
    epoch = training.run()[-1]
    assert set(epoch.parts) == set(epoch.weights) == {"occurrence", "strength", "reconstruction"}
    assert epoch.weights["reconstruction"] != 1.0
    assert epoch.gradients["gradient_norm/reconstruction"] > 0
    assert -1 <= epoch.gradients["gradient_cosine/occurrence/reconstruction"] <= 1


def test_equal_weights_minimise_the_sum_of_the_parts():
    epoch = made(heads="two", loss="hurdle-poisson").epoch()
    assert epoch.train_loss == pytest.approx(sum(epoch.parts.values()), rel=1e-5)


def test_a_batch_is_a_32nd_of_all_segments():
    plan = replace(PLAN, batch_size=None)
    assert [plan.batch_of(segments) for segments in (5, 960, 3200, 10**6)] == [16, 30, 100, 256]


def test_pretraining_learns_to_say_what_was_read():
    training = made(autoencoder="frozen")
    errors = pretrain(
        training.model, panel=training.panel, split=SPLIT, plan=replace(PLAN, epochs=80), seed=0
    )
    assert len(errors) == 80
    assert errors[-1] < 0.3 * errors[0]
    assert all(weight.grad is None for weight in training.model.parameters())
