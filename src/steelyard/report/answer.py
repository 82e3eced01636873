"""The answer to a study's question in one sentence, composed from its verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from steelyard.report.digits import decimals_for, number, plural, signed, with_unit
from steelyard.stats.verdict import Decision, Verdict
from steelyard.study.result import StudyResult

ORDER: tuple[Decision, ...] = ("better", "worse", "equivalent", "undecided")
"""The decisions, in the order in which they are told."""

_SPELLED_OUT = 3
_NAMED = 4


def answer(result: StudyResult) -> str:
    """Return the answer in one sentence.

    Up to three contrasts are told one by one with their numbers; more are grouped by decision.
    """
    return answer_verdicts(result.verdicts, unit=result.unit, named_factors=len(result.factors) > 1)


def answer_verdicts(verdicts: Sequence[Verdict], *, unit: str = "", named_factors: bool = False) -> str:
    """Return one sentence for a list of verdicts.

    Args:
        verdicts: what was decided, one a contrast.
        unit: the metric's unit, "" if none.
        named_factors: say which factor a level belongs to.
    """
    if not verdicts:
        return "No contrast was measured, so there is no answer yet."
    if len(verdicts) <= _SPELLED_OUT:
        clauses = [_clause(verdict, unit=unit, named_factor=named_factors) for verdict in verdicts]
        return f"On these data, {'; '.join(clauses)}."
    return f"Of {'; '.join(_grouped(verdicts, named_factors=named_factors))}."


def _clause(verdict: Verdict, *, unit: str, named_factor: bool) -> str:
    contrast = verdict.contrast
    level = f"{contrast.factor} {contrast.level}" if named_factor else contrast.level
    margin = with_unit(number(verdict.margin), unit)
    match verdict.decision:
        case "better" | "worse":
            size = ""
            if verdict.estimate == verdict.estimate:
                decimals = decimals_for(*verdict.interval)
                amount = with_unit(signed(abs(verdict.estimate), decimals=decimals).removeprefix("+"), unit)
                way = "lower" if verdict.estimate < 0 else "higher"
                size = f": {verdict.metric} is {way} by {amount}"
            within = (
                f", a real difference but smaller than the margin of {margin}"
                if verdict.within_margin
                else ""
            )
            return f"{level} is {verdict.decision} than {contrast.reference}{size}{within}"
        case "equivalent":
            return (
                f"{level} and {contrast.reference} are equivalent: any difference in {verdict.metric} is smaller "
                f"than the margin of {margin}"
            )
        case "undecided":
            return f"{level} against {contrast.reference} is undecided after {plural(verdict.pairs, 'pair')}{more(verdict)}"
        case _:
            assert_never(verdict.decision)


def more(verdict: Verdict) -> str:
    """Return `", ..."` that says how many more pairs would decide, "" when decided."""
    if verdict.decided:
        return ""
    if verdict.pairs_needed is None:
        return ", and how many more pairs would decide isn't known yet"
    return f", about {plural(verdict.pairs_needed, 'more pair')} would decide"


def _grouped(verdicts: Sequence[Verdict], *, named_factors: bool) -> list[str]:
    references = {verdict.contrast.reference for verdict in verdicts}
    against = f" against {references.pop()}" if len(references) == 1 else ""
    clauses = []
    for decision in ORDER:
        names = [
            f"{verdict.contrast.factor} {verdict.contrast.level}" if named_factors else verdict.contrast.level
            for verdict in verdicts
            if verdict.decision == decision
        ]
        if names:
            rest = len(names) - _NAMED
            listed = ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
            clauses.append(f"{len(names)} {decision} ({listed})")
    return [f"{len(verdicts)} contrasts{against}, {clauses[0]}", *clauses[1:]]
