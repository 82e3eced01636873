from __future__ import annotations

import numpy as np

from steelyard.language.meaning.frequency import by_frequency


def test_every_decade_has_a_range() -> None:
    counts = np.array([0, 1, 9, 10, 99, 100, 12345])
    found = by_frequency(np.arange(7), counts)
    assert [found.names[each] for each in found.group] == [
        "0",
        "1 to 9",
        "1 to 9",
        "10 to 99",
        "10 to 99",
        "100 to 999",
        "10,000 or more",
    ]


def test_tokens_that_training_never_had() -> None:
    found = by_frequency(np.array([0, 0]), np.array([0, 5]))
    assert {found.names[each] for each in found.group} == {"0"}
