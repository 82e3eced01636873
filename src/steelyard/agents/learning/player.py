"""Playing vectorised environments: actions drawn from a network, ends and new beginnings handled in all of Gymnasium's ways."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
from gymnasium.spaces import Discrete
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray

from steelyard.agents.bags import BagEncoder
from steelyard.agents.bags.encoder import batched, checked_bags
from steelyard.agents.learning.answers import answers
from steelyard.agents.learning.rollout import Rollout, Step, joined
from steelyard.agents.learning.rows import Rows
from steelyard.agents.network import SetActorCritic
from steelyard.errors import InputError


@runtime_checkable
class Resumable(Protocol):
    """Environments that can say where they are, in plain JSON values."""

    def state_dict(self) -> dict[str, Any]:
        """Return everything that the future depends on."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> object:
        """Go on from there."""
        ...


class Player:
    """Play on, rollout after rollout; everything that the next one depends on is in `state`.

    Termination and truncation are told apart, and in each of Gymnasium's ways to begin the next episode the value after an end is that of the
    episode's last observation: `SameStep` (it is in `info["final_obs"]`), `NextStep` (it is what the step returns; the step after it
    is not learned from), `Disabled` (the next episode is begun here).

    Args:
        environments: to play; their action space is Discrete.
        encoder: turns their observations into bags.
        action_mask: key of `info` that says which actions may be taken, such as Satchel's `present`; None: all.
        seed: of the environments and of the actions.

    Raises:
        InputError: environments that can't be played.
    """

    def __init__(
        self,
        environments: VectorEnv[Any, Any, Any],
        encoder: BagEncoder,
        *,
        action_mask: str | None = None,
        seed: int,
    ) -> None:
        space = environments.single_action_space
        if not isinstance(space, Discrete):
            raise InputError(f"the environment's actions must be Discrete, but are {space}")
        self.environments, self.encoder, self.action_mask = environments, encoder, action_mask
        self.first_action = int(space.start)
        self.mode = AutoresetMode(environments.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP))
        self.seeds = np.random.SeedSequence(seed)
        beginning, acting = self.seeds.spawn(2)
        self.beginning = np.random.default_rng(beginning)
        self.acting = np.random.default_rng(acting)
        count = environments.num_envs
        self.returns = np.zeros(count)
        self.lengths = np.zeros(count, dtype=np.int64)
        self.waiting = np.zeros(count, dtype=np.bool_)
        self.rows = self._begun()

    @property
    def resumable(self) -> bool:
        """Return whether the environments can say where they are."""
        return isinstance(self.environments, Resumable)

    def renew(self) -> None:
        """Begin new episodes everywhere, with a new seed; those that were being played are left unfinished."""
        self.returns[:], self.lengths[:], self.waiting[:] = 0.0, 0, False
        self.rows = self._begun()

    def step(self, network: SetActorCritic, *, greedy: bool = False) -> Step:
        """Return what happens in one step of every environment.

        Args:
            network: asked what to do and what to expect.
            greedy: always the likeliest action.

        Raises:
            InputError: a reward that is infinite or not a number; observations that aren't bags.
        """
        rows, made = self.rows, ~self.waiting
        every, values = answers(network, rows)
        actions = np.asarray(every.argmax(axis=1), dtype=np.int64) if greedy else drawn(every, self.acting)
        outcome = self.environments.step(actions + self.first_action)
        observations, reward, terminated, truncated, info = outcome
        rewards = _checked(np.asarray(reward, dtype=np.float64))
        over = terminated | truncated
        self.returns += rewards
        self.lengths += made
        ended = np.flatnonzero(over)
        returns, lengths = self.returns[over], self.lengths[over]
        self.returns[over], self.lengths[over] = 0.0, 0
        last, observations, info = self._ended(observations, info, terminated, truncated)
        self.rows = self._encoded(observations, info)
        self.waiting = over if self.mode == AutoresetMode.NEXT_STEP else np.zeros_like(over)
        return Step(
            rows=rows,
            actions=actions,
            log_probabilities=np.take_along_axis(every, actions[:, None], axis=1)[:, 0],
            values=values,
            rewards=rewards,
            terminated=terminated,
            truncated=truncated,
            made=made,
            cut=self._cut(terminated, truncated),
            last=last,
            ended=ended,
            returns=returns,
            lengths=lengths,
        )

    def play(self, network: SetActorCritic, steps: int) -> Rollout:
        """Return what happens in so many steps of every environment.

        Args:
            network: asked what to do and what to expect.
            steps: of each environment.

        Raises:
            InputError: a reward that is infinite or not a number; observations that aren't bags.
        """
        played = [self.step(network) for _ in range(steps)]
        following = [*(each.values for each in played[1:]), answers(network, self.rows)[1]]
        for step, values in zip(played, following, strict=True):
            step.next_values = values.copy()
            if step.last is not None:
                step.next_values[step.cut] = answers(network, step.last)[1]
        return joined(played)

    def state(self) -> dict[str, Any]:
        """Return everything that the next rollout depends on, as JSON text and arrays; of environments that aren't resumable all but they."""
        environments = self.environments
        return {
            "environments": json.dumps(environments.state_dict())
            if isinstance(environments, Resumable)
            else None,
            "beginning": json.dumps(self.beginning.bit_generator.state),
            "acting": json.dumps(self.acting.bit_generator.state),
            "returns": self.returns.tolist(),
            "lengths": self.lengths.tolist(),
            "waiting": self.waiting.tolist(),
            "allowed": None if self.rows.allowed is None else self.rows.allowed.tolist(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go to where `state` was taken.

        Environments that aren't resumable stay where they are; `renew` them, and they begin as they would have.
        """
        self.beginning.bit_generator.state = json.loads(state["beginning"])
        self.acting.bit_generator.state = json.loads(state["acting"])
        if not isinstance(self.environments, Resumable):
            return
        observations = self.environments.load_state_dict(json.loads(state["environments"]))
        self.returns = np.array(state["returns"], dtype=np.float64)
        self.lengths = np.array(state["lengths"], dtype=np.int64)
        self.waiting = np.array(state["waiting"], dtype=np.bool_)
        allowed = None if state["allowed"] is None else np.array(state["allowed"], dtype=np.bool_)
        self.rows = replace(self._bags(observations), allowed=allowed)

    def _begun(self) -> Rows:
        observations, info = self.environments.reset(seed=int(self.beginning.integers(2**31)))
        return self._encoded(observations, info)

    def _cut(self, terminated: NDArray[np.bool_], truncated: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which environments' next row isn't what their step led to, though that is worth something."""
        if self.mode == AutoresetMode.NEXT_STEP:
            return np.zeros_like(truncated)
        return truncated & ~terminated

    def _ended(
        self,
        observations: Any,
        info: dict[str, Any],
        terminated: NDArray[np.bool_],
        truncated: NDArray[np.bool_],
    ) -> tuple[Rows | None, Any, dict[str, Any]]:
        """Return the last rows of episodes that were cut off, and what the environments show now."""
        cut = self._cut(terminated, truncated)
        over = terminated | truncated
        last: Rows | None = None
        if self.mode == AutoresetMode.SAME_STEP and cut.any():
            if "final_obs" not in info:
                raise InputError(
                    "environments with autoreset `SameStep` must give the last observation of an episode that was cut off as "
                    "info['final_obs'], but there is none; use Gymnasium 1's vector environments"
                )
            space = self.environments.single_observation_space
            finals = [info["final_obs"][place] for place in np.flatnonzero(cut)]
            last = self._bags(batched(space, finals))
        if self.mode == AutoresetMode.DISABLED and over.any():
            if cut.any():
                last = self._bags(observations).taken(cut)
            observations, info = self.environments.reset(options={"reset_mask": over})
        return last, observations, info

    def _encoded(self, observations: Any, info: dict[str, Any]) -> Rows:
        rows = self._bags(observations)
        if self.action_mask is None:
            return rows
        if self.action_mask not in info:
            raise InputError(
                f"`action_mask` must be a key of info, but got {self.action_mask!r}; the environment gives {', '.join(sorted(info)) or 'none'}"
            )
        allowed = np.asarray(info[self.action_mask]).astype(np.bool_)
        none = np.flatnonzero(~allowed.any(axis=1))
        # Where nothing is allowed (an empty bag, an episode's end) everything is.
        allowed[none] = True
        return replace(rows, allowed=allowed)

    def _bags(self, observations: Any) -> Rows:
        bags = checked_bags(self.encoder, observations)
        return Rows(words=bags.words, mask=bags.mask, features=bags.features)


def drawn(log_probabilities: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.int64]:
    """Return an action for each row, drawn with its probabilities by one uniform number a row.

    Args:
        log_probabilities: shape (rows, actions).
        random: draws.

    Example:
        >>> drawn(np.log([[0.5, 0.5], [1e-12, 1.0]]), np.random.default_rng(0)).tolist()
        [1, 1]
    """
    sums = np.exp(log_probabilities).cumsum(axis=1)
    below = random.random(len(sums))[:, None] * sums[:, -1:]
    return np.asarray((sums <= below).sum(axis=1), dtype=np.int64).clip(max=sums.shape[1] - 1)


def _checked(rewards: NDArray[np.float64]) -> NDArray[np.float64]:
    wrong = np.flatnonzero(~np.isfinite(rewards))
    if wrong.size:
        raise InputError(f"rewards must be finite, but environment {wrong[0]} gave {rewards[wrong[0]]}")
    return rewards
