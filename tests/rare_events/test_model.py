import torch

from steelyard.rare_events.model import SharedEncoder


def build(seed=0, **changes):
    return SharedEncoder(
        **{"inputs": 3, "hidden": 5, "heads": (1, 2), "dropout": 0.5, "seed": seed} | changes
    )


def test_the_global_generator_is_left_alone():
    torch.manual_seed(11)
    before = torch.get_rng_state()
    model = build()
    model(torch.zeros(2, 4, 3), generator=torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), before)


def test_same_seed_same_weights_other_seed_others():
    first, same, other = build(0).state_dict(), build(0).state_dict(), build(1).state_dict()
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not torch.equal(first["encoder.weight_ih_l0"], other["encoder.weight_ih_l0"])


def test_outputs_stand_side_by_side_and_start_at_the_biases():
    model = build()
    biases = torch.tensor([1.0, -2.0, 3.0])
    model.begin(biases)
    for head in model.heads:
        torch.nn.init.zeros_(head.weight)
    assert torch.equal(
        model(torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(0))), biases.expand(2, 4, 3)
    )


def test_no_step_sees_later_ones():
    model = build()
    inputs = torch.randn(1, 6, 3, generator=torch.Generator().manual_seed(0))
    changed = inputs.clone()
    changed[:, 4:] += 1
    assert torch.equal(model(inputs)[:, :4], model(changed)[:, :4])
    assert not torch.equal(model(inputs)[:, 4:], model(changed)[:, 4:])


def test_standardising_survives_a_constant_input():
    model = build()
    model.standardise(torch.tensor([[1.0, 5.0, 0.0], [3.0, 5.0, 1.0]]))
    assert model.centre.tolist() == [2.0, 5.0, 0.5]
    assert model.spread[1] == 1.0
    assert torch.isfinite(model(torch.zeros(1, 2, 3))).all()


def test_dropout_only_with_a_generator():
    model = build()
    inputs = torch.ones(1, 4, 3)
    assert torch.equal(model(inputs), model(inputs))
    assert not torch.equal(model(inputs), model(inputs, generator=torch.Generator().manual_seed(0)))
