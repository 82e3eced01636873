"""Fitted topics on disk: arrays as safetensors, everything else as JSON, nothing that runs when it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.sampling import Drawn
from steelyard.topics.states import State

_FORMAT = 1
_ARRAYS = "topics.safetensors"
_DESCRIPTION = "topics.json"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Saved:
    """What a fit consists of; the rest is computed from it.

    Args:
        corpus: what was fitted.
        states: where each chain stopped.
        drawn: what was kept of each.
        sweeps: of each chain.
        seed: of the fit, and of folding in.
        feature_names: columns of the frame that it was fitted on, empty otherwise.
    """

    corpus: Corpus
    states: list[State]
    drawn: list[Drawn]
    sweeps: int
    seed: int
    feature_names: tuple[str, ...] = ()


def write_saved(saved: Saved, folder: Path, *, parameters: Mapping[str, Any]) -> Path:
    """Write a fit to a folder (made where it isn't there), and return it.

    Raises:
        InputError: a folder that can't be written, or parameters that JSON doesn't have.
    """
    arrays: dict[str, NDArray[Any]] = {
        "words": np.asarray(saved.corpus.words),
        "starts": saved.corpus.starts,
        "trace_sweeps": np.array(saved.drawn[0].trace_sweeps, dtype=np.int64),
        "trace_kept": np.array(saved.drawn[0].trace_kept, dtype=np.uint8),
    }
    chains = []
    for number, (state, drawn) in enumerate(zip(saved.states, saved.drawn, strict=True)):
        arrays |= {
            f"{number}.assignments": state.assignments,
            f"{number}.alpha": state.alpha,
            f"{number}.word_counts": drawn.word_counts,
            f"{number}.doc_shares": drawn.doc_shares,
            f"{number}.trace": np.array(drawn.trace, dtype=np.float64),
            f"{number}.topics_per_document": np.array(drawn.topics_per_document, dtype=np.float64),
        }
        chains.append(
            {
                "beta": state.beta,
                "seed": state.seed,
                "sweeps": state.sweeps,
                "kept": drawn.kept,
                "moved": drawn.moved,
                "stuck": drawn.stuck,
            }
        )
    try:
        described = json.dumps(
            {
                "format": _FORMAT,
                "parameters": {name: _plain(value) for name, value in parameters.items()},
                "vocabulary": saved.corpus.vocabulary,
                "names": saved.corpus.names,
                "feature_names": saved.feature_names,
                "chains": chains,
                "sweeps": saved.sweeps,
                "seed": saved.seed,
            }
        )
        folder.mkdir(parents=True, exist_ok=True)
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / _ARRAYS)
        (folder / _DESCRIPTION).write_text(described + "\n", encoding="utf-8")
    except (OSError, SafetensorError, TypeError, ValueError) as error:
        raise InputError(
            f"{folder} must be a folder that can be written, but writing failed: {error}"
        ) from error
    return folder


def read_saved(folder: Path) -> tuple[Saved, dict[str, Any]]:
    """Return what `write_saved` wrote, with the parameters.

    Raises:
        InputError: no such folder, files that this version's `write_saved` didn't write, or arrays that contradict each other.
    """
    try:
        described = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
        if described["format"] != _FORMAT:
            raise InputError(
                f"{folder} must be of format {_FORMAT}, but is of format {described['format']}; use the version of steelyard that wrote it"
            )
        arrays = load_file(folder / _ARRAYS)
        corpus = Corpus(
            words=arrays["words"],
            starts=arrays["starts"],
            vocabulary=tuple(map(str, described["vocabulary"])),
            names=tuple(map(str, described["names"])),
        )
        chains = [_chain(number, each, arrays) for number, each in enumerate(described["chains"])]
        saved = Saved(
            corpus=corpus,
            states=[state for state, _ in chains],
            drawn=[drawn for _, drawn in chains],
            sweeps=int(described["sweeps"]),
            seed=int(described["seed"]),
            feature_names=tuple(map(str, described["feature_names"])),
        )
        parameters = dict(described["parameters"])
    except (
        OSError,
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
        json.JSONDecodeError,
        SafetensorError,
    ) as error:
        raise InputError(f"{folder} must hold saved topics, but reading it failed: {error}") from error
    _check(saved, folder)
    return saved, parameters


def _chain(number: int, about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> tuple[State, Drawn]:
    state = State(
        assignments=arrays[f"{number}.assignments"],
        alpha=arrays[f"{number}.alpha"],
        beta=float(about["beta"]),
        seed=int(about["seed"]),
        sweeps=int(about["sweeps"]),
    )
    drawn = Drawn(
        word_counts=arrays[f"{number}.word_counts"],
        doc_shares=arrays[f"{number}.doc_shares"],
        kept=int(about["kept"]),
        trace=arrays[f"{number}.trace"].tolist(),
        trace_sweeps=arrays["trace_sweeps"].tolist(),
        trace_kept=arrays["trace_kept"].astype(bool).tolist(),
        moved=float(about["moved"]),
        stuck=int(about["stuck"]),
        topics_per_document=arrays[f"{number}.topics_per_document"].tolist(),
    )
    return state, drawn


def _check(saved: Saved, folder: Path) -> None:
    """Refuse arrays that no fit could have left."""
    documents, words = len(saved.corpus), len(saved.corpus.vocabulary)
    problem = "" if saved.states else "no chains"
    for state, drawn in zip(saved.states, saved.drawn, strict=True):
        topics, points = len(np.atleast_1d(state.alpha)), len(drawn.trace_sweeps)
        shapes = {
            "alpha": (state.alpha.shape, (topics,)),
            "assignments": (state.assignments.shape, (saved.corpus.tokens,)),
            "word_counts": (drawn.word_counts.shape, (topics, words)),
            "doc_shares": (drawn.doc_shares.shape, (documents, topics)),
        }
        wrong = [name for name, (got, wanted) in shapes.items() if got != wanted]
        lengths = {len(drawn.trace), len(drawn.trace_kept), len(drawn.topics_per_document), points}
        numbers = np.concatenate(
            [state.alpha.ravel(), [state.beta], drawn.word_counts.ravel(), drawn.doc_shares.ravel()]
        )
        assigned = state.assignments
        if wrong or len(lengths) != 1 or topics != len(saved.states[0].alpha):
            problem = f"arrays of other shapes: {', '.join(wrong) or 'trace'}"
        elif drawn.kept < 1 or drawn.kept != sum(drawn.trace_kept):
            problem = f"{drawn.kept} kept states, but {sum(drawn.trace_kept)} points of them"
        elif assigned.dtype != np.int32 or (
            len(assigned) and not 0 <= assigned.min() <= assigned.max() < topics
        ):
            problem = "assignments that aren't topics"
        elif not np.all(np.isfinite(numbers)) or numbers.min() < 0:
            problem = "numbers that are negative or not finite"
    if problem:
        raise InputError(f"{folder} must hold saved topics, but has {problem}")


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, str | int | float | list | tuple):
        return value
    return None  # a generator as `random_state`: what it drew is kept as the seed
