from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.stats.decide import weigh_contrasts
from steelyard.stats.interval import paired_t_interval
from steelyard.stats.plan import anytime, fixed_sample, planned_looks
from steelyard.stats.verdict import Contrast, PairedOutcomes, Verdict

NAN = float("nan")
Pair = Callable[..., PairedOutcomes]
Weigh = Callable[..., tuple[Verdict, ...]]
HIGHER = [0.9, 1.1, 1.0, 1.2, 0.8, 1.0]
NONE = [0.1, -0.1, 0.05, 0.0, -0.05, 0.02]
UNCLEAR = [2.0, -1.5, 0.7, -0.4, 3.0, 0.1]


@pytest.mark.parametrize(
    ("differences", "direction", "expected"),
    [
        (HIGHER, "lower", "worse"),
        (HIGHER, "higher", "better"),
        ([-d for d in HIGHER], "lower", "better"),
        ([-d for d in HIGHER], "higher", "worse"),
        (NONE, "lower", "equivalent"),
        (NONE, "higher", "equivalent"),
        (UNCLEAR, "lower", "undecided"),
    ],
)
def test_four_decisions(
    pair: Pair, weigh: Weigh, differences: list[float], direction: str, expected: str
) -> None:
    (verdict,) = weigh(pair(differences), direction=direction, margin=0.5)
    assert verdict.decision == expected
    assert verdict.estimate == pytest.approx(np.mean(differences))
    assert verdict.interval == pytest.approx(paired_t_interval(differences))
    assert verdict.equivalence_interval == pytest.approx(paired_t_interval(differences, level=0.9))
    assert (verdict.level_two_sided, verdict.level_equivalence) == pytest.approx((0.05, 0.05))
    assert (verdict.pairs_needed == 0) == (expected != "undecided")
    assert verdict.differences == tuple(differences)


def test_better_within_the_margin(pair: Pair, weigh: Weigh) -> None:
    (verdict,) = weigh(pair(HIGHER), direction="higher", margin=5.0)
    assert verdict.decision == "better"
    assert verdict.within_margin
    assert "within the margin" in verdict.sentence


@pytest.mark.parametrize("pairs", [0, 1, 2])
def test_too_few_pairs(pair: Pair, weigh: Weigh, pairs: int) -> None:
    (verdict,) = weigh(pair([0.5, 0.7][:pairs]), plan=planned_looks(20))
    assert verdict.decision == "undecided"
    assert verdict.pairs == pairs
    assert verdict.interval == (-np.inf, np.inf)
    assert (verdict.pairs_needed is None) == (pairs < 2)
    assert any("only" in warning for warning in verdict.warnings) == (pairs > 0)
    assert "nan" not in verdict.sentence


def test_equal_differences_have_no_spread(pair: Pair, weigh: Weigh) -> None:
    """A trial that ignores its seed: the interval has no width, and the verdict says why."""
    base = [0.3, 17.1, 1e3, 2.7, 9.9]
    same = pair([0.0] * 5, reference=base)
    moved = PairedOutcomes(
        contrast=same.contrast, seeds=same.seeds, reference=same.reference, level=tuple(b + 0.1 for b in base)
    )
    (equal,), (worse,) = weigh(same), weigh(moved)
    assert (equal.decision, worse.decision) == ("equivalent", "worse")
    for verdict in (equal, worse):
        assert verdict.interval == pytest.approx((verdict.estimate, verdict.estimate))
        assert any("same number" in warning for warning in verdict.warnings)
        assert len(verdict.warnings) == 1


def test_rounding_is_not_a_difference(pair: Pair, weigh: Weigh) -> None:
    reference = [0.1 + 0.2, 0.7, 0.3, 0.9]
    level = [0.3, 0.7, 0.3, 0.9]
    outcomes = PairedOutcomes(
        contrast=Contrast(factor="f", reference="a", level="b"),
        seeds=(0, 1, 2, 3),
        reference=tuple(reference),
        level=tuple(level),
    )
    (verdict,) = weigh(outcomes, margin=0.01)
    assert verdict.decision == "equivalent"
    assert verdict.estimate == 0.0


def test_seeds_may_be_words(weigh: Weigh) -> None:
    outcomes = PairedOutcomes(
        contrast=Contrast(factor="f", reference="a", level="b"),
        seeds=("red", "green", "blue", "grey"),
        reference=(1.0, 2.0, NAN, 1.5),
        level=(1.1, 2.1, 0.3, 1.7),
    )
    (verdict,) = weigh(outcomes)
    assert verdict.seeds == ("red", "green", "grey")
    assert verdict.failed_reference == ("blue",)


