import json

import numpy as np

from steelyard.report.as_json import plain, result_to_dict
from steelyard.study.result import StudyResult


def test_contrasts_have_the_promised_keys(result: StudyResult) -> None:
    record = result_to_dict(result)
    first = record["contrasts"][0]
    promised = {
        "reference",
        "level",
        "estimate",
        "interval",
        "margin",
        "decision",
        "pairs",
        "pairs_needed",
        "failed",
        "warnings",
    }
    assert promised <= set(first)
    assert len(first["interval"]) == 2
    assert first["decision"] in {"better", "worse", "equivalent", "undecided"}
    assert record["factors"] == {"loss": ["mse", "hurdle", "focal"]}
    assert [level["level"] for level in record["levels"]] == ["mse", "hurdle", "focal"]
    assert len(record["trials"]) == 24


def test_any_result_is_strict_json(odd_result: StudyResult) -> None:
    text = json.dumps(result_to_dict(odd_result), allow_nan=False)
    assert json.loads(text)["margin"] == odd_result.margin


def test_numpy_values_become_plain_ones() -> None:
    record = plain(
        {"a": np.float32(0.5), "b": np.array([1.0, np.nan]), "c": np.int64(3), "d": np.bool_(True)}
    )
    assert record == {"a": 0.5, "b": [1.0, None], "c": 3, "d": True}
    assert type(record["d"]) is bool
