import numpy as np
import pytest
import torch

from steelyard.rare_events import alternatives
from steelyard.rare_events.dataset import Roles, load
from steelyard.rare_events.trials import (
    autoencoder_trial,
    encoder_trial,
    front_trial,
    heads_trial,
    loss_trial,
    weights_trial,
)

TRAINING = {
    "window": 7, "hidden": 4, "epochs": 2, "patience": 2, "learning_rate": 0.01, "dropout": 0.1, "seasons": ["year", "week"],
}  # fmt: skip


class Kept:
    """A run that keeps what it is handed."""

    def __init__(self):
        self.curves, self.per_step, self.tables = {}, {}, {}

    def curve(self, name, *, step, value):
        self.curves.setdefault(name, []).append((step, value))

    def scores(self, name, values):
        self.per_step[name] = list(values)

    def table(self, name, columns):
        self.tables[name] = dict(columns)


def run_one(trial, level, counts_file, seed=0):
    run = Kept()
    fingerprint = load(str(counts_file), None).fingerprint
    metrics = trial(
        seed, run, level, data=str(counts_file), missing=None, fingerprint=fingerprint, training=TRAINING
    )
    return metrics, run


@pytest.mark.parametrize(
    ("trial", "level"),
    [
        *((heads_trial, level) for level in alternatives.HEADS),
        *((loss_trial, level) for level in alternatives.LOSS),
        *((front_trial, level) for level in alternatives.FRONT),
        *((encoder_trial, level) for level in alternatives.ENCODER),
        *((autoencoder_trial, level) for level in alternatives.AUTOENCODER),
        *((weights_trial, level) for level in alternatives.WEIGHTS),
    ],
)
def test_hands_over_everything_the_report_shows(trial, level, counts_file):
    metrics, run = run_one(trial, level, counts_file)
    assert np.isfinite(list(metrics.values())).all()
    assert metrics["log_score"] == pytest.approx(np.mean(run.per_step["log_score"]), rel=1e-12)
    assert len(run.per_step["log_score"]) == len(load(str(counts_file), None).test_y)
    assert [step for step, _ in run.curves["train_loss"]] == [1, 2]
    assert len(run.curves["validation_loss"]) == 2
    for table in run.tables.values():
        assert len({len(column) for column in table.values()}) == 1
    assert len(run.tables["forecasts"]["ds"]) == 120
    assert run.tables["forecasts"]["y"] == load(str(counts_file), None).series[0].y[-120:].tolist()


def test_same_seed_same_metrics_whatever_the_threads(counts_file):
    before = torch.get_num_threads()
    first, _ = run_one(heads_trial, "two", counts_file)
    torch.set_num_threads(1 if before > 1 else 2)
    try:
        second, _ = run_one(heads_trial, "two", counts_file)
        assert torch.get_num_threads() == (1 if before > 1 else 2)
    finally:
        torch.set_num_threads(before)
    third, _ = run_one(heads_trial, "two", counts_file, seed=1)
    assert first == second
    assert first["log_score"] != third["log_score"]


def test_both_questions_share_their_reference(counts_file):
    assert (
        run_one(heads_trial, "two", counts_file)[0]
        == run_one(loss_trial, "hurdle-negative-binomial", counts_file)[0]
    )
    assert run_one(heads_trial, "one", counts_file)[0] == run_one(loss_trial, "mse", counts_file)[0]


def test_the_reference_of_each_question_is_the_same_forecaster_where_it_should_be(counts_file):
    reference = run_one(heads_trial, "two", counts_file)[0]
    assert run_one(front_trial, "none", counts_file)[0] == reference
    assert run_one(encoder_trial, "lstm", counts_file)[0] == reference


def test_three_losses_leave_three_curves_their_weights_and_angles(counts_file):
    _, run = run_one(weights_trial, "uncertainty", counts_file)
    for part in ("occurrence", "strength", "reconstruction"):
        assert len(run.curves[f"loss/{part}"]) == len(run.curves[f"weight/{part}"]) == 2
    assert all(-1 <= value <= 1 for _, value in run.curves["gradient_cosine/occurrence/reconstruction"])


@pytest.mark.parametrize("trial", [heads_trial, encoder_trial, autoencoder_trial])
def test_every_level_takes_covariates(trial, covariates_file):
    levels = {
        heads_trial: alternatives.HEADS,
        encoder_trial: alternatives.ENCODER,
        autoencoder_trial: alternatives.AUTOENCODER,
    }[trial]
    roles = {"known": ["promotion"], "past": ["temperature"], "static": ["region"]}
    source = {"data": str(covariates_file), "missing": None}
    fingerprint = load(*source.values(), "", Roles.of(roles)).fingerprint
    for level in levels:
        metrics = trial(0, Kept(), level, **source, fingerprint=fingerprint, training=TRAINING, roles=roles)
        assert np.isfinite(list(metrics.values())).all()
