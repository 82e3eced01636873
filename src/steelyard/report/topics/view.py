"""What the page of topics shows, in its order and in words: everything is text before it meets the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from steelyard.report.charts.figure import Figure
from steelyard.report.digits import number, percent, plural
from steelyard.report.document import figure_texts
from steelyard.report.topics.naming import called, first_words
from steelyard.topics.portrait import Portrait, Topic

Texts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsView:
    """The page's contents; see `templates/topics.html.j2` for where each goes."""

    name: str
    question: str
    answer: str
    facts: tuple[str, ...]
    topics: tuple[Texts, ...]
    several_chains: bool
    figures: tuple[Texts, ...]
    findings: tuple[Texts, ...]
    measured: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    command: str


def view_of(
    shown: Portrait, figures: tuple[Figure, ...], *, command: str, notes: tuple[str, ...]
) -> TopicsView:
    """Return a fit as the texts of a page.

    Args:
        shown: the fit.
        figures: its charts.
        command: how to do it again; empty when it was fitted from Python.
        notes: what else to say.
    """
    source = shown.source or "documents"
    return TopicsView(
        name="topics",
        question=f"{plural(len(shown.topics), 'topic')} in {source}",
        answer=_answer(shown),
        facts=(
            plural(shown.documents, "document"),
            plural(shown.tokens, "token"),
            plural(shown.vocabulary, "word"),
            plural(len(shown.trace), "chain"),
            plural(int(shown.trace_sweeps[-1]), "sweep"),
        ),
        topics=tuple(_topic(topic, largest=shown.topics[0].share) for topic in shown.topics),
        several_chains=len(shown.trace) > 1,
        figures=tuple(figure_texts(figure) for figure in figures),
        findings=tuple(
            {
                "severity": each.severity,
                "code": each.code,
                "name": each.name,
                "text": each.meaning,
                "advice": each.advice,
                "evidence": _evidence(each.evidence),
            }
            for each in shown.findings
        ),
        measured=tuple(_measured(shown)),
        notes=notes,
        command=command,
    )


def _answer(shown: Portrait) -> str:
    first = shown.topics[0]
    said = f"The largest topic, {first_words(first)}, has {percent(first.share)} of the tokens"
    said += f", the smallest {percent(shown.topics[-1].share)}. " if len(shown.topics) > 1 else ". "
    serious = [each for each in shown.findings if each.severity != "info"]
    if serious:
        return said + " ".join(each.meaning for each in serious[:2])
    rhat = shown.convergence.rhat
    settled = "" if np.isnan(rhat) else f", split R-hat {number(rhat, digits=3)}"
    return said + f"Nothing stands out in the sampling{settled}."


def _topic(topic: Topic, *, largest: float) -> Texts:
    probable = {word for word, _ in topic.words}
    return {
        "number": str(topic.number),
        "share": percent(topic.share),
        "bar": f"{100 * topic.share / largest if largest > 0 else 0:.1f}",
        "words": tuple(word for word, _ in topic.words),
        "particular": tuple(word for word in topic.relevant if word not in probable),
        "alpha": number(topic.alpha, digits=3),
        "effective": number(topic.effective_words, digits=3),
        "npmi": _two(topic.npmi),
        "agreement": _two(topic.agreement),
        "documents": tuple(
            {"name": name, "share": percent(share), "tokens": f"{tokens:,}"}
            for name, share, tokens in topic.documents
        ),
        "called": called(topic),
    }


def _two(value: float) -> str:
    return "n/a" if np.isnan(value) else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _evidence(evidence: Mapping[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {number(value)}" for name, value in evidence.items())


def _measured(shown: Portrait) -> list[tuple[str, str]]:
    given = shown.parameters
    alpha, found = shown.alpha, shown.convergence
    equal = bool(np.all(alpha == alpha[0]))
    alphas = (
        f"{number(float(alpha[0]))} for every topic"
        if equal
        else (
            f"{number(float(alpha.min()))} to {number(float(alpha.max()))}, {number(float(alpha.sum()))} in sum"
        )
    )
    kept = int(shown.trace_kept.sum())
    empty = f", {shown.empty:,} of them without tokens" if shown.empty else ""
    return [
        ("Model", "latent Dirichlet allocation, exact collapsed Gibbs sampling"),
        (
            "Corpus",
            f"{shown.documents:,} documents{empty}, {shown.tokens:,} tokens, {shown.vocabulary:,} words",
        ),
        ("Alpha", f"{alphas}{'; learned' if 'alpha' in shown.learned else ''}"),
        ("Beta", f"{number(shown.beta)} for every word{'; learned' if 'beta' in shown.learned else ''}"),
        (
            "Sweeps",
            f"{int(shown.trace_sweeps[-1]):,} of each chain; {plural(kept, 'state')} kept, from sweep {int(shown.trace_sweeps[shown.trace_kept][0]):,} on",
        ),
        (
            "Chains",
            f"{len(shown.trace)}; shown is number {shown.best_chain}, that of the largest mean log p(w, z)",
        ),
        (
            "Convergence",
            f"split R-hat {number(found.rhat)}, effective draws {number(found.ess_bulk)} (bulk) and {number(found.ess_tail)} (tail) of log p(w, z)",
        ),
        ("Seed", str(given.get("random_state"))),
        ("Corpus fingerprint", shown.fingerprint),
    ]
