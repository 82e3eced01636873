"""The self-contained page of a fit of topics."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from steelyard.report.as_json import plain
from steelyard.report.charts.figure import Figure
from steelyard.report.document import render
from steelyard.report.topics import chart_chains, chart_distances, chart_map, chart_priors
from steelyard.report.topics.view import view_of
from steelyard.report.writing import write_whole
from steelyard.topics.portrait import Portrait


def write_topics(shown: Portrait, path: Path, *, command: str = "", notes: tuple[str, ...] = ()) -> Path:
    """Write a fit of topics as one HTML file that loads nothing, and return its path.

    Args:
        shown: the fit, as `steelyard.topics.portrait.portrait` returns it.
        path: where to write; missing folders are created, an existing file is replaced in one step.
        command: how to do it again.
        notes: what else to say.

    Raises:
        InputError: the file can't be written there.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from steelyard.data import Corpus
        >>> from steelyard.topics import LatentDirichletAllocation
        >>> from steelyard.topics.portrait import portrait
        >>> corpus = Corpus.from_documents([["sun", "sky", "sun"], ["tax", "law", "tax"], ["sky", "sun"]] * 5)
        >>> model = LatentDirichletAllocation(2, max_iter=50).fit(corpus)
        >>> with TemporaryDirectory() as folder:
        ...     file = write_topics(portrait(model, source="the sky and the law"), Path(folder) / "topics.html")
        ...     "2 topics in the sky and the law" in file.read_text(encoding="utf-8")
        True
    """
    return write_whole(
        path, render_topics(shown, command=command, notes=notes).encode("utf-8", errors="replace")
    )


def render_topics(shown: Portrait, *, command: str = "", notes: tuple[str, ...] = ()) -> str:
    """Return a fit of topics as one HTML page that needs no network; `document.render` says what keeps it safe."""
    drawn = figures(shown)
    return render(
        "topics.html.j2",
        view=view_of(shown, drawn, command=command, notes=notes),
        figures=drawn,
        record=portrait_to_dict(shown),
    )


def figures(shown: Portrait) -> tuple[Figure, ...]:
    """Return the charts of a fit in the order in which the page shows them."""
    return tuple(
        figure
        for kind in (chart_map, chart_priors, chart_chains, chart_distances)
        for figure in kind.figures(shown)
    )


def portrait_to_dict(shown: Portrait) -> dict[str, Any]:
    """Return a fit as plain JSON values: no nan, no infinity (None instead), arrays as lists."""
    record = {
        "source": shown.source,
        "fingerprint": shown.fingerprint,
        "documents": shown.documents,
        "empty_documents": shown.empty,
        "tokens": shown.tokens,
        "words": shown.vocabulary,
        "topics": [
            {
                **{
                    name: value for name, value in asdict(topic).items() if name not in {"words", "documents"}
                },
                "words": [{"word": word, "probability": probability} for word, probability in topic.words],
                "documents": [
                    {"document": name, "share": share, "tokens": tokens}
                    for name, share, tokens in topic.documents
                ],
                "x": float(shown.map.positions[topic.number, 0]),
                "y": float(shown.map.positions[topic.number, 1]),
            }
            for topic in shown.topics
        ],
        "beta": shown.beta,
        "learned": shown.learned,
        "convergence": asdict(shown.convergence),
        "findings": [each.to_dict() for each in shown.findings],
        "best_chain": shown.best_chain,
        "log_joint_nats": {
            "sweeps": shown.trace_sweeps.tolist(),
            "kept": shown.trace_kept.tolist(),
            "chains": shown.trace.tolist(),
        },
        "distances": shown.map.distances.round(6).tolist() if len(shown.topics) <= 200 else None,
        "parameters": {
            name: value.tolist() if hasattr(value, "tolist") else value
            for name, value in shown.parameters.items()
        },
    }
    return {key: plain(value) for key, value in record.items()}
