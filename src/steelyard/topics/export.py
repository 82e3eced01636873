"""A fit in the form that pyLDAvis draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

if TYPE_CHECKING:
    from steelyard.topics.estimator import LatentDirichletAllocation


def pyldavis_data(model: LatentDirichletAllocation) -> dict[str, Any]:
    """Return what `pyLDAvis.prepare(**data)` takes, of a fit and its documents.

    Words that no document has and documents without tokens are left out, because pyLDAvis divides by their numbers; the rows of
    `topic_term_dists` sum to 1 over the words that stay. Topics keep their numbers with `sort_topics=False`, which counts from 1.

    Args:
        model: a fitted estimator.

    Returns:
        `topic_term_dists`, shape (topics, words); `doc_topic_dists`, shape (documents, topics); `doc_lengths`, shape (documents,);
        `vocab`, the words; `term_frequency`, shape (words,).

    Raises:
        NotFittedError: an estimator that wasn't fitted.

    Example:
        >>> from steelyard.data import Corpus
        >>> from steelyard.topics import LatentDirichletAllocation
        >>> corpus = Corpus.from_documents([["sun", "sky", "sun"], [], ["tax", "law"]])
        >>> data = pyldavis_data(LatentDirichletAllocation(2, max_iter=20).fit(corpus))
        >>> data["topic_term_dists"].shape, data["doc_lengths"].tolist(), data["term_frequency"].tolist()
        ((2, 4), [3, 2], [2, 1, 1, 1])
    """
    check_is_fitted(model, "components_")
    corpus = model.corpus_
    frequency = np.bincount(corpus.words, minlength=len(corpus.vocabulary))
    used, filled = frequency > 0, corpus.lengths > 0
    terms = model.topic_word_[:, used]
    reached = terms.sum(axis=1, keepdims=True)
    return {
        "topic_term_dists": np.where(
            reached > 0, terms / np.where(reached > 0, reached, 1.0), 1.0 / max(int(used.sum()), 1)
        ),
        "doc_topic_dists": model.doc_topic_[filled],
        "doc_lengths": corpus.lengths[filled],
        "vocab": [word for word, there in zip(corpus.vocabulary, used, strict=True) if there],
        "term_frequency": frequency[used],
    }
