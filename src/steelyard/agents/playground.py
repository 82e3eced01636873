"""Where an agent plays: environments by name, by rules or by a function, and the encoder that turns what they show into bags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium
from gymnasium.spaces import Discrete
from gymnasium.vector import VectorEnv

from steelyard.agents.bags import BagEncoder, satchel_bags
from steelyard.environments.satchel.rules import FULL, SMALL, Rules
from steelyard.environments.satchel.vector import SatchelVector
from steelyard.errors import InputError

Vectorised = VectorEnv[Any, Any, Any]
Environment = str | Rules | Callable[[int], Vectorised]
"""A name that Gymnasium knows, rules of Satchel, or a function that makes so many environments side by side."""

_SATCHELS = {"steelyard/Satchel-v0": FULL, "steelyard/SatchelSmall-v0": SMALL}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Playground:
    """Environments and how they are seen.

    Args:
        name: of the environment, for messages and files.
        rules: Satchel's, where it is one, so that returns can be computed exactly; else None.
        encoder: turns observations into bags.
        make: makes so many environments.

    Example:
        >>> playground = Playground.of("steelyard/SatchelSmall-v0", None)
        >>> playground.horizon, playground.make(4).num_envs
        (12, 4)
    """

    name: str
    rules: Rules | None
    encoder: BagEncoder
    make: Callable[[int], Vectorised]

    @classmethod
    def of(cls, environment: Environment, encoder: BagEncoder | None) -> Playground:
        """Return where an agent plays.

        Args:
            environment: a name, rules or a function.
            encoder: turns its observations into bags; None: Satchel's, which no other environment has.

        Raises:
            InputError: an environment that there isn't, or one without an encoder.
        """
        rules = _SATCHELS.get(environment) if isinstance(environment, str) else None
        if isinstance(environment, Rules):
            rules = environment
        if rules is not None:
            satchel = rules
            return cls(
                name=environment if isinstance(environment, str) else "Satchel",
                rules=rules,
                encoder=encoder or satchel_bags(rules),
                make=lambda count: SatchelVector(count, rules=satchel),
            )
        if encoder is None:
            raise InputError(
                f"`encoder` must say how the observations of {environment!r} become bags, but got None; give a BagEncoder, or one of "
                f"{', '.join(_SATCHELS)} as environment"
            )
        if isinstance(environment, str):
            name = environment
            return cls(name=name, rules=None, encoder=encoder, make=lambda count: _made(name, count))
        if not callable(environment):
            raise InputError(
                "`environment` must be a name, Rules, or a function that makes so many vectorised environments, but got "
                f"{type(environment).__name__}"
            )
        return cls(name="given", rules=None, encoder=encoder, make=environment)

    @property
    def horizon(self) -> int | None:
        """Return how many steps an episode has, where that is known."""
        return None if self.rules is None else self.rules.horizon

    def actions(self, environments: Vectorised) -> int:
        """Return the number of actions.

        Raises:
            InputError: actions that aren't Discrete.
        """
        space = environments.single_action_space
        if not isinstance(space, Discrete):
            raise InputError(f"the actions of {self.name} must be Discrete, but are {space}")
        return int(space.n)


def _made(name: str, count: int) -> Vectorised:
    try:
        return gymnasium.make_vec(name, num_envs=count, vectorization_mode="sync")
    except gymnasium.error.Error as error:
        raise InputError(
            f"`environment` must be one that Gymnasium knows, but got {name!r}: {error}"
        ) from error
