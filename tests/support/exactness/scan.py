"""The order in which a sweep goes through the tokens, from the groups alone."""

from __future__ import annotations

from typing import Any

import numpy as np


def scan(chain: Any) -> list[list[tuple[int, int, int, int]]]:
    """Return for each phase the tokens it draws, in order, as (place in the corpus, document, word, group of words).

    In phase f the documents of group i meet the words of group (i + f) mod P; in a block the words are gone through one after the other,
    and the tokens of a word document after document.
    """
    corpus, layout, groups = chain.corpus, chain._layout, chain.partitions
    document = np.repeat(np.arange(len(corpus)), corpus.lengths)
    tokens = sorted(
        (int(w), int(d), place) for place, (w, d) in enumerate(zip(corpus.words, document, strict=True))
    )
    phases = []
    for phase in range(groups):
        drawn = []
        for row in range(groups):
            column = (row + phase) % groups
            drawn += [
                (place, d, w, column)
                for w, d, place in tokens
                if layout.doc_group[d] == row and layout.word_group[w] == column
            ]
        phases.append(drawn)
    return phases
