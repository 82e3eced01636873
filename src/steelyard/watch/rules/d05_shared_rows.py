"""D05: rows are in training and validation."""

from __future__ import annotations

from steelyard.watch.evidence import Overlap
from steelyard.watch.rule import Missing, Rule, Sign

SHARE = 0.01
LEAST = 5
REPEATS = 0.1


def check(*, overlap: Overlap) -> Sign | Missing | None:
    """Look at validation rows that were met in training."""
    if overlap.own_repeats > REPEATS:
        return Missing(
            "validation rows that differ from each other (rows that repeat by nature can't be told from shared ones)"
        )
    share = overlap.shared / overlap.rows
    if overlap.shared < LEAST or not share > SHARE + overlap.own_repeats:
        return None
    return Sign(
        evidence={
            "shared": overlap.shared,
            "rows": overlap.rows,
            "share": share,
            "trained": overlap.trained,
            "threshold": SHARE,
        },
        meaning=f"{overlap.shared} of {overlap.rows} validation rows ({share:.1%}) are, number for number, among {overlap.trained:,} training rows that were sampled.",
    )


RULE = Rule(
    code="D05",
    name="shared-rows",
    title="Validation rows were met in training.",
    severity="warning",
    what="A fingerprint of each validation row against those of sampled training rows (20,000 at most).",
    why="What was trained on can be remembered: the validation loss is then too good, and picks the model that remembers best.",
    threshold="More than 1% and at least 5 rows, a proposal. Only sampled training rows are compared, so the true share is larger.",
    advice="Split before augmenting and oversampling; split by group (patient, user, document) where rows of a group resemble each other.",
    wrong="Rows of few possible values that repeat by nature: not judged if more than 10% of validation rows repeat each other. Groups that are split aren't seen.",
    check=check,
)
