from collections.abc import Callable
from dataclasses import replace

import pytest

from steelyard.report.answer import answer, answer_verdicts
from steelyard.stats.verdict import Decision, Verdict
from steelyard.study.result import StudyResult

Make = Callable[..., Verdict]


def test_two_contrasts_are_told_one_by_one(result: StudyResult) -> None:
    text = answer(result)
    assert "hurdle is better than mse: log_score is lower by" in text
    assert "focal and mse are equivalent" in text
    assert "nats per day" in text
    assert text.endswith(".")


def test_twelve_contrasts_are_grouped_and_every_one_is_counted(many_contrasts: StudyResult) -> None:
    text = answer(many_contrasts)
    assert text.startswith("Of 12 contrasts against level 0, 2 better (level 2, level 3); 1 worse (level 4);")
    counts = [int(part.split(" contrasts")[0].split()[-1]) for part in [text]]
    assert counts == [12]
    told = [int(word) for part in text.split(", ", 1)[1].split("; ") for word in part.split()[:1]]
    assert sum(told) == 12


def test_no_contrast_has_no_answer() -> None:
    assert "no answer" in answer_verdicts([])


@pytest.mark.parametrize("decision", ["better", "worse"])
def test_a_difference_within_the_margin_is_said_to_be(make_verdict: Make, decision: Decision) -> None:
    verdict = make_verdict((0.001, 0.0011, 0.0012, 0.0011), decision=decision)
    assert "smaller than the margin" in answer_verdicts([verdict])


def test_undecided_says_how_many_pairs_are_missing(make_verdict: Make) -> None:
    verdict = make_verdict((0.1, -0.1, 0.05))
    assert "about 12 more pairs would decide" in answer_verdicts([verdict])
    assert "about 1 more pair would" in answer_verdicts([replace(verdict, pairs_needed=1)])
    assert "isn't known yet" in answer_verdicts([replace(verdict, pairs_needed=None)])


def test_a_worse_verdict_by_failures_alone_needs_no_estimate(make_verdict: Make) -> None:
    text = answer_verdicts([make_verdict((), decision="worse")])
    assert text == "On these data, hurdle is worse than mse."


def test_answers_hold_no_nan(odd_result: StudyResult) -> None:
    assert "nan" not in answer(odd_result).replace("наn", "")


def test_factors_are_named_where_there_are_several(two_factors: StudyResult) -> None:
    assert "heads 2" in answer(two_factors)
