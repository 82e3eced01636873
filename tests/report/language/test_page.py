from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from steelyard.errors import InputError
from steelyard.language.meaning.story import Story
from steelyard.report.language.page import figures, render_language, story_to_dict, write_language


def embedded(html: str, identifier: str) -> Any:
    found = re.search(rf'<script type="application/json" id="{identifier}">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


class Passages(HTMLParser):
    """Collects the passages' tokens: their text, classes and titles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tokens: list[list[dict[str, str]]] = []
        self._inside = self._sign = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "data-passage" in given:
            self.tokens.append([])
        kinds = given.get("class", "").split()
        if tag == "span" and "t" in kinds:
            self.tokens[-1].append({"class": given["class"], "title": given["title"], "text": ""})
            self._inside = True
        self._sign = "sign" in kinds

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            if not self._sign:
                self._inside = False
            self._sign = False

    def handle_data(self, data: str) -> None:
        if self._inside and not self._sign:
            self.tokens[-1][-1]["text"] += data


def test_the_passage_is_the_text_with_every_tokens_cost_and_guesses(shown: Story) -> None:
    passages = Passages(render_language(shown)).tokens
    assert len(passages) == len(shown.passages) == 2
    for tokens, passage in zip(passages, shown.passages, strict=True):
        assert [token["text"] for token in tokens] == list(passage.tokens)
        for token, seen in zip(tokens, passage.seen[-1], strict=True):
            assert f"{seen.nats:.2f} nats" in token["title"]
            assert token["title"].count("%") >= 5
            assert ("hit" in token["class"].split()) == (seen.rank == 1)


def test_colours_get_stronger_with_the_nats(shown: Story) -> None:
    (tokens, _) = Passages(render_language(shown)).tokens
    pairs = sorted(
        (seen.nats, int(token["class"].split()[1][1:]))
        for token, seen in zip(tokens, shown.passages[0].seen[-1], strict=True)
    )
    levels = [level for _, level in pairs]
    assert levels == sorted(levels)
    assert len(set(levels)) >= 3


def test_everything_is_on_the_page(shown: Story) -> None:
    html = render_language(shown, command="steelyard language fit cats", notes=("A note.",))
    assert set(embedded(html, "chart-data")) == {
        "curve",
        "right",
        "bands",
        "known",
        "reliability",
        "reliability-all",
    }
    for said in (
        "what became smaller?",
        "steelyard language fit cats",
        "A note.",
        "Cross-entropy = H + KL",
        "Kneser-Ney 5-gram",
        '<span class="quiet">(',
        "Where the loss fell most",
        "hidden 256",
    ):
        assert said in html
    assert not re.search(r"""(src|href)=["']http""", html)
    body = html[html.index("<body>") : html.index('<script type="application/json"')]
    assert "style=" not in body  # the page's policy forbids it
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b", body)


def test_the_numbers_stand_in_the_page(shown: Story) -> None:
    record = embedded(render_language(shown), "result-data")
    assert record == json.loads(json.dumps(story_to_dict(shown)))
    assert record["states"][-1]["guesses"]["nats"] == shown.states[-1].guesses.nats
    assert record["passages"][0]["seen"][-1][3]["nats"] == pytest.approx(
        shown.passages[0].seen[-1][3].nats, rel=1e-4
    )


def test_nothing_in_the_text_can_run(odd: Story) -> None:
    html = render_language(odd, command="<script>alert(2)</script>", notes=("<script>alert(3)</script>",))
    assert "<script>alert" not in html
    assert ">49<" not in html
    assert html.count("<script") == 5  # two of data, the chart library, and our two
    body = html[html.index("<main>") : html.index('<script type="application/json"')]
    assert "\u202e" not in body
    assert "\x07" not in body
    assert "\\u202e" in body


def test_a_loss_that_rose_is_said_to_have_risen(odd: Story) -> None:
    html = render_language(odd)
    assert "what does that mean?" in html
    assert "less than before" in html
    assert "Where it rose most" in html


def test_words_and_no_known_source(words: Story) -> None:
    html = render_language(words)
    assert [figure.name for figure in figures(words)] == [
        "curve",
        "right",
        "bands",
        "reliability",
        "reliability-all",
    ]
    assert "Cross-entropy = H + KL" not in html
    assert "What every word costs" in html
    assert "unknown to the vocabulary" in html
    (tokens,) = Passages(html).tokens
    assert any("unknown" in token["class"].split() for token in tokens)


def test_a_file_is_written_whole(words: Story, tmp_path: Path) -> None:
    path = write_language(words, tmp_path / "deep" / "page.html")
    assert path.read_text(encoding="utf-8") == render_language(words)
    with pytest.raises(InputError, match="must be a file"):
        write_language(words, tmp_path)
