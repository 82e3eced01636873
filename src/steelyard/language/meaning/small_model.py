"""The model that is trained on a source of known entropy: small, so that the experiment takes seconds to a minute."""

from __future__ import annotations

from collections.abc import Callable

from steelyard.language.meaning.state import State, states_of

SNAPSHOTS = 8


def train_small(
    text: str, *, seed: int, threads: int | None = None, on_step: Callable[[int, int], None] | None = None
) -> tuple[State, ...]:
    """Return the states of a small model of characters trained on a text.

    One LSTM layer of 128 units, an embedding of 64; three passes in windows of 32 characters.

    Args:
        text: what it is trained on.
        seed: of its initial weights; same seed, same states (on one machine and number of threads).
        threads: of PyTorch; None: as set.
        on_step: called with the steps done, and of how many.

    Raises:
        InputError: a text shorter than a window.
    """
    from steelyard.language.model import LanguageModel  # noqa: PLC0415 - loads torch

    model = LanguageModel(
        "character",
        embedding=64,
        hidden=128,
        batch=16,
        window=32,
        epochs=3,
        learning_rate=0.006,
        validation_share=0.0,
        threads=threads,
        seed=seed,
    )
    model.fit(
        text,
        snapshots=SNAPSHOTS,
        on_progress=None if on_step is None else lambda progress: on_step(progress.step, progress.steps),
    )
    return states_of(model)
