"""Errors planted in the topic sampler are caught, each by the checks that the sampler itself passes (`tests/topics/test_exactness.py`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exactness.mutants import MUTANTS, Mutant, planted
from exactness.suite import CHECKS

CASES = [
    pytest.param(
        mutant, check, id=f"{mutant.name} - {check}", marks=() if first and mutant.quick else pytest.mark.slow
    )
    for mutant in MUTANTS
    for first, check in [(check == mutant.caught_by[0], check) for check in mutant.caught_by]
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("mutant", "check"), CASES)
def test_is_caught(mutant: Mutant, check: str) -> None:
    with planted(mutant) as chain, np.errstate(all="ignore"):

        def made(corpus: Any, **settings: Any) -> Any:
            return chain(corpus, kernel=mutant.kernel, **settings)

        with pytest.raises(AssertionError):
            CHECKS[check](made, partitions=mutant.partitions, strength=mutant.strength)


def test_errors_have_names_of_their_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert all(set(mutant.caught_by) <= set(CHECKS) for mutant in MUTANTS)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "mutant", [each for each in MUTANTS if each.name.startswith("own token")], ids=lambda each: each.name
)
def test_which_check_sees_a_token_that_was_left_in_place(mutant: Mutant) -> None:
    """Prints what each check sees at its default strength; following draws and sweeps at a greater one sees them all."""
    seen = []
    with planted(mutant) as chain, np.errstate(all="ignore"):

        def made(corpus: Any, **settings: Any) -> Any:
            return chain(corpus, kernel=mutant.kernel, **settings)

        for name, check in CHECKS.items():
            try:
                check(made, partitions=mutant.partitions)
            except AssertionError:
                seen.append(name)
        print(f"\n{mutant.name}: seen by {', '.join(seen) or 'none'}")
        if not {"draws", "sweeps"} & set(seen):
            with pytest.raises(AssertionError):
                CHECKS["sweeps"](made, partitions=mutant.partitions, strength=mutant.strength)
