from __future__ import annotations

import pytest

from steelyard.errors import InputError
from steelyard.study.factor import Factor, as_factors


@pytest.mark.parametrize("levels", [("a",), ("a", "a"), (1, "1"), (float("nan"), 1.0), (object(), "a"), ()])
def test_levels_that_cannot_be_told_apart_or_kept_are_refused(levels: tuple[object, ...]) -> None:
    with pytest.raises(InputError, match="norm"):
        Factor(name="norm", levels=levels)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["seed", "run", "two words", ""])
def test_a_factor_is_named_like_an_argument(name: str) -> None:
    with pytest.raises(InputError, match="named like an argument"):
        Factor(name=name, levels=(1, 2))


@pytest.mark.parametrize("factors", [{}, {"norm": "ab"}, {"norm": 3}])
def test_mappings_without_levels_are_refused(factors: dict[str, object]) -> None:
    with pytest.raises(InputError):
        as_factors(factors)  # type: ignore[arg-type]


def test_the_first_level_is_the_reference() -> None:
    assert [each.reference for each in as_factors({"a": [2, 1], "b": [False, True]})] == [2, False]
