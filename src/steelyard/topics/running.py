"""One chain of a fit: started or taken up, run through its schedule, reported and kept on the way."""

from __future__ import annotations

import math
from typing import Any

from steelyard.data.corpus import Corpus
from steelyard.topics.chain import Chain, Kernel
from steelyard.topics.checkpoint import Checkpoint
from steelyard.topics.sampling import Drawn, OnProgress, Progress, Schedule, nothing_drawn, run
from steelyard.topics.states import State


def run_chain(
    corpus: Corpus,
    start: State,
    schedule: Schedule,
    *,
    place: tuple[int, int],
    threads: int,
    kernel: Kernel,
    partitions: int | None,
    checkpoint: Checkpoint | None,
    on_progress: OnProgress | None,
) -> tuple[State, Drawn]:
    """Return where a chain stops, and what is kept of it.

    Args:
        corpus: documents.
        start: where it starts; without sweeps its assignments are drawn from the seed.
        schedule: which sweep does what.
        place: its number, from 0, and how many chains there are.
        threads: that sweep side by side.
        kernel: see `Chain`.
        partitions: see `Chain`.
        checkpoint: where it is kept, and taken up from.
        on_progress: called after each sweep.
    """
    number, chains = place
    found = None if checkpoint is None else checkpoint.read(number)
    done, state, drawn = (0, start, None) if found is None else found
    how: dict[str, Any] = {"threads": threads, "kernel": kernel, "partitions": partitions}
    if found is None and start.sweeps == 0:
        topics = len(start.alpha)
        chain = Chain(corpus, topics=topics, alpha=start.alpha, beta=start.beta, seed=start.seed, **how)
    else:
        chain = state.resume(corpus, **how)

    def on_sweep(sweep: int, drawn: Drawn) -> None:
        if checkpoint is not None and (sweep == schedule.sweeps or checkpoint.due()):
            checkpoint.write(number, done=sweep, state=State.of(chain), drawn=drawn)
        if on_progress is not None:
            on_progress(
                Progress(
                    chain=number,
                    chains=chains,
                    sweep=sweep,
                    sweeps=schedule.sweeps,
                    log_joint=drawn.trace[-1] if drawn.trace else math.nan,
                    stuck=drawn.stuck,
                )
            )

    drawn = run(chain, schedule, drawn or nothing_drawn(chain), done=done, on_sweep=on_sweep)
    return State.of(chain), drawn
