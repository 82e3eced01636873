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
