import itertools

import pytest

from steelyard.report.charts.colours import (
    DECISION_COLOURS,
    DECISION_SHAPES,
    DECISION_SIGNS,
    level_colours,
    level_dashes,
)

GROUNDS = ("#ffffff", "#14171b")


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", sorted({*DECISION_COLOURS.values(), *level_colours([""] * 8)}))
def test_every_colour_stands_out_on_white_and_on_black(colour: str) -> None:
    for ground in GROUNDS:
        high, low = sorted((luminance(colour), luminance(ground)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 3.0


def test_decisions_differ_by_more_than_colour() -> None:
    assert (
        len(set(DECISION_SHAPES.values())) == len(set(DECISION_SIGNS.values())) == len(DECISION_COLOURS) == 4
    )


def test_many_levels_differ_in_colour_or_dash() -> None:
    names = [str(index) for index in range(13)]
    looks = [
        (colour, tuple(dash)) for colour, dash in zip(level_colours(names), level_dashes(names), strict=True)
    ]
    assert all(one != other for one, other in itertools.combinations(looks, 2))
