import math

import numpy as np
import pytest

from steelyard.language.curves import Curves
from steelyard.language.training import Progress
from steelyard.study.run import Recorder


def told(losses, *, windows, epochs, tokens=(40, 40, 20)):
    """Tell a training whose windows lost what is given, as `Training` reports it, and return what was recorded."""
    run = Recorder()
    curves = Curves(run)
    assert math.isnan(curves.early_nats)
    total = 0
    for step, loss in enumerate(losses, start=1):
        at = (step - 1) % windows
        if at == 0:
            since, counted = 0.0, 0
        since, counted, total = since + loss * tokens[at], counted + tokens[at], total + tokens[at]
        last = at == windows - 1
        curves(
            Progress(
                step=step, steps=windows * epochs, epoch=step / windows, tokens=total, train_nats=since / counted,
                validation_nats=loss / 2 if last else None, learning_rate=0.1, tokens_per_s=1.0,
            )
        )  # fmt: skip
    return curves, run


def test_every_windows_own_loss_is_found_across_epochs():
    losses = [5.0, 4.0, 6.0, 3.0, 2.0, 1.0]
    curves, run = told(losses, windows=3, epochs=2)
    kept = run.curves["train_nats"]
    assert kept.steps == (1, 2, 3, 4, 5, 6)
    assert kept.values == pytest.approx(losses)
    assert run.curves["validation_nats"].steps == (3, 6)
    assert run.curves["validation_nats"].values == (3.0, 0.5)
    assert curves.first_nats == 5.0
    assert curves.early_nats == pytest.approx(5.0)


def test_a_long_training_is_shown_in_hundredths_and_begins_with_the_untrained_loss():
    losses = np.linspace(8, 2, 900)
    curves, run = told(losses, windows=3, epochs=300)
    kept = run.curves["train_nats"]
    assert len(kept.steps) == 101
    assert kept.values[0] == losses[0] == curves.first_nats
    weights = np.tile([40, 40, 20], 300)
    assert kept.values[-1] == pytest.approx(np.average(losses[-9:], weights=weights[-9:]))
    assert curves.early_nats == pytest.approx(np.average(losses[:90], weights=weights[:90]))
