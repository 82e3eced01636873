from functools import cache

import numpy as np
import pytest

from steelyard.agents import SMALL
from steelyard.agents.levels import HEADS, MEASURES, NORMALISE, POSITION, PRENORM
from steelyard.agents.trials import (
    cosine_trial,
    heads_trial,
    normalise_trial,
    position_trial,
    prenorm_trial,
    varied_settings,
)
from steelyard.environments.satchel.solving import return_scale
from steelyard.stats.rank_correlation import rank_correlation
from steelyard.study.run import Recorder

TRAINING = {"steps": 570, "width": 8, "attention_heads": 2, "environments": 16, "epochs": 1}
"""Three updates of 192 steps."""
DESCRIBED = {"mean_cosine", "centred_mean_cosine", "cosine_within_bags", "effective_rank", "words_read"}


@cache
def run_one(trial, level, *, seed=0, again=False):
    run = Recorder()
    return trial(seed, run, level, rules="small", training=TRAINING, looks=3), run


@pytest.mark.parametrize(
    ("trial", "level"),
    [
        *((normalise_trial, level) for level in NORMALISE),
        *((prenorm_trial, level) for level in PRENORM),
        *((heads_trial, level) for level in HEADS),
        *((position_trial, level) for level in list(POSITION)[:2]),
    ],
)
def test_hands_over_returns_geometry_and_curves(trial, level):
    metrics, run = run_one(trial, level)
    assert set(metrics) == {"return", "skill", "greedy_return", "initial_mean_cosine", *DESCRIBED}
    assert np.isfinite(list(metrics.values())).all()
    assert metrics["skill"] == pytest.approx(return_scale(SMALL).place(metrics["return"]).skill)
    assert run.curves["return"].values[-1] == metrics["return"] > -2.3
    assert run.curves["mean_cosine"].values[0] == metrics["initial_mean_cosine"]
    assert len(run.curves["return"].steps) == 3
    assert len(run.curves["mean_cosine"].steps) == 4  # the untrained network has a geometry too
    assert len(run.curves["entropy"].steps) == 3


def test_shuffled_words_have_a_return_and_no_geometry():
    metrics, run = run_one(position_trial, "code, words shuffled")
    assert set(metrics) == {"return", "skill", "greedy_return"}
    assert -2.5 < metrics["return"] < 0
    assert run.curves["return"].values == (metrics["return"],)
    assert len(run.curves["entropy"].steps) == 3


def test_a_level_is_what_it_says():
    unit, _ = run_one(normalise_trial, "unit length")
    none, _ = run_one(normalise_trial, "none")
    centred, _ = run_one(normalise_trial, "centred")
    assert unit["initial_mean_cosine"] == pytest.approx(
        none["initial_mean_cosine"], abs=1e-5
    )  # length is not direction
    assert abs(centred["initial_mean_cosine"]) < 0.2 < none["initial_mean_cosine"]
    pre, post = (run_one(prenorm_trial, level)[0] for level in ("pre-norm", "post-norm"))
    assert pre["initial_mean_cosine"] != post["initial_mean_cosine"]


def test_all_measures_of_a_seed_are_of_one_training():
    found = {measure: run_one(cosine_trial, measure) for measure in MEASURES}
    runs = [run for _, run in found.values()]
    assert all(run.curves == runs[0].curves for run in runs)
    returns = runs[0].curves["return"].values
    assert found["step"][0]["rank_correlation"] == pytest.approx(rank_correlation(range(3), returns).rho)
    cosines = runs[0].curves["mean_cosine"].values[1:]
    assert found["mean cosine"][0]["rank_correlation"] == pytest.approx(
        -rank_correlation(cosines, returns).rho
    )
    facts = [
        {name: value for name, value in metrics.items() if name != "rank_correlation"}
        for metrics, _ in found.values()
    ]
    assert all(each == facts[0] for each in facts)
    assert facts[0]["rate"] == varied_settings(0)["rate"]


def test_settings_differ_from_seed_to_seed():
    settings = [varied_settings(seed) for seed in range(200)]
    rates = [each["rate"] for each in settings]
    assert min(rates) >= 0.1
    assert max(rates) <= 3
    assert 0.35 < np.mean([each["norm"] == "pre" for each in settings]) < 0.65
    assert 0.35 < np.mean([each["embedding_bias"] for each in settings]) < 0.65


def test_same_seed_same_bits():
    first, again, other = (
        run_one(heads_trial, "linear", **chosen)[0] for chosen in ({}, {"again": True}, {"seed": 1})
    )
    assert first == again
    assert first["return"] != other["return"]
