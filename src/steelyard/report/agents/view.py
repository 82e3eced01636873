"""What the page of an agent shows, in its order and in words: everything is text before it meets the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any

from steelyard.agents.agent import Agent
from steelyard.agents.portrait import AgentPortrait
from steelyard.report.charts.figure import Figure
from steelyard.report.digits import UNKNOWN, duration, number, percent, plural
from steelyard.report.document import figure_texts

Texts = Mapping[str, Any]

GEOMETRY = {
    "mean_cosine": "mean cosine of all pairs",
    "mean_share": "share of the mean, |mean|² / E|x|²",
    "centred_mean_cosine": "mean cosine, centred",
    "bag_cosine": "mean cosine within bags, unlike words",
    "centred_bag_cosine": "the same, centred",
    "effective_rank": "effective rank",
    "participation_ratio": "participation ratio",
    "isoscore": "IsoScore",
    "dormant_fraction": "share of dormant units",
}
"""Numbers of a geometry and what they are called."""
OWN = "this agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentView:
    """The page's contents; see `templates/agents.html.j2` for where each goes."""

    name: str
    question: str
    answer: str
    facts: tuple[str, ...]
    standings: tuple[Texts, ...]
    figures: Mapping[str, Texts]
    looked: bool
    geometry: tuple[Texts, ...]
    geometry_of: str
    verdict: tuple[str, ...]
    findings: tuple[Texts, ...]
    measured: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    command: str


def view_of(
    shown: AgentPortrait, figures: tuple[Figure, ...], *, command: str, notes: tuple[str, ...]
) -> AgentView:
    """Return an agent as the texts of a page.

    Args:
        shown: the agent.
        figures: its charts.
        command: how to do it again; empty where no command says it all.
        notes: what else to say.
    """
    body = shown.now.parts["body"]
    return AgentView(
        name="agents",
        question=f"What does the agent get on Satchel with {shown.rules.states:,} bags?",
        answer=f"{shown.placement.sentence}. Always the likeliest word: {number(shown.greedy.mean_return, digits=3)}.",
        facts=(
            str(shown.parameters["algorithm"]).upper(),
            plural(shown.now.step, "step"),
            duration(sum(each.duration_s for each in shown.history)),
            f"seed {shown.parameters['seed']}",
        ),
        standings=_standings(shown),
        figures={figure.name: figure_texts(figure) for figure in figures},
        looked=any(figure.name != "curve" for figure in figures),
        geometry=_geometry(shown),
        geometry_of=f"{plural(shown.bags, 'bag')}, {plural(body.samples, 'word')}, {plural(body.width, 'feature')}",
        verdict=_verdict(shown),
        findings=tuple(
            {
                "severity": each.severity,
                "code": each.code,
                "name": each.name,
                "text": each.meaning,
                "advice": each.advice,
                "evidence": ", ".join(
                    f"{name.replace('_', ' ')} {number(value)}" for name, value in each.evidence.items()
                ),
            }
            for each in shown.findings
        ),
        measured=_measured(shown),
        notes=notes,
        command=command,
    )


def _standings(shown: AgentPortrait) -> tuple[Texts, ...]:
    rows = [(each.value, each.name, each.meaning) for each in shown.scale.points]
    rows.append((shown.score.mean_return, OWN, "draws with its probabilities"))
    rows.append((shown.greedy.mean_return, f"{OWN}, greedy", "always the likeliest word"))
    return tuple(
        {
            "name": name,
            "value": number(value, zeros=True),
            "meaning": meaning,
            "own": name.startswith(OWN),
        }
        for value, name, meaning in sorted(rows, key=lambda row: row[0])
    )


def _geometry(shown: AgentPortrait) -> tuple[Texts, ...]:
    """Return the rows of the table: body at the start and now, actor and critic now."""
    parts = (
        shown.before.parts["body"],
        shown.now.parts["body"],
        shown.before.parts["actor"],
        shown.now.parts["actor"],
        shown.before.parts["critic"],
        shown.now.parts["critic"],
    )
    rows = [
        {"name": title, "values": tuple(_three(getattr(part, name)) for part in parts)}
        for name, title in GEOMETRY.items()
    ]
    rows += [
        {
            "name": title,
            "values": tuple(
                "" if part.probe is None else f"{getattr(part.probe, name):.1%}" for part in parts
            ),
        }
        for name, title in (
            ("accuracy", "words read by a linear probe"),
            ("control", "the same, words shuffled"),
            ("baseline", "always the most frequent word"),
        )
    ]
    return tuple(rows)


def _verdict(shown: AgentPortrait) -> tuple[str, ...]:
    """Return what the geometry means for this agent, each a sentence or two; an outcome is never read from it."""
    body, first = shown.now.parts["body"], shown.before.parts["body"]
    said = [
        (
            f"The mean cosine of the body's latents is {_three(body.mean_cosine)}; it was {_three(first.mean_cosine)} before training. The mean that they "
            f"all share makes up {percent(body.mean_share)} of their mean square ({percent(first.mean_share)} before), and with the mean taken off "
            f"{_three(body.centred_mean_cosine)} is left of the cosine."
        )
    ]
    if body.probe is not None:
        reads = "can be told apart" if body.probe.reads else "can't be shown to be told apart"
        said.append(
            f"The words {reads}: a linear probe reads {percent(body.probe.accuracy)} of them from the latents, {percent(body.probe.control)} where the "
            "words are shuffled."
        )
    known = [each for each in shown.moments if each.expected_return is not None]
    if len(known) > 1:
        start, end = known[0], known[-1]
        cosines = (start.values["body"]["mean_cosine"], end.values["body"]["mean_cosine"])
        said.append(
            f"From step {start.step:,} to step {end.step:,} the return went from {number(start.expected_return, digits=3)} to "
            f"{number(end.expected_return, digits=3)}, and the mean cosine from {_three(cosines[0])} to {_three(cosines[1])}. That the two went so in one "
            "training doesn't say that one makes the other."
        )
    return tuple(said)


def _measured(shown: AgentPortrait) -> tuple[tuple[str, str], ...]:
    rules, given = shown.rules, shown.parameters
    defaults = {name: each.default for name, each in signature(Agent).parameters.items()}
    other = ", ".join(
        f"{name} {value}"
        for name, value in given.items()
        if name not in {"environment", "encoder", "algorithm", "seed", "device", "threads"}
        and value != defaults[name]
    )
    apart = shown.now.latent_distance
    return (
        (
            "Environment",
            f"Satchel with {len(rules.words)} kinds of words, up to {rules.capacity} in a bag, {rules.horizon} steps an episode",
        ),
        ("Algorithm", f"{str(given['algorithm']).upper()}; {other or 'all parameters at their defaults'}"),
        (
            "Training",
            f"{plural(shown.now.step, 'step')} of all environments in {plural(len(shown.history), 'update')}",
        ),
        (
            "Return",
            "sum of the rewards of an episode, undiscounted, computed from the rules: no noise of episodes",
        ),
        (
            "Distance of the weights from the start",
            f"{number(shown.now.weight_distance, digits=3)} of their length",
        ),
        (
            "Distance of the body's latents from the start",
            UNKNOWN if apart is None else f"{number(apart, digits=3)} (1 − linear CKA)",
        ),
        ("Seed", str(given["seed"])),
    )


def _three(value: float | None) -> str:
    return "" if value is None else f"{round(value, 3) + 0.0:.3f}"
