"""Many Satchels at once, by tables: a step of all of them is a few lookups."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import ArrayLike, NDArray

from steelyard.environments.satchel.draws import Draws
from steelyard.environments.satchel.observations import Layout, Observations, observation_space
from steelyard.environments.satchel.rules import Rules, rules_called
from steelyard.environments.satchel.tables import Tables
from steelyard.errors import InputError


class SatchelVector(VectorEnv[Observations, NDArray[Any], NDArray[Any]]):
    """n Satchels that step together, as a Gymnasium vector environment.

    All begin at once and have the same horizon, so all end at once too; `reset` with a mask (`autoreset_mode="Disabled"`) makes them differ.
    Observations are those of `observations_of`, in new arrays each step. `info` holds `state` (numbers of bags, int32) and `present` (which
    words may be taken without the cost of an absent one, bool). The end of an episode is a termination, not a truncation: no
    value remains beyond it.

    Args:
        num_envs: n.
        rules: the rules, or `full` or `small`.
        shuffle: show the words of each bag in random order; what happens is the same.
        autoreset_mode: Gymnasium's: `SameStep` starts the next episode in the step that ends one (`info["final_obs"]` has the last
            observation), `NextStep` in the step after it, which ignores the action and rewards 0; `Disabled` leaves it to
            `reset(options={"reset_mask": ...})`.
        render_mode: `ansi` for `render` as text, or None.

    Raises:
        InputError: fewer than 1 environment, unknown rules, modes or actions.

    Example:
        >>> environments = SatchelVector(4, rules="small")
        >>> observations, info = environments.reset(seed=0)
        >>> observations["words"].shape, observations["time"].ravel().tolist()
        ((4, 6), [1.0, 1.0, 1.0, 1.0])
        >>> anything = info["present"].argmax(axis=1)                       # the first word that is there
        >>> observations, reward, terminated, truncated, info = environments.step(anything)
        >>> reward.tolist()
        [0.0, 0.0, 0.0, 0.0]
    """

    metadata: ClassVar[dict[str, Any]] = {  # type: ignore[misc]  # Gymnasium's is one of the class, too
        "render_modes": ["ansi"],
        "render_fps": 4,
        "autoreset_mode": AutoresetMode.SAME_STEP,
    }

    def __init__(
        self,
        num_envs: int = 1,
        *,
        rules: Rules | str = "full",
        shuffle: bool = False,
        autoreset_mode: AutoresetMode | str = AutoresetMode.SAME_STEP,
        render_mode: str | None = None,
    ) -> None:
        if num_envs < 1:
            raise InputError(f"`num_envs` must be at least 1, but got {num_envs}")
        if render_mode not in (None, "ansi"):
            raise InputError(f"`render_mode` must be None or 'ansi', but got {render_mode!r}")
        self.rules = rules_called(rules)
        self.tables = Tables.of(self.rules)
        self.num_envs = num_envs
        self.render_mode = render_mode
        self.shuffle = shuffle
        self._mode = _mode(autoreset_mode)
        self.metadata = {**type(self).metadata, "autoreset_mode": self._mode}  # type: ignore[misc]
        self.single_observation_space = observation_space(self.rules)
        self.single_action_space = spaces.Discrete(len(self.rules.words))
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._draws = Draws(self.tables)
        self._words = len(self.rules.words)
        self._reward = self.tables.reward.ravel()
        self._layout = Layout.of(self.rules)
        self._every = np.ones(num_envs, dtype=np.bool_)
        self._states = np.zeros(num_envs, dtype=np.int32)
        self._steps_left = np.zeros(num_envs, dtype=np.int32)
        self._soonest = 0  # the least of `_steps_left`
        self._begun = False
        self._shuffling: np.random.Generator | None = None
        self._shuffled_from: dict[str, Any] | None = None

    @property
    def states(self) -> NDArray[np.int32]:
        """Return the number of each environment's bag in the tables, int32, shape (n,)."""
        return self._states.copy()

    @property
    def steps_left(self) -> NDArray[np.int32]:
        """Return how many steps each episode still has, int32, shape (n,)."""
        return self._steps_left.copy()

    @property
    def time(self) -> NDArray[np.float32]:
        """Return the share of each episode that is left, float32, shape (n,)."""
        return (self._steps_left / self.rules.horizon).astype(np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observations, dict[str, Any]]:
        """Begin new episodes.

        Args:
            seed: of everything drawn from now on; None goes on with the draws.
            options: `reset_mask` (bool, shape (n,)) begins only some; `states` (numbers of bags, shape (n,)) are the first bags instead of
                random ones.

        Raises:
            InputError: another option, a mask or states that don't fit.
        """
        super().reset(seed=seed)
        if seed is not None or (self.shuffle and self._shuffling is None):
            self._shuffling = self.np_random.spawn(1)[0] if self.shuffle else None
        mask, states = self._options(options or {})
        self._begin(mask, states)
        self._begun = True
        return self._seen(), self._info(self._every)

    def step(
        self, actions: ArrayLike
    ) -> tuple[Observations, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Take a word in each environment.

        Args:
            actions: numbers of words, shape (n,).

        Returns:
            Observations, rewards (float64), terminated, truncated (never) and info.

        Raises:
            InputError: actions that aren't whole numbers of words, one for each environment.
            ResetNeeded: no episode was begun, or one is over and `autoreset_mode` is `Disabled`.
        """
        chosen = self._checked(actions)
        waiting = self._steps_left == 0 if self._soonest == 0 else None
        if waiting is not None and not (self._begun and self._mode == AutoresetMode.NEXT_STEP):
            raise ResetNeeded(
                "an episode must be begun before a step, but one is over or none was begun; call `reset` first"
            )
        place = self._states * self._words + chosen
        reward = self._reward.take(place)
        self._states = self._draws.follow(self.np_random, place)
        self._steps_left -= 1
        self._soonest -= 1
        if waiting is not None:
            self._begin(waiting)
            reward[waiting] = 0.0
        final: dict[str, Any] = {}
        if self._soonest == 0:
            terminated = self._steps_left == 0
            if self._mode == AutoresetMode.SAME_STEP:
                final = self._final(terminated)
                self._begin(terminated)
        else:
            terminated = np.zeros(self.num_envs, dtype=np.bool_)
        info = {**final, **self._info(self._every)}
        return self._seen(), reward, terminated, np.zeros(self.num_envs, dtype=np.bool_), info

    def render(self) -> tuple[str, ...] | None:
        """Return each bag as text, or None without `render_mode="ansi"`."""
        if self.render_mode is None:
            return None
        return tuple(
            f"{left} of {self.rules.horizon} steps left: {self.tables.described(state)}"
            for state, left in zip(self.states, self.steps_left, strict=True)
        )

    def state_dict(self) -> dict[str, Any]:
        """Return everything that the future depends on, as plain JSON values, for exact resume."""
        return {
            "states": self._states.tolist(),
            "steps_left": self._steps_left.tolist(),
            "begun": self._begun,
            "random": self.np_random.bit_generator.state,
            "shuffling": self._shuffled_from,
        }

    def load_state_dict(self, state: dict[str, Any]) -> Observations:
        """Go on from where `state_dict` was taken; return the observations of that moment, the same bits.

        Raises:
            InputError: a state of another number of environments or other rules.
        """
        states = np.array(state["states"], dtype=np.int32)
        left = np.array(state["steps_left"], dtype=np.int32)
        if states.shape != (self.num_envs,) or states.max() >= self.rules.states:
            raise InputError(
                f"`state` must be of {self.num_envs} environments with {self.rules.states} bags, but got {len(states)} numbers of "
                f"bags up to {states.max()}; resume with the environments that were saved"
            )
        if (state["shuffling"] is not None) != self.shuffle:
            raise InputError(
                f"`state` must be of environments with shuffle={self.shuffle}, but got the other kind"
            )
        self._states, self._steps_left, self._begun = states, left, bool(state["begun"])
        self._soonest = int(left.min())
        self.np_random.bit_generator.state = state["random"]
        if self.shuffle:
            self._shuffling = np.random.Generator(np.random.PCG64())
            self._shuffling.bit_generator.state = state["shuffling"]
        return self._seen()

    def _seen(self) -> Observations:
        if self._shuffling is not None:
            self._shuffled_from = dict(self._shuffling.bit_generator.state)
        return self._layout.seen(self._states, self._steps_left, shuffling=self._shuffling)

    def _info(self, which: NDArray[np.bool_]) -> dict[str, Any]:
        """Return `state` and `present`, with Gymnasium's masks of the environments that they hold for."""
        return {
            "state": self._states.copy(),
            "_state": which.copy(),
            "present": self.tables.present.take(self._states, axis=0),
            "_present": which.copy(),
        }

    def _final(self, over: NDArray[np.bool_]) -> dict[str, Any]:
        last = self._seen()
        rows = np.full(self.num_envs, None, dtype=object)
        places = over.nonzero()[0]
        rows[places] = [
            {"words": words, "time": time}
            for words, time in zip(last["words"][places], last["time"][places], strict=True)
        ]
        return {
            "final_obs": rows,
            "_final_obs": over.copy(),
            "final_info": self._info(over),
            "_final_info": over.copy(),
        }

    def _begin(self, which: NDArray[np.bool_], states: NDArray[np.int32] | None = None) -> None:
        first = self._draws.first(self.np_random, self.num_envs) if states is None else states
        self._states = np.where(which, first, self._states)
        self._steps_left[which] = self.rules.horizon
        self._soonest = int(self._steps_left.min())

    def _checked(self, actions: ArrayLike) -> NDArray[np.int64]:
        chosen = np.asarray(actions)
        if chosen.shape != (self.num_envs,) or chosen.dtype.kind not in "iu":
            raise InputError(
                f"`actions` must be whole numbers of shape ({self.num_envs},), but got {chosen.dtype} of shape {chosen.shape}"
            )
        taken = chosen.astype(np.int64, copy=False)
        # below 0 is huge without its sign: one look instead of two
        if np.maximum.reduce(taken.view(np.uint64)) >= self._words:
            raise InputError(
                f"`actions` must be numbers of words, from 0 to {self._words - 1}, but go from {chosen.min()} to {chosen.max()}"
            )
        return taken

    def _options(self, options: dict[str, Any]) -> tuple[NDArray[np.bool_], NDArray[np.int32] | None]:
        unknown = sorted(set(options) - {"reset_mask", "states"})
        if unknown:
            raise InputError(f"`options` must be of `reset_mask` and `states`, but got {', '.join(unknown)}")
        mask = np.asarray(options.get("reset_mask", self._every))
        if mask.shape != (self.num_envs,) or mask.dtype != np.bool_ or not mask.any():
            raise InputError(
                f"`reset_mask` must be true and false of shape ({self.num_envs},), true somewhere, but got {mask.dtype} of shape {mask.shape}"
            )
        if not self._begun and not mask.all():
            raise InputError(
                "`reset_mask` must be all true before any episode was begun, but is false somewhere"
            )
        if "states" not in options:
            return mask, None
        states = np.asarray(options["states"])
        if states.shape != (self.num_envs,) or states.dtype.kind not in "iu":
            raise InputError(
                f"`states` must be whole numbers of shape ({self.num_envs},), but got {states!r}"
            )
        if states.min() < 0 or states.max() >= self.rules.states:
            raise InputError(
                f"`states` must be numbers of bags, from 0 to {self.rules.states - 1}, but go from {states.min()} to {states.max()}"
            )
        return mask, states.astype(np.int32)


def _mode(mode: AutoresetMode | str) -> AutoresetMode:
    try:
        return AutoresetMode(mode)
    except ValueError as error:
        modes = ", ".join(repr(each.value) for each in AutoresetMode)
        raise InputError(f"`autoreset_mode` must be one of {modes}, but got {mode!r}") from error
