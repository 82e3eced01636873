"""From parameters and texts to a training, and a training that goes on where it was cut off: the steps of `LanguageModel.fit`."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from steelyard.checkpoint import remove_checkpoint, restore_checkpoint, write_checkpoint
from steelyard.errors import InputError
from steelyard.language.network import Architecture, LanguageNetwork
from steelyard.language.parts import split_documents
from steelyard.language.plan import TrainingPlan
from steelyard.language.precision import arithmetic
from steelyard.language.reading import Documents
from steelyard.language.stream import Stream, make_stream
from steelyard.language.training import Progress, Training
from steelyard.language.vocabulary import Vocabulary

_CHECKPOINT_S = 120.0
_ELSEWHERE = ("device", "threads")
"""Parameters that say where, not what: a checkpoint of other ones may be gone on with."""

Texts = tuple[str, ...]


def learned_and_held_out(
    text: str | Sequence[str], validation: str | Sequence[str] | None, *, share: float, seed: int
) -> tuple[Texts, Texts]:
    """Return the documents' texts that are learned, and those that decide which weights are kept (none where `share` is 0).

    Args:
        text: a text, or the documents' texts.
        validation: what decides, where it is given.
        share: of `text` that decides otherwise: its last part if it is one text, else some of the documents.
        seed: of the draw of those documents.

    Raises:
        InputError: no text, something that isn't text, a share outside of [0, 1).

    Example:
        >>> learned_and_held_out("to be or not to be. " * 2, None, share=0.5, seed=0)
        (('to be or not to be. ',), ('to be or not to be. ',))
    """
    texts = _texts(text, "text")
    if validation is not None:
        return texts, _texts(validation, "validation")
    if not 0 <= share < 1:
        raise InputError(f"`validation_share` must lie in [0, 1), but got {share}")
    if share == 0:
        return texts, ()
    names = tuple(str(number) for number in range(len(texts)))
    documents = Documents(names=names, texts=texts, source_line="given to fit")
    parts = split_documents(documents, validation=share, test=0.0, seed=seed)
    return parts.train, parts.validation


class Prepared(NamedTuple):
    """A training that is ready to run.

    Args:
        training: fresh.
        vocabulary: of what is learned.
        key: what its checkpoint must agree with: parameters and text.
    """

    training: Training
    vocabulary: Vocabulary
    key: str


def prepare_training(
    learned: Texts, held_out: Texts, *, parameters: Mapping[str, Any], snapshots: int
) -> Prepared:
    """Return a fresh training of a model on texts.

    Args:
        learned: the documents' texts.
        held_out: those that decide which weights are kept; where there are none, the last are.
        parameters: of `LanguageModel`, by name.
        snapshots: how many copies of the weights are kept on the way.

    Raises:
        InputError: parameters out of range, or a text that is shorter than a window.
    """
    plan = TrainingPlan(**{name: parameters[name] for name in TrainingPlan.__slots__})
    unit, fewest = parameters["unit"], parameters["min_count"]
    vocabulary = Vocabulary.build(
        learned,
        unit=unit,
        words=parameters["words"],
        limit=parameters["vocabulary"],
        min_count=(2 if unit == "word" else 1) if fewest is None else fewest,
    )
    stream = make_stream(learned, vocabulary)
    plan.batch_of(stream.tokens)
    validated = make_stream(held_out, vocabulary) if held_out else None
    kind = arithmetic(parameters["precision"], parameters["device"])
    frequencies = torch.from_numpy(np.bincount(stream.ids[1:], minlength=vocabulary.size)).float()
    network = LanguageNetwork(
        architecture_of(parameters, vocabulary.size),
        seed=parameters["seed"],
        frequencies=frequencies / frequencies.sum(),
    ).to(device=kind.device, dtype=kind.dtype)
    training = Training(
        network,
        stream,
        validation=validated,
        plan=plan,
        arithmetic=kind,
        seed=parameters["seed"],
        snapshots=snapshots,
    )
    key = _key([_what(parameters), snapshots, kind.precision], stream, validated)
    return Prepared(training, vocabulary, key)


def architecture_of(parameters: Mapping[str, Any], size: int) -> Architecture:
    """Return the network that a model's parameters describe, of so many tokens.

    Raises:
        InputError: parameters out of range.
    """
    chosen = {name: parameters[name] for name in Architecture.__slots__ if name != "size"}
    return Architecture(size=size, **chosen)


def run_kept(
    training: Training,
    folder: Path,
    *,
    key: str,
    minutes: float | None,
    on_progress: Callable[[Progress], None] | None,
) -> None:
    """Run a training from its checkpoint to its end, written down on the way; the checkpoint is removed at the end.

    Args:
        training: fresh.
        folder: of the checkpoint.
        key: what is trained on what.
        minutes: stop after the epoch in which they are over.
        on_progress: told after every window.

    Raises:
        InputError: a folder that can't be written, or one with a checkpoint of another training.
    """
    restore_checkpoint(
        lambda state: training.restore(state["training"]),
        folder,
        key=key,
        device=training.arithmetic.device,
        of="text and parameters",
    )
    last = time.monotonic()

    def keep(progress: Progress) -> None:
        nonlocal last
        if on_progress is not None:
            on_progress(progress)
        if progress.step % training.windows == 0 or time.monotonic() - last > _CHECKPOINT_S:
            write_checkpoint({"training": training.state()}, folder, key=key)
            last = time.monotonic()

    training.run(on_progress=keep, minutes=minutes)
    if training.finished:
        remove_checkpoint(folder)


def _texts(given: str | Sequence[str], name: str) -> Texts:
    texts = (given,) if isinstance(given, str) else tuple(given)
    if not all(isinstance(each, str) for each in texts):
        raise InputError(
            f"`{name}` must be a text or a sequence of texts, but holds something else; decode bytes first"
        )
    if not any(texts):
        raise InputError(f"`{name}` must hold text, but is empty")
    return texts


def _what(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name not in _ELSEWHERE}


def _key(chosen: list[Any], stream: Stream, validated: Stream | None) -> str:
    digest = hashlib.sha256(json.dumps(chosen, sort_keys=True).encode())
    digest.update(stream.ids.tobytes())
    digest.update(b"" if validated is None else validated.ids.tobytes())
    return digest.hexdigest()
