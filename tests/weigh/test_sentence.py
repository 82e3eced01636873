from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.weigh.call import weigh
from steelyard.weigh.scale import ReferencePoint, Scale


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (
            0.5,
            "0.500 nats is 2.5 times the entropy of a 5% base rate (0.199): worse than always predicting the base rate",
        ),
        (
            0.9,
            (
                "0.900 nats is 4.5 times the entropy of a 5% base rate (0.199): worse than always predicting the base rate, "
                "and than predicting 50% every time (0.693)"
            ),
        ),
        (
            0.19852,
            "0.199 nats is the entropy of a 5% base rate (0.199): no better than always predicting the base rate",
        ),
        (
            0.199,
            (
                "0.1990 nats is 0.00048 above the entropy of a 5% base rate (0.1985): no better than always predicting the "
                "base rate"
            ),
        ),
        (
            0.198,
            (
                "0.198 nats is 0.00052 below the entropy of a 5% base rate (0.199): hardly better than always predicting "
                "the base rate"
            ),
        ),
        (
            0.15,
            (
                "0.150 nats is 0.76 times the entropy of a 5% base rate (0.199): better than always predicting the base "
                "rate, 24% of the way to the floor (0)"
            ),
        ),
        (
            0.001,
            "0.00100 nats is 0.0050 times the entropy of a 5% base rate (0.199): almost at the floor (0)",
        ),
        (0.0, "0 nats is 0.20 below the entropy of a 5% base rate (0.199): at the floor (0)"),
        (
            -0.1,
            (
                "-0.100 nats is 0.30 below the entropy of a 5% base rate (0.199): better than the floor (0), the best "
                "attainable, which can't be: check its unit, its sign, and that it is a mean"
            ),
        ),
        (
            math.inf,
            (
                "infinity nats is worse than always predicting the base rate (0.199) and than any finite number: something "
                "happened that was given probability 0"
            ),
        ),
    ],
)
def test_binary_cross_entropy(value: float, says: str) -> None:
    if value == 0.19852:  # the entropy itself, to the last digit
        value = weigh(loss="bce", base_rate=0.05).scale.baseline.value
    assert str(weigh(value, loss="bce", base_rate=0.05)) == says


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (0.44, "0.440 nats per day is 0.014 above the baseline, climatology (0.426): worse than climatology"),
        (
            0.4,
            (
                "0.400 nats per day is 0.026 below the baseline, climatology (0.426): better than climatology, not as good "
                "as markov (0.387), 6.1% of the way to perfect foresight (0)"
            ),
        ),
        (
            0.38,
            (
                "0.380 nats per day is 0.89 times the baseline, climatology (0.426): better than markov (0.387), not as "
                "good as 15-lag logistic (0.379), 11% of the way from climatology to perfect foresight (0)"
            ),
        ),
        (
            0.2,
            (
                "0.200 nats per day is 0.47 times the baseline, climatology (0.426): better than 15-lag logistic (0.379), "
                "53% of the way from climatology to perfect foresight (0)"
            ),
        ),
    ],
)
def test_a_scale_without_phrases_of_its_own(log_score: Scale, value: float, says: str) -> None:
    assert log_score.place(value).sentence == says


def test_a_score(accuracy: Scale) -> None:
    assert accuracy.place(0.9).sentence == (
        "0.900 is 0.40 above the baseline, chance (0.500): better than a person (0.800), 80% of the way from chance to "
        "the floor (1.00)"
    )
    assert accuracy.place(0.3).sentence.endswith("worse than chance")


def test_a_baseline_that_cannot_be_beaten(log_score: Scale) -> None:
    flat = replace(log_score, baseline=replace(log_score.floor, name="constant"), references=())
    assert flat.place(0.0).sentence.endswith(
        "no better than constant, and nothing can be: it is the floor too"
    )


def test_numbers_that_differ_are_shown_to_differ(log_score: Scale) -> None:
    said = log_score.place(0.42599).sentence
    assert "0.42599 nats per day" in said
    assert "(0.42600)" in said


def test_the_targets_that_the_baseline_rests_on_are_named() -> None:
    said = str(weigh(0.52, loss="bce", targets=[0, 0, 0, 1] * 50))
    assert said.endswith("not distinguishable from always predicting the base rate with 200 targets")


@given(value=st.floats(min_value=-1, max_value=10))
def test_the_verdict_agrees_with_the_order(value: float) -> None:
    points = {
        name: ReferencePoint(name=name, value=at, meaning="") for name, at in (("low", 1.0), ("high", 4.0))
    }
    floor = ReferencePoint(name="floor", value=0.0, meaning="")
    base = ReferencePoint(name="base", value=3.0, meaning="")
    scale = Scale(loss="x", unit="", baseline=base, floor=floor, references=(*points.values(), base, floor))
    said = scale.place(value).sentence
    assert ("better than low" in said) == (0.03 < value < 1)
    assert ("not as good as low" in said) == (1 < value < 3 - 0.015)
    assert ("worse than base" in said) == (value > 3 + 0.015)
    assert ("than high" in said) == (value > 4)
    assert ("check its unit" in said) == (value < 0)
