import subprocess
import sys
from pathlib import Path

import pytest

from steelyard.agents.questions import MARGIN_RETURN, QUESTIONS
from steelyard.catalogue import find_question
from steelyard.errors import InputError
from steelyard.study.question import Ask

HEAVY = ("torch", "numpy", "scipy", "polars", "sklearn", "altair", "sqlalchemy")


def test_listing_the_questions_loads_nothing_heavy():
    code = f"import sys; import steelyard.agents.questions; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_names_and_references_are_as_asked():
    assert [each.name for each in QUESTIONS] == [
        f"agents.{name}" for name in ("normalise", "cosine", "prenorm", "heads", "position")
    ]
    references = [each.prepare(Ask()).study.factors[0].reference for each in QUESTIONS]
    assert references == ["none", "step", "post-norm", "encoder layer", "none"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_prepares_a_study(question):
    quick, full = (question.prepare(Ask(setting=setting)) for setting in ("quick", "full"))
    study = quick.study
    assert find_question(study.name) is question
    cosine = question.name == "agents.cosine"
    assert study.metric == ("rank_correlation" if cosine else "return")
    assert (study.direction, study.unit) == ("higher", quick.scale.unit)
    assert study.margin == question.margin
    assert full.study.margin == (question.margin if cosine else MARGIN_RETURN["full"])
    assert (study.parameters["rules"], full.study.parameters["rules"]) == ("small", "full")
    assert study.parameters["training"]["steps"] < full.study.parameters["training"]["steps"]
    assert question.prepare(Ask(margin=0.5)).study.margin == 0.5
    floors = {point.name: point.value for point in full.scale.points}
    assert (
        floors == {"no relation": 0, "the return itself": 1}
        if cosine
        else floors["optimal"] == pytest.approx(8.266, abs=5e-4)
    )
    assert len(quick.notes) == len(full.notes) + 1


def test_a_margin_is_two_percent_of_the_way():
    for setting, rules in (("quick", "small"), ("full", "full")):
        scale = QUESTIONS[0].prepare(Ask(setting=setting)).scale
        way = scale.floor.value - scale.baseline.value
        assert MARGIN_RETURN[setting] == pytest.approx(0.02 * way, rel=0.1), rules


def test_data_are_refused():
    with pytest.raises(InputError, match="without --data"):
        QUESTIONS[0].prepare(Ask(data=Path("mine.csv")))
