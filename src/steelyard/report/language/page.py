"""The self-contained page of a language model's training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from steelyard.language.meaning.story import Story
from steelyard.report.charts.figure import Figure
from steelyard.report.document import render
from steelyard.report.language import chart_curve, chart_guesses, chart_known, chart_reliability
from steelyard.report.language.view import view_of
from steelyard.report.writing import write_whole


def write_language(story: Story, path: Path, *, command: str = "", notes: tuple[str, ...] = ()) -> Path:
    """Write a training's story as one HTML file that loads nothing, and return its path.

    Args:
        story: as `steelyard.language.meaning.story.tell` returns it.
        path: where to write; missing folders are created, an existing file is replaced in one step.
        command: how to do it again.
        notes: what else to say.

    Raises:
        InputError: the file can't be written there.
    """
    return write_whole(
        path, render_language(story, command=command, notes=notes).encode("utf-8", errors="replace")
    )


def render_language(story: Story, *, command: str = "", notes: tuple[str, ...] = ()) -> str:
    """Return a training's story as one HTML page that needs no network; `document.render` says what keeps it safe."""
    drawn = figures(story)
    return render(
        "language.html.j2",
        view=view_of(story, drawn, command=command, notes=notes),
        figures=drawn,
        record=story_to_dict(story),
        own="language",
    )


def figures(story: Story) -> tuple[Figure, ...]:
    """Return the charts of a training in the order in which the page shows them."""
    return tuple(
        figure
        for kind in (chart_curve, chart_guesses, chart_known, chart_reliability)
        for figure in kind.figures(story)
    )


def story_to_dict(story: Story) -> dict[str, Any]:
    """Return a story as plain JSON values; the guesses of passages in 5 significant digits, all else in full."""
    record = story.to_dict()
    for passage in record["passages"]:
        for state in passage["seen"]:
            for token in state:
                token["nats"] = _five(token["nats"])
                token["probabilities"] = [_five(each) for each in token["probabilities"]]
    return record


def _five(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")
