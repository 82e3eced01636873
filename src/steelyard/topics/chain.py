"""One Markov chain over the topics of a corpus' tokens: exact collapsed Gibbs sampling, on any number of threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.joint import log_joint
from steelyard.topics.kernels.lanes import LANES
from steelyard.topics.layout import allocated, default_groups, laid_out
from steelyard.topics.learn import LEAST_LEARNED, learned_alpha, learned_beta
from steelyard.topics.prior import resolve
from steelyard.topics.shares import drawn_shares
from steelyard.topics.streams import generator, streams

Kernel = Literal["vector", "scalar"]
SMOOTH_BETA = 0.05
"""Beta of `warm_up`: topics are smooth enough to change places, and words still choose between them."""
_MOST_TOPICS = 65_536
_SHORT = 65_536


class Chain:
    """A Markov chain whose stationary distribution is the posterior p(z | w, alpha, beta) of latent Dirichlet allocation.

    Every sweep draws the topic of every token from its full conditional. With `partitions` above 1 the topics' masses on groups of words
    are drawn before each phase (`shares.drawn_shares`), which lets blocks run side by side and leaves the posterior as it is. Results
    depend on the seed and on `partitions`, not on `threads`.

    Args:
        corpus: documents; tokens may be memory-mapped.
        topics: how many, 1 to 65,536.
        alpha: of each topic: one number, or shape (topics,); 0 is legal.
        beta: of each word; 0 is legal.
        seed: of the assignment it starts from and of every sweep.
        partitions: groups of documents and of words, and so the most threads of use; None: `layout.default_groups`.
        threads: that sweep side by side.
        kernel: `vector` (single precision, vector instructions) or `scalar` (double precision).
        assignments: topics to start from, shape (tokens,), in the corpus' order; None draws them uniformly.
        sweeps: sweeps that were made before, where a chain is taken up again.
        scratch: folder for the arrays that are as long as the corpus; None keeps them in memory.

    Attributes:
        corpus: as given.
        topics: as given.
        alpha: shape (topics,); may be set between sweeps.
        beta: may be set between sweeps.
        sweeps: done so far.
        stuck: tokens of the last sweep that had no mass on any topic (a prior of 0), and so stayed where they were.

    Raises:
        InputError: a number of topics, partitions, threads or a prior out of range, assignments that aren't topics.

    Example:
        >>> corpus = Corpus.from_documents([["sun", "sky", "sun"], ["tax", "law", "tax"]])
        >>> chain = Chain(corpus, topics=2, alpha=0.5, beta=0.1, seed=0)
        >>> chain.sweep(20)
        >>> int(chain.doc_topic.sum()), chain.sweeps
        (6, 20)
    """

    def __init__(
        self,
        corpus: Corpus,
        *,
        topics: int,
        alpha: float | NDArray[np.float64],
        beta: float,
        seed: int,
        partitions: int | None = None,
        threads: int = 1,
        kernel: Kernel = "vector",
        assignments: NDArray[Any] | None = None,
        sweeps: int = 0,
        scratch: Path | None = None,
    ) -> None:
        self.corpus = corpus
        self.topics = _within("topics", topics, 1, _MOST_TOPICS)
        self.alpha = resolve(alpha, size=topics, name="alpha", start=1.0)
        self.beta = float(resolve(beta, size=1, name="beta", start=1.0)[0])
        self.seed = _within("seed", seed, 0, 2**63)
        self.threads = _within("threads", threads, 1, 1024)
        self.sweeps = _within("sweeps", sweeps, 0, 2**63)
        self.stuck = 0
        if kernel not in get_args(Kernel):
            raise InputError(f"`kernel` must be one of {', '.join(get_args(Kernel))}, but got {kernel!r}")
        self.kernel: Kernel = kernel
        groups = default_groups(corpus) if partitions is None else _within("partitions", partitions, 1, 1024)
        self._layout = laid_out(corpus, groups=groups, scratch=scratch)
        self._topic = allocated(scratch, "topic", np.uint16, corpus.tokens)
        self._topic[:] = self._start(assignments)
        self._width = padded(topics)
        self._count()

    @property
    def partitions(self) -> int:
        """Return the number of groups of documents and of words."""
        return self._layout.groups

    @property
    def assignments(self) -> NDArray[np.int32]:
        """Return the topic of each token in the corpus' order, shape (tokens,)."""
        return self._layout.gathered(self.corpus, self._topic).astype(np.int32)

    @property
    def doc_topic(self) -> NDArray[np.int32]:
        """Return the tokens of each document and topic, shape (documents, topics)."""
        return self._doc_topic.reshape(-1, self._width)[:, : self.topics].astype(np.int32)

    @property
    def topic_word(self) -> NDArray[np.int32]:
        """Return the tokens of each topic and word, shape (topics, words)."""
        return np.ascontiguousarray(self._word_topic[:, : self.topics].T)

    @property
    def topic_totals(self) -> NDArray[np.int64]:
        """Return the tokens of each topic, shape (topics,)."""
        return np.asarray(self._totals.sum(axis=0)[: self.topics], dtype=np.int64)

    def sweep(self, count: int = 1) -> None:
        """Draw the topic of every token `count` times, each from its full conditional under the present alpha and beta."""
        from steelyard.topics.kernels import scalar, vector  # noqa: PLC0415 - compiles, or loads what was compiled

        block = vector.sweep_block if self.kernel == "vector" else scalar.sweep_block
        real = np.float32 if self.kernel == "vector" else np.float64
        alpha = np.zeros(self._width, dtype=real)
        alpha[: self.topics] = resolve(self.alpha, size=self.topics, name="alpha", start=1.0)
        beta = float(resolve(self.beta, size=1, name="beta", start=1.0)[0])
        group_beta = beta * self._layout.group_words
        groups = self.partitions
        with ThreadPoolExecutor(min(self.threads, groups)) as pool:
            for _ in range(count):
                states = streams(self.seed, sweep=self.sweeps, blocks=groups * groups)
                stuck = 0
                for phase in range(groups):
                    shares = self._shares(phase, beta).astype(real)

                    def swept(
                        row: int, phase: int = phase, shares: NDArray[Any] = shares, states: Any = states
                    ) -> int:
                        column = (row + phase) % groups
                        place = row * groups + column
                        return int(
                            block(
                                self._layout.run_word,
                                self._layout.run_start,
                                (int(self._layout.block_run[place]), int(self._layout.block_run[place + 1])),
                                self._layout.document,
                                self._topic,
                                self._doc_topic,
                                self._word_topic,
                                self._totals[column],
                                shares[column],
                                alpha,
                                beta,
                                float(group_beta[column]),
                                states[place],
                            )
                        )

                    rows = range(groups)
                    stuck += sum(
                        map(swept, rows) if min(self.threads, groups) == 1 else pool.map(swept, rows)
                    )
                self.stuck = stuck
                self.sweeps += 1

    def warm_up(self, count: int, *, beta: float = SMOOTH_BETA) -> None:
        """Make `count` sweeps under a larger beta, to start from topics that have found their places; a start, no sample.

        From a random assignment a small beta freezes topics early, and it takes hundreds of sweeps to untangle them. Under a larger one
        they merge and part quickly. What is left behind is only where the chain starts: sweeps after it are exact, and what
        they sample doesn't depend on it. It does nothing where beta is as large already.

        Args:
            count: sweeps.
            beta: to make them under.
        """
        if self.beta >= beta:
            self.sweep(count)
            return
        own, self.beta = self.beta, beta
        try:
            self.sweep(count)
        finally:
            self.beta = own

    def learn(self, *, alpha: bool, beta: bool) -> None:
        """Set alpha, beta or both to what maximises p(z | alpha) and p(w | z, beta) for the present topics; 0 becomes 1e-6 first."""
        if alpha:
            self.alpha = learned_alpha(self.doc_topic, np.maximum(self.alpha, LEAST_LEARNED))
        if beta:
            self.beta = learned_beta(self._word_topic[:, : self.topics].T, max(self.beta, LEAST_LEARNED))

    def log_joint(self) -> float:
        """Return log p(w, z | alpha, beta) of the present topics in nats; -inf where a prior of 0 excludes them."""
        return log_joint(
            self.doc_topic, self.topic_word, alpha=np.asarray(self.alpha, dtype=np.float64), beta=self.beta
        )

    def _start(self, assignments: NDArray[Any] | None) -> NDArray[np.uint16]:
        tokens = self.corpus.tokens
        if assignments is None:
            rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(2,)))
            return rng.integers(0, self.topics, size=tokens, dtype=np.uint16, endpoint=False)
        given = np.asarray(assignments)
        if given.shape != (tokens,) or given.dtype.kind not in "iu":
            raise InputError(
                f"`assignments` must be {tokens} whole numbers, one a token, but got {given.dtype} of shape {given.shape}"
            )
        if tokens and (given.min() < 0 or given.max() >= self.topics):
            raise InputError(
                f"`assignments` must be topics from 0 to {self.topics - 1}, but go from {given.min()} to {given.max()}"
            )
        return self._layout.scattered(self.corpus, given.astype(np.uint16))

    def _count(self) -> None:
        """Count tokens by document, word and topic from the assignments."""
        from steelyard.topics.counting import count_tokens  # noqa: PLC0415 - compiles, or loads what was compiled

        documents, words = len(self.corpus), len(self.corpus.vocabulary)
        longest = int(self.corpus.lengths.max(initial=0))
        self._doc_topic = np.zeros(documents * self._width, dtype=np.uint16 if longest < _SHORT else np.int32)
        self._word_topic = np.zeros((words, self._width), dtype=np.int32)
        self._totals = np.zeros((self.partitions, self._width), dtype=np.int64)
        count_tokens(
            self._layout.run_word,
            self._layout.run_start,
            self._layout.word_group,
            self._layout.document,
            self._topic,
            self._doc_topic,
            self._word_topic,
            self._totals,
        )

    def _shares(self, phase: int, beta: float) -> NDArray[np.float64]:
        """Return the topics' masses on each group of words, shape (P, width), 0 behind the last topic."""
        shares = np.zeros((self.partitions, self._width))
        if self.partitions == 1:
            shares[:, : self.topics] = 1.0
            return shares
        shares[:, : self.topics] = drawn_shares(
            self._totals[:, : self.topics],
            group_words=self._layout.group_words,
            beta=beta,
            rng=generator(self.seed, sweep=self.sweeps, phase=phase),
        )
        return shares


def padded(topics: int) -> int:
    """Return the number of topics, rounded up to whole lanes."""
    return -(-topics // LANES) * LANES


def planned_bytes(corpus: Corpus, *, topics: int, partitions: int | None = None) -> int:
    """Return about how much memory a chain takes, in bytes, the corpus itself not counted.

    Example:
        >>> planned_bytes(Corpus.from_documents([["a", "b"]]), topics=2)
        356
    """
    width, words = padded(topics), len(corpus.vocabulary)
    groups = default_groups(corpus) if partitions is None else partitions
    a_count = 2 if int(corpus.lengths.max(initial=0)) < _SHORT else 4
    runs = min(corpus.tokens, groups * words)
    return int(
        6 * corpus.tokens
        + a_count * len(corpus) * width
        + 4 * words * width
        + 8 * groups * width
        + 12 * runs
        + 8 * (groups + 1) * words
    )


def _within(name: str, value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= int(value) <= most:
        raise InputError(f"`{name}` must be a whole number from {least} to {most}, but got {value!r}")
    return int(value)
