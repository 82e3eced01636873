"""Texts, and a pretended training on them."""

from __future__ import annotations

import numpy as np
import pytest
from mixture_model import mixtures

from steelyard.language.meaning.state import State

WORDS = ("the", "cat", "sat", "on", "a", "mat", "and", "then", "ran", "home.")


@pytest.fixture(scope="session")
def texts() -> list[str]:
    rng = np.random.default_rng(0)
    return [" ".join(rng.choice(WORDS, 60)) + "\n" for _ in range(12)]


@pytest.fixture(scope="session")
def states(texts: list[str]) -> tuple[State, ...]:
    return mixtures(texts[:9])
