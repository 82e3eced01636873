"""Steps of Satchel a second, beside Gymnasium's own ways to run many environments, and what PPO learns there, on one core.

    python benchmarks/agents.py            # ten minutes; better still: taskset -c 0 python benchmarks/agents.py
    python benchmarks/agents.py --quick    # a minute

Every environment is stepped with random actions that were drawn before. Nothing here waits or runs on two threads, so seconds are those of the
processor (`time.process_time`), which other programs on a busy machine lengthen little. Contenders take turns; the rate of each is the best of
its turns. Prints a table and ends with one line of JSON; `ratio` is our rate over that of Gymnasium's
vectorised CartPole, the peer whose environments are stepped by NumPy at once too. Learning is measured by `agents_learning/`: its `ratio` is our share of
the gap between random and best over that of Stable-Baselines3's better PPO in the same seconds of one core.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import VectorEnv

import steelyard.agents  # noqa: F401 - registers Satchel
from agents_learning import learning

GOAL = 4_000_000
"""Steps a second of 256 Satchels on one core."""
OURS, PEER = "Satchel, by tables (ours)", "CartPole-v1, Gymnasium's vector_entry_point"
Vectorised = VectorEnv[Any, Any, Any]


def contenders(environments: int) -> dict[str, Callable[[], Vectorised]]:
    """Return what makes the environments that are stepped, by name."""
    make = gymnasium.make_vec
    return {
        OURS: lambda: make("steelyard/Satchel-v0", num_envs=environments),
        "Satchel, in random order (ours)": lambda: make(
            "steelyard/Satchel-v0", num_envs=environments, shuffle=True
        ),
        "Satchel, Gymnasium's SyncVectorEnv": lambda: make(
            "steelyard/Satchel-v0", num_envs=environments, vectorization_mode="sync"
        ),
        PEER: lambda: make("CartPole-v1", num_envs=environments, vectorization_mode="vector_entry_point"),
        "CartPole-v1, Gymnasium's SyncVectorEnv": lambda: make(
            "CartPole-v1", num_envs=environments, vectorization_mode="sync"
        ),
    }


def steps_per_s(vector: Vectorised, actions: np.ndarray[Any, Any], *, seconds: float) -> float:
    """Return how many environments are stepped in a second of processor time, over at least `seconds`."""
    begun = time.process_time()
    steps = 0
    while (spent := time.process_time() - begun) < seconds:
        for row in actions:
            vector.step(row)
        steps += len(actions)
    return steps * vector.num_envs / spent


def stepping(*, environments: int, turns: int, seconds: float) -> dict[str, list[float]]:
    """Return the steps a second of each contender in each turn."""
    vectors = {name: make() for name, make in contenders(environments).items()}
    actions = {}
    for name, vector in vectors.items():
        vector.reset(seed=0)
        choices = int(vector.single_action_space.n)  # type: ignore[attr-defined]  # all are Discrete
        actions[name] = np.random.default_rng(0).integers(choices, size=(8, environments))
        steps_per_s(vector, actions[name], seconds=seconds / 4)
    rates: dict[str, list[float]] = {name: [] for name in vectors}
    for _ in range(turns):
        for name, vector in vectors.items():
            rates[name].append(steps_per_s(vector, actions[name], seconds=seconds))
    return rates


def show_stepping(rates: dict[str, list[float]], *, environments: int) -> dict[str, Any]:
    """Print the rates; return what goes into the line of JSON."""
    print(f"{environments} environments, one core\n{'':45} {'best':>12} {'median':>12}  steps/s")
    for name, each in rates.items():
        print(f"{name:45} {max(each):12,.0f} {np.median(each):12,.0f}")
    ours, peer = max(rates[OURS]), max(rates[PEER])
    print(
        f"ours is {ours / peer:.1f} times Gymnasium's vectorised CartPole; the goal of {GOAL:,} is ", end=""
    )
    print("met" if ours >= GOAL else "missed")
    return {
        "ratio": round(ours / peer, 2),
        "steps_per_s": round(ours),
        "goal_met": bool(ours >= GOAL),
        "peers": {name: round(max(each)) for name, each in rates.items() if name != OURS},
    }


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--environments", type=int, default=256)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--rules", choices=["small", "full"], default="small", help="where PPO learns")
    arguments.add_argument("--steps", type=int, default=300_000, help="that our agent makes")
    arguments.add_argument("--seeds", type=int, default=3)
    arguments.add_argument("--alone", action="store_true", help="no peers in learning")
    given = arguments.parse_args()
    turns, seconds = (3, 0.2) if given.quick else (7, 1.0)
    rates = stepping(environments=given.environments, turns=turns, seconds=seconds)
    summary = show_stepping(rates, environments=given.environments)
    steps, seeds = (60_000, 1) if given.quick else (given.steps, given.seeds)
    learnt = learning(rules=given.rules, steps=steps, seeds=seeds, alone=given.alone)
    print(
        json.dumps({"benchmark": "agents", "environments": given.environments, **summary, "learning": learnt})
    )


if __name__ == "__main__":
    main()
