"""Pages of findings: one a rule, complete, and in the documentation as the rules say it now."""

from __future__ import annotations

from pathlib import Path

import pytest

from steelyard.watch.judge import all_rules
from steelyard.watch.page import index_page, page_name, page_of, pages
from steelyard.watch.rule import Rule

FOLDER = Path(__file__).parents[2] / "docs" / "findings"


def test_the_pages_in_the_documentation_are_those_of_the_rules() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(), "run scripts/findings"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_page_says_what_why_threshold_advice_and_when_it_is_wrong(rule: Rule) -> None:
    page = page_of(rule)
    assert page.startswith(f"# {rule.code} {rule.name}\n")
    for part in (rule.title, rule.what, rule.why, rule.threshold, rule.advice, rule.wrong):
        assert part in page


def test_the_index_lists_them_all() -> None:
    index = index_page()
    for rule in all_rules():
        assert f"[{rule.code}]({page_name(rule)}.md)" in index
