"""Whether a watched number goes along with the return: over the runs of `agents.cosine`, and along each of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from steelyard.agents.levels import MEASURES
from steelyard.errors import InputError
from steelyard.stats.rank_correlation import RankCorrelation, rank_correlation, within_runs
from steelyard.study.trial import TrialRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlations:
    """Spearman's rank correlations of a number with the return; plain ones, no sign is turned.

    Args:
        measure: a level of `levels.MEASURES`.
        along: along training, the mean of one correlation a run, with runs as the unit.
        across: over runs, of the final number with the final return; None for `step`, which is the same in all.
    """

    measure: str
    along: RankCorrelation
    across: RankCorrelation | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "measure": self.measure,
            "along": _told(self.along),
            "across": None if self.across is None else _told(self.across),
        }


def correlations(trials: Iterable[TrialRecord]) -> tuple[Correlations, ...]:
    """Return the correlations of every measure.

    Args:
        trials: of one study `agents.cosine`; of each seed one is taken, since all of a seed are of the same training.

    Raises:
        InputError: fewer than three finished seeds.
    """
    runs = {each.spec.seed: each for each in trials if each.status == "finished" and "return" in each.curves}
    if len(runs) < 3:
        raise InputError(
            f"there must be at least 3 finished seeds of agents.cosine, but there are {len(runs)}; run `steelyard run agents.cosine` first"
        )
    ordered = [runs[seed] for seed in sorted(runs)]
    return tuple(_of(measure, ordered) for measure in MEASURES)


def _of(measure: str, runs: list[TrialRecord]) -> Correlations:
    name = measure.replace(" ", "_")
    along: list[tuple[Sequence[float], Sequence[float]]] = []
    for run in runs:
        returns = run.curves["return"]
        if measure == "step":
            along.append((returns.steps, returns.values))
            continue
        watched = dict(zip(run.curves[name].steps, run.curves[name].values, strict=True))
        along.append(([watched[step] for step in returns.steps], returns.values))
    across = None
    if measure != "step":
        across = rank_correlation(
            [run.metrics[name] for run in runs], [run.metrics["return"] for run in runs]
        )
    return Correlations(measure=measure, along=within_runs(along), across=across)


def _told(found: RankCorrelation) -> dict[str, float | int | None]:
    rho = None if math.isnan(found.rho) else found.rho
    return {"rho": rho, "low": found.low, "high": found.high, "count": found.count}
