"""A scale: a unit, a direction and named reference points that a number is placed between."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from steelyard.errors import InputError
from steelyard.weigh.digits import number
from steelyard.weigh.sentence import sentence
from steelyard.weigh.standing import Standing, skill_of, standing_of
from steelyard.weigh.units import conversions, to_scale_unit

Direction = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePoint:
    """A number whose meaning is known: what some stated predictor gets.

    Args:
        name: a short name, for tables.
        value: what the predictor gets, in the scale's unit.
        meaning: what the predictor does.
        quantity: what a sentence calls the number ("the entropy of a 5% base rate"); by default "the baseline, NAME".
        predictor: what a sentence calls the predictor ("always predicting the base rate"); by default its name.
    """

    name: str
    value: float
    meaning: str
    quantity: str = ""
    predictor: str = ""

    @property
    def called(self) -> str:
        """Return what a sentence calls the number."""
        return self.quantity or f"the baseline, {self.name}"

    @property
    def described(self) -> str:
        """Return what a sentence calls the predictor."""
        return self.predictor or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a number stands on a scale.

    Args:
        value: the number, in the scale's unit.
        skill: (baseline - value) / (baseline - floor): 0 at the baseline, 1 at the floor, negative when worse than
            the baseline; None where the two coincide.
        standing: the same in a word.
        conversions: the same number in other units (`bits`, `perplexity`, ...).
        sentence: what it means, in one plain sentence.
    """

    value: float
    skill: float | None
    standing: Standing
    conversions: Mapping[str, float]
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """Return the placement as plain JSON values; infinity becomes None."""
        return {
            "value": plain(self.value),
            "skill": plain(self.skill),
            "standing": self.standing,
            "conversions": {unit: plain(value) for unit, value in self.conversions.items()},
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Reference points that a loss or score is weighed against.

    Args:
        loss: what is weighed (`bce`, `cross-entropy`, `mse`, ...).
        unit: unit of the values (`nats`, `nats per day`, `squared units`, ...); empty if none.
        direction: which way the number improves.
        baseline: what a trivial predictor gets; skill 0.
        floor: the best attainable (skill 1).
        references: all named points, the baseline and the floor among them.
        notes: what to know before trusting it, each a sentence.
        ceiling: the worst possible, where there is one.
        baseline_interval: 95% interval of the baseline, where it was estimated from a sample.
        targets: how many targets it was estimated from.

    Raises:
        InputError: a baseline or floor that is nan, or a baseline better than the floor.

    Example:
        >>> climatology = ReferencePoint(name="climatology", value=0.426, meaning="the season's frequencies")
        >>> markov = ReferencePoint(name="markov", value=0.387, meaning="yesterday's")
        >>> foresight = ReferencePoint(name="perfect foresight", value=0.0, meaning="every day known in advance")
        >>> scale = Scale(loss="log score", unit="nats per day", baseline=climatology, floor=foresight,
        ...               references=(climatology, markov, foresight))
        >>> print(scale.place(0.35).sentence)
        0.350 nats per day is 0.82 times the baseline, climatology (0.426): better than markov (0.387), 18% of the way
        from climatology to perfect foresight (0)

    When it is wrong: skill is linear in the loss, and a floor that nobody can reach makes every skill look small;
    compare skills on one scale only.
    """

    loss: str
    unit: str
    direction: Direction = "lower"
    baseline: ReferencePoint
    floor: ReferencePoint
    references: tuple[ReferencePoint, ...]
    notes: tuple[str, ...] = field(default=())
    ceiling: ReferencePoint | None = None
    baseline_interval: tuple[float, float] | None = None
    targets: int | None = None

    def __post_init__(self) -> None:
        for role, point in (("baseline", self.baseline), ("floor", self.floor)):
            if math.isnan(point.value):
                raise InputError(f"`{role}` must be a number, but {point.name!r} is nan")
        if self.gain(self.floor.value, self.baseline.value) > 0:
            raise InputError(
                f"`floor` must be at least as good as `baseline` ({self.direction} is better), but got floor "
                f"{self.floor.value} and baseline {self.baseline.value}; swap them, or change `direction`"
            )

    @property
    def points(self) -> tuple[ReferencePoint, ...]:
        """Return every point once, the worst first."""
        every = (self.baseline, *self.references, self.floor)
        once = {point.name: point for point in reversed(every)}
        return tuple(sorted(once.values(), key=lambda point: self._rank(point.value)))

    def gain(self, before: float, after: float) -> float:
        """Return by how much one number is better than another (positive: `after` is better), in the scale's unit."""
        if before == after:
            return 0.0
        return before - after if self.direction == "lower" else after - before

    def place(self, value: float, *, unit: str | None = None) -> Placement:
        """Place a number among the reference points.

        Args:
            value: the number; infinity is worse (or better) than everything.
            unit: its unit, if it isn't the scale's: `nats`, `bits` or `perplexity` for a scale in nats.

        Returns:
            The skill, the conversions and one plain sentence.

        Raises:
            InputError: nan, or a unit that the scale doesn't have.
        """
        if math.isnan(value):
            raise InputError(
                f"`value` must be a number, but got nan; a {self.loss} of nan has no place on a scale: look for a "
                "division by zero or a logarithm of zero in the training"
            )
        own = value if unit is None else to_scale_unit(value, given=unit, unit=self.unit)
        standing = standing_of(self, own)
        given = None if unit is None or unit == self.unit else (value, unit)
        return Placement(
            value=own,
            skill=skill_of(self, own),
            standing=standing,
            conversions=conversions(own, self.unit),
            sentence=sentence(self, own, standing=standing, given=given),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as plain JSON values; nan and infinity become None."""
        return {
            "loss": self.loss,
            "unit": self.unit,
            "direction": self.direction,
            "baseline": self._point(self.baseline),
            "floor": self._point(self.floor),
            "ceiling": None if self.ceiling is None else self._point(self.ceiling),
            "references": [self._point(point) for point in self.points],
            "baseline_interval": None
            if self.baseline_interval is None
            else [plain(end) for end in self.baseline_interval],
            "targets": self.targets,
            "notes": list(self.notes),
        }

    def _rank(self, value: float) -> tuple[bool, float]:
        return (not math.isnan(value), -value if self.direction == "lower" else value)

    def _point(self, point: ReferencePoint) -> dict[str, Any]:
        return {
            "name": point.name,
            "value": plain(point.value),
            "meaning": point.meaning,
            "conversions": {
                unit: plain(value) for unit, value in conversions(point.value, self.unit).items()
            },
        }

    def __str__(self) -> str:
        """Return the points on one line, the worst first."""
        points = ", ".join(f"{point.name} {number(point.value)}" for point in self.points)
        return f"{self.loss}{f' in {self.unit}' if self.unit else ''} ({self.direction} is better): {points}"

    def _repr_html_(self) -> str:
        """Show the scale in a notebook."""
        head = ["", self.unit or "value", *conversions(1.0, self.unit), "meaning"]
        rows = [
            [
                point.name,
                number(point.value),
                *(number(value) for value in conversions(point.value, self.unit).values()),
                point.meaning,
            ]
            for point in self.points
        ]
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return (
            f"<div><strong>{html.escape(self.loss)}</strong> ({self.direction} is better)<table>"
            f"<thead>{_row('th', head)}</thead><tbody>{''.join(_row('td', row) for row in rows)}</tbody></table>"
            f"{f'<ul>{notes}</ul>' if notes else ''}</div>"
        )


def plain(value: float | None) -> float | None:
    """Return a number that JSON has: None for nan and infinity.

    Example:
        >>> plain(0.5), plain(math.inf), plain(None)
        (0.5, None, None)
    """
    return float(value) if value is not None and math.isfinite(value) else None


def _row(tag: str, cells: list[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"
