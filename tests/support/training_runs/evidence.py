"""Evidence made by hand, for tests of one rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.watch.evidence import Batches, Curve, Head, Inputs, Modes, Parameter, Probe, Updates, Wiring
from steelyard.watch.recording.objective import Objective
from steelyard.watch.skill import Skill


def skill(estimate: float, *, half: float = 0.005, trivial: float = 0.7) -> Skill:
    """Return a skill with an interval."""
    return Skill(
        estimate=estimate,
        low=estimate - half,
        high=estimate + half,
        loss=trivial * (1 - estimate),
        trivial=trivial,
        floor=0.0,
        batches=20,
        examples=2000,
    )


def curve(values: Any) -> Curve:
    """Return a curve of consecutive steps."""
    numbers = np.asarray(values, dtype=np.float64)
    return Curve(steps=np.arange(1.0, len(numbers) + 1), values=numbers)


def batches(losses: Any, *, trivial: float = 0.7, spread: float = 0.5) -> Batches:
    """Return sampled batches of 64 examples."""
    numbers = np.asarray(losses, dtype=np.float64)
    n = len(numbers)
    return Batches(
        steps=np.arange(1.0, n + 1),
        losses=numbers,
        trivial=np.full(n, trivial),
        floors=np.zeros(n),
        examples=np.full(n, 64.0),
        spreads=np.full(n, spread),
        target_means=np.full(n, 0.5),
    )


BCE = Objective(kind="bce", form="logits")
CROSS_ENTROPY = Objective(kind="cross-entropy", form="logits")
MSE = Objective(kind="mse", form="values")


def head(**parts: Any) -> Head:
    """Return a head that has only these parts."""
    return Head(name="loss", **parts)


def inputs(means: Any, sds: Any, *, rows: int = 500, **parts: Any) -> Inputs:
    """Return statistics of inputs in columns."""
    means, sds = np.asarray(means, dtype=np.float64), np.asarray(sds, dtype=np.float64)
    return Inputs(
        **{
            "rows": rows,
            "kind": "columns",
            "means": means,
            "sds": sds,
            "low": float((means - 3 * sds).min()),
            "high": float((means + 3 * sds).max()),
            "not_finite": 0,
            "two_valued": np.zeros(len(means)),
            **parts,
        }
    )


def parameter(name: str = "body.weight", **parts: Any) -> Parameter:
    """Return a parameter that is trained and got a gradient on each of 20 sampled steps."""
    usual = {
        "elements": 100,
        "trainable": True,
        "in_optimizer": True,
        "declared_frozen": False,
        "seen": 20,
        "moved": 20,
    }
    return Parameter(name=name, **{**usual, **parts})


def wiring(*parameters: Parameter, **parts: Any) -> Wiring:
    """Return a wiring of these parameters."""
    return Wiring(parameters=parameters or (parameter(),), optimizers=1, **parts)


def modes(**parts: int) -> Modes:
    """Return modes of a model with dropout."""
    usual = {"training": 100, "training_in_eval": 0, "scoring": 10, "scoring_in_train": 0}
    return Modes(layers=("Dropout",), **{**usual, **parts})


def probe(**parts: Any) -> Probe:
    """Return a probe of a model that looks at its input."""
    return Probe(**{"rows": 32, "response": 0.8, "crossed": (), "sequence_layers": 0, **parts})


def updates(
    *,
    ratios: float = 1e-3,
    gradients: Any = None,
    lost: float = 0.0,
    rates: Any = None,
    sixteen: bool = False,
    saturated: float = 0.0,
) -> Updates:
    """Return 40 sampled steps of six parameters."""
    shape = (40, 6)
    return Updates(
        steps=np.arange(1.0, 41),
        rates=np.full(40, 0.01) if rates is None else np.asarray(rates, dtype=np.float64),
        names=tuple(f"layer{i}" for i in range(6)),
        gradients=np.broadcast_to(np.ones(6) if gradients is None else np.asarray(gradients), shape),
        ratios=np.full(shape, ratios),
        lost=np.full(shape, lost),
        sixteen_bits=(sixteen,) * 6,
        saturated=np.full(shape, saturated),
    )
