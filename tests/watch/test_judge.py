"""Judging: three states and error, what is missing, severity by meaning, and every rule found and well described."""

from __future__ import annotations

import inspect
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from training_runs.evidence import head, skill

from steelyard.watch.evidence import MISSING, Evidence, Head
from steelyard.watch.judge import ORDER, all_rules, judge
from steelyard.watch.rule import Missing, Rule, Sign

RULES = all_rules()


def rule(check: Any, **parts: Any) -> Rule:
    words = dict.fromkeys(("title", "what", "why", "threshold", "advice", "wrong"), "Said.")
    return Rule(**{"code": "G98", "name": "made-up", "severity": "warning", "check": check, **words, **parts})


def test_states() -> None:
    evidence = Evidence(step=5, heads=(head(skill=skill(0.5)),))
    for check, state in (
        (lambda *, head: Sign(evidence={"a": 1}), "finding"),
        (lambda *, head: None, "passed"),
        (lambda *, head: Missing("more"), "not applicable"),
        (lambda *, wiring: None, "not applicable"),
        (lambda *, head: 1 / 0, "error"),
    ):
        [outcome] = judge(evidence, rules=[rule(check)])
        assert outcome.state == state
    [muted] = judge(evidence, rules=[rule(lambda *, head: None)], mute={"G98"})
    assert muted.state == "muted"


def test_one_finding_a_head_and_missing_only_if_missing_for_all() -> None:
    two = (Head(name="a"), Head(name="b"))
    [found] = judge(
        Evidence(step=1, heads=two),
        rules=[rule(lambda *, head: Sign() if head.name == "b" else Missing("x"))],
    )
    assert [each.meaning for each in found.findings] == ["b: Said."]
    [passed] = judge(
        Evidence(step=1, heads=two), rules=[rule(lambda *, head: None if head.name == "b" else Missing("x"))]
    )
    assert passed.state == "passed"


@pytest.mark.parametrize(
    ("learnt", "severity"),
    [(skill(0.0), "warning"), (skill(0.0, half=0.2), "info"), (skill(0.5), "info"), (None, "info")],
)
def test_dynamics_are_a_warning_only_where_nothing_is_learnt(learnt: Any, severity: str) -> None:
    evidence, found = Evidence(step=1, heads=(head(skill=learnt),)), Sign()
    for check in (lambda *, head: found, lambda *, everything: found):
        [outcome] = judge(evidence, rules=[rule(check, dynamics=True)])
        assert outcome.findings[0].severity == severity
    [other] = judge(evidence, rules=[rule(lambda *, head: found)])
    assert other.findings[0].severity == "warning"


def test_codes_and_names_are_unique_and_in_order() -> None:
    codes = [each.code for each in RULES]
    assert len(set(codes)) == len(codes) == len({each.name for each in RULES})
    assert codes == sorted(codes, key=lambda code: (ORDER.index(code[0]), code))
    taken = {f"T{i:02}" for i in range(1, 8)}
    assert not taken & set(codes)


@pytest.mark.parametrize("each", RULES, ids=lambda each: each.code)
def test_every_rule_is_described_and_tested(each: Rule) -> None:
    for text in (each.title, each.what, each.why, each.threshold, each.advice, each.wrong):
        assert text[0].isupper() or text[0].isdigit() or text[0] == "|"
        assert text.rstrip()[-1] in ".?"
    module = Path(inspect.getfile(each.check)).stem
    assert module == f"{each.code.lower()}_{each.name.replace('-', '_')}" or module.startswith(
        each.code.lower()
    )
    tests = (Path(__file__).parent / "rules" / f"test_{module}.py").read_text()
    assert "def test_detects" in tests
    assert "def test_does_not_flag" in tests


@pytest.mark.parametrize("each", RULES, ids=lambda each: each.code)
def test_every_rule_asks_for_evidence_that_there_is(each: Rule) -> None:
    known = {field.name for field in fields(Evidence)} | {"head", "learning", "everything"}
    assert set(inspect.signature(each.check).parameters) <= known


@pytest.mark.parametrize("each", RULES, ids=lambda each: each.code)
def test_a_rule_without_evidence_is_not_applicable(each: Rule) -> None:
    [outcome] = judge(Evidence(step=0), rules=[each])
    assert outcome.state == "not applicable"
    assert outcome.missing
    [bare] = judge(replace(Evidence(step=0), heads=(Head(name="loss"),)), rules=[each])
    assert bare.state == "not applicable"


def test_all_that_may_be_missing_is_named() -> None:
    asked = {name for each in RULES for name in inspect.signature(each.check).parameters}
    assert asked - {"everything", "heads"} <= set(MISSING)
