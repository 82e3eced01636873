"""One training, update by update; everything that the next one depends on is in `state`."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from steelyard.agents.learning.a2c import A2C, update_by_a2c
from steelyard.agents.learning.batch import Batch
from steelyard.agents.learning.player import Player
from steelyard.agents.learning.ppo import PPO, update_by_ppo
from steelyard.agents.learning.progress import Update
from steelyard.agents.learning.reward_scale import RewardScale
from steelyard.agents.learning.rollout import Rollout
from steelyard.agents.learning.tally import Tally
from steelyard.agents.network import SetActorCritic

_EPSILON = 1e-5
_LEAST_SPREAD = 1e-8
RENEW_AFTER = 16
"""Updates after which environments that can't say where they are begin anew: the moments that a training can be resumed from."""


class Training:
    """Play and improve, until the steps are made.

    Args:
        network: trained in place.
        player: of the environments.
        plan: PPO's or A2C's.
        steps: of all environments together, rounded up to whole rollouts.
        exact: what a network gets in an episode, where that can be computed.
        exact_every: updates between two such computations; the last update always has one.
        seed: of the split into minibatches.

    Attributes:
        history: an entry for each update.
    """

    def __init__(
        self,
        network: SetActorCritic,
        player: Player,
        *,
        plan: PPO | A2C,
        steps: int,
        exact: Callable[[SetActorCritic], float] | None = None,
        exact_every: int = 1,
        seed: int,
    ) -> None:
        self.network, self.player, self.plan = network, player, plan
        self.updates = max(1, math.ceil(steps / plan.steps))
        self.exact, self.exact_every = exact, exact_every
        self.random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(7,)))
        device = next(network.parameters()).device
        self.optimiser = torch.optim.Adam(
            network.parameters(), lr=plan.learning_rate, eps=_EPSILON, fused=device.type in {"cpu", "cuda"}
        )
        self.reward_scale = RewardScale()
        self.history: list[Update] = []

    @property
    def finished(self) -> bool:
        """Return whether all steps are made."""
        return len(self.history) >= self.updates

    @property
    def can_pause(self) -> bool:
        """Return whether a training that goes on from `state` has the same bits as one that was never interrupted."""
        return self.player.resumable or len(self.history) % RENEW_AFTER == 0

    def advance(self) -> Update:
        """Play a rollout, learn from it, and return what came of it."""
        began = time.perf_counter()
        done = len(self.history)
        if done and not self.player.resumable and done % RENEW_AFTER == 0:
            self.player.renew()
        plan, share = self.plan, done / self.updates
        rollout = self.player.play(self.network, plan.rollout)
        batch = self._batch(rollout)
        rate, entropy_weight = plan.rate(share), plan.entropy(share)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        tally = self._learn(batch, entropy_weight)
        update = self._update(rollout, batch, tally)
        update = replace(update, learning_rate=rate, entropy_weight=entropy_weight)
        due = (done + 1) % self.exact_every == 0 or done + 1 == self.updates
        if self.exact is not None and due:
            update = replace(update, exact_return=self.exact(self.network))
        self.history.append(replace(update, duration_s=time.perf_counter() - began))
        return self.history[-1]

    def state(self) -> dict[str, Any]:
        """Return everything that the next update depends on."""
        return {
            "weights": {name: weight.detach().clone() for name, weight in self.network.state_dict().items()},
            "optimiser": copy.deepcopy(self.optimiser.state_dict()),
            "random": _text(self.random),
            "player": self.player.state(),
            "reward_scale": [self.reward_scale.total, self.reward_scale.count],
            "history": [{name: getattr(each, name) for name in Update.__slots__} for each in self.history],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go to where `state` was taken, of a training of the same environments, plan and seed.

        Raises:
            KeyError: a state without all its parts.
            RuntimeError: weights of other shapes.
        """
        self.network.load_state_dict(state["weights"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.random.bit_generator.state = _generator_state(state["random"])
        self.player.restore(state["player"])
        self.reward_scale = RewardScale(total=state["reward_scale"][0], count=state["reward_scale"][1])
        self.history = [Update(**each) for each in state["history"]]

    def _batch(self, rollout: Rollout) -> Batch:
        plan = self.plan
        if plan.scale_rewards:
            self.reward_scale.saw(
                rollout.rewards, ended=rollout.terminated | rollout.truncated, discount=plan.discount
            )
        unit = self.reward_scale.unit
        made = rollout.made.ravel()
        advantages = rollout.advantages(discount=plan.discount, trace=plan.trace, unit=unit).ravel()[made]
        targets = advantages + rollout.values.ravel()[made]
        if plan.normalise:
            advantages = (advantages - advantages.mean()) / (advantages.std() + _LEAST_SPREAD)
        rows = rollout.rows if made.all() else rollout.rows.taken(made)
        found = rows.distinct()
        return Batch(
            rows=rows.taken(found.first),
            of=found.of,
            actions=rollout.actions.ravel()[made],
            log_probabilities=rollout.log_probabilities.ravel()[made],
            advantages=advantages,
            targets=targets,
        )

    def _learn(self, batch: Batch, entropy_weight: float) -> Tally:
        if isinstance(self.plan, PPO):
            return update_by_ppo(
                self.network,
                self.optimiser,
                batch,
                plan=self.plan,
                entropy_weight=entropy_weight,
                random=self.random,
            )
        return update_by_a2c(
            self.network, self.optimiser, batch, plan=self.plan, entropy_weight=entropy_weight
        )

    def _update(self, rollout: Rollout, batch: Batch, tally: Tally) -> Update:
        values = rollout.values.ravel()[rollout.made.ravel()]
        spread = float(batch.targets.var())
        return Update(
            update=len(self.history) + 1,
            step=(len(self.history) + 1) * self.plan.steps,
            steps=self.updates * self.plan.steps,
            mean_return=float(rollout.returns.mean()) if rollout.returns.size else None,
            episodes=int(rollout.returns.size),
            exact_return=None,
            distinct=len(batch.rows),
            kl=tally.kl,
            clip_fraction=tally.clip_fraction,
            entropy=tally.entropy,
            explained_variance=1 - float((batch.targets - values).var()) / spread if spread > 0 else None,
            policy_loss=tally.policy_loss,
            value_loss=tally.value_loss,
            gradient_norm=tally.gradient_norm,
            passes=tally.passes,
            learning_rate=0.0,
            entropy_weight=0.0,
            reward_unit=self.reward_scale.unit,
            duration_s=0.0,
        )


def _text(random: np.random.Generator) -> str:
    return json.dumps(random.bit_generator.state)


def _generator_state(text: str) -> Any:
    return json.loads(text)
