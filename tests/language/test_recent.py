import numpy as np
import pytest
import torch

from steelyard.errors import InputError
from steelyard.language import LanguageModel
from steelyard.language.network import Architecture, LanguageNetwork
from steelyard.language.plan import TrainingPlan
from steelyard.language.precision import arithmetic
from steelyard.language.recent import recent_nats
from steelyard.language.scoring import stream_nats
from steelyard.language.stream import Stream, make_stream
from steelyard.language.training import Training
from steelyard.language.vocabulary import Vocabulary

KIND = arithmetic("float32", "cpu")


@pytest.fixture(scope="module")
def read():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("abcd"), size=size)) for size in (30, 1, 0, 17)]
    vocabulary = Vocabulary.build(texts, unit="character")
    network = LanguageNetwork(Architecture(size=vocabulary.size, embedding=4, hidden=8, layers=2), seed=0)
    return network, make_stream(texts, vocabulary)


@pytest.mark.parametrize("tokens", [1, 2, 5, 29])
def test_each_token_is_guessed_from_the_last_ones_alone(read, tokens):
    network, stream = read
    found = recent_nats(network, stream, tokens=tokens, arithmetic=KIND)
    ids = torch.from_numpy(stream.ids.astype(np.int64))
    for place in range(1, len(ids)):
        mark = stream.starts_of_documents[stream.starts_of_documents < place].max()
        context = ids[max(mark, place - tokens) : place, None]
        with torch.no_grad():
            features, _ = network(context, network.start(1))
            logs = network.log_probabilities(features[-1, 0])
        assert found[place - 1] == pytest.approx(-float(logs[ids[place]]), abs=1e-5)


def test_with_all_of_the_document_it_is_the_score(read):
    network, stream = read
    whole = stream_nats(network, stream, arithmetic=KIND)
    assert recent_nats(network, stream, tokens=1000, arithmetic=KIND) == pytest.approx(whole, abs=1e-5)


def test_no_token_is_refused(read):
    network, stream = read
    with pytest.raises(InputError, match="`tokens` must be at least 1, but got 0"):
        recent_nats(network, stream, tokens=0, arithmetic=KIND)


def test_a_training_without_carried_state_begins_every_window_at_zero():
    def states_seen(carry):
        stream = Stream.of(np.random.default_rng(0).integers(2, 9, size=100))
        network = LanguageNetwork(Architecture(size=9, embedding=4, hidden=8), seed=0)
        plan = TrainingPlan(batch=2, window=10, epochs=2, carry=carry)
        training = Training(network, stream, validation=None, plan=plan, arithmetic=KIND, seed=0)
        forward, seen = network.forward, []

        def watched(ids, state, **more):
            seen.append(any(bool(part.any()) for pair in state for part in pair))
            return forward(ids, state, **more)

        network.forward = watched
        training.run()
        return seen

    assert states_seen(carry=True) == 2 * [False, True, True, True, True]
    assert states_seen(carry=False) == 10 * [False]


def test_a_model_may_leave_its_state_behind_at_every_window():
    parameters = {"embedding": 4, "hidden": 8, "batch": 2, "window": 8, "epochs": 1, "validation_share": 0.0}
    carried, left = (
        LanguageModel(carry=carry, **parameters).fit("abcd" * 40).score("abcd").nats
        for carry in (True, False)
    )
    assert (carried != left).all()
