from __future__ import annotations

import math
import re
from importlib.resources import files

import pytest

from steelyard.report.language.showing import LEVEL_PROBABILITIES, chance, level, visible


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ("the", "the"),
        (" the", "␣the"),
        ("\n", "⏎"),
        ("\t\r", "⇥␍"),
        ("<unk>", "(unknown)"),
        ("<doc>", "(end)"),
        ("\u202e", "\\u202e"),
        ("\U000e0001", "\\U000e0001"),
        ("ä漢", "ä漢"),
    ],
)
def test_tokens_that_differ_look_different(token: str, shown: str) -> None:
    assert visible(token) == shown


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (1.0, "over 99.9%"),
        (0.95, "95.0%"),
        (0.5, "50%"),
        (0.0123, "1.2%"),
        (0.00123, "0.12%"),
        (2e-9, "0.0000002%"),
        (1e-30, "under 0.00000001%"),
        (0.0, "0%"),
    ],
)
def test_chances(probability: float, shown: str) -> None:
    assert chance(probability) == shown


def test_levels_change_at_their_probabilities() -> None:
    for nth, probability in enumerate(LEVEL_PROBABILITIES):
        assert level(-math.log(probability * 1.001)) == nth
        assert level(-math.log(probability * 0.999)) == nth + 1


def test_the_script_has_the_same_levels() -> None:
    script = (files("steelyard.report") / "templates" / "language.js").read_text(encoding="utf-8")
    found = re.search(r"EDGES = \[(.*?)\]", script)
    assert found is not None
    assert tuple(map(float, found[1].split(","))) == LEVEL_PROBABILITIES
