"""The questions that can be asked by name, from every system."""

from __future__ import annotations

import difflib
from importlib import import_module

from steelyard.errors import InputError
from steelyard.study.question import Question

_SYSTEMS = (
    "steelyard.rare_events.questions",
    "steelyard.topics.questions",
    "steelyard.language.questions",
    "steelyard.imaging.questions",
    "steelyard.agents.questions",
)
DEFAULT_QUESTION = "rare-events.heads"
"""What `steelyard run` asks when no question is named."""


def questions() -> tuple[Question, ...]:
    """Return every question of the catalogue; loads nothing heavy.

    Example:
        >>> [each.name for each in questions()][:2]
        ['rare-events.heads', 'rare-events.loss']
    """
    return tuple(question for system in _SYSTEMS for question in import_module(system).QUESTIONS)


def find_question(name: str) -> Question:
    """Return a question by its name.

    Raises:
        InputError: no question of that name.

    Example:
        >>> find_question("rare-events.heads").name
        'rare-events.heads'
    """
    known = {question.name: question for question in questions()}
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise InputError(
        f"the question must be one of the catalogue, but got {name!r}; {hint}`steelyard questions` lists them"
    )
