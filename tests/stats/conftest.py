from collections.abc import Callable, Sequence

import pytest

from steelyard.stats.decide import weigh_contrasts
from steelyard.stats.plan import LookPlan, fixed_sample
from steelyard.stats.verdict import Contrast, Direction, PairedOutcomes, Verdict

NAN = float("nan")


@pytest.fixture
def pair() -> Callable[..., PairedOutcomes]:
    """Build the outcomes of a contrast from its differences; nan: the level failed.

    `failed_reference` are seeds on which the reference failed and the level did not.
    """

    def build(
        differences: Sequence[float],
        *,
        reference: Sequence[float] | None = None,
        failed_reference: Sequence[int] = (),
        name: str = "a",
    ) -> PairedOutcomes:
        base = [0.0] * len(differences) if reference is None else list(reference)
        return PairedOutcomes(
            contrast=Contrast(factor="factor", reference="none", level=name),
            seeds=tuple(range(len(differences))),
            reference=tuple(NAN if seed in failed_reference else value for seed, value in enumerate(base)),
            level=tuple(b + d for b, d in zip(base, differences, strict=True)),
        )

    return build


@pytest.fixture
def weigh() -> Callable[..., tuple[Verdict, ...]]:
    """Weigh contrasts with the usual settings; the plan is one look at all of them unless given."""

    def run(
        *outcomes: PairedOutcomes,
        plan: LookPlan | None = None,
        margin: float = 1.0,
        direction: Direction = "lower",
        earlier: Sequence[Verdict] = (),
    ) -> tuple[Verdict, ...]:
        chosen = plan or fixed_sample(max(2, len(outcomes[0].seeds)), contrasts=len(outcomes))
        return weigh_contrasts(
            outcomes, metric="loss", direction=direction, margin=margin, plan=chosen, earlier=earlier
        )

    return run
