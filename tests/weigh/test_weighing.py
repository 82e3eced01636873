from __future__ import annotations

import json

from steelyard.weigh.call import weigh


def test_json_of_a_number() -> None:
    said = json.loads(json.dumps(weigh(0.5, loss="bce", base_rate=0.05).to_dict(), allow_nan=False))
    assert said["sentence"].startswith("0.500 nats is 2.5 times")
    assert said["skill"] < 0
    assert said["standing"] == "worse"
    assert set(said["conversions"]) == {"bits", "perplexity"}
    assert said["baseline"]["name"] == "base rate"
    assert [point["name"] for point in said["references"]] == ["untrained", "base rate", "floor"]
    assert said["remarks"]


def test_json_without_a_number_has_the_same_keys() -> None:
    without = weigh(loss="bce", base_rate=0.05).to_dict()
    assert without["value"] is None
    assert without["sentence"] is None
    assert set(without) == set(weigh(0.5, loss="bce", base_rate=0.05).to_dict())


def test_text_is_the_sentence_or_the_scale() -> None:
    assert str(weigh(loss="brier", base_rate=0.1)) == (
        "brier (lower is better): ceiling 1.00, untrained 0.250, base rate 0.0900, floor 0"
    )


def test_notebook_html() -> None:
    page = weigh(0.5, loss="bce", base_rate=0.05)._repr_html_()
    assert "2.5 times the entropy of a 5% base rate" in page
    assert page.count("<tr>") == 4
