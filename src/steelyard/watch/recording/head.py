"""Record one head: its losses, and on sampled batches what they are worth beside a trivial predictor."""

from __future__ import annotations

import warnings
from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np

from steelyard.watch.evidence import Batches, Curve, Head, Outcomes
from steelyard.watch.recording.constants import Constant
from steelyard.watch.recording.curve import CurveRecorder
from steelyard.watch.recording.objective import Floats, Kind, Objective, example_losses, predicted
from steelyard.watch.recording.order import OrderRecorder
from steelyard.watch.recording.recognise import from_module, guessed, matching
from steelyard.watch.recording.rows import Rows, as_rows
from steelyard.watch.skill import Skill, skill_of

if TYPE_CHECKING:
    from torch import Tensor, nn

MOST_BATCHES = 4096
TRIES = 8
"""Batches that a loss is recognised by: what agrees with the first by accident doesn't with all."""


class HeadRecorder:
    """Records one head.

    Args:
        name: the user's.
        declared: the loss, if the user said it: a kind or a torch module.
        baseline: what a trivial predictor gets, `persistence`, or `auto`.
    """

    def __init__(
        self, name: str, *, declared: Kind | nn.Module | None = None, baseline: float | str = "auto"
    ) -> None:
        self.name = name
        self.reported = CurveRecorder()
        self.validated = CurveRecorder()
        self.baseline = baseline
        self.objective: Objective | None = None
        self._kind: Kind | None = declared if isinstance(declared, str) else None
        if declared is not None and not isinstance(declared, str):
            self.objective = from_module(declared)
        self._settled = self.objective is not None
        self._possible: tuple[Objective, ...] = ()
        self._tries = 0
        self._constant: Constant | None = None
        self._batches: list[tuple[float, ...]] = []
        self._held_out: Skill | None = None
        self._outcomes: deque[tuple[Floats, Floats]] = deque(maxlen=64)
        self._held_out_outcomes: tuple[Floats, Floats] | None = None
        self._order = OrderRecorder()
        self._zeros = self._targets = 0
        self._ratios: list[tuple[float, int, int]] = []
        self._probabilities = self._looked = 0
        self._classes: int | None = None
        self.shapes: tuple[tuple[int, ...], tuple[int, ...]] | None = None
        self.last_operation = ""

    def look(self, step: int, loss: float, outputs: Tensor, targets: Tensor) -> None:
        """Take a sampled batch into account.

        Args:
            step: the optimiser step.
            loss: as reported.
            outputs: what the loss was given.
            targets: likewise.
        """
        if self.shapes is None:
            self.shapes = (tuple(outputs.shape), tuple(targets.shape))
        objective = self._recognised(loss, outputs, targets)
        if objective is None or not np.isfinite(loss):
            return
        rows = as_rows(objective, outputs, targets)
        if rows is None or not np.isfinite(rows.outputs).all() or not np.isfinite(rows.targets).all():
            return
        self._looked += 1
        self._probabilities += _are_probabilities(objective, rows)
        self._classes = rows.classes
        self._order.add(rows)
        if objective.kind in {"mse", "mae"}:
            self._zeros += int((rows.targets == 0).sum())
            self._targets += rows.targets.size
        self._hold_against_trivial(step, loss, objective, rows)

    def hold_out(self, outputs: Tensor, targets: Tensor) -> None:
        """Judge predictions on examples that the model isn't trained on."""
        if self.objective is None:
            return
        rows = as_rows(self.objective, outputs, targets)
        if rows is None or self._constant is None:
            return
        trivial = self._constant.losses(rows.targets)
        if trivial is None or len(trivial) != len(rows.targets):
            return
        losses = example_losses(self.objective, rows.outputs, rows.targets)
        floor = self._constant.floor(rows.targets, classes=rows.classes)
        if np.isfinite(losses).all():
            blocks = len(losses)
            self._held_out = skill_of(losses, trivial, np.full(blocks, floor), np.ones(blocks))
        self._held_out_outcomes = _outcomes(self.objective, rows)

    @property
    def last_trivial(self) -> float | None:
        """Return what the trivial predictor got on the last sampled batch."""
        return self._batches[-1][2] if self._batches else None

    def evidence(self, last_step: int) -> Head:
        """Return what is known by now."""
        batches = self._as_batches()
        outcomes = None
        if self._held_out_outcomes is not None:
            outcomes = Outcomes(
                probabilities=self._held_out_outcomes[0], happened=self._held_out_outcomes[1], held_out=True
            )
        elif self._outcomes:
            p, y = (np.concatenate([each[i] for each in self._outcomes]) for i in (0, 1))
            outcomes = Outcomes(probabilities=p, happened=y, held_out=False)
        curve = self.reported.curve()
        skill = _skill_between(batches, last_step * 2 / 3, last_step)
        if isinstance(self.baseline, float | int) and skill is None:
            skill = skill_of_curve(curve, float(self.baseline), last_step * 2 / 3)
        known = isinstance(self.baseline, float | int)
        constant = "the baseline" if known or self._constant is None else self._constant.name
        return Head(
            name=self.name,
            objective=self.objective,
            constant=constant,
            curve=curve,
            validation=self.validated.curve(),
            batches=batches,
            skill=skill,
            held_out=self._held_out,
            early=_skill_between(batches, 0, max(20.0, last_step / 10)),
            classes=self._classes,
            zero_share=self._zeros / self._targets if self._targets else None,
            ratios=tuple(ratio for ratio, _, _ in self._ratios),
            counts=tuple((terms, examples) for _, terms, examples in self._ratios),
            probabilities_share=self._probabilities / self._looked if self._looked else None,
            last_operation=self.last_operation,
            shapes=self.shapes,
            order=self._order.order(),
            outcomes=outcomes,
        )

    def _recognised(self, loss: float, outputs: Tensor, targets: Tensor) -> Objective | None:
        """Return what the loss is: what has agreed with every batch so far, or begin anew where nothing has."""
        if self._settled:
            return self.objective
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own warnings on shapes, which the user has seen already
            found = matching(outputs, targets, loss, kind=self._kind)
        self._tries += 1
        known = tuple(each for each in self._possible if each in found)
        self._possible = known or found or self._possible
        self._settled = self._tries >= TRIES
        best = self._possible[0] if self._possible else None
        if best is None and self._settled and self._kind is not None:
            best = guessed(self._kind, outputs)
        if best != self.objective:
            self.objective = best
            self._forget()
        return best

    def _forget(self) -> None:
        """Let go of what was held against another loss."""
        self._constant = None
        self._batches.clear()
        self._outcomes.clear()
        self._ratios.clear()
        self._order = OrderRecorder()
        self._zeros = self._targets = self._probabilities = self._looked = 0

    def _hold_against_trivial(self, step: int, loss: float, objective: Objective, rows: Rows) -> None:
        if self._constant is None:
            self._constant = Constant(objective, persistence=self.baseline == "persistence")
        constant = self._constant
        trivial = constant.losses(rows.targets)
        floor = constant.floor(rows.targets, classes=rows.classes)
        constant.learn(rows.targets, classes=rows.classes)
        losses = example_losses(objective, rows.outputs, rows.targets)
        mean = float(losses.mean())
        if mean > 0 and len(self._ratios) < 32:
            columns = 1 if objective.kind == "cross-entropy" else rows.classes
            self._ratios.append((loss / mean, rows.total * columns, rows.examples))
        outcomes = _outcomes(objective, rows)
        if outcomes is not None:
            self._outcomes.append(outcomes)
        base = float(self.baseline) if isinstance(self.baseline, float | int) else None
        if base is None:
            if trivial is None:
                return
            base = float(trivial.mean())
        prediction = predicted(objective, rows.outputs)
        own = constant.spread()
        spread = float(np.sqrt(prediction.var(axis=0).mean())) / own if own > 0 else float("nan")
        self._batches.append((step, mean, base, floor, rows.total, spread, float(rows.targets.mean())))
        if len(self._batches) >= MOST_BATCHES:
            del self._batches[1 : MOST_BATCHES // 2 : 2]

    def _as_batches(self) -> Batches | None:
        if not self._batches:
            return None
        columns: list[Any] = list(np.array(self._batches, dtype=np.float64).T)
        return Batches(
            steps=columns[0],
            losses=columns[1],
            trivial=columns[2],
            floors=columns[3],
            examples=columns[4],
            spreads=columns[5],
            target_means=columns[6],
        )


def skill_of_curve(curve: Curve | None, baseline: float, after: float) -> Skill | None:
    """Return the skill of a reported curve beside a known baseline, each point counted as 100 examples."""
    if curve is None:
        return None
    late = (curve.steps >= after) & np.isfinite(curve.values)
    values = curve.values[late]
    count = len(values)
    return skill_of(values, np.full(count, baseline), np.zeros(count), np.full(count, 100.0))


def _skill_between(batches: Batches | None, first: float, last: float) -> Skill | None:
    if batches is None:
        return None
    inside = (batches.steps >= first) & (batches.steps <= last)
    return skill_of(
        batches.losses[inside], batches.trivial[inside], batches.floors[inside], batches.examples[inside]
    )


def _are_probabilities(objective: Objective, rows: Rows) -> bool:
    outputs = rows.outputs
    if outputs.min() < 0 or outputs.max() > 1:
        return False
    return objective.kind != "cross-entropy" or bool(np.abs(outputs.sum(axis=1) - 1).max() < 1e-3)


def _outcomes(objective: Objective, rows: Rows) -> tuple[Floats, Floats] | None:
    if objective.kind == "bce":
        if not np.isin(rows.targets, (0.0, 1.0)).all():
            return None
        p, y = predicted(objective, rows.outputs).ravel(), rows.targets.ravel()
        step = max(1, len(p) // 512)
        return p[::step], y[::step]
    if objective.kind == "cross-entropy" and rows.targets.ndim == 1:
        shares = predicted(objective, rows.outputs)
        step = max(1, len(shares) // 512)
        return shares.max(axis=1)[::step], (shares.argmax(axis=1) == rows.targets).astype(np.float64)[::step]
    return None
