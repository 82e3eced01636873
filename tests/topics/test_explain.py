import numpy as np
import pytest

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.explain import explain
from steelyard.topics.joint import log_joint

CORPUS = Corpus.from_documents([["sun", "sky", "sun", "law"], ["tax", "law", "tax"], [], ["sun", "tax"]])
Z = np.array([0, 0, 1, 2, 1, 1, 2, 0, 1])
ALPHA, BETA = np.array([0.5, 0.2, 1.1]), 0.3


def joint_with(place, topic):
    """Return log p(w, z) with one token's topic changed, from counts alone."""
    z = Z.copy()
    z[place] = topic
    document = np.repeat(np.arange(len(CORPUS)), CORPUS.lengths)
    doc_topic, topic_word = (
        np.zeros((len(CORPUS), 3), dtype=int),
        np.zeros((3, len(CORPUS.vocabulary)), dtype=int),
    )
    np.add.at(doc_topic, (document, z), 1)
    np.add.at(topic_word, (z, CORPUS.words), 1)
    return log_joint(doc_topic, topic_word, alpha=ALPHA, beta=BETA)


@pytest.mark.parametrize(("document", "token"), [(0, 0), (0, 3), (1, 1), (3, 1)])
def test_the_product_is_the_posterior_that_the_joint_gives(document, token):
    place = int(CORPUS.starts[document]) + token
    logs = np.array([joint_with(place, topic) for topic in range(3)])
    posterior = np.exp(logs - logs.max())
    found = explain(CORPUS, Z, document=document, token=token, alpha=ALPHA, beta=BETA)
    assert found.probabilities == pytest.approx(posterior / posterior.sum(), abs=1e-12)
    assert found.probabilities == pytest.approx(
        found.document_part * found.topic_part / (found.document_part @ found.topic_part)
    )
    assert found.word == CORPUS.vocabulary[CORPUS.words[place]]
    assert found.topic == Z[place]


def test_draws_follow_the_probabilities():
    draws = [
        explain(CORPUS, Z, document=0, token=0, alpha=ALPHA, beta=BETA, seed=seed) for seed in range(800)
    ]
    often = np.bincount([each.drawn for each in draws], minlength=3) / 800
    assert often == pytest.approx(draws[0].probabilities, abs=4 * 0.5 / np.sqrt(800))


def test_without_priors_a_token_alone_has_no_mass_and_stays():
    corpus = Corpus.from_documents([["sun"], ["tax", "law"]])
    found = explain(corpus, np.array([1, 0, 0]), document=0, token=0, alpha=np.zeros(2), beta=0.0)
    assert found.probabilities.tolist() == [0.0, 0.0]
    assert found.drawn == 1
    assert "no topic has any probability: the token stays in topic 1" in str(found)


def test_is_printed_with_formula_numbers_and_draw():
    text = str(explain(CORPUS, Z, document=0, token=0, alpha=ALPHA, beta=BETA))
    assert "'sun', now in topic 0 (not counted below)" in text
    assert "(n_dk + alpha_k) (n_kw + beta) / (n_k + V beta)" in text
    assert "the random number 0.636962 falls into topic" in text


def test_to_dict_has_one_row_a_topic_the_most_probable_first():
    found = explain(CORPUS, Z, document=0, token=0, alpha=ALPHA, beta=BETA).to_dict()
    probabilities = [row["probability"] for row in found["topics"]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1)


@pytest.mark.parametrize(
    ("document", "token", "message"),
    [
        (4, 0, "`document` must be 0 to 3, but got 4"),
        (0, 4, "`token` must be 0 to 3"),
        (2, 0, "document 2 is empty"),
        (-1, 0, "got -1"),
    ],
)
def test_refuses_tokens_that_are_not_there(document, token, message):
    with pytest.raises(InputError, match=message):
        explain(CORPUS, Z, document=document, token=token, alpha=ALPHA, beta=BETA)


def test_refuses_assignments_that_do_not_match():
    with pytest.raises(InputError, match="9 topics from 0 to 1"):
        explain(CORPUS, Z, document=0, token=0, alpha=ALPHA[:2], beta=BETA)
