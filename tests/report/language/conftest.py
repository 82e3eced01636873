"""Stories of pretended trainings: of characters, of words, and one whose text wants to be scripts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mixture_model import mixtures

from steelyard.language.meaning.curve import CurvePoint
from steelyard.language.meaning.known_source import known_source
from steelyard.language.meaning.story import Story, tell

HOSTILE = "</script><script>alert(1)</script><!-- {{ 7*7 }} \u2028\u202e\x07 "
WORDS = ("the", "cat", "sat", "on", "a", "mat", "and", "then", "ran", "home.")


def _texts() -> list[str]:
    rng = np.random.default_rng(0)
    return [" ".join(rng.choice(WORDS, 90)) + "\n" for _ in range(12)]


@pytest.fixture(scope="session")
def shown() -> Story:
    texts = _texts()
    curve = tuple(
        CurvePoint(
            step=nth,
            tokens=50 * nth,
            train_nats=1 + 3 / nth,
            validation_nats=1.2 + 3 / nth if nth % 50 == 0 else math.nan,
        )
        for nth in range(1, 201)
    )
    return tell(
        mixtures(texts[:9]),
        texts[:9],
        texts[9:],
        seed=0,
        names=["ten", "eleven", "twelve"],
        sentences=("the cat ran home.",),
        curve=curve,
        known=known_source(texts, lambda text: mixtures([text]), seed=0, drawn=3000, held_out=300),
        source="cats",
        parameters={"hidden": 256, "dropout": None},
        fingerprint="abc",
    )


@pytest.fixture(scope="session")
def words() -> Story:
    texts = _texts()
    return tell(mixtures(texts[:9], unit="word", limit=6), texts[:9], texts[9:], seed=0)


@pytest.fixture(scope="session")
def odd() -> Story:
    texts = [HOSTILE * 3] * 4
    return tell(
        mixtures(texts, shares=(0.9, 0.0)),  # it unlearns
        texts,
        [HOSTILE],
        seed=0,
        names=[HOSTILE],
        sentences=(HOSTILE, "x\r\n\ud7ff"),
        source=HOSTILE,
        parameters={HOSTILE: HOSTILE},
        fingerprint=HOSTILE,
    )
