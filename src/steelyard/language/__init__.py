"""Language: an LSTM that guesses the next word or character, and what its cross-entropy means."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard.language.baselines import KneserNey, Uniform, Unigram
    from steelyard.language.baselines.compressor import Compressed, compressors
    from steelyard.language.model import LanguageModel
    from steelyard.language.parts import Parts, split_documents
    from steelyard.language.reading import Documents, read_documents
    from steelyard.language.recipes import RECIPES, recipe
    from steelyard.language.source import MarkovSource
    from steelyard.language.stream import Stream, make_stream
    from steelyard.language.text_score import Guesses, TextScore
    from steelyard.language.training import Progress, Snapshot
    from steelyard.language.vocabulary import Vocabulary
    from steelyard.language.weighing import Yardsticks

_HOMES = {
    "Compressed": "baselines.compressor",
    "Documents": "reading",
    "Guesses": "text_score",
    "KneserNey": "baselines",
    "LanguageModel": "model",
    "MarkovSource": "source",
    "Parts": "parts",
    "Progress": "training",
    "RECIPES": "recipes",
    "Snapshot": "training",
    "Stream": "stream",
    "TextScore": "text_score",
    "Uniform": "baselines",
    "Unigram": "baselines",
    "Vocabulary": "vocabulary",
    "Yardsticks": "weighing",
    "compressors": "baselines.compressor",
    "make_stream": "stream",
    "read_documents": "reading",
    "recipe": "recipes",
    "split_documents": "parts",
}

__all__ = [
    "RECIPES",
    "Compressed",
    "Documents",
    "Guesses",
    "KneserNey",
    "LanguageModel",
    "MarkovSource",
    "Parts",
    "Progress",
    "Snapshot",
    "Stream",
    "TextScore",
    "Uniform",
    "Unigram",
    "Vocabulary",
    "Yardsticks",
    "compressors",
    "make_stream",
    "read_documents",
    "recipe",
    "split_documents",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that the catalogue of questions loads no torch."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
