"""One trial of each question: learn Satchel from one seed, hand over the exact return, the latents' geometry and the curves of both."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from steelyard.agents.agent import Agent
from steelyard.agents.bags import satchel_bags
from steelyard.agents.levels import HEADS, MEASURES, NORMALISE, POSITION, PRENORM
from steelyard.agents.looking import Look, Looks
from steelyard.agents.playground import Playground
from steelyard.agents.sampling import sampled_bags
from steelyard.agents.shuffled import shuffled_return
from steelyard.environments.satchel.rules import Rules, rules_called
from steelyard.environments.satchel.solving import return_scale
from steelyard.environments.satchel.vector import SatchelVector
from steelyard.stats.rank_correlation import rank_correlation

if TYPE_CHECKING:
    from steelyard.study.run import Run

ORDERS = 16
"""Random orders of each bag that a policy which minds the order is averaged over."""


def normalise_trial(
    seed: int, run: Run, normalise: str, *, rules: str, training: Mapping[str, Any], looks: int
) -> dict[str, float]:
    """Return what an agent gets whose latents are normalised in one way.

    Args:
        seed: of initial weights, environments, actions and minibatches.
        run: takes the curves.
        normalise: a level of `levels.NORMALISE`.
        rules: `full` or `small`.
        training: `steps`, and further arguments of `Agent`.
        looks: how often return and geometry are taken along the training.
    """
    return _trained(seed, run, NORMALISE[normalise], rules=rules, training=training, looks=looks)


def prenorm_trial(
    seed: int, run: Run, prenorm: str, *, rules: str, training: Mapping[str, Any], looks: int
) -> dict[str, float]:
    """Return what an agent gets with layer norms before or after each part; arguments as for `normalise_trial`."""
    return _trained(seed, run, PRENORM[prenorm], rules=rules, training=training, looks=looks)


def heads_trial(
    seed: int, run: Run, heads: str, *, rules: str, training: Mapping[str, Any], looks: int
) -> dict[str, float]:
    """Return what an agent gets with heads of one kind; arguments as for `normalise_trial`."""
    return _trained(seed, run, HEADS[heads], rules=rules, training=training, looks=looks)


def position_trial(
    seed: int, run: Run, position: str, *, rules: str, training: Mapping[str, Any], looks: int
) -> dict[str, float]:
    """Return what an agent gets with or without a positional code; arguments as for `normalise_trial`.

    Where words come in random order, in learning and in use, the return is that of the policy averaged over 16 orders of each bag.
    """
    code, shuffled = POSITION[position]
    changes = {"position": code}
    if not shuffled:
        return _trained(seed, run, changes, rules=rules, training=training, looks=looks)
    known = rules_called(rules)
    # What `Agent` chooses by itself on Satchel, but not for a function that makes environments.
    own = {"environments": 512, "rollout": known.horizon, "discount": 1.0}
    chosen = {**own, **training, **changes}
    steps = int(chosen.pop("steps"))
    agent = Agent(_Shuffled(known), encoder=satchel_bags(known), seed=seed, threads=1, **chosen)
    agent.fit(steps=steps, on_progress=lambda progress: _learning_curve(run, progress.last))
    found = shuffled_return(agent.network_, known, satchel_bags(known), orders=ORDERS, seed=seed)
    greedy = shuffled_return(
        agent.network_, known, satchel_bags(known), orders=ORDERS, seed=seed, greedy=True
    )
    run.curve("return", step=agent.history_[-1].step, value=found)
    return {"return": found, "skill": _skill(known, found), "greedy_return": greedy}


def cosine_trial(
    seed: int, run: Run, measure: str, *, rules: str, training: Mapping[str, Any], looks: int
) -> dict[str, float]:
    """Return how a watched number goes along with the return while an agent learns: Spearman's rank correlation.

    Every seed has settings of its own, so that runs differ: pre- or post-norm, an embedding with a bias or without, and a learning rate
    between a tenth and three times the usual one. All measures of a seed are of the same training.

    Args:
        seed: of the settings and of everything else.
        run: takes the curves.
        measure: a level of `levels.MEASURES`; its sign is turned where it is hoped to fall.
        rules: `full` or `small`.
        training: `steps`, and further arguments of `Agent`.
        looks: how often return and geometry are taken along the training.

    Returns:
        `rank_correlation`, 0 where the number never changes; and the settings and final numbers, for correlations across runs.
    """
    taken, settings, facts = _varied(seed, rules, json.dumps(dict(training), sort_keys=True), looks)
    curves(run, taken)
    points = [each for each in taken if each.expected_return is not None]
    watched = [MEASURES[measure] * measured(each, measure) for each in points]
    returns = [each.expected_return for each in points if each.expected_return is not None]
    rho = rank_correlation(watched, returns).rho
    return {"rank_correlation": 0.0 if math.isnan(rho) else rho, **settings, **facts}


def measured(found: Look, measure: str) -> float:
    """Return one of the numbers of `levels.MEASURES` of a look, 0 where it isn't defined."""
    body = found.parts["body"]
    value = {
        "step": float(found.step),
        "mean cosine": body.mean_cosine,
        "centred mean cosine": body.centred_mean_cosine,
        "cosine within bags": body.bag_cosine,
        "effective rank": body.effective_rank,
        "words read": None if body.probe is None else body.probe.accuracy,
    }[measure]
    return 0.0 if value is None or math.isnan(value) else value