# --- failed seeds ---------------------------------------------------------------------------------------------------


def test_who_fails_on_seven_seeds_alone_is_worse(pair: Pair, weigh: Weigh) -> None:
    for failures, expected in ((6, "undecided"), (7, "worse")):
        (verdict,) = weigh(
            pair([*HIGHER, *[NAN] * failures]), plan=planned_looks(20), direction="higher", margin=0.1
        )
        assert verdict.decision == expected
    assert verdict.method.startswith("failed seeds")
    assert "failed on 7 seeds" in verdict.sentence
    assert verdict.failed == 7


def test_a_failing_reference_makes_the_level_better(pair: Pair, weigh: Weigh) -> None:
    outcomes = pair(UNCLEAR + [0.0] * 7, failed_reference=range(6, 13))
    (verdict,) = weigh(outcomes, plan=planned_looks(20))
    assert (verdict.decision, verdict.failed_reference) == ("better", tuple(range(6, 13)))


def test_seeds_on_which_both_fail_favour_nobody(pair: Pair, weigh: Weigh) -> None:
    outcomes = pair([*HIGHER, *[NAN] * 10], failed_reference=range(6, 16))
    (verdict,) = weigh(outcomes, plan=fixed_sample(16), direction="higher")
    assert verdict.decision == "better"
    assert verdict.failed == 10


@pytest.mark.parametrize(
    ("differences", "direction", "expected"),
    [(HIGHER, "higher", "undecided"), (HIGHER, "lower", "worse"), (NONE, "lower", "undecided")],
)
def test_one_failure_more_takes_away_what_is_in_ones_favour(
    pair: Pair, weigh: Weigh, differences: list[float], direction: str, expected: str
) -> None:
    (verdict,) = weigh(pair([*differences, NAN]), direction=direction, margin=0.5)
    assert verdict.decision == expected
    if expected == "undecided":
        assert verdict.pairs_needed is None
        assert any("lucky selection" in warning for warning in verdict.warnings)
        assert "more pairs alone would not decide" in verdict.sentence


def test_the_same_failures_on_both_sides_take_nothing_away(pair: Pair, weigh: Weigh) -> None:
    outcomes = pair([*HIGHER, NAN, 0.0], failed_reference=[7])
    (verdict,) = weigh(outcomes, direction="higher")
    assert verdict.decision == "better"


def test_all_failed(pair: Pair, weigh: Weigh) -> None:
    outcomes = pair([NAN] * 5, failed_reference=range(5))
    (verdict,) = weigh(outcomes)
    assert (verdict.decision, verdict.pairs) == ("undecided", 0)
    assert np.isnan(verdict.estimate)
    assert "no seed on which both finished" in verdict.sentence


# --- several contrasts ----------------------------------------------------------------------------------------------


def with_t(t: float, *, pairs: int = 30) -> list[float]:
    """Make differences of mean t standard errors and standard error 1."""
    x = np.random.default_rng(3).standard_normal(pairs)
    x = (x - x.mean()) / x.std(ddof=1) * np.sqrt(pairs)
    return list(x + t)


def test_a_later_step_decides_what_the_first_does_not(pair: Pair, weigh: Weigh) -> None:
    """At 30 pairs two contrasts need |t| > 2.36, the last one 2.05."""
    alone = weigh(pair(with_t(2.2), name="b"), plan=fixed_sample(30, contrasts=2), direction="higher")
    both = weigh(pair(with_t(9.0), name="a"), pair(with_t(2.2), name="b"), direction="higher")
    assert alone[0].decision == "undecided"
    assert [verdict.decision for verdict in both] == ["better", "better"]
    assert both[1].interval[0] < 0
    assert any("Holm" in warning for warning in both[1].warnings)
    assert not any("Holm" in warning for warning in both[0].warnings)


def test_the_order_of_contrasts_does_not_matter_between_kinds(pair: Pair, weigh: Weigh) -> None:
    """b is equivalent at the first step and better once a left its share; better goes first, wherever b stands."""
    outcomes = [pair(with_t(9.0), name="a"), pair(with_t(2.2), name="b")]
    one = weigh(*outcomes, direction="higher", margin=20.0)
    other = weigh(*outcomes[::-1], direction="higher", margin=20.0)
    assert [verdict.decision for verdict in one] == ["better", "better"]
    assert other == one[::-1]


