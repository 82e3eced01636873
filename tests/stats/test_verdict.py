import json
from dataclasses import replace

import numpy as np
import pytest

from steelyard.stats.verdict import BY_FAILURES, Contrast, PairedOutcomes, Verdict

VERDICT = Verdict(
    contrast=Contrast(factor="norm", reference="none", level="layer"),
    metric="loss",
    direction="lower",
    decision="better",
    estimate=-0.1,
    interval=(-0.15, -0.05),
    equivalence_interval=(-0.14, -0.06),
    level_two_sided=0.05,
    level_equivalence=0.05,
    margin=0.02,
    pairs=6,
    pairs_needed=0,
    seeds=(0, 1, 2, 3, 4, 5),
    differences=(-0.1,) * 6,
    method="paired t, one look",
)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "layer is better than none: -0.1 [-0.15, -0.05] in loss."),
        ({"decision": "worse"}, "layer is worse than none: "),
        ({"margin": 0.2}, "layer is better than none (real, but within the margin): "),
        ({"decision": "equivalent", "margin": 0.2}, "equivalent: any difference is smaller than 0.2: "),
        (
            {"decision": "undecided", "pairs_needed": 1},
            "undecided: -0.1 [-0.15, -0.05] in loss; about 1 more pair would",
        ),
        ({"decision": "undecided", "pairs_needed": 7}, "about 7 more pairs would decide."),
        ({"decision": "undecided", "pairs_needed": None}, "more pairs alone would not decide."),
        (
            {"decision": "undecided", "pairs_needed": None, "pairs": 1, "interval": (-np.inf, np.inf)},
            "-0.1 in loss, no interval yet; the spread isn't known yet.",
        ),
        (
            {"decision": "undecided", "pairs_needed": None, "pairs": 0, "estimate": np.nan},
            "undecided: no seed on which both finished; the spread isn't known yet.",
        ),
        (
            {"decision": "worse", "method": BY_FAILURES, "failed_level": (1, 2, 3)},
            "layer is worse than none: it failed on 3 seeds, none on 0.",
        ),
    ],
)
def test_the_sentence(changes: dict[str, object], sentence: str) -> None:
    assert sentence in replace(VERDICT, **changes).sentence


def test_within_the_margin_is_said_of_the_interval_that_decided() -> None:
    between = replace(VERDICT, margin=0.145)
    assert not between.within_margin
    assert replace(between, decision="equivalent").within_margin
    assert replace(between, margin=0.16).within_margin


def test_json_has_no_nan_and_no_numpy() -> None:
    verdict = replace(
        VERDICT,
        decision="undecided",
        estimate=float("nan"),
        interval=(-np.inf, np.inf),
        seeds=(np.int64(3), "x"),
        differences=(np.float64(0.5), 0.25),
        failed_level=(np.int64(7),),
        pairs_needed=None,
    )
    record = json.loads(json.dumps(verdict.to_dict(), allow_nan=False))
    assert record["estimate"] is None
    assert record["interval"] == [None, None]
    assert record["seeds"] == [3, "x"]
    assert record["failed"] == 1
    assert record["pairs_needed"] is None
    assert record["decision"] == "undecided"
    assert (record["factor"], record["reference"], record["level"]) == ("norm", "none", "layer")


def test_every_field_is_in_the_json() -> None:
    assert {"margin", "pairs", "pairs_needed", "warnings", "within_margin", "sentence", "family"} <= set(
        VERDICT.to_dict()
    )


def test_names_cannot_become_markup() -> None:
    hostile = replace(
        VERDICT,
        contrast=Contrast(factor="f", reference="<b>", level="<script>alert(1)</script>"),
        metric="<i>",
        warnings=("<u>",),
        method="<s>",
    )
    page = hostile._repr_html_()
    for tag in ("<script", "<b>", "<i>", "<u>", "<s>"):
        assert tag not in page
    assert "&lt;script&gt;" in page


def test_failures_on_both_sides_of_a_seed_count_once() -> None:
    assert replace(VERDICT, failed_level=(1, 2), failed_reference=(2, 3)).failed == 3


def test_outcomes_must_fit_together() -> None:
    contrast = VERDICT.contrast
    with pytest.raises(ValueError, match="equal lengths"):
        PairedOutcomes(contrast=contrast, seeds=(0, 1), reference=(0.1,), level=(0.1, 0.2))
    with pytest.raises(ValueError, match="distinct"):
        PairedOutcomes(contrast=contrast, seeds=(0, 0), reference=(0.1, 0.1), level=(0.1, 0.2))
