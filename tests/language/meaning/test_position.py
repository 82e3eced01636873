from __future__ import annotations

import numpy as np

from steelyard.language.meaning.position import by_position, positions


def test_positions_start_again_with_every_document() -> None:
    assert positions(np.array([0, 1, 4]), 6).tolist() == [0, 0, 1, 2, 0, 1]


def test_a_later_documents_mark_ends_the_document_before_it() -> None:
    # <doc> a b <doc> c: the second mark is the third token of the first document.
    found = by_position(np.array([0, 3]), 5)
    assert [found.names[each] for each in found.group] == ["1", "2 or more", "2 or more", "1"]


def test_ranges_grow_by_four_and_the_last_is_open() -> None:
    found = by_position(np.array([0]), 100)
    assert found.names == ("1", "2 to 4", "5 to 16", "17 to 64", "65 or more")
    assert np.bincount(found.group).tolist() == [1, 3, 12, 48, 35]
