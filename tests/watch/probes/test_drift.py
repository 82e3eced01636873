import math

import numpy as np
import pytest
import torch
from torch import nn

from steelyard.errors import InputError
from steelyard.watch.probes.drift import latent_distance, weight_distance


def network():
    torch.manual_seed(0)
    made = nn.Module()
    made.body, made.head = nn.Linear(3, 4), nn.Sequential(nn.Linear(4, 2), nn.BatchNorm1d(2))
    return made


def test_parts_move_by_what_was_added_to_them():
    made = network()
    initial = {name: value.clone() for name, value in made.state_dict().items()}
    assert weight_distance(made.state_dict(), initial) == {"body": 0.0, "head": 0.0, "all": 0.0}
    with torch.no_grad():
        made.body.weight.mul_(1.5)
        made.body.bias.mul_(1.5)
    found = weight_distance(made.state_dict(), initial)
    assert found["body"] == pytest.approx(0.5)
    assert found["head"] == 0.0
    assert 0 < found["all"] < 0.5


def test_from_zero_is_infinitely_far():
    zero, one = {"a.w": torch.zeros(2)}, {"a.w": torch.ones(2)}
    assert weight_distance(one, zero) == {"a": math.inf, "all": math.inf}
    assert weight_distance(zero, zero) == {"a": 0.0, "all": 0.0}


def test_another_network_is_refused():
    weights = network().state_dict()
    with pytest.raises(InputError, match=r"'body\.bias' is in one only"):
        weight_distance(weights, {name: value for name, value in weights.items() if name != "body.bias"})
    with pytest.raises(InputError, match="must have one shape"):
        weight_distance({"a": torch.ones(2)}, {"a": torch.ones(3)})


def test_linear_cka_of_gram_matrices():
    rng = np.random.default_rng(0)
    one = rng.standard_normal((40, 6))
    other = one[:, :3] @ rng.standard_normal((3, 5)) + rng.standard_normal((40, 5))

    def centred_gram(rows):
        centre = np.eye(len(rows)) - 1 / len(rows)
        return centre @ rows @ rows.T @ centre

    a, b = centred_gram(one), centred_gram(other)
    cka = (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())
    assert latent_distance(one, other) == pytest.approx(1 - cka)
    assert latent_distance(other, one) == pytest.approx(1 - cka)


def test_rotation_and_scale_are_no_distance_and_unrelated_latents_are_far():
    rng = np.random.default_rng(1)
    one = rng.standard_normal((3000, 4))
    turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    assert latent_distance(one, 3 * one @ turn + 50) == pytest.approx(0, abs=1e-12)
    assert latent_distance(one, rng.standard_normal((3000, 4))) > 0.99
    assert math.isnan(latent_distance(one, np.ones((3000, 4))))
    with pytest.raises(InputError, match="same inputs"):
        latent_distance(one, one[:-1])
