"""The page in a real browser: charts are drawn, the passage can be walked through, nothing complains."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from steelyard.language.meaning.story import Story
from steelyard.report.language.page import figures, write_language

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [pytest.mark.browser, pytest.mark.skipif(BROWSER is None, reason="no Chromium found")]

_WALK = """
<script>
addEventListener("load", () => {
  const host = document.querySelector("[data-passage]");
  const tokens = [...host.querySelectorAll(".t")];
  const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const card = document.getElementById("card");
  const said = [];
  tokens[0].focus();
  press("ArrowRight");
  press("ArrowRight");
  said.push(tokens.indexOf(document.activeElement), card.hidden, card.querySelectorAll("tr").length);
  press("End");
  said.push(tokens.indexOf(document.activeElement) === tokens.length - 1);
  const before = host.parentElement.querySelector("[data-mean]").textContent;
  const slider = document.getElementById("state");
  slider.value = "0";
  slider.dispatchEvent(new Event("input"));
  said.push(host.parentElement.querySelector("[data-mean]").textContent !== before);
  press("Escape");
  said.push(card.hidden);
  document.body.dataset.walked = JSON.stringify(said);
});
</script>
"""


def opened(page: Path, profile: Path, *flags: str) -> tuple[str, list[str]]:
    assert BROWSER is not None
    run = subprocess.run(
        [
            BROWSER,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            f"--user-data-dir={profile}",
            "--virtual-time-budget=8000",
            "--enable-logging=stderr",
            "--dump-dom",
            *flags,
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return run.stdout, [line for line in run.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.parametrize("which", ["shown", "words", "odd"])
@pytest.mark.parametrize("size", ["1200,900", "380,800"])
def test_every_chart_is_drawn(which: str, size: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    story: Story = request.getfixturevalue(which)
    page = write_language(story, tmp_path / "page.html")
    document, console = opened(page, tmp_path / "profile", f"--window-size={size}")
    assert console == []
    body = document[: document.index('<script type="application/json"')]
    assert len(re.findall(r'<svg [^>]*class="marks"', body)) == len(figures(story))
    assert not re.search(r"""could not be drawn \([^"]""", body)
    assert 'role="listbox"' in body
    assert '<div class="controls">' in body


def test_the_passage_is_walked_with_the_keyboard_and_through_the_training(
    shown: Story, tmp_path: Path
) -> None:
    page = write_language(shown, tmp_path / "page.html")
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text(encoding="utf-8"))
    before, end, after = html.rpartition("</body>")
    page.write_text(before + _WALK + end + after, encoding="utf-8")
    document, console = opened(page, tmp_path / "profile")
    assert console == []
    assert 'data-walked="[2,false,5,true,true,true]"' in document
