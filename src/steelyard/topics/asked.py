"""What can be asked of fitted topics: shares of other documents, scores, coherence, words, one token's update."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from steelyard.data.corpus import Corpus
from steelyard.topics.coerce import spoken
from steelyard.topics.coherence import Coherence, coherence, top_words
from steelyard.topics.completion import Completion, completion
from steelyard.topics.explain import Explanation, explain
from steelyard.topics.foldin import Folded, fold_in
from steelyard.topics.states import normalised


class Asked:
    """The methods of the estimator that read a fit and change nothing; the attributes are the estimator's."""

    components_: NDArray[np.float64]
    alpha_: NDArray[np.float64]
    beta_: float
    assignments_: NDArray[np.int32]
    corpus_: Corpus
    vocabulary_: tuple[str, ...]
    transform_burn_in: int
    transform_samples: int
    _seed: int

    @property
    def _threads(self) -> int:
        raise NotImplementedError

    def _corpus(self, given: Any, *, reset: bool) -> Corpus:
        raise NotImplementedError

    def fold_in(self, X: Any, *, keep: bool = False) -> Folded:  # noqa: N803 - scikit-learn's name
        """Return what `transform` returns with the number of unknown tokens and, with `keep`, intervals (`Folded.intervals`).

        Raises:
            InputError: counts that aren't whole, another number of words.
        """
        check_is_fitted(self, "components_")
        corpus, unknown = spoken(self._corpus(X, reset=False), self.vocabulary_)
        found = fold_in(
            corpus,
            normalised(self.components_),
            self.alpha_,
            seed=self._seed,
            burn_in=self.transform_burn_in,
            samples=self.transform_samples,
            threads=self._threads,
            keep=keep,
        )
        return Folded(
            doc_topic=found.doc_topic,
            samples=found.samples,
            unknown=found.unknown + unknown,
            alpha=found.alpha,
        )

    def completion(self, X: Any, *, seed: int = 0, level: float = 0.95) -> Completion:  # noqa: N803 - scikit-learn's name
        """Return the held-out score of documents with an interval: half of each is read, the other half foretold.

        Args:
            X: documents that it wasn't fitted on.
            seed: of the cut into halves.
            level: coverage of the interval over documents.

        Raises:
            InputError: counts that aren't whole, another number of words.
        """
        check_is_fitted(self, "components_")
        corpus, _ = spoken(self._corpus(X, reset=False), self.vocabulary_)
        return completion(
            corpus,
            normalised(self.components_),
            self.alpha_,
            seed=seed,
            burn_in=self.transform_burn_in,
            samples=self.transform_samples,
            threads=self._threads,
            level=level,
        )

    def perplexity(self, X: Any) -> float:  # noqa: N803 - scikit-learn's name
        """Return the perplexity of documents by completion, lower is better; not comparable with a variational bound's."""
        return self.completion(X).perplexity

    def score(self, X: Any, y: Any = None) -> float:  # noqa: N803, ARG002 - scikit-learn's
        """Return minus the nats a word of documents by completion, higher is better; a mean, where scikit-learn's is a sum."""
        return -self.completion(X).nats_per_word

    def coherence(self, X: Any = None, *, top: int = 10) -> Coherence:  # noqa: N803 - scikit-learn's name
        """Return the coherence of the topics' top words on documents, by default those of the fit.

        Raises:
            InputError: counts that aren't whole, another number of words, fewer than 2 top words.
        """
        check_is_fitted(self, "components_")
        corpus = self.corpus_ if X is None else spoken(self._corpus(X, reset=False), self.vocabulary_)[0]
        return coherence(normalised(self.components_), corpus, top=top)

    def top_words(self, top: int = 10) -> list[list[str]]:
        """Return the words with the most weight in each topic, the heaviest first."""
        check_is_fitted(self, "components_")
        return top_words(self.components_, self.vocabulary_, top=top)

    def explain(self, document: int, token: int, *, seed: int = 0) -> Explanation:
        """Return the full conditional of one token of the fit's documents, factor by factor, in the chain's last state.

        Raises:
            InputError: no such document or token.
        """
        check_is_fitted(self, "components_")
        return explain(
            self.corpus_,
            self.assignments_,
            document=document,
            token=token,
            alpha=self.alpha_,
            beta=self.beta_,
            seed=seed,
        )
