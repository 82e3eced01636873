from __future__ import annotations

import math

import numpy as np
import pytest

from steelyard.data.corpus_reading import read_corpus
from steelyard.data.vocabulary import Pruning
from steelyard.errors import InputError

TEXTS = [
    "apple banana cherry apple",
    "banana cherry cherry date",
    "cherry apple elder fig",
    "banana date fig fig cherry",
]


@pytest.mark.parametrize(
    "rule",
    [
        {"min_df": 2},
        {"min_df": 0.5},
        {"max_df": 0.75},
        {"max_df": 3},
        {"min_df": 2, "max_df": 0.6},
        {"most_words": 3},
        {"stop_words": ["cherry", "fig"]},
    ],
)
def test_the_rules_are_scikit_learns(rule: dict[str, object]) -> None:
    from sklearn.feature_extraction.text import CountVectorizer

    names = {"most_words": "max_features"}
    theirs = CountVectorizer(**{names.get(name, name): value for name, value in rule.items()})
    counts = theirs.fit_transform(TEXTS)
    ours = read_corpus(TEXTS, **rule)
    assert ours.vocabulary == tuple(theirs.get_feature_names_out())
    assert np.array_equal(ours.counts().toarray(), counts.toarray())


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"min_df": 1.5}, "min_df"),
        ({"min_df": -1}, "min_df"),
        ({"max_df": math.nan}, "max_df"),
        ({"most_words": 0}, "most_words"),
    ],
)
def test_rules_that_cannot_be(rule: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=f"`{said}` must be"):
        Pruning(**rule)
