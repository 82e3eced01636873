from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from steelyard.agents.portrait import AgentPortrait
from steelyard.errors import InputError
from steelyard.report.agents.page import figures, portrait_to_dict, render_agent, write_agent
from steelyard.watch.finding import Finding

HOSTILE = "</script><script>alert(1)</script>"


def embedded(html: str, identifier: str) -> dict[str, object]:
    found = re.search(rf'<script type="application/json" id="{identifier}">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    record: dict[str, object] = json.loads(found[1])
    return record


def test_everything_is_on_the_page_and_nothing_is_loaded(shown: AgentPortrait) -> None:
    html = render_agent(shown, command="steelyard agents fit small", notes=("A note.",))
    assert set(embedded(html, "chart-data")) == {
        "curve",
        "mean-cosine",
        "centred-mean-cosine",
        "effective-rank",
    }
    assert shown.placement.sentence in html
    for text in ("A note.", "steelyard agents fit small", "no sign that nothing is learnt", "http-equiv"):
        assert text in html
    for point in shown.scale.points:
        assert point.meaning in html
    assert f"{shown.now.parts['body'].mean_cosine:.3f}" in html
    assert f"{shown.before.parts['critic'].effective_rank:.3f}" in html
    assert not re.search(r"""(src|href)=["']http""", html)


def test_the_numbers_stand_in_the_page(shown: AgentPortrait) -> None:
    record = embedded(render_agent(shown), "result-data")
    assert record == json.loads(json.dumps(portrait_to_dict(shown)))
    assert record["return"] == shown.score.mean_return
    assert record["now"] == shown.now.to_dict()


def test_an_agent_that_nobody_looked_at_has_a_page(unseen: AgentPortrait) -> None:
    html = render_agent(unseen)
    assert [figure.name for figure in figures(unseen)] == ["curve"]
    assert "There are no charts over time" in html
    assert "No command says it all" in html
    assert "F09 order-matters" in html
    body = html[html.index("<body>") : html.index('<script type="application/json"')]
    assert not re.search(r"\bnan\b|\binf\b|None(?!:)", body)


def test_nothing_in_texts_can_run(shown: AgentPortrait) -> None:
    found = Finding(
        code="F07", name=HOSTILE, severity="warning", evidence={HOSTILE: 1.0}, meaning=HOSTILE, advice="{{ 7*7 }}"
    )  # fmt: skip
    ill = replace(shown, findings=(found,), parameters={**shown.parameters, "norm": HOSTILE, "seed": HOSTILE})
    html = render_agent(ill, command=HOSTILE, notes=(HOSTILE,))
    assert "<script>alert" not in html
    assert html.count("<script") == 4
    assert "{{ 7*7 }}" in html
    assert html.count("&lt;script&gt;alert(1)") >= 6


def test_a_file_is_written_whole(shown: AgentPortrait, tmp_path: Path) -> None:
    path = write_agent(shown, tmp_path / "deep" / "page.html")
    assert path.read_text(encoding="utf-8") == render_agent(shown)
    with pytest.raises(InputError, match="must be a file"):
        write_agent(shown, tmp_path)
