from __future__ import annotations

import pytest

from steelyard.stats.verdict import Direction
from steelyard.study.imports.direction import name_suggests_otherwise


@pytest.mark.parametrize(
    ("metric", "direction", "suggests"),
    [
        ("val/loss", "higher", "--lower-is-better"),
        ("test_accuracy", "lower", "--higher-is-better"),
        ("val/loss", "lower", None),
        ("AUC", "higher", None),
        ("reward_error", "higher", None),
        ("score", "lower", None),
        ("lossless", "higher", None),
    ],
)
def test_only_a_clash_is_told(metric: str, direction: Direction, suggests: str | None) -> None:
    said = name_suggests_otherwise(metric, direction)
    assert (suggests in said) if suggests else said == ""
