import json
import math

import numpy as np
import pytest
import torch

from steelyard.watch.probes import (
    bag_cosine,
    centred_mean_cosine,
    dormant_fraction,
    effective_rank,
    geometry_of,
    isoscore,
    linear_probe,
    mean_cosine,
    mean_share,
    participation_ratio,
)


def bags(*, batch=80, places=5, width=8, seed=0):
    rng = np.random.default_rng(seed)
    words = rng.integers(0, 4, (batch, places))
    latents = 2 * rng.standard_normal((4, width))[words] + rng.standard_normal((batch, places, width)) + 3
    return latents, rng.random((batch, places)) < 0.8, words


def test_every_number_is_that_of_its_function():
    latents, mask, words = bags()
    found = geometry_of(latents, mask=mask, words=words, seed=3)
    for each in (
        mean_cosine, centred_mean_cosine, mean_share, effective_rank, participation_ratio, isoscore, dormant_fraction,
    ):  # fmt: skip
        assert getattr(found, each.__name__) == each(latents, mask=mask)
    assert found.bag_cosine == bag_cosine(latents, mask=mask, words=words)
    assert found.centred_bag_cosine == bag_cosine(latents, mask=mask, words=words, centred=True)
    assert found.probe == linear_probe(latents, words, mask=mask, seed=3)
    assert (found.samples, found.width) == (mask.sum(), 8)


def test_tensors_and_arrays_say_the_same():
    latents, mask, words = bags()
    tensors = [torch.tensor(each) for each in (latents, mask, words)]
    assert geometry_of(tensors[0], mask=tensors[1], words=tensors[2]) == geometry_of(
        latents, mask=mask, words=words
    )


def test_padding_changes_nothing():
    latents, mask, words = bags()
    found = geometry_of(latents, mask=mask, words=words)
    latents[~mask], words[~mask] = np.inf, 77
    assert geometry_of(latents, mask=mask, words=words) == found


def test_rows_without_bags_have_no_cosine_within_bags():
    found = geometry_of(np.random.default_rng(0).standard_normal((50, 3)))
    assert (found.bag_cosine, found.centred_bag_cosine, found.probe) == (None, None, None)


def test_a_probe_is_left_out_where_there_is_nothing_to_read():
    latents, _, words = bags()
    assert geometry_of(latents, words=np.zeros_like(words)).probe is None
    assert geometry_of(latents[:4], words=words[:4]).probe is None
    assert geometry_of(latents[:5], words=words[:5]).probe is not None


def test_json():
    latents, _, words = bags()
    told = geometry_of(latents, words=words).to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["probe"]["reads"] is True
    assert told["probe"]["skill"] == pytest.approx(geometry_of(latents, words=words).probe.skill)
    constant = geometry_of(np.zeros((9, 2)))
    assert math.isnan(constant.mean_cosine)
    assert constant.to_dict()["mean_cosine"] is None
