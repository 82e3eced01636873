from collections.abc import Callable, Sequence

from steelyard.stats.evidence import gather
from steelyard.stats.family import Decided, Family
from steelyard.stats.plan import LookPlan, fixed_sample
from steelyard.stats.verdict import PairedOutcomes, Verdict

Pair = Callable[..., PairedOutcomes]
SPREAD = [-0.5, 0.5, -0.25, 0.25, 0.0, 0.0, 0.1, -0.1]


def decide(
    outcomes: Sequence[PairedOutcomes], *, plan: LookPlan, margin: float = 1.0
) -> tuple[list[Decided], Family]:
    family = Family(plan=plan, margin=margin, direction="lower")
    return family.decide([gather(each, plan=plan) for each in outcomes]), family


def test_steps_are_counted_by_kind(pair: Pair) -> None:
    outcomes = [
        pair([d + 5 for d in SPREAD], name="a"),
        pair([d - 5 for d in SPREAD], name="b"),
        pair(SPREAD, name="c"),
        pair([d * 100 for d in SPREAD], name="d"),
    ]
    decided, family = decide(outcomes, plan=fixed_sample(8, contrasts=5))
    assert [each.decision for each in decided] == ["worse", "better", "equivalent", "undecided"]
    assert (family.left("difference"), family.left("equivalence")) == (3, 4)


def test_a_withheld_decision_leaves_no_share(pair: Pair) -> None:
    outcomes = [
        pair([*[d - 5 for d in SPREAD], float("nan")], name="a"),
        pair([*SPREAD, float("nan")], name="b"),
    ]
    decided, family = decide(outcomes, plan=fixed_sample(9, contrasts=2))
    assert decided == [Decided("undecided", "withheld")] * 2
    assert (family.left("difference"), family.left("equivalence")) == (2, 2)


def test_at_least_one_contrast_is_left(pair: Pair) -> None:
    _, family = decide([pair(SPREAD)], plan=fixed_sample(8))
    assert family.left("equivalence") == 1


def test_failures_share_their_error_too(pair: Pair) -> None:
    """Seven failures are evidence for one contrast (E = 26.8 >= 20), not for two (E >= 40)."""
    failing = pair([*SPREAD, *[float("nan")] * 7])
    assert decide([failing], plan=fixed_sample(15), margin=0.01)[0] == [Decided("worse", "failures")]
    assert decide([failing], plan=fixed_sample(15, contrasts=2), margin=0.01)[0][0].decision == "undecided"


def test_earlier_verdicts_are_taken_over(pair: Pair, weigh: Callable[..., tuple[Verdict, ...]]) -> None:
    verdicts = [
        *weigh(pair([d + 5 for d in SPREAD], name="a")),
        *weigh(pair(SPREAD, name="b")),
        *weigh(pair([d * 100 for d in SPREAD], name="c")),
        *weigh(pair([*SPREAD, *[float("nan")] * 7], name="d"), margin=0.01),
    ]
    assert [verdict.decision for verdict in verdicts] == ["worse", "equivalent", "undecided", "worse"]
    family = Family(plan=fixed_sample(8, contrasts=6), margin=1.0, direction="lower")
    family.take_over(verdicts)
    assert (family.left("difference"), family.left("equivalence")) == (5, 5)
