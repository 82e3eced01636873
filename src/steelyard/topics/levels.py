"""The levels of the questions about priors, as arguments of the estimator; loads nothing heavy."""

from __future__ import annotations

from typing import Any

ALPHA: dict[str, dict[str, Any]] = {
    "learn": {"doc_topic_prior": "learn", "topic_word_prior": "learn"},
    "0": {"doc_topic_prior": 0.0, "topic_word_prior": "learn"},
    "0.001": {"doc_topic_prior": 0.001, "topic_word_prior": "learn"},
    "0.01": {"doc_topic_prior": 0.01, "topic_word_prior": "learn"},
    "0.1": {"doc_topic_prior": 0.1, "topic_word_prior": "learn"},
    "1": {"doc_topic_prior": 1.0, "topic_word_prior": "learn"},
    "10": {"doc_topic_prior": 10.0, "topic_word_prior": "learn"},
    "0, and beta 0": {"doc_topic_prior": 0.0, "topic_word_prior": 0.0},
}
"""Levels of `topics.alpha`, of each topic; the first is the reference."""

BETA: dict[str, dict[str, Any]] = {
    "learn": {"doc_topic_prior": "learn", "topic_word_prior": "learn"},
    "0": {"doc_topic_prior": "learn", "topic_word_prior": 0.0},
    "0.001": {"doc_topic_prior": "learn", "topic_word_prior": 0.001},
    "0.01": {"doc_topic_prior": "learn", "topic_word_prior": 0.01},
    "0.1": {"doc_topic_prior": "learn", "topic_word_prior": 0.1},
    "1": {"doc_topic_prior": "learn", "topic_word_prior": 1.0},
}
"""Levels of `topics.beta`, of each word; the first is the reference."""

TOPICS: dict[str, tuple[int, ...]] = {
    "quick": (20, 2, 5, 10, 50, 100, 200, 400),
    "full": (50, 2, 5, 10, 20, 100, 200, 400),
}
"""Levels of `topics.k` by setting; the first is the reference."""
