"""Satchel as a Gymnasium environment: one bag, one word a step."""

from __future__ import annotations

from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded

from steelyard.environments.satchel.draws import Draws
from steelyard.environments.satchel.observations import Layout, Observations, observation_space
from steelyard.environments.satchel.rules import Rules, rules_called
from steelyard.environments.satchel.tables import Tables
from steelyard.errors import InputError


class Satchel(gymnasium.Env[Observations, Any]):
    """One Satchel, as a Gymnasium environment; `SatchelVector` is the fast one.

    The observation is that of `observations_of` without its first axis; the action is the number of a word. `info` holds `state` (the
    number of the bag in the tables) and `present` (which words are there). With the same seed it does what `SatchelVector` of 1 does.

    Args:
        rules: the rules, or `full` or `small`.
        shuffle: show the words in random order; what happens is the same.
        render_mode: `ansi` for `render` as text, or None.

    Raises:
        InputError: unknown rules or mode, an action that no word has.

    Example:
        >>> import gymnasium, steelyard.agents
        >>> environment = gymnasium.make("steelyard/SatchelSmall-v0", render_mode="ansi")
        >>> observation, info = environment.reset(seed=1)
        >>> print(environment.render())
        12 of 12 steps left: key_0, chest_0, chest_1, wolf, bread
        >>> observation, reward, terminated, truncated, info = environment.step(3)     # chest_1, without its key and beside the wolf
        >>> reward
        -2.0
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["ansi"], "render_fps": 4}  # type: ignore[misc]  # as Gymnasium's

    def __init__(
        self, rules: Rules | str = "full", *, shuffle: bool = False, render_mode: str | None = None
    ) -> None:
        if render_mode not in (None, "ansi"):
            raise InputError(f"`render_mode` must be None or 'ansi', but got {render_mode!r}")
        self.rules = rules_called(rules)
        self.tables = Tables.of(self.rules)
        self.shuffle = shuffle
        self.render_mode = render_mode
        self.observation_space = observation_space(self.rules)
        self.action_space = spaces.Discrete(len(self.rules.words))
        self._draws = Draws(self.tables)
        self._layout = Layout.of(self.rules)
        self._state = 0
        self._steps_left = 0
        self._shuffling: np.random.Generator | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observations, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: of everything drawn from now on; None goes on with the draws.
            options: `state`, the number of the first bag, instead of a random one.

        Raises:
            InputError: another option, or a number that no bag has.
        """
        super().reset(seed=seed)
        if seed is not None or (self.shuffle and self._shuffling is None):
            self._shuffling = self.np_random.spawn(1)[0] if self.shuffle else None
        unknown = sorted(set(options or {}) - {"state"})
        if unknown:
            raise InputError(f"`options` must be of `state`, but got {', '.join(unknown)}")
        if options and "state" in options:
            self.tables.described(options["state"])
            self._state = int(options["state"])
        else:
            self._state = int(self._draws.first(self.np_random, 1)[0])
        self._steps_left = self.rules.horizon
        return self._seen(), self._info()

    def step(self, action: int) -> tuple[Observations, float, bool, bool, dict[str, Any]]:
        """Take a word.

        Args:
            action: its number in `rules.words`.

        Returns:
            Observation, reward, terminated, truncated (never) and info.

        Raises:
            InputError: an action that isn't the number of a word.
            ResetNeeded: no episode was begun, or it is over.
        """
        if not self.action_space.contains(action):
            raise InputError(
                f"`action` must be the number of a word, from 0 to {len(self.rules.words) - 1}, but got {action!r}"
            )
        if self._steps_left == 0:
            raise ResetNeeded(
                "an episode must be begun before a step, but it is over or none was begun; call `reset`"
            )
        reward = float(self.tables.reward[self._state, action])
        place = np.array([self._state * len(self.rules.words) + action])
        self._state = int(self._draws.follow(self.np_random, place)[0])
        self._steps_left -= 1
        return self._seen(), reward, self._steps_left == 0, False, self._info()

    def render(self) -> str | None:
        """Return the bag as text, or None without `render_mode="ansi"`."""
        if self.render_mode is None:
            return None
        return f"{self._steps_left} of {self.rules.horizon} steps left: {self.tables.described(self._state)}"

    def _seen(self) -> Observations:
        states, left = np.array([self._state]), np.array([self._steps_left])
        rows = self._layout.seen(states, left, shuffling=self._shuffling)
        return {name: row[0] for name, row in rows.items()}

    def _info(self) -> dict[str, Any]:
        return {"state": self._state, "present": self.tables.present[self._state].copy()}
