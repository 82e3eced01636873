import math

import numpy as np
import pytest
import torch

from steelyard.checkpoint import restore_checkpoint, write_checkpoint
from steelyard.errors import InputError
from steelyard.language.network import Architecture, LanguageNetwork
from steelyard.language.plan import TrainingPlan
from steelyard.language.precision import arithmetic
from steelyard.language.stream import Stream
from steelyard.language.training import Training

ARCHITECTURE = {
    "embedding": 6,
    "hidden": 10,
    "layers": 2,
    "dropout": 0.2,
    "embedding_dropout": 0.1,
    "weight_dropout": 0.1,
}


def stream(tokens=400, size=9, seed=0):
    return Stream.of(np.random.default_rng(seed).integers(2, size, size=tokens))


def training(*, plan=None, validation=None, seed=0, snapshots=0, **architecture):
    network = LanguageNetwork(Architecture(size=9, **{**ARCHITECTURE, **architecture}), seed=seed)
    return Training(
        network,
        stream(),
        validation=validation,
        plan=plan or TrainingPlan(batch=4, window=16, epochs=3, average=0.9),
        arithmetic=arithmetic("float32", "cpu"),
        seed=seed,
        snapshots=snapshots,
    )


def bits(one):
    return {name: weight.numpy().tobytes() for name, weight in one.network.state_dict().items()}


def test_every_token_is_learnt_from_once_an_epoch_in_its_place():
    one = training()
    assert one.length == 100
    assert one.windows == 7
    ids = stream().ids
    for column in range(4):
        assert one.inputs[:, column].tolist() == ids[column * 100 : (column + 1) * 100].tolist()
        assert one.targets[:, column].tolist() == ids[column * 100 + 1 : (column + 1) * 100 + 1].tolist()
    tokens = [one.advance().tokens for _ in range(one.windows)]
    assert tokens == [64, 128, 192, 256, 320, 384, 400]


def test_the_state_is_carried_from_window_to_window_and_zero_at_an_epochs_start():
    one = training(dropout=0.0, embedding_dropout=0.0, weight_dropout=0.0, layers=1)
    seen = []
    forward = one.network.forward
    one.network.forward = lambda ids, state, **given: (
        seen.append(state[0][0].clone()),
        forward(ids, state, **given),
    )[1]
    one.advance()
    ended = one.carried[0][0]
    one.advance()
    assert torch.equal(seen[1], ended)
    for _ in range(one.windows - 2):
        one.advance()
    one.advance()
    assert not seen[0].any()
    assert not seen[-1].any()


@pytest.mark.parametrize("cut", [1, 6, 7, 8, 15, 20])
@pytest.mark.parametrize("optimiser", ["adam", "sgd", "rmsprop"])
def test_a_training_that_was_cut_off_goes_on_with_the_same_bits(tmp_path, cut, optimiser):
    plan = TrainingPlan(batch=4, window=16, epochs=3, average=0.9, optimiser=optimiser, patience=2)
    whole = training(plan=plan, validation=stream(tokens=90, seed=1), snapshots=4)
    whole.run()
    first = training(plan=plan, validation=stream(tokens=90, seed=1), snapshots=4)
    for _ in range(cut):
        first.advance()
    write_checkpoint(first.state(), tmp_path, key="k")
    second = training(plan=plan, validation=stream(tokens=90, seed=1), snapshots=4)
    assert restore_checkpoint(second.restore, tmp_path, key="k", device=second.arithmetic.device)
    second.run()
    assert bits(second) == bits(whole)
    assert [each.train_nats for each in second.history] == [each.train_nats for each in whole.history]
    assert [each.validation_nats for each in second.history] == [
        each.validation_nats for each in whole.history
    ]
    assert [each.step for each in second.kept] == [each.step for each in whole.kept]
    for one, other in zip(second.kept, whole.kept, strict=True):
        assert all(torch.equal(one.weights[name], other.weights[name]) for name in other.weights)


def test_the_same_seed_gives_the_same_bits_and_another_others():
    runs = [training(seed=seed) for seed in (0, 0, 1)]
    for run in runs:
        run.run()
    assert bits(runs[0]) == bits(runs[1])
    assert bits(runs[0]) != bits(runs[2])


