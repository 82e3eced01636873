"""Short texts with something to learn: each document has a word of its own that comes back at every third place."""

import json
import random

import pytest


def documents(*, count=40, words=150, seed=0):
    rng = random.Random(seed)
    known = [f"w{number}" for number in range(60)]
    texts = []
    for _ in range(count):
        own = rng.choice(known[:6])
        texts.append(" ".join(own if place % 3 == 0 else rng.choice(known) for place in range(words)))
    return texts


@pytest.fixture(scope="session")
def documents_file(tmp_path_factory):
    """Return a JSON Lines file of 40 documents, about 22,000 characters."""
    path = tmp_path_factory.mktemp("language") / "documents.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in documents()))
    return path
