"""The page of an agent in a real browser: every chart is drawn and nothing complains."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from steelyard.agents.portrait import AgentPortrait
from steelyard.report.agents.page import figures, write_agent

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [pytest.mark.browser, pytest.mark.skipif(BROWSER is None, reason="no Chromium found")]


@pytest.mark.parametrize("which", ["shown", "unseen"])
@pytest.mark.parametrize("size", ["1200,900", "380,800"])
def test_every_chart_is_drawn(which: str, size: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    shown: AgentPortrait = request.getfixturevalue(which)
    page = write_agent(shown, tmp_path / "page.html")
    assert BROWSER is not None
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    run = subprocess.run(
        [
            BROWSER,
            *flags,
            f"--window-size={size}",
            "--virtual-time-budget=8000",
            "--enable-logging=stderr",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert [line for line in run.stderr.splitlines() if "CONSOLE" in line] == []
    drawn = run.stdout[: run.stdout.index('<script type="application/json"')]
    assert len(re.findall(r"<svg[ >]", drawn)) == len(figures(shown))
    assert not re.search(r"""could not be drawn \([^"]""", drawn)
