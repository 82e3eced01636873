"""The self-contained page of an agent."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from steelyard.agents.portrait import AgentPortrait
from steelyard.report.agents import chart_curve, chart_geometry
from steelyard.report.agents.view import view_of
from steelyard.report.as_json import plain
from steelyard.report.charts.figure import Figure
from steelyard.report.document import render
from steelyard.report.writing import write_whole


def write_agent(shown: AgentPortrait, path: Path, *, command: str = "", notes: tuple[str, ...] = ()) -> Path:
    """Write an agent as one HTML file that loads nothing, and return its path.

    Args:
        shown: the agent, as `steelyard.agents.portrait.portrait` returns it.
        path: where to write; missing folders are created, an existing file is replaced in one step.
        command: how to do it again.
        notes: what else to say.

    Raises:
        InputError: the file can't be written there.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from steelyard.agents import SMALL, Agent
        >>> from steelyard.agents.portrait import portrait
        >>> agent = Agent(SMALL, width=8, environments=16, seed=0).fit(steps=200)
        >>> with TemporaryDirectory() as folder:
        ...     file = write_agent(portrait(agent, bags=50), Path(folder) / "agent.html")
        ...     "What does the agent get on Satchel with 462 bags?" in file.read_text(encoding="utf-8")
        True

    When it is wrong: the return is of one seed; another may end elsewhere. Geometry is of bags drawn uniformly over all bags and times, not as the
    agent meets them, and says nothing about the outcome.
    """
    return write_whole(
        path, render_agent(shown, command=command, notes=notes).encode("utf-8", errors="replace")
    )


def render_agent(shown: AgentPortrait, *, command: str = "", notes: tuple[str, ...] = ()) -> str:
    """Return an agent as one HTML page that needs no network; `document.render` says what keeps it safe."""
    drawn = figures(shown)
    return render(
        "agents.html.j2",
        view=view_of(shown, drawn, command=command, notes=notes),
        figures=drawn,
        record=portrait_to_dict(shown),
    )


def figures(shown: AgentPortrait) -> tuple[Figure, ...]:
    """Return the charts of an agent in the order in which the page shows them."""
    return tuple(figure for kind in (chart_curve, chart_geometry) for figure in kind.figures(shown))


def portrait_to_dict(shown: AgentPortrait) -> dict[str, Any]:
    """Return an agent as plain JSON values: no nan, no infinity (None instead)."""
    record: dict[str, Any] = {
        "rules": asdict(shown.rules),
        "parameters": {
            name: value
            for name, value in shown.parameters.items()
            if value is None or isinstance(value, (bool, int, float, str))
        },
        "return": shown.score.mean_return,
        "greedy_return": shown.greedy.mean_return,
        "placement": shown.placement.to_dict(),
        "scale": shown.scale.to_dict(),
        "history": [asdict(each) for each in shown.history],
        "moments": [
            {
                "step": each.step,
                "expected_return": each.expected_return,
                "parts": {part: dict(values) for part, values in each.values.items()},
            }
            for each in shown.moments
        ],
        "bags": shown.bags,
        "now": shown.now.to_dict(),
        "before": shown.before.to_dict(),
        "findings": [each.to_dict() for each in shown.findings],
    }
    return {name: plain(value) for name, value in record.items()}
