"""How a topic is called on a page: by its number and first words."""

from __future__ import annotations

from steelyard.topics.portrait import Topic


def first_words(topic: Topic, *, most: int = 3) -> str:
    """Return a topic's first words, or what to say of one without any.

    >>> first_words(Topic(number=2, share=0.1, alpha=0.1, words=(("sun", 0.5), ("sky", 0.2)), relevant=(), effective_words=2.0,
    ...     npmi=0.1, agreement=1.0, documents=()))
    'sun, sky'
    """
    return ", ".join(word for word, _ in topic.words[:most]) or "no words"


def called(topic: Topic) -> str:
    """Return a topic's number with its first words."""
    return f"{topic.number}: {first_words(topic)}"
