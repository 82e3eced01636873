"""How much of the gap between random and best an agent closes in some seconds of one core, beside Stable-Baselines3's PPO.

Used by `agents.py`. Seconds are those of the processor; every learner has one thread, the same environments, rollouts, minibatches, learning
rate and discount. Ours learns for so many steps; a peer then gets as many seconds: its speed is measured first, and it is asked for the steps that
fit in, so that its learning rate falls to zero at the end as ours does.
"""

from __future__ import annotations

import time
from importlib.util import find_spec
from typing import Any

import torch

from steelyard.agents import FULL, SMALL, Agent, return_scale
from steelyard.stats.interval import paired_t_interval

PEERS = {"mlp": "Stable-Baselines3, its own MLP", "encoder": "Stable-Baselines3, our layers"}


def gap_closed(rules: Any, value: float) -> float:
    """Return the share of the way from uniform to optimal."""
    skill = return_scale(rules).place(value).skill
    assert skill is not None
    return skill


def ours(rules: Any, *, steps: int, seed: int) -> dict[str, float]:
    """Return what the default agent comes to, without what compiling its attention takes."""
    Agent(rules, environments=8, seed=seed).fit(steps=100)
    begun = time.process_time()
    agent = Agent(rules, seed=seed).fit(steps=steps, exact_every=10**9)
    seconds = time.process_time() - begun
    value = agent.evaluate().mean_return
    made = agent.history_[-1].step
    return {
        "gap_closed": gap_closed(rules, value),
        "return": value,
        "seconds": seconds,
        "steps": made,
        "steps_per_s": made / seconds,
    }


def peer(rules: Any, kind: str, *, seconds: float, seed: int) -> dict[str, float]:
    """Return what Stable-Baselines3's PPO comes to in the same seconds."""
    from agents_learning.stable_baselines import built, exact_return

    tried = built(rules, kind=kind, seed=seed)
    batch = tried.n_steps * tried.n_envs
    tried.learn(batch)
    begun = time.process_time()
    tried.learn(2 * batch)
    rate = 2 * batch / (time.process_time() - begun)
    model = built(rules, kind=kind, seed=seed)
    begun = time.process_time()
    model.learn(max(batch, int(rate * seconds) // batch * batch))
    spent = time.process_time() - begun
    value = exact_return(model, rules)
    return {
        "gap_closed": gap_closed(rules, value),
        "return": value,
        "seconds": spent,
        "steps": model.num_timesteps,
        "steps_per_s": model.num_timesteps / spent,
    }


def learning(*, rules: str, steps: int, seeds: int, alone: bool) -> dict[str, Any]:
    """Print what each learner comes to; return what goes into the line of JSON."""
    torch.set_num_threads(1)
    world = {"small": SMALL, "full": FULL}[rules]
    found: dict[str, list[dict[str, float]]] = {"ours": []}
    installed = find_spec("stable_baselines3") is not None and not alone
    for seed in range(seeds):
        found["ours"].append(ours(world, steps=steps, seed=seed))
        for kind in PEERS if installed else ():
            seconds = found["ours"][-1]["seconds"]
            found.setdefault(kind, []).append(peer(world, kind, seconds=seconds, seed=seed))
    print(
        f"\nPPO on Satchel ({rules}), {seeds} seeds, one core; means, and 95% intervals of Student's t\n"
        f"{'':32} {'gap closed':>22} {'return':>8} {'seconds':>8} {'steps/s':>9}"
    )
    means = {
        name: {key: sum(each[key] for each in runs) / seeds for key in runs[0]}
        for name, runs in found.items()
    }
    intervals = {
        name: paired_t_interval([each["gap_closed"] for each in runs]) if seeds > 1 else None
        for name, runs in found.items()
    }
    for name, mean in means.items():
        interval = intervals[name]
        spread = "" if interval is None else f"({interval[0]:.3f} to {interval[1]:.3f})"
        print(
            f"{PEERS.get(name, 'Agent, defaults (ours)'):32} {mean['gap_closed']:5.3f} {spread:>16} {mean['return']:8.3f} "
            f"{mean['seconds']:8.1f} {mean['steps_per_s']:9,.0f}"
        )
    if not installed and not alone:
        print("Stable-Baselines3 isn't installed: pip install stable-baselines3")
    best = max((means[kind]["gap_closed"] for kind in PEERS if kind in means), default=None)
    return {
        "rules": rules,
        "ratio": None if not best or best <= 0 else round(means["ours"]["gap_closed"] / best, 3),
        "learners": means,
        "intervals": intervals,
    }
