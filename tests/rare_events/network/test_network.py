"""Every network that the switches make: causal, seeded, and as it was asked for."""

from itertools import product

import pytest
import torch

from steelyard.rare_events.network import Architecture, Network

SWITCHES = [
    {"front": front, "body": body, "head": head, "skip": skip, "horizon": horizon}
    for front, body, head, skip, horizon in product(
        ("none", "dense", "cnn"), ("shared", "separate"), ("linear", "lstm", "chain"), (True, False), (1, 3)
    )
] + [{"encoder": "lags", "head": head, "lags": 4} for head in ("linear", "lstm", "chain")]


def network(seed=0, known=2, heads=(1, 2), mix=False, **switches):
    return Network(
        inputs=5,
        known=known,
        heads=heads,
        architecture=Architecture(hidden=4, **switches),
        seed=seed,
        mix=mix,
    ).eval()


def outputs(model, inputs, ahead=None):
    scored = torch.ones(inputs.shape[:2], dtype=torch.bool)
    steps = inputs.shape[0] * inputs.shape[1]
    known = torch.zeros(steps, model.architecture.horizon, 2) if ahead is None else ahead
    return model(inputs, scored=scored, known=known).unflatten(0, inputs.shape[:2])


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_no_output_knows_a_later_input_and_all_know_their_own(switches):
    model = network(**switches)
    inputs = torch.randn(2, 12, 5, generator=torch.Generator().manual_seed(0))
    changed = inputs.clone()
    changed[:, 8:] += 1.0
    before, after = outputs(model, inputs), outputs(model, changed)
    assert before.shape == (2, 12, model.architecture.horizon, 3)
    torch.testing.assert_close(before[:, :8], after[:, :8], atol=0, rtol=0)
    assert (before[:, 8] != after[:, 8]).any(dim=-1).all()


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_the_seed_makes_the_weights_and_leaves_the_global_generator_alone(switches):
    torch.manual_seed(3)
    state = torch.get_rng_state()
    one, same, other = network(0, **switches), network(0, **switches), network(1, **switches)
    assert torch.equal(torch.get_rng_state(), state)
    weights = [torch.cat([weight.flatten() for weight in each.parameters()]) for each in (one, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_without_skip_the_heads_see_the_embedding_only():
    assert network(skip=False).heads[0].linear.in_features == 4
    assert network(skip=True).heads[0].linear.in_features == 4 + 5


def test_separate_bodies_share_nothing():
    model = network(body="separate", skip=False)
    event = outputs(model, torch.randn(1, 6, 5))[..., 0].sum()
    gradients = torch.autograd.grad(event, list(model.encoders[1].parameters()), allow_unused=True)
    assert all(gradient is None or not gradient.any() for gradient in gradients)


def test_in_a_chain_the_strength_reads_the_chance():
    def pull(head):
        model = network(head=head, body="separate", skip=False)
        strength = outputs(model, torch.randn(1, 6, 5))[..., 1:].sum()
        found = torch.autograd.grad(strength, list(model.encoders[0].parameters()), allow_unused=True)
        return any(gradient is not None and bool(gradient.any()) for gradient in found)

    assert pull("chain")
    assert not pull("lstm")


def test_far_heads_see_what_is_known_of_their_step():
    model = network(horizon=3)
    inputs = torch.zeros(1, 2, 5)
    ahead = torch.zeros(2, 3, 2)
    ahead[1, 2] = 1.0
    moved = (outputs(model, inputs, ahead) != outputs(model, inputs)).any(dim=-1)[0]
    assert moved.tolist() == [[False, False, False], [False, False, True]]


def test_lags_forget_what_is_older():
    model = network(encoder="lags", lags=3, skip=False)
    inputs = torch.zeros(1, 10, 5)
    changed = inputs.clone()
    changed[:, 4] = 1.0
    moved = (outputs(model, inputs) != outputs(model, changed)).flatten(2).any(dim=-1)[0]
    assert moved.tolist() == [False] * 4 + [True] * 3 + [False] * 3


def test_it_starts_near_what_fits_without_inputs():
    model = network(horizon=3)
    model.begin(torch.tensor([-2.0, 1.0, 0.5]))
    start = outputs(model, torch.zeros(1, 1, 5))[0, 0]
    torch.testing.assert_close(start, torch.tensor([[-2.0, 1.0, 0.5]] * 3), atol=0.1, rtol=0)


def test_constant_inputs_are_not_divided_by_zero():
    model = network()
    model.standardise(torch.ones(20, 5))
    assert torch.isfinite(outputs(model, torch.ones(1, 3, 5))).all()


def test_dropout_is_drawn_from_the_generator_only():
    model = network(dropout=0.5)
    inputs = torch.randn(1, 6, 5)
    scored, known = torch.ones(1, 6, dtype=torch.bool), torch.zeros(6, 1, 2)

    def drawn(seed):
        return model(inputs, scored=scored, known=known, generator=torch.Generator().manual_seed(seed))

    assert torch.equal(drawn(0), drawn(0))
    assert not torch.equal(drawn(0), drawn(1))


def test_the_decoder_says_the_latest_step_first():
    model = network(autoencoder="joint")
    inputs = torch.randn(3, 9, 5)
    at = torch.tensor([8, 5, 4])
    errors = model.reconstruction(inputs, at=at, steps=3)
    embedding = model.encoders[0](inputs)[torch.arange(3), at]
    said = model.decoder(embedding, steps=3)
    by_hand = [((said[i] - inputs[i, [t, t - 1, t - 2], :2]) ** 2).mean() for i, t in enumerate(at)]
    torch.testing.assert_close(errors, torch.stack(by_hand))


def test_a_frozen_encoder_is_not_trained():
    model = network(autoencoder="frozen")
    model.freeze_encoder()
    assert not any(weight.requires_grad for weight in model.encoders.parameters())
    assert all(weight.requires_grad for weight in model.heads.parameters())


@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("head", ["linear", "lstm", "chain"])
def test_mixed_heads_let_the_state_decide_what_a_known_covariate_does(head, skip):
    model = network(horizon=3, head=head, skip=skip, mix=True)
    inputs = torch.randn(1, 6, 5, generator=torch.Generator().manual_seed(0))
    ahead = torch.zeros(6, 3, 2)
    ahead[:, 2] = 1.0
    change = (outputs(model, inputs, ahead) - outputs(model, inputs))[0]
    assert not change[:, :2].any()
    assert change[:, 2].std(dim=0).min() > 1e-6
    added = network(horizon=3, head=head, mix=False)
    change = (outputs(added, inputs, ahead) - outputs(added, inputs))[0, :, 2]
    torch.testing.assert_close(change, change[:1].expand_as(change), atol=1e-6, rtol=0)


def test_flags_are_centred_but_keep_their_scale():
    model = network()
    past = torch.zeros(100, 5)
    past[:1] = 1.0
    model.standardise(past, flags=slice(1, 3))
    torch.testing.assert_close(model.centre, torch.full((5,), 0.01))
    torch.testing.assert_close(model.spread, torch.tensor([0.1, 1.0, 1.0, 0.1, 0.1]))
