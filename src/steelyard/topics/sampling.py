"""How a chain is run: burn-in, learning of priors, and what is kept of the states after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.topics.chain import Chain

_LEARNINGS = 20
"""Times that priors are learned during burn-in, evenly spaced after its first fifth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Which sweep does what.

    Args:
        sweeps: of a chain, at least 1.
        burn_in: first sweeps, of which nothing is kept; less than `sweeps`.
        every: distance of the states that are kept and of the points of the trace, at least 1.
        warm_up: first sweeps of burn-in that are made under a larger beta (`Chain.warm_up`); none where a prior is 0.
        learn_alpha: whether alpha is learned during burn-in.
        learn_beta: whether beta is.

    Raises:
        InputError: numbers out of range, or a prior to learn without burn-in.

    Example:
        >>> schedule = Schedule(sweeps=100, burn_in=50, every=10, warm_up=0, learn_alpha=True)
        >>> [sweep for sweep in range(1, 101) if schedule.learns(sweep)][:4], [s for s in range(1, 101) if schedule.keeps(s)]
        ([10, 12, 14, 16], [60, 70, 80, 90, 100])
    """

    sweeps: int
    burn_in: int
    every: int
    warm_up: int
    learn_alpha: bool = False
    learn_beta: bool = False

    def __post_init__(self) -> None:
        counts = (self.sweeps, self.burn_in, self.every, self.warm_up)
        if not all(isinstance(each, int | np.integer) for each in counts):
            raise InputError(f"numbers of sweeps must be whole, but got {', '.join(map(repr, counts))}")
        if self.sweeps < 1 or self.every < 1 or self.warm_up < 0:
            raise InputError(
                "sweeps and the distance of kept states must be at least 1 and `warm_up` at least 0, but got "
                f"{self.sweeps}, {self.every} and {self.warm_up}"
            )
        if not 0 <= self.burn_in < self.sweeps:
            raise InputError(
                f"`burn_in` must be at least 0 and less than the {self.sweeps} sweeps, but got {self.burn_in}"
            )
        if (self.learn_alpha or self.learn_beta) and self.burn_in < 1:
            raise InputError("a prior to learn needs burn-in, but `burn_in` is 0; make it at least 1")

    def learns(self, sweep: int) -> bool:
        """Return whether priors are learned after a sweep (from 1): until burn-in ends, then they stay."""
        first = max(self.burn_in // 5, 1)
        step = max(self.burn_in // (_LEARNINGS * 5 // 4), 1)
        wanted = self.learn_alpha or self.learn_beta
        return (
            wanted
            and first <= sweep <= self.burn_in
            and ((sweep - first) % step == 0 or sweep == self.burn_in)
        )

    def traces(self, sweep: int) -> bool:
        """Return whether log p(w, z) is written down after a sweep."""
        return sweep % self.every == 0 or sweep in (1, self.sweeps)

    def keeps(self, sweep: int) -> bool:
        """Return whether the state after a sweep counts: every so many after burn-in, and the last one."""
        return sweep > self.burn_in and ((sweep - self.burn_in) % self.every == 0 or sweep == self.sweeps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where the sampling is.

    Args:
        chain: number of the chain, from 0.
        chains: how many there are.
        sweep: sweeps of this chain so far.
        sweeps: that it makes.
        log_joint: log p(w, z | alpha, beta) in nats when it was last computed.
        stuck: tokens of the last sweep that had no mass on any topic.
    """

    chain: int
    chains: int
    sweep: int
    sweeps: int
    log_joint: float
    stuck: int


OnProgress = Callable[[Progress], None]


