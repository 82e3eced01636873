import pytest

from steelyard.agents import FULL, SMALL
from steelyard.agents.question_scales import notes, scale_of
from steelyard.environments.satchel.solving import return_scale


@pytest.mark.parametrize("rules", [SMALL, FULL])
def test_returns_stand_on_satchels_scale_and_correlations_on_their_own(rules):
    assert scale_of("heads", rules) == return_scale(rules)
    placed = scale_of("cosine", rules).place(-0.3)
    assert (placed.skill, placed.standing) == (pytest.approx(-0.3), "worse")


def test_notes_are_about_the_question():
    assert any("16 orders" in note for note in notes("position", setting="full"))
    assert any("sign turned" in note for note in notes("cosine", setting="full"))
    assert not any("sign turned" in note for note in notes("heads", setting="full"))
    assert len(notes("heads", setting="quick")) == len(notes("heads", setting="full")) + 1
