"""What is known about the targets that a loss was measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a scale's reference points are computed from; a loss uses some of it and refuses the rest.

    Args:
        base_rate: how often the target is 1, in (0, 1).
        classes: number of classes, 2 or more.
        frequencies: how often each class is the target: shares that sum to 1, or counts.
        targets: the targets themselves, 1-D.
        n: how many targets `base_rate` or `frequencies` were estimated from.
        smoothing: label smoothing in [0, 1).
        ordered: whether the targets are ordered in time.
        full: whether a Poisson loss includes ln y!.
    """

    base_rate: float | None = None
    classes: int | None = None
    frequencies: Sequence[float] | None = None
    targets: Any = None
    n: int | None = None
    smoothing: float = 0.0
    ordered: bool = False
    full: bool = False

    def given(self) -> frozenset[str]:
        """Return the names of what was given, in other words isn't at its default.

        Example:
            >>> sorted(Evidence(base_rate=0.05, ordered=True).given())
            ['base_rate', 'ordered']
        """
        return frozenset(
            each.name
            for each in fields(self)
            if (value := getattr(self, each.name)) is not None
            and not (isinstance(value, float | int) and value == each.default)
        )


def require_one(evidence: Evidence, *names: str, loss: str) -> str:
    """Return which of several alternatives was given.

    Args:
        evidence: what was given.
        names: the alternatives, of which exactly one must be given.
        loss: for whom, for the message.

    Raises:
        InputError: none, or more than one.

    Example:
        >>> require_one(Evidence(base_rate=0.05), "base_rate", "targets", loss="bce")
        'base_rate'
    """
    given = [name for name in names if name in evidence.given()]
    alternatives = " or ".join(f"`{name}`" for name in names)
    if not given:
        raise InputError(
            f"{alternatives} must be given for {loss}, but got none of them; without one nobody knows what is trivial"
            if len(names) > 1
            else f"{alternatives} must be given for {loss}; without it nobody knows what is trivial"
        )
    if len(given) > 1:
        got = " and ".join(f"`{name}`" for name in given)
        raise InputError(f"only one of {alternatives} must be given for {loss}, but got {got}; leave one out")
    return given[0]


def check_count(evidence: Evidence) -> None:
    """Check `n`.

    Raises:
        InputError: `n` that is below 1, or given together with targets, which say it themselves.
    """
    if evidence.n is None:
        return
    if evidence.targets is not None:
        raise InputError("`n` must not be given with `targets`, which are counted; leave it out")
    if evidence.n < 1:
        raise InputError(f"`n` must be at least 1, but got {evidence.n}; it is the number of targets")
