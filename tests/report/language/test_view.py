from __future__ import annotations

import re
from dataclasses import replace

import pytest

from steelyard.language.meaning.drop import drop
from steelyard.language.meaning.grouping import Grouping
from steelyard.language.meaning.story import Story
from steelyard.report.language.view import view_of
from steelyard.report.language.view_drop import drop_texts
from steelyard.report.language.view_passage import legend


def test_the_legend_says_where_each_colour_begins() -> None:
    found = legend()
    assert [each["level"] for each in found] == list(range(8))
    assert found[0]["probability"] == "over 90%"
    assert found[1] == {"level": 1, "probability": "over 50%", "nats": "to 0.7"}
    assert found[-1] == {"level": 7, "probability": "up to 0.1%", "nats": "over 6.9"}


def test_bars_share_an_axis_and_stand_at_zero() -> None:
    import numpy as np

    grouping = Grouping(by="x", names=("good", "bad"), group=np.array([0, 1]))
    found = drop_texts(drop(np.array([4.0, 1.0]), np.array([1.0, 2.0]), grouping))
    good, bad = found["rows"]
    # Parts 1.5 and -0.5 on an axis of 2: zero stands at a quarter.
    assert (good["x"], good["width"], good["worse"]) == ("25.00", "75.00", False)
    assert (bad["x"], bad["width"], bad["worse"]) == ("0.00", "25.00", True)
    assert (good["part"], bad["part"], found["sum"]) == ("1.500", "\N{MINUS SIGN}0.500", "1.000")
    assert (good["share"], bad["share"]) == ("150%", "\N{MINUS SIGN}50%")


def test_the_answer_has_both_probabilities(shown: Story) -> None:
    answer = view_of(shown, (), command="", notes=()).answer
    assert "Before training" in answer
    assert re.search(r"probability of [\d.]+%, at the end [\d.]+%", answer)


def test_the_model_stands_among_the_yardsticks(shown: Story) -> None:
    view = view_of(shown, (), command="", notes=())
    bits = [float(row["bits"]) for row in view.yardsticks]
    assert bits == sorted(bits, reverse=True)
    assert [row["name"] for row in view.yardsticks if row["own"]] == ["this model"]


def test_a_held_out_text_that_is_a_copy_is_warned_of(shown: Story) -> None:
    for copied, warned in ((0.2, True), (0.01, False)):
        notes = view_of(replace(shown, copied=copied), (), command="", notes=("Mine.",)).notes
        assert notes[0] == "Mine."
        assert any("partly a copy" in note for note in notes) == warned


@pytest.mark.parametrize(("bits", "said"), [(0.01, "more than counts"), (99.0, "not yet earned its keep")])
def test_whether_the_network_earns_its_keep(shown: Story, bits: float, said: str) -> None:
    last = replace(shown.states[-1], bits_per_byte=bits)
    view = view_of(replace(shown, states=(*shown.states[:-1], last)), (), command="", notes=())
    assert said in view.yardstick_sentence
