"""A fit that was cut off goes on where it was: each chain's state and sums in a folder, written now and then."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from steelyard.errors import InputError
from steelyard.topics.sampling import Drawn
from steelyard.topics.states import State

EVERY_S = 20.0
"""Seconds between two writings."""
_FORMAT = "1"


class Checkpoint:
    """The folder of one fit.

    Args:
        folder: made where it isn't there.
        about: everything the result depends on (corpus, parameters), JSON values; another fit's folder is refused.

    Raises:
        InputError: a folder that can't be made.
    """

    def __init__(self, folder: str | Path, about: Mapping[str, Any]) -> None:
        self._folder = Path(folder)
        self._key = hashlib.sha256(json.dumps([_FORMAT, dict(about)], sort_keys=True).encode()).hexdigest()
        self._written = time.monotonic()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"{folder} must be a folder that can be written, but making it failed: {error}"
            ) from error

    def due(self) -> bool:
        """Return whether it is time to write."""
        return time.monotonic() - self._written >= EVERY_S

    def write(self, chain: int, *, done: int, state: State, drawn: Drawn) -> None:
        """Keep a chain after `done` sweeps of its schedule; the file is replaced in one step.

        Raises:
            InputError: a folder that can't be written.
        """
        arrays = {
            "assignments": state.assignments,
            "alpha": state.alpha,
            "word_counts": drawn.word_counts,
            "doc_shares": drawn.doc_shares,
            "trace": np.array(drawn.trace, dtype=np.float64),
            "trace_sweeps": np.array(drawn.trace_sweeps, dtype=np.int64),
            "trace_kept": np.array(drawn.trace_kept, dtype=np.uint8),
            "topics_per_document": np.array(drawn.topics_per_document, dtype=np.float64),
        }
        numbers = {
            "done": done,
            "beta": state.beta,
            "seed": state.seed,
            "sweeps": state.sweeps,
            "kept": drawn.kept,
            "moved": drawn.moved,
            "stuck": drawn.stuck,
        }
        path = self._path(chain)
        beside = path.with_suffix(".new")
        try:
            save_file(
                {name: np.ascontiguousarray(array) for name, array in arrays.items()},
                beside,
                metadata={"key": self._key, "numbers": json.dumps(numbers)},
            )
            os.replace(beside, path)
        except (OSError, SafetensorError) as error:
            raise InputError(
                f"{self._folder} must be a folder that can be written, but writing failed: {error}"
            ) from error
        self._written = time.monotonic()

    def read(self, chain: int) -> tuple[int, State, Drawn] | None:
        """Return sweeps done, state and sums of a chain, or None where it wasn't written yet.

        Raises:
            InputError: a file of another fit, or a damaged one.
        """
        path = self._path(chain)
        if not path.exists():
            return None
        try:
            with safe_open(path, framework="numpy") as opened:
                about = opened.metadata() or {}
                if about.get("key") != self._key:
                    raise InputError(
                        f"{path} must be a checkpoint of this very fit, but is of another corpus or other parameters; take another "
                        "folder, or delete it"
                    )
                arrays = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - not a mapping
            numbers = json.loads(about["numbers"])
            state = State(
                assignments=arrays["assignments"],
                alpha=arrays["alpha"],
                beta=float(numbers["beta"]),
                seed=int(numbers["seed"]),
                sweeps=int(numbers["sweeps"]),
            )
            drawn = Drawn(
                word_counts=arrays["word_counts"],
                doc_shares=arrays["doc_shares"],
                kept=int(numbers["kept"]),
                trace=arrays["trace"].tolist(),
                trace_sweeps=arrays["trace_sweeps"].tolist(),
                trace_kept=arrays["trace_kept"].astype(bool).tolist(),
                moved=float(numbers["moved"]),
                stuck=int(numbers["stuck"]),
                topics_per_document=arrays["topics_per_document"].tolist(),
            )
        except (OSError, KeyError, TypeError, json.JSONDecodeError, SafetensorError) as error:
            raise InputError(
                f"{path} must be a checkpoint, but reading it failed: {error}; delete it"
            ) from error
        return int(numbers["done"]), state, drawn

    def _path(self, chain: int) -> Path:
        return self._folder / f"chain-{chain}.safetensors"
