"""`steelyard agents report`: a page about an agent that was trained before."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steelyard.cli.agents.source import LOOKS, Model, loaded

if TYPE_CHECKING:
    from steelyard.agents.agent import Agent

PAGE = "report.html"
"""Name of the page, beside the agent where nobody says otherwise."""
_OPTIONS = ("algorithm", "width", "layers", "norm", "latents", "head", "bodies", "learning_rate", "environments", "seed", "threads")  # fmt: skip
"""Parameters of an agent that `fit` has options for, of the same names."""


def report_command(
    model: Model,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where the HTML page goes; default: report.html beside the agent.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write a page about an agent of Satchel: its learning curve against the optimum, and the geometry of its latents over time, in words too.

    `agents fit` writes the same page at its end.

    For example: steelyard agents report steelyard-results/agents-small --out agent.html
    """
    from steelyard.report.writing import check_writable

    page = out or model / PAGE
    check_writable(page)
    written = write_page(loaded(model), kept_looks(model), page)
    typer.echo(f"Report: {written.resolve()}")


def write_page(agent: Agent, looks: list[dict[str, Any]], page: Path) -> Path:
    """Write the page of an agent, with the command that trains it, and return its path."""
    from steelyard.agents.portrait import portrait
    from steelyard.report.agents.page import write_agent

    return write_agent(portrait(agent, looks=looks), page, command=command_of(agent))


def kept_looks(folder: Path) -> list[dict[str, Any]]:
    """Return the looks that `fit` kept beside an agent; none where there is no such file.

    Raises:
        InputError: a file that can't be read, or isn't a list.
    """
    from steelyard.errors import InputError

    path = folder / LOOKS
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} must hold looks as JSON, but reading it failed: {error}; remove it for a page without them"
        ) from error
    if not isinstance(found, list):
        raise InputError(
            f"{path} must hold a list of looks, but holds {type(found).__name__}; remove it for a page without them"
        )
    return found


def command_of(agent: Agent) -> str:
    """Return the command that trains an agent, or nothing where it has a parameter that no option sets.

    >>> from steelyard.agents import SMALL, Agent
    >>> command_of(Agent(SMALL, width=8, environments=16, seed=3).fit(steps=200))
    'steelyard agents fit small --steps 384 --width 8 --environments 16 --seed 3'
    >>> command_of(Agent(SMALL, width=8, environments=16, epochs=1).fit(steps=200))
    ''
    """
    from inspect import signature

    from steelyard.agents.agent import Agent as Made
    from steelyard.agents.playground import Playground
    from steelyard.environments.satchel.rules import FULL, SMALL

    rules = Playground.of(agent.environment, agent.encoder).rules
    variant = {SMALL: "small", FULL: "full"}.get(rules) if rules is not None else None
    given = agent.parameters()
    changed = {
        name: given[name]
        for name, each in signature(Made).parameters.items()
        if name not in {"environment", "device"} and given[name] != each.default
    }
    if variant is None or not agent.history_ or set(changed) - set(_OPTIONS):
        return ""
    words = ["steelyard", "agents", "fit", variant, "--steps", str(agent.history_[-1].steps)]
    for name in _OPTIONS:
        if name in changed:
            words += [f"--{name.replace('_', '-')}", str(changed[name])]
    return shlex.join(words)
