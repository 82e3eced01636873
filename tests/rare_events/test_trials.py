import numpy as np
import pytest
import torch

from steelyard.rare_events.dataset import load
from steelyard.rare_events.trials import heads_trial, loss_trial

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
        *((heads_trial, heads) for heads in ("two", "one", "product")),
        *(
            (loss_trial, loss)
            for loss in ("hurdle-negative-binomial", "hurdle-poisson", "negative-binomial", "poisson", "mse")
        ),
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
