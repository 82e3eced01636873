"""Latent Dirichlet allocation as a scikit-learn estimator: exact Gibbs sampling, several chains, findings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.asked import Asked
from steelyard.topics.chain import Kernel
from steelyard.topics.checkpoint import Checkpoint
from steelyard.topics.coerce import joined, spoken
from steelyard.topics.growing import grown
from steelyard.topics.plan import counted, planned, seed_of
from steelyard.topics.prior import Prior
from steelyard.topics.running import run_chain
from steelyard.topics.sampling import Drawn, OnProgress, Schedule
from steelyard.topics.saving import Saved, read_saved, write_saved
from steelyard.topics.states import State, chain_seeds
from steelyard.topics.summary import Summary, summarise


class LatentDirichletAllocation(Asked, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Find the topics of documents by exact collapsed Gibbs sampling (Griffiths and Steyvers 2004), on any number of chains and threads.

    Names are scikit-learn's where it has them, so that it stands in for its `LatentDirichletAllocation`; what that one fits by
    variational inference is sampled here. Counts must be whole numbers.

    Args:
        n_components: number of topics, K; may be more than there are tokens.
        doc_topic_prior: alpha: one number, one for each topic, or `learn` (one for each, Wallach 2009); None: 1 / n_components. 0 is legal.
        topic_word_prior: beta: one number, or `learn`; None: 1 / n_components. 0 is legal.
        max_iter: sweeps of each chain.
        burn_in: first sweeps, of which nothing is kept and during which priors are learned; None: half of them.
        evaluate_every: distance of the states that are kept, and of the points of log p(w, z), in sweeps.
        warm_up: sweeps at the start of burn-in that are made under a larger beta, which finds topics sooner (`Chain.warm_up`); None: 30, at most
            a fifth of burn-in; without effect where a prior is 0.
        n_chains: chains, each from a random start of its own; results are those of the chain with the largest mean log p(w, z).
        n_jobs: threads, -1 for all processors; same bits for any number of them.
        random_state: seed, generator or None, as in scikit-learn.
        kernel: `vector` or `scalar`, see `Chain`.
        partitions: groups of documents and words, see `Chain`; None: by the corpus' size.
        transform_burn_in: sweeps of `transform` that aren't kept.
        transform_samples: sweeps of `transform` that are.

    Attributes:
        components_: mean tokens of each topic and word plus beta, shape (topics, words).
        topic_word_: probability of each word in each topic, phi, shape (topics, words); rows sum to 1 (a topic without tokens under
            beta = 0 has equal ones).
        doc_topic_: posterior mean of each training document's shares, theta, shape (documents, topics); an empty document has alpha / sum(alpha).
        alpha_: shape (topics,).
        beta_: of each word.
        log_joint_: log p(w, z | alpha, beta) in nats, shape (chains, points).
        trace_sweeps_: after which sweeps, shape (points,).
        trace_kept_: which points are of kept states, shape (points,).
        convergence_: R-hat and effective sample sizes of the kept part of `log_joint_`.
        alignments_: for each chain its topics in the order of the reported ones.
        best_chain_: the reported chain.
        assignments_: topic of each token in its last state, shape (tokens,).
        corpus_: what it was fitted on.
        vocabulary_: the words.
        findings_: what stands out; empty on a healthy fit.
        n_iter_: sweeps of each chain.
        n_features_in_: number of words.
        feature_names_in_: names of a frame's columns.

    Example:
        >>> from steelyard.topics import LatentDirichletAllocation
        >>> corpus = Corpus.from_documents([["sun", "sky", "sun"], ["tax", "law", "tax"], ["sky", "sun"]] * 5)
        >>> model = LatentDirichletAllocation(2, doc_topic_prior=0.1, topic_word_prior=0.1, max_iter=100, n_chains=2).fit(corpus)
        >>> sorted(map(sorted, model.top_words(2)))
        [['law', 'tax'], ['sky', 'sun']]
        >>> model.doc_topic_.shape, model.transform(corpus).sum(axis=1).round(6).tolist()[:2]
        ((15, 2), [1.0, 1.0])

    When it is wrong: documents are bags of words here, and words exchangeable: the same word again says less than the model thinks. The
    posterior has many modes, and no chain visits them all: `alignments_` shows on which topics the chains agree. Averages over a chain's states
    are meaningless where labels change places within it, which happens with few tokens a topic.
    """

    def __init__(
        self,
        n_components: int = 10,
        *,
        doc_topic_prior: Prior | None = None,
        topic_word_prior: Prior | None = None,
        max_iter: int = 500,
        burn_in: int | None = None,
        evaluate_every: int = 5,
        warm_up: int | None = None,
        n_chains: int = 1,
        n_jobs: int | None = None,
        random_state: Any = 0,
        kernel: Kernel = "vector",
        partitions: int | None = None,
        transform_burn_in: int = 20,
        transform_samples: int = 50,
    ) -> None:
        self.n_components = n_components
        self.doc_topic_prior = doc_topic_prior
        self.topic_word_prior = topic_word_prior
        self.max_iter = max_iter
        self.burn_in = burn_in
        self.evaluate_every = evaluate_every
        self.warm_up = warm_up
        self.n_chains = n_chains
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.kernel = kernel
        self.partitions = partitions
        self.transform_burn_in = transform_burn_in
        self.transform_samples = transform_samples

    def fit(
        self,
        X: Any,  # noqa: N803 - scikit-learn's name
        y: Any = None,  # noqa: ARG002 - scikit-learn's
        *,
        on_progress: OnProgress | None = None,
        checkpoint: str | Path | None = None,
    ) -> Self:
        """Sample the topics of documents, and return the estimator.

        Args:
            X: a `Corpus`, or counts of shape (documents, words): an array, scipy sparse matrix or frame of whole numbers.
            y: not used.
            on_progress: called after each sweep of each chain.
            checkpoint: folder in which the state is kept, so that a fit that was cut off goes on with the same result.

        Raises:
            InputError: parameters out of range, no documents or no tokens, counts that aren't whole, a checkpoint of another fit.
        """
        corpus = self._corpus(X, reset=True)
        if corpus.tokens == 0:
            raise InputError(
                f"there must be at least one token, but the {len(corpus)} documents are all empty; look at the vocabulary and stop words"
            )
        schedule, alpha, beta = planned(
            topics=self.n_components,
            alpha=self.doc_topic_prior,
            beta=self.topic_word_prior,
            sweeps=self.max_iter,
            burn_in=self.burn_in,
            every=self.evaluate_every,
            warm_up=self.warm_up,
        )
        seed = seed_of(self.random_state)
        kept = (
            None
            if checkpoint is None
            else Checkpoint(checkpoint, self._about(corpus, schedule, alpha, beta, seed))
        )
        pairs = []
        for number, chain_seed in enumerate(chain_seeds(seed, counted("n_chains", self.n_chains))):
            start = State(
                assignments=np.empty(0, dtype=np.int32), alpha=alpha, beta=beta, seed=chain_seed, sweeps=0
            )
            pairs.append(
                self._run(corpus, start, schedule, number=number, kept=kept, on_progress=on_progress)
            )
        self._seed = seed
        return self._conclude(corpus, pairs, schedule)

    def partial_fit(
        self,
        X: Any,  # noqa: N803 - scikit-learn's name
        y: Any = None,
        *,
        sweeps: int = 50,
        on_progress: OnProgress | None = None,
    ) -> Self:
        """Add documents to those seen so far, let every chain go on over all of them, and return the estimator.

        The first call is `fit`. A later one keeps the documents and topics of before, draws topics for the new tokens under the present ones, and
        makes `sweeps` sweeps over *all* documents, the second half of which is kept. So the chains' stationary distribution is the posterior
        given all documents so far, as if they had come at once; memory and time grow with them. Priors stay as they are.

        Args:
            X: as for `fit`, with the same words.
            y: not used.
            sweeps: over all documents, at least 1.
            on_progress: called after each sweep of each chain.

        Raises:
            InputError: as for `fit`, or another number of words.
        """
        if not hasattr(self, "components_"):
            return self.fit(X, y, on_progress=on_progress)
        new, _ = spoken(self._corpus(X, reset=False), self.vocabulary_)
        corpus = joined(self.corpus_, new)
        schedule = Schedule(
            sweeps=counted("sweeps", sweeps), burn_in=sweeps // 2, every=self.evaluate_every, warm_up=0
        )
        pairs = [
            self._run(
                corpus,
                grown(state, self.corpus_, new, threads=self._threads),
                schedule,
                number=number,
                kept=None,
                on_progress=on_progress,
            )
            for number, state in enumerate(self._states)
        ]
        return self._conclude(corpus, pairs, schedule)

    def transform(self, X: Any) -> NDArray[np.float64]:  # noqa: N803 - scikit-learn's name
        """Return each document's shares of the topics, shape (documents, topics), rows that sum to 1.

        The topics are held fixed and each document is sampled by itself (`fold_in`), so a document's row depends on its words only. Words that
        the fit didn't have are left out; a document without known words has alpha / sum(alpha).

        Raises:
            InputError: counts that aren't whole, another number of words.
        """
        return self.fold_in(X).doc_topic

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> NDArray[np.float64]:  # noqa: N803 - scikit-learn's
        """Return `fit(X).transform(X)`; `doc_topic_` has the same documents' shares in the chain itself."""
        return self.fit(X, y, **fit_params).transform(X)

    def save(self, folder: str | Path) -> Path:
        """Write the fit to a folder (safetensors and JSON, nothing that runs when it is read), and return it.

        Raises:
            InputError: a folder that can't be written.
        """
        check_is_fitted(self, "components_")
        return write_saved(
            Saved(
                corpus=self.corpus_,
                states=self._states,
                drawn=self._drawn,
                sweeps=self.n_iter_,
                seed=self._seed,
                feature_names=tuple(getattr(self, "feature_names_in_", ())),
            ),
            Path(folder),
            parameters=self.get_params(deep=False),
        )

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Return a fit that `save` wrote.

        Raises:
            InputError: no such folder, or files that this version's `save` didn't write.
        """
        saved, parameters = read_saved(Path(folder))
        try:
            model = cls(**parameters)
        except TypeError as error:
            raise InputError(
                f"{folder} must hold saved topics, but has unknown parameters: {error}"
            ) from error
        model.n_features_in_ = len(saved.corpus.vocabulary)
        if saved.feature_names:
            model.feature_names_in_ = np.array(saved.feature_names, dtype=object)
        model._seed = saved.seed
        model._set(
            saved.corpus,
            saved.states,
            saved.drawn,
            summarise(saved.corpus, saved.states, saved.drawn, saved.sweeps),
        )
        return model

    @property
    def _n_features_out(self) -> int:
        return int(self.components_.shape[0])

    @property
    def _threads(self) -> int:
        return int(effective_n_jobs(self.n_jobs))

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn should know: counts only, sparse ones too."""
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.input_tags.sparse = True
        return tags

    def _corpus(self, given: Any, *, reset: bool) -> Corpus:
        if isinstance(given, Corpus):
            if reset:
                self.n_features_in_ = len(given.vocabulary)
                if hasattr(self, "feature_names_in_"):
                    del self.feature_names_in_
            return given
        checked = validate_data(self, given, accept_sparse="csr", reset=reset, dtype="numeric")
        if checked.shape[0] and checked.shape[1] and checked.min() < 0:
            raise InputError("Negative values in data: counts must be whole numbers that aren't negative")
        names: Sequence[str] = getattr(self, "feature_names_in_", ()) if reset else self.vocabulary_
        return Corpus.from_counts(checked, vocabulary=tuple(map(str, names)))

    def _about(
        self, corpus: Corpus, schedule: Schedule, alpha: NDArray[np.float64], beta: float, seed: int
    ) -> dict[str, Any]:
        return {
            "corpus": corpus.fingerprint,
            "schedule": repr(schedule),
            "alpha": alpha.tolist(),
            "beta": beta,
            "seed": seed,
            "kernel": self.kernel,
            "partitions": self.partitions,
        }

    def _run(
        self,
        corpus: Corpus,
        start: State,
        schedule: Schedule,
        *,
        number: int,
        kept: Checkpoint | None,
        on_progress: OnProgress | None,
    ) -> tuple[State, Drawn]:
        return run_chain(
            corpus,
            start,
            schedule,
            place=(number, self.n_chains),
            threads=self._threads,
            kernel=self.kernel,
            partitions=self.partitions,
            checkpoint=kept,
            on_progress=on_progress,
        )

    def _conclude(self, corpus: Corpus, pairs: list[tuple[State, Drawn]], schedule: Schedule) -> Self:
        states, drawn = [state for state, _ in pairs], [each for _, each in pairs]
        self._set(corpus, states, drawn, summarise(corpus, states, drawn, schedule.sweeps))
        return self

    def _set(self, corpus: Corpus, states: list[State], drawn: list[Drawn], summary: Summary) -> None:
        self._states, self._drawn = states, drawn
        self.corpus_ = corpus
        self.vocabulary_ = corpus.vocabulary
        self.components_ = summary.components
        self.topic_word_ = summary.topic_word
        self.doc_topic_ = summary.doc_topic
        self.alpha_ = states[summary.best].alpha
        self.beta_ = states[summary.best].beta
        self.assignments_ = states[summary.best].assignments
        self.log_joint_ = summary.log_joint
        self.trace_sweeps_ = np.array(drawn[0].trace_sweeps, dtype=np.int64)
        self.trace_kept_ = np.array(drawn[0].trace_kept, dtype=bool)
        self.convergence_ = summary.convergence
        self.alignments_ = summary.alignments
        self.best_chain_ = summary.best
        self.findings_ = summary.findings
        self.n_iter_ = summary.sweeps