def test_no_global_random_number_is_drawn():
    torch.manual_seed(7)
    np.random.seed(7)  # noqa: NPY002 - what must be left alone
    wanted = torch.rand(1), np.random.random()  # noqa: NPY002
    torch.manual_seed(7)
    np.random.seed(7)  # noqa: NPY002
    training(snapshots=3).run()
    assert (torch.rand(1), np.random.random()) == wanted  # noqa: NPY002


def test_the_weights_of_the_best_validation_loss_are_kept_and_waiting_ends():
    plan = TrainingPlan(batch=4, window=16, epochs=60, learning_rate=0.05, schedule="constant", patience=3)
    one = training(plan=plan, validation=stream(tokens=90, seed=1), dropout=0.0)
    one.run()
    losses = [each.validation_nats for each in one.history]
    assert one.best_nats == min(losses)
    assert len(losses) == losses.index(min(losses)) + 1 + 3 < 60
    assert all(torch.equal(weight, one.best[name]) for name, weight in one.network.state_dict().items())


def test_averages_are_those_of_the_weights_on_the_way():
    one = training(plan=TrainingPlan(batch=4, window=16, epochs=1, average=0.9))
    average = [weight.detach().double().clone() for weight in one.weights]
    for step in range(one.windows):
        one.advance()
        memory = min(0.9, (1 + step) / (10 + step))
        average = [
            memory * old + (1 - memory) * new.detach().double()
            for old, new in zip(average, one.weights, strict=True)
        ]
    for own, right in zip(one.average, average, strict=True):
        torch.testing.assert_close(own.double(), right, atol=1e-6, rtol=1e-5)


def test_a_loss_that_is_no_number_stops_the_training():
    one = training()
    with torch.no_grad():
        one.network.output.weight[3] = torch.nan
    one.run()
    assert one.diverged
    assert one.step == 1
    assert math.isnan(one.history[0].train_nats)


def test_a_sum_over_time_is_the_mean_times_the_steps():
    plans = [
        TrainingPlan(
            batch=4,
            window=16,
            epochs=1,
            optimiser="sgd",
            schedule="constant",
            clip=None,
            learning_rate=rate,
            sum_over_time=summed,
        )
        for rate, summed in ((0.16, False), (0.01, True))
    ]
    runs = [training(plan=plan) for plan in plans]
    for run in runs:
        run.advance()
    for one, other in zip(runs[0].weights, runs[1].weights, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-5)


def test_rates_are_those_of_the_papers():
    small = TrainingPlan(
        optimiser="sgd", learning_rate=1.0, schedule="decay", decay_after=4, decay_factor=0.5
    )
    rates = [small.rate(step=0, steps=1, epoch=epoch) for epoch in range(7)]
    assert rates == [1, 1, 1, 1, 0.5, 0.25, 0.125]
    cosine = TrainingPlan(learning_rate=1.0)
    assert cosine.rate(step=0, steps=5000, epoch=0) == 0.01
    assert cosine.rate(step=99, steps=5000, epoch=0) == 1.0
    assert cosine.rate(step=2550, steps=5000, epoch=1) == pytest.approx(0.505)
    assert cosine.rate(step=5000, steps=5000, epoch=9) == pytest.approx(0.01)


def test_a_text_of_few_windows_is_read_in_fewer_stretches():
    plan = TrainingPlan(batch=32, window=16)
    assert plan.batch_of(16 * 32) == 32
    assert plan.batch_of(16 * 5 + 3) == 5
    with pytest.raises(InputError, match="at least a window of 16 tokens, but has 15"):
        plan.batch_of(15)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"batch": 0}, "`batch` must be at least 1"),
        ({"optimiser": "adamax"}, "`optimiser` must be one of adam, sgd, rmsprop"),
        ({"patience": 0}, "`patience`"),
        ({"learning_rate": math.nan}, "`learning_rate` must be above 0"),
        ({"decay_factor": 1.5}, "`decay_factor`"),
        ({"clip": 0.0}, "`clip` must be above 0"),
        ({"weight_decay": -1.0}, "`weight_decay`"),
        ({"weight_decay": 0.1, "optimiser": "sgd"}, "`weight_decay` must be 0 without adam"),
        ({"average": 1.0}, "`average`"),
    ],
)
def test_what_is_out_of_range_is_refused(wrong, says):
    with pytest.raises(InputError, match=says):
        TrainingPlan(**wrong)