def varied_settings(seed: int) -> dict[str, Any]:
    """Return the settings of a run of `agents.cosine`, arguments of `Agent` but for `rate`, a factor of the learning rate.

    Example:
        >>> sorted(varied_settings(0)), varied_settings(0) == varied_settings(0)
        (['embedding_bias', 'norm', 'rate'], True)
    """
    rng = np.random.default_rng([seed, 6])
    return {
        "norm": str(rng.choice(["pre", "post"])),
        "embedding_bias": bool(rng.integers(2)),
        "rate": float(10 ** rng.uniform(-1, math.log10(3))),
    }


def curves(run: Run, taken: list[Look]) -> None:
    """Hand over return and geometry along a training."""
    for each in taken:
        if each.expected_return is not None:
            run.curve("return", step=each.step, value=each.expected_return)
        for measure in MEASURES:
            if measure != "step":
                run.curve(measure.replace(" ", "_"), step=each.step, value=measured(each, measure))


@lru_cache(maxsize=4)
def _varied(
    seed: int, rules: str, training: str, looks: int
) -> tuple[list[Look], dict[str, float], dict[str, float]]:
    """Train once for all measures of a seed."""
    settings = varied_settings(seed)
    rate = settings.pop("rate")
    chosen = {**json.loads(training), **settings}
    chosen["learning_rate"] = rate * chosen.get("learning_rate", _usual("learning_rate"))
    agent, taken = _fitted(seed, chosen, rules=rules, looks=looks)
    told = {
        "pre_norm": float(settings["norm"] == "pre"),
        "embedding_bias": float(settings["embedding_bias"]),
        "rate": rate,
    }
    return taken, told, _facts(agent, taken)


def _usual(name: str) -> Any:
    return Agent().parameters()[name]


def _trained(
    seed: int, run: Run, changes: Mapping[str, Any], *, rules: str, training: Mapping[str, Any], looks: int
) -> dict[str, float]:
    agent, taken = _fitted(seed, {**training, **changes}, rules=rules, looks=looks)
    for update in agent.history_:
        _learning_curve(run, update)
    curves(run, taken)
    return _facts(agent, taken)


def _fitted(seed: int, chosen: Mapping[str, Any], *, rules: str, looks: int) -> tuple[Agent, list[Look]]:
    known, parameters = rules_called(rules), dict(chosen)
    steps = int(parameters.pop("steps"))
    # One thread, so that a seed gives the same bits whatever runs beside it.
    agent = Agent(known, seed=seed, threads=1, **parameters)
    per_update = (parameters.get("environments") or 512) * (parameters.get("rollout") or known.horizon)
    every = max(1, math.ceil(steps / per_update) // looks)
    watching = Looks(sampled_bags(Playground.of(known, None)), seed=seed, every=every)
    agent.fit(steps=steps, exact_every=every, on_progress=watching)
    return agent, watching.taken


def _facts(agent: Agent, taken: list[Look]) -> dict[str, float]:
    last, rules = taken[-1], agent.environment
    assert isinstance(rules, Rules)
    score = agent.evaluate()
    return {
        "return": score.mean_return,
        "skill": _skill(rules, score.mean_return),
        "greedy_return": agent.evaluate(greedy=True).mean_return,
        "initial_mean_cosine": measured(taken[0], "mean cosine"),
        **{measure.replace(" ", "_"): measured(last, measure) for measure in MEASURES if measure != "step"},
    }


def _skill(rules: Rules, value: float) -> float:
    skill = return_scale(rules).place(value).skill
    assert skill is not None
    return skill


def _learning_curve(run: Run, update: Any) -> None:
    run.curve("entropy", step=update.step, value=update.entropy)
    run.curve("kl", step=update.step, value=update.kl)
    if update.explained_variance is not None:
        run.curve("explained_variance", step=update.step, value=update.explained_variance)


class _Shuffled:
    """Make environments of Satchel whose words come in random order."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def __call__(self, count: int) -> SatchelVector:
        return SatchelVector(count, rules=self.rules, shuffle=True)
