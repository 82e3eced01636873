import numpy as np
import pytest
import torch

from steelyard.rare_events.model import SharedEncoder
from steelyard.rare_events.objectives import objective
from steelyard.rare_events.training import Part, TrainingPlan, outputs_at, train

PLAN = TrainingPlan(
    window=4, span=16, batch_size=8, epochs=12, patience=12, learning_rate=0.02, weight_decay=0.0
)


def alternating(steps=400):
    """An event every third step, told by the inputs."""
    y = (torch.arange(steps) % 3 == 0).float()
    inputs = torch.stack([torch.roll(y, 1), torch.roll(y, 2)], dim=1)
    return Part(inputs=inputs, y=y, train=(4, 300), validation=(300, steps))


def fresh(part, seed=0):
    chosen = objective("one", "mse")
    model = SharedEncoder(inputs=2, hidden=6, heads=chosen.heads, dropout=0.0, seed=seed)
    model.standardise(part.inputs[:300])
    model.begin(chosen.start(part.y[4:300]))
    return model, chosen


def test_learns_what_can_be_learned():
    part = alternating()
    model, chosen = fresh(part)
    history = train(model, chosen, [part], plan=PLAN, seed=0)
    assert history[0].train_loss > history[-1].train_loss
    assert min(epoch.validation_loss for epoch in history) < 0.02 < float(part.y.var())


def test_leaves_the_weights_of_the_best_epoch():
    part = alternating()
    model, chosen = fresh(part)
    history = train(model, chosen, [part], plan=PLAN, seed=0)
    outputs = outputs_at(model, part.inputs, rows=part.validation, plan=PLAN)
    found = float(chosen.loss(outputs, part.y[300:]).mean())
    assert found == pytest.approx(min(epoch.validation_loss for epoch in history), rel=1e-5)


def test_stops_when_nothing_gets_better():
    part = alternating()
    part = Part(inputs=part.inputs, y=part.y, train=part.train, validation=(300, 301))
    model, chosen = fresh(part)
    plan = TrainingPlan(
        window=4, span=16, batch_size=8, epochs=60, patience=2, learning_rate=0.05, weight_decay=0.0
    )
    history = train(model, chosen, [part], plan=plan, seed=0)
    best = int(np.argmin([epoch.validation_loss for epoch in history]))
    assert len(history) == min(60, best + 1 + 2)


def test_same_seed_same_bits():
    part = alternating()
    runs = []
    for seed in (0, 0, 1):
        model, chosen = fresh(part)
        train(model, chosen, [part], plan=PLAN, seed=seed)
        runs.append(model.heads[0].weight.detach().clone())
    assert torch.equal(runs[0], runs[1])
    assert not torch.equal(runs[0], runs[2])


def test_outputs_do_not_depend_on_where_the_asking_starts_once_warm():
    part = alternating()
    model, _ = fresh(part)
    long = TrainingPlan(
        window=200, span=16, batch_size=8, epochs=1, patience=1, learning_rate=0.1, weight_decay=0.0
    )
    late = outputs_at(model, part.inputs, rows=(350, 400), plan=long)
    early = outputs_at(model, part.inputs, rows=(300, 400), plan=long)
    torch.testing.assert_close(late, early[50:], atol=1e-5, rtol=0)


def test_a_series_without_training_rows_is_passed_over():
    part = alternating()
    empty = Part(inputs=part.inputs, y=part.y, train=(4, 4), validation=(0, 50))
    model, chosen = fresh(part)
    assert len(train(model, chosen, [part, empty], plan=PLAN, seed=0)) > 0
    assert outputs_at(model, part.inputs, rows=(7, 7), plan=PLAN).shape == (0, 1)
