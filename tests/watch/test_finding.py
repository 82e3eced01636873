"""Findings: what people and files get of them."""

import json

from steelyard.watch.finding import Finding


def test_a_finding_is_one_line_for_people_and_json_for_trials() -> None:
    found = Finding(
        code="T09",
        name="example-finding",
        severity="info",
        evidence={"share": 0.25, "tokens": 1234567.0},
        meaning="Something stands out.",
        advice="Look at it.",
        step=7,
    )
    assert (
        str(found) == "T09 example-finding: Something stands out. (share 0.25, tokens 1.235e+06) Look at it."
    )
    assert json.loads(json.dumps(found.to_dict())) == {
        "code": "T09",
        "name": "example-finding",
        "severity": "info",
        "evidence": {"share": 0.25, "tokens": 1234567.0},
        "meaning": "Something stands out.",
        "advice": "Look at it.",
        "step": 7,
    }