@given(data=st.data())
def test_the_order_of_contrasts_does_not_matter(data: st.DataObject) -> None:
    n = data.draw(st.integers(4, 12))
    shifts = data.draw(st.lists(st.floats(-3, 3), min_size=3, max_size=3))
    fails = data.draw(st.lists(st.booleans(), min_size=3, max_size=3))
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    outcomes = []
    for i, (shift, fail) in enumerate(zip(shifts, fails, strict=True)):
        level = rng.standard_normal(n) + shift
        level[-1] = NAN if fail else level[-1]
        outcomes.append(
            PairedOutcomes(
                contrast=Contrast(factor="f", reference="r", level=str(i)),
                seeds=tuple(range(n)),
                reference=(0.0,) * n,
                level=tuple(level.tolist()),
            )
        )
    found = []
    for order in permutations(range(3)):
        verdicts = weigh_contrasts(
            [outcomes[i] for i in order],
            metric="loss",
            direction="lower",
            margin=1.5,
            plan=planned_looks(12, contrasts=3),
        )
        found.append(sorted((verdict.to_dict() for verdict in verdicts), key=lambda each: each["level"]))
    assert all(each == found[0] for each in found)


def test_shares_of_one_kind_stay_in_that_kind(pair: Pair, weigh: Weigh) -> None:
    """An equivalent contrast leaves its share of equivalence, not of better-or-worse."""
    equal, near = pair([d / 100 for d in with_t(0.0)], name="a"), pair(with_t(2.2), name="b")
    first, second = weigh(equal, near, direction="higher", margin=1.0)
    assert (first.decision, second.decision) == ("equivalent", "undecided")


def test_an_earlier_decision_stays_and_leaves_its_share(pair: Pair, weigh: Weigh) -> None:
    plan = planned_looks(30, contrasts=2)
    before = weigh(pair(HIGHER, name="a"), pair(UNCLEAR, name="b"), plan=plan, direction="higher")
    assert [verdict.decision for verdict in before] == ["better", "undecided"]
    reversed_by_now = pair([-d for d in with_t(9.0)], name="a")
    after = weigh(reversed_by_now, pair(with_t(2.9), name="b"), plan=plan, direction="higher", earlier=before)
    assert after[0] == before[0]
    assert after[1].decision == "better"
    alone = weigh(reversed_by_now, pair(with_t(2.9), name="b"), plan=plan, direction="higher")
    assert alone[0].decision == "worse"


def test_a_decision_by_failures_leaves_no_share(pair: Pair, weigh: Weigh) -> None:
    plan = fixed_sample(30, contrasts=2)
    failing, near = pair([*with_t(0.0)[:18], *[NAN] * 12], name="a"), pair(with_t(2.2), name="b")
    first, second = weigh(failing, near, plan=plan, direction="higher", margin=0.01)
    assert (first.decision, second.decision) == ("worse", "undecided")
    (later,) = weigh(near, plan=plan, direction="higher", margin=0.01, earlier=[first])
    assert later.decision == "undecided"


def test_a_family_larger_than_given_widens_the_interval(pair: Pair, weigh: Weigh) -> None:
    (one,) = weigh(pair(UNCLEAR))
    (ten,) = weigh(pair(UNCLEAR), plan=fixed_sample(6, contrasts=10))
    assert ten.interval[0] < one.interval[0] < one.interval[1] < ten.interval[1]
    assert ten.family == 10
    assert ten.level_two_sided == pytest.approx(0.005)
    assert ten.interval == pytest.approx(paired_t_interval(UNCLEAR, level=0.995))


# --- looks ----------------------------------------------------------------------------------------------------------


def test_between_planned_looks_nothing_is_decided(pair: Pair, weigh: Weigh) -> None:
    plan = planned_looks(20, looks=(5, 10, 20))
    clear = pair([*HIGHER, 1.1])
    (between,) = weigh(clear, plan=plan)
    assert between.decision == "undecided"
    assert between.interval[0] > 0
    assert any("next look is at 10 seeds" in warning for warning in between.warnings)
    (at,) = weigh(pair([*HIGHER, *HIGHER[:4]]), plan=plan)
    assert at.decision == "worse"
    assert "look 2 of at most 3" in at.method


def test_an_always_valid_plan_decides_at_any_time(pair: Pair, weigh: Weigh) -> None:
    (verdict,) = weigh(pair(HIGHER), plan=anytime())
    assert verdict.decision == "worse"
    assert "always-valid" in verdict.method


def test_the_pairs_needed_do_decide(pair: Pair, weigh: Weigh) -> None:
    """Differences that repeat keep mean and nearly keep the spread: at the look that was named it is decided."""
    block = [1.9, -0.6, 1.3, 0.2]
    (early,) = weigh(pair(block), plan=planned_looks(20), margin=0.1)
    assert early.pairs_needed is not None
    assert early.pairs_needed > 0
    (late,) = weigh(pair(block * 5), plan=planned_looks(20), margin=0.1)
    assert late.decision == "worse" or early.pairs_needed > 16