@dataclass(slots=True, kw_only=True, eq=False)
class Drawn:
    """What is kept of a chain; sums grow while it runs.

    Args:
        word_counts: sum over kept states of tokens of each topic and word, shape (topics, words).
        doc_shares: sum over kept states of (n_dk + alpha_k) / (n_d + A), shape (documents, topics).
        kept: number of kept states.
        trace: log p(w, z | alpha, beta), nats.
        trace_sweeps: after which sweeps.
        trace_kept: which points belong to kept states.
        moved: share of tokens whose topic the last sweep changed.
        stuck: tokens without mass in the last sweep.
        topics_per_document: mean number of topics with a token, at the trace's points, over documents that have tokens.
    """

    word_counts: NDArray[np.float64]
    doc_shares: NDArray[np.float64]
    kept: int = 0
    trace: list[float] = field(default_factory=list)
    trace_sweeps: list[int] = field(default_factory=list)
    trace_kept: list[bool] = field(default_factory=list)
    moved: float = 0.0
    stuck: int = 0
    topics_per_document: list[float] = field(default_factory=list)

    @property
    def kept_trace(self) -> NDArray[np.float64]:
        """Return log p(w, z) of the kept states, shape (kept,)."""
        return np.array(self.trace, dtype=np.float64)[np.array(self.trace_kept, dtype=bool)]


def nothing_drawn(chain: Chain) -> Drawn:
    """Return what is kept of a chain that hasn't run."""
    return Drawn(
        word_counts=np.zeros((chain.topics, len(chain.corpus.vocabulary))),
        doc_shares=np.zeros((len(chain.corpus), chain.topics)),
    )


def run(
    chain: Chain,
    schedule: Schedule,
    drawn: Drawn,
    *,
    done: int = 0,
    on_sweep: Callable[[int, Drawn], None] | None = None,
) -> Drawn:
    """Run a chain through a schedule, or through what is left of it, and return what is kept.

    Args:
        chain: is moved.
        schedule: which sweep does what.
        drawn: what was kept so far; is changed.
        done: sweeps of the schedule that were made before.
        on_sweep: called after each sweep with the number of sweeps made.
    """
    for sweep in range(done + 1, schedule.sweeps + 1):
        last = sweep == schedule.sweeps
        before = chain.assignments if last else None
        if sweep <= schedule.warm_up and chain.beta > 0 and np.all(chain.alpha > 0):
            chain.warm_up(1)
        else:
            chain.sweep()
        if before is not None and len(before):
            drawn.moved = float((chain.assignments != before).mean())
        drawn.stuck = chain.stuck
        if schedule.learns(sweep):
            chain.learn(alpha=schedule.learn_alpha, beta=schedule.learn_beta)
        keeps = schedule.keeps(sweep)
        if keeps or schedule.traces(sweep):
            _note(chain, drawn, sweep, keeps=keeps)
        if on_sweep is not None:
            on_sweep(sweep, drawn)
    return drawn


def _note(chain: Chain, drawn: Drawn, sweep: int, *, keeps: bool) -> None:
    doc_topic = chain.doc_topic
    lengths = chain.corpus.lengths
    drawn.trace.append(chain.log_joint())
    drawn.trace_sweeps.append(sweep)
    drawn.trace_kept.append(keeps)
    used = (doc_topic > 0).sum(axis=1)[lengths > 0]
    drawn.topics_per_document.append(float(used.mean()) if len(used) else 0.0)
    if keeps:
        drawn.word_counts += chain.topic_word
        drawn.doc_shares += shares(doc_topic, chain.alpha)
        drawn.kept += 1


def shares(doc_topic: NDArray[np.integer], alpha: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n_dk + alpha_k) / (n_d + A), shape (documents, topics); an empty document has alpha / A, or equal shares where A is 0.

    Example:
        >>> shares(np.array([[3, 0], [0, 0]]), np.array([0.5, 0.5])).tolist()
        [[0.875, 0.125], [0.5, 0.5]]
    """
    weights = doc_topic + alpha
    whole = weights.sum(axis=1, keepdims=True)
    return np.where(whole > 0, weights / np.where(whole > 0, whole, 1.0), 1.0 / max(len(alpha), 1))
