import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from steelyard.report.page import render_report, write_report
from steelyard.study.result import StudyResult


class Page(HTMLParser):
    """What a browser would find: elements, texts, scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.raw.append((tag, dict(attrs), ""))
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open:
            tag, attributes, text = self.raw[-1]
            self.raw[-1] = (tag, attributes, text + data)
        else:
            self.texts.append(data)

    def named(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in tags]

    def json(self, identifier: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(
            next(text for _, about, text in self.raw if about.get("id") == identifier)
        )
        return found


@pytest.fixture(scope="module")
def page(result: StudyResult) -> Page:
    return Page(render_report(result))


def test_nothing_is_loaded_from_anywhere(page: Page) -> None:
    assert not page.named("link", "img", "iframe", "object", "embed", "base", "form")
    assert all("src" not in attributes for _, attributes in page.tags)
    assert all(str(attributes.get("href", "#")).startswith("#") for _, attributes in page.tags)
    style = next(text for tag, _, text in page.raw if tag == "style")
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_only_this_pages_scripts_by_hash(page: Page) -> None:
    policy = next(
        str(a["content"]) for a in page.named("meta") if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    run = [text for tag, about, text in page.raw if tag == "style" or about.get("type") is None]
    hashes = {"sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in run}
    assert hashes == set(re.findall(r"sha256-[\w+/=]+", policy))


def test_vega_stands_in_it_once_and_every_chart_has_a_place_and_a_table(page: Page) -> None:
    assert sum(len(text) > 400_000 for _, _, text in page.raw) == 1
    places = [attributes["data-chart"] for attributes in page.named("div") if "data-chart" in attributes]
    assert places == list(page.json("chart-data"))
    assert len(places) == 9
    assert len(page.named("details")) == len(places)


def test_headings_are_in_order_and_the_language_is_said(page: Page) -> None:
    assert page.named("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [about["id"] for _, about in page.tags if "id" in about]
    assert len(ids) == len(set(ids))
    referred = [about["aria-labelledby"] for _, about in page.tags if "aria-labelledby" in about]
    assert set(referred) <= set(ids)


def test_the_contents_come_in_the_order_of_a_readers_questions(page: Page) -> None:
    text = " ".join(page.texts)
    told = [
        "Which loss forecasts",
        "hurdle is better than mse",
        "What the numbers mean",
        "Every pair",
        "How it was measured",
        "6 of them were in the store already",
        "the same bits",
        "Other metrics",
        "brier",
        "31%",
        "The test period is one solar cycle",
        "loss is nan at step 12",
        "steelyard run rare-events.loss --quick",
    ]
    place = 0
    for part in told:
        place = text.index(part, place)


def test_the_numbers_can_be_read_by_a_program(page: Page) -> None:
    contrasts = page.json("result-data")["contrasts"]
    assert isinstance(contrasts, list)
    assert [contrast["decision"] for contrast in contrasts] == ["better", "equivalent"]


def test_nothing_in_a_result_can_run(hostile_result: StudyResult) -> None:
    html = render_report(hostile_result)
    page = Page(html)
    assert "<script>alert" not in html
    assert len(page.named("script")) == 4
    assert not page.named("img")
    assert any("<script>alert(1)</script>" in text for text in page.texts)
    assert not any("49" in text and "onerror" in text and "{{" not in text for text in page.texts)
    assert all("alert(1)" not in text for _, about, text in page.raw if "type" not in about)
    assert "</script>" in json.dumps(page.json("chart-data"))


def test_any_result_makes_a_page(odd_result: StudyResult, tmp_path: Path) -> None:
    path = write_report(odd_result, tmp_path / "r" / "report.html")
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    visible = " ".join(page.texts)
    assert not re.search(r"\bnan\b(?! at step)", visible)
    assert "None" not in visible.replace("None: every", "")
    assert page.json("result-data")["name"] == odd_result.name
    for spec in page.json("chart-data").values():
        assert isinstance(spec, dict)
        assert spec["description"]
        assert "://" not in str(spec).replace(str(spec["$schema"]), "")
    assert len(text) < 3_000_000


def test_a_page_without_charts_carries_no_library(result: StudyResult) -> None:
    empty = replace(result, verdicts=(), trials=(), looks=(), scale=None, level_means={})
    html = render_report(empty)
    assert len(html) < 40_000
    assert "nothing to draw" in html