# --- units ----------------------------------------------------------------------------------------------------------

eighths = st.integers(-800, 800).map(lambda n: n / 8)
samples = st.lists(st.tuples(eighths, eighths), min_size=2, max_size=12)


def told(sample: list[tuple[float, float]], *, margin: float = 4.0, direction: str = "lower") -> Verdict:
    reference, level = zip(*sample, strict=True)
    outcomes = PairedOutcomes(
        contrast=Contrast(factor="f", reference="r", level="l"),
        seeds=tuple(range(len(sample))),
        reference=reference,
        level=level,
    )
    return weigh_contrasts(
        [outcomes], metric="loss", direction=direction, margin=margin, plan=planned_looks(12)
    )[0]


@given(sample=samples, power=st.integers(-900, 900))
def test_the_unit_does_not_matter(sample: list[tuple[float, float]], power: int) -> None:
    c = 2.0**power
    one = told(sample)
    other = told([(r * c, l * c) for r, l in sample], margin=4.0 * c)
    assert other.decision == one.decision
    assert other.pairs_needed == one.pairs_needed
    assert other.interval == tuple(each * c for each in one.interval)
    assert len(other.warnings) == len(one.warnings)


@pytest.mark.parametrize("c", [1e-250, 1e-3, 3.7, 1e250])
@pytest.mark.parametrize("seed", range(5))
def test_any_factor_scales_the_interval(c: float, seed: int) -> None:
    sample = np.random.default_rng(seed).standard_normal((9, 2)) + np.array([0, seed / 3])
    one, other = told(sample.tolist(), margin=1.3), told((sample * c).tolist(), margin=1.3 * c)
    assert other.decision == one.decision
    assert np.array(other.interval) / c == pytest.approx(np.array(one.interval), rel=1e-9)


@given(sample=samples)
def test_swapping_the_sides_swaps_better_and_worse(sample: list[tuple[float, float]]) -> None:
    flip = {"better": "worse", "worse": "better"}
    one, other = told(sample), told([(l, r) for r, l in sample])
    assert other.decision == flip.get(one.decision, one.decision)
    assert other.interval == (-one.interval[1], -one.interval[0])
    assert told(sample, direction="higher").decision == other.decision


@given(sample=samples, shift=st.integers(-1000, 1000))
def test_shifting_both_sides_changes_nothing(sample: list[tuple[float, float]], shift: int) -> None:
    assert told([(r + shift, l + shift) for r, l in sample]) == told(sample)


# --- what cannot be -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("margin", [0.0, -1.0, NAN, float("inf")])
def test_a_margin_must_be_positive(pair: Pair, weigh: Weigh, margin: float) -> None:
    with pytest.raises(ValueError, match="`margin` must be a positive number"):
        weigh(pair(NONE), margin=margin)


def test_more_contrasts_than_planned(pair: Pair, weigh: Weigh) -> None:
    with pytest.raises(ValueError, match="1 contrasts planned"):
        weigh(pair(NONE, name="a"), pair(NONE, name="b"), plan=fixed_sample(6))
    (decided,) = weigh(pair(NONE, name="a"))
    with pytest.raises(ValueError, match="1 contrasts planned"):
        weigh(pair(NONE, name="b"), plan=fixed_sample(6), earlier=[decided])


def test_a_contrast_given_twice(pair: Pair, weigh: Weigh) -> None:
    with pytest.raises(ValueError, match="given once"):
        weigh(pair(NONE), pair(NONE))


def test_more_seeds_than_planned(pair: Pair, weigh: Weigh) -> None:
    with pytest.raises(ValueError, match="at most 5 seeds"):
        weigh(pair(NONE), plan=fixed_sample(5))


def test_differences_no_float_holds(pair: Pair, weigh: Weigh) -> None:
    assert weigh(pair([1.7e308, -1.7e308, 0.0]))[0].decision == "undecided"
    with pytest.raises(ValueError, match="rescale"):
        weigh(pair([1.7e308, -1.7e308]))


def test_no_contrasts(weigh: Weigh) -> None:
    assert weigh_contrasts([], metric="loss", direction="lower", margin=1.0, plan=fixed_sample(2)) == ()


def test_a_verdict_is_the_same_twice(pair: Pair, weigh: Weigh) -> None:
    (one,), (other,) = weigh(pair(UNCLEAR)), weigh(pair(UNCLEAR))
    assert one == other == replace(one)
