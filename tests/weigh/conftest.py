from __future__ import annotations

import pytest

from steelyard.weigh.scale import ReferencePoint, Scale

CLIMATOLOGY = ReferencePoint(name="climatology", value=0.426, meaning="the season's frequencies")
MARKOV = ReferencePoint(name="markov", value=0.387, meaning="what followed yesterday")
LOGISTIC = ReferencePoint(name="15-lag logistic", value=0.379, meaning="the last 15 days")
FORESIGHT = ReferencePoint(name="perfect foresight", value=0.0, meaning="every day known in advance")


@pytest.fixture
def log_score() -> Scale:
    """A scale as other parts build it, without phrases of its own."""
    return Scale(
        loss="log score",
        unit="nats per day",
        baseline=CLIMATOLOGY,
        floor=FORESIGHT,
        references=(CLIMATOLOGY, MARKOV, LOGISTIC, FORESIGHT),
    )


@pytest.fixture
def accuracy() -> Scale:
    """A score: higher is better."""
    chance = ReferencePoint(name="chance", value=0.5, meaning="tossing a coin")
    perfect = ReferencePoint(name="floor", value=1.0, meaning="always right")
    person = ReferencePoint(name="a person", value=0.8, meaning="what people get")
    return Scale(
        loss="accuracy",
        unit="",
        direction="higher",
        baseline=chance,
        floor=perfect,
        references=(chance, person, perfect),
    )
