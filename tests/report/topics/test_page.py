from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from steelyard.errors import InputError
from steelyard.report.topics.page import figures, portrait_to_dict, render_topics, write_topics
from steelyard.topics.portrait import Portrait


def embedded(html: str, identifier: str) -> dict[str, object]:
    found = re.search(rf'<script type="application/json" id="{identifier}">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    record: dict[str, object] = json.loads(found[1])
    return record


def test_every_topic_chart_and_finding_is_on_the_page(shown: Portrait) -> None:
    html = render_topics(shown, command="steelyard topics fit x", notes=("A note.",))
    assert "4 topics in a test" in html
    for topic in shown.topics:
        assert ", ".join(word for word, _ in topic.words) in html
    assert set(embedded(html, "chart-data")) == {"map", "alpha", "beta", "chains", "distances"}
    assert "steelyard topics fit x" in html
    assert "A note." in html
    assert "http-equiv" in html
    assert not re.search(r"""(src|href)=["']http""", html)


def test_the_numbers_stand_in_the_page(shown: Portrait) -> None:
    record = embedded(render_topics(shown), "result-data")
    assert record == json.loads(json.dumps(portrait_to_dict(shown)))
    topics = record["topics"]
    assert isinstance(topics, list)
    assert sum(topic["share"] for topic in topics) == pytest.approx(1)
    assert record["fingerprint"] == shown.fingerprint


def test_nothing_in_words_and_names_can_run(odd: Portrait) -> None:
    html = render_topics(odd, command="<script>alert(2)</script>", notes=("<script>alert(3)</script>",))
    assert "<script>alert" not in html
    assert ">49<" not in html
    assert html.count("<script") == 4
    assert "&lt;script&gt;alert(1)" in html


def test_priors_of_zero_and_one_topic_make_pages(odd: Portrait, single: Portrait) -> None:
    for portrait in (odd, single):
        html = render_topics(portrait)
        body = html[html.index("<body>") : html.index('<script type="application/json"')]
        assert not re.search(r"\bnan\b|\binf\b|None(?!:)", body)
    assert [figure.name for figure in figures(single)] == ["alpha", "beta", "chains"]
    assert "1 topic in documents" in render_topics(single)
    assert "T01" in render_topics(odd)


def test_a_file_is_written_whole(shown: Portrait, tmp_path: Path) -> None:
    path = write_topics(shown, tmp_path / "deep" / "page.html")
    assert path.read_text(encoding="utf-8") == render_topics(shown)
    with pytest.raises(InputError, match="must be a file"):
        write_topics(shown, tmp_path)
