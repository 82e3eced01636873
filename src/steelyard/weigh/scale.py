"""A scale: a unit, a direction and named reference points that a number is placed between."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from steelyard.errors import InputError

Direction = Literal["lower", "higher"]
_NEAR = 0.005
"""Shares of the way between baseline and floor that are called equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePoint:
    """A number whose meaning is known: what some stated predictor gets.

    Args:
        name: short name (`base rate`, `uniform`, `climatology`).
        value: what it gets, in the scale's unit.
        meaning: what it is, as a phrase.
        quantity: the value as a noun phrase (`the entropy of a 5% base rate`); default "that of NAME".
        predictor: who gets it, as a phrase (`always predicting the base rate`); default the name.
    """

    name: str
    value: float
    meaning: str
    quantity: str = ""
    predictor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a number stands on a scale.

    Args:
        value: the number, in the scale's unit.
        skill: (baseline - value) / (baseline - floor): 0 at the baseline, 1 at the floor, negative when worse than
            the baseline; None where the two coincide.
        conversions: the same number in other units (`bits`, `perplexity`, ...).
        sentence: what it means, in one plain sentence.
    """

    value: float
    skill: float | None
    conversions: Mapping[str, float]
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """Return the placement as plain JSON values; infinity becomes None."""
        return {
            "value": _finite(self.value),
            "skill": None if self.skill is None else _finite(self.skill),
            "conversions": {unit: _finite(value) for unit, value in self.conversions.items()},
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Reference points that a loss or score is weighed against.

    Args:
        loss: what is weighed (`bce`, `cross-entropy`, `mse`, ...).
        unit: unit of the values (`nats`, `nats per day`, `squared units`, ...).
        direction: which way the number improves.
        baseline: what a trivial predictor gets; skill 0.
        floor: the best attainable (skill 1).
        references: all named points, the baseline and the floor among them.
        notes: what to know before trusting it, each a sentence.

    Example:
        >>> scale = Scale(
        ...     loss="mse",
        ...     unit="squared metres",
        ...     baseline=ReferencePoint(name="mean", value=4.0, meaning="always the mean"),
        ...     floor=ReferencePoint(name="perfect", value=0.0, meaning="no error"),
        ...     references=(),
        ... )
        >>> scale.place(3.0).skill
        0.25
    """

    loss: str
    unit: str
    direction: Direction = "lower"
    baseline: ReferencePoint
    floor: ReferencePoint
    references: tuple[ReferencePoint, ...]
    notes: tuple[str, ...] = field(default=())

    def place(self, value: float) -> Placement:
        """Place a number on the scale.

        Args:
            value: in the scale's unit; infinity is a loss like any other.

        Raises:
            InputError: nan.
        """
        value = float(value)
        if math.isnan(value):
            raise InputError(
                "the value must be a number, but got nan: the run diverged, so there is nothing to weigh"
            )
        gap = self.baseline.value - self.floor.value
        skill = (self.baseline.value - value) / gap if gap != 0 else None
        return Placement(
            value=value,
            skill=skill,
            conversions=convert(value, unit=self.unit),
            sentence=self._sentence(value, skill),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as plain JSON values."""
        described = asdict(self)
        for point in (described["baseline"], described["floor"], *described["references"]):
            point["value"] = _finite(point["value"])
        described["references"] = list(described["references"])
        described["notes"] = list(self.notes)
        return described

    def _sentence(self, value: float, skill: float | None) -> str:
        said = f"{show(value)} {self.unit}".strip()
        baseline = self.baseline
        ratio = value / baseline.value if baseline.value > 0 and value >= 0 else None
        quantity = baseline.quantity or f"that of {baseline.name}"
        if ratio is None or not math.isfinite(ratio):
            compared = f"{said} against {quantity} ({show(baseline.value)})"
        elif abs(ratio - 1) < _NEAR:
            compared = f"{said} is {quantity} ({show(baseline.value)})"
        else:
            compared = f"{said} is {_times(ratio)} times {quantity} ({show(baseline.value)})"
        return f"{compared}: {self._judgement(value, skill)}"

    def _judgement(self, value: float, skill: float | None) -> str:
        """Say what the number is better and worse than."""
        trivial = self.baseline.predictor or self.baseline.name
        if skill is None:
            return f"{trivial} already is the best attainable here, so this number says nothing about a model"
        if skill > 1 + _NEAR:
            return (
                f"better than the best attainable ({show(self.floor.value)}), so something is off: check the unit, and whether it "
                "is a mean or a sum"
            )
        if skill > 1 - _NEAR:
            return f"as good as {self.floor.predictor or self.floor.name}"
        if skill < -_NEAR:
            return f"worse than {trivial}"
        if skill < _NEAR:
            return f"no better than {trivial}"
        sign = 1 if self.direction == "lower" else -1
        others = [each for each in self.references if each.name not in {self.baseline.name, self.floor.name}]
        beaten = [
            each
            for each in others
            if sign * (self.baseline.value - each.value) >= 0 and sign * (each.value - value) > 0
        ]
        unbeaten = [each for each in others if sign * (value - each.value) >= 0]
        best = min(beaten, key=lambda each: sign * each.value, default=None)
        next_ = max(unbeaten, key=lambda each: sign * each.value, default=None)
        told = f"better than {trivial}"
        if best is not None:
            told += f" and than {best.predictor or best.name} ({show(best.value)})"
        if next_ is not None:
            told += f", but not than {next_.predictor or next_.name} ({show(next_.value)})"
        return f"{told}; {skill:.0%} of the way to {self.floor.predictor or self.floor.name}"

    def _repr_html_(self) -> str:
        """Show the scale in a notebook."""
        points = {point.name: point for point in (self.baseline, *self.references, self.floor)}
        rows = "".join(
            f"<tr><td>{html.escape(point.name)}</td><td>{show(point.value)}</td><td>{html.escape(point.meaning)}</td></tr>"
            for point in points.values()
        )
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return (
            f"<div><strong>{html.escape(self.loss)}</strong>, {html.escape(self.unit)}, {self.direction} is better"
            f"<table><thead><tr><th>reference point</th><th>value</th><th>meaning</th></tr></thead><tbody>{rows}</tbody></table>"
            f"{f'<ul>{notes}</ul>' if notes else ''}</div>"
        )


def convert(value: float, *, unit: str) -> dict[str, float]:
    """Return a value in nats also in bits and as perplexity; nothing for other units.

    Example:
        >>> {name: round(value, 3) for name, value in convert(math.log(8), unit="nats").items()}
        {'bits': 3.0, 'perplexity': 8.0}
    """
    if unit.split(" ", maxsplit=1)[0] != "nats":
        return {}
    return {"bits": value / math.log(2), "perplexity": math.exp(value) if value < 700 else math.inf}


def show(value: float) -> str:
    """Return a number with three decimals, or four digits where it is large or tiny.

    Example:
        >>> show(0.5), show(12345.678), show(0.00012)
        ('0.500', '1.235e+04', '0.00012')
    """
    if value == 0 or 0.01 <= abs(value) < 1000:
        return f"{value:.3f}"
    return f"{value:.4g}"


def _times(ratio: float) -> str:
    return f"{ratio:.0f}" if 9.95 <= ratio < 1e6 else f"{ratio:.2g}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
