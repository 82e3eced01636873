"""Arguments that the commands share, and reading an agent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from steelyard.agents.agent import Agent

LOOKS = "looks.json"
"""Where `fit` keeps the geometry along the training, beside the agent."""

Model = Annotated[
    Path, typer.Argument(metavar="MODEL", help="Folder that `agents fit` wrote.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def loaded(folder: Path) -> Agent:
    """Return the agent in a folder.

    Raises:
        InputError: no agent there.
    """
    from steelyard.agents.agent import Agent

    return Agent.load(folder)
