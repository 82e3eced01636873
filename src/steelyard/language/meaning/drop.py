"""Where a drop of the loss comes from: its part in each group of tokens, which sum to the whole."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.meaning.grouping import Grouping


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One group's part of a drop.

    Args:
        name: of the group.
        tokens: how many tokens are in it.
        before_nats: their mean loss before.
        after_nats: their mean loss after.
        part_nats: what the drop of the whole text's loss owes to them; negative where they got worse.
    """

    name: str
    tokens: int
    before_nats: float
    after_nats: float
    part_nats: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A drop of the mean loss between two states of a model, in parts.

    Args:
        by: what the groups differ in.
        tokens: of the text.
        before_nats: mean loss before, in nats a token.
        after_nats: mean loss after.
        drop_nats: before minus after: the sum of the parts.
        parts: one for each group that has tokens, in the grouping's order.
    """

    by: str
    tokens: int
    before_nats: float
    after_nats: float
    drop_nats: float
    parts: tuple[Part, ...]

    def share(self, part: Part) -> float:
        """Return a part as a share of the drop; nan where there was no drop. Parts of opposite sign make others exceed 1."""
        return part.part_nats / self.drop_nats if self.drop_nats else math.nan

    def to_dict(self) -> Mapping[str, object]:
        """Return the drop as plain JSON values."""
        return asdict(self)


def drop(before: NDArray[np.float64], after: NDArray[np.float64], grouping: Grouping) -> Drop:
    """Return the drop of a text's mean loss, and what each group of its tokens contributed.

    A group's part is the sum over its tokens of (before - after), divided by the number of all tokens. Nothing is
    modelled or estimated: the parts sum to the drop because every token is in one group.

    Args:
        before: nats of each token in the earlier state, shape (n,).
        after: nats of the same tokens in the later state, shape (n,).
        grouping: of the same tokens.

    Raises:
        InputError: no tokens, or lengths that differ.

    Example:
        >>> rare = Grouping(by="frequency", names=("rare", "common"), group=np.array([0, 1, 1, 1]))
        >>> found = drop(np.array([6.0, 2.0, 2.0, 2.0]), np.array([6.0, 1.0, 1.0, 1.0]), rare)
        >>> found.drop_nats, [(part.name, part.part_nats) for part in found.parts]
        (0.75, [('rare', 0.0), ('common', 0.75)])

    When it is wrong: it is exact for this text and says nothing of another one; a group with few tokens may owe its
    part to one of them.
    """
    if not before.shape == after.shape == grouping.group.shape or before.ndim != 1 or not before.size:
        raise InputError(
            "`before`, `after` and `grouping` must be of the same tokens and at least one, but got shapes "
            f"{before.shape}, {after.shape} and {grouping.group.shape}"
        )
    size, count = len(grouping.names), len(before)
    tokens = np.bincount(grouping.group, minlength=size)
    was = np.bincount(grouping.group, weights=before, minlength=size)
    now = np.bincount(grouping.group, weights=after, minlength=size)
    parts = tuple(
        Part(
            name=name,
            tokens=int(tokens[nth]),
            before_nats=float(was[nth] / tokens[nth]),
            after_nats=float(now[nth] / tokens[nth]),
            part_nats=float((was[nth] - now[nth]) / count),
        )
        for nth, name in enumerate(grouping.names)
        if tokens[nth]
    )
    return Drop(
        by=grouping.by,
        tokens=count,
        before_nats=float(before.mean()),
        after_nats=float(after.mean()),
        drop_nats=float(before.mean() - after.mean()),
        parts=parts,
    )
