import math
from dataclasses import replace

from steelyard.report.charts.trials import as_number, by_configuration, configurations
from steelyard.study.result import StudyResult


def test_the_reference_comes_first_whatever_ran_first(result: StudyResult, two_factors: StudyResult) -> None:
    assert configurations(replace(result, trials=result.trials[::-1])) == ["mse", "hurdle", "focal"]
    assert configurations(two_factors)[0] == "loss mse, heads 1"
    assert len(configurations(two_factors)) == 6


def test_trials_stand_by_seed(result: StudyResult) -> None:
    for trials in by_configuration(result).values():
        assert [trial.spec.seed for trial in trials] == list(range(8))


def test_what_is_no_number_is_nan() -> None:
    assert math.isnan(as_number(None))
    assert as_number(True) == 1.0
