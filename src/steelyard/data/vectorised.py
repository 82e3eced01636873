"""Corpora from texts and a vectoriser that scikit-learn's users have: a fitted CountVectorizer, or a pipeline that ends in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError


def vectorised(texts: Iterable[str], vectoriser: Any, *, names: Sequence[str] = ()) -> Corpus:
    """Return the corpus that a fitted vectoriser counts in some texts; the vocabulary is the vectoriser's.

    Args:
        texts: the texts, one a document.
        vectoriser: a fitted scikit-learn `CountVectorizer`, or a fitted `Pipeline` whose last step is one; anything with
            `transform` and `get_feature_names_out` whose counts are whole numbers.
        names: names of the documents.

    Raises:
        InputError: a vectoriser that isn't fitted, that has no words (hashing), or that gives weights instead of counts (tf-idf).

    Example:
        >>> from sklearn.feature_extraction.text import CountVectorizer
        >>> counter = CountVectorizer().fit(["the sun", "the moon"])
        >>> corpus = vectorised(["the sun, the moon", "a star"], counter)
        >>> corpus.vocabulary, corpus.words.tolist(), corpus.lengths.tolist()
        (('moon', 'sun', 'the'), [0, 1, 2, 2], [4, 0])
    """
    from sklearn.exceptions import NotFittedError  # noqa: PLC0415 - slow to import

    for method in ("transform", "get_feature_names_out"):
        if not callable(getattr(vectoriser, method, None)):
            raise InputError(
                f"the vectoriser must have `{method}`, as scikit-learn's CountVectorizer has, but {type(vectoriser).__name__} doesn't"
            )
    try:
        words = [str(word) for word in vectoriser.get_feature_names_out()]
        counts = vectoriser.transform(texts)
    except NotFittedError as error:
        raise InputError(
            f"the vectoriser must be fitted, but this {type(vectoriser).__name__} isn't; call its `fit` on the texts"
        ) from error
    return Corpus.from_counts(counts, vocabulary=words, names=names)
