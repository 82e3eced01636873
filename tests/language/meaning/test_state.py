from __future__ import annotations

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.language.meaning.state import states_of
from steelyard.language.model import LanguageModel
from steelyard.language.stream import make_stream

TEXT = "the cat sat on the mat. " * 30


def test_states_go_from_the_untrained_network_to_the_model_itself() -> None:
    model = LanguageModel(hidden=8, embedding=8, batch=2, window=8, epochs=2).fit(TEXT, snapshots=4)
    found = states_of(model)
    assert found[0].tokens == 0
    assert [state.step for state in found] == sorted({state.step for state in found})
    assert found[-1].model is model
    stream = make_stream([TEXT[:60]], model.vocabulary_)
    untrained = next(iter(found[0].model.log_probabilities(stream)))
    np.testing.assert_allclose(untrained, -np.log(model.vocabulary_.size), atol=0.6)


def test_the_last_state_is_the_one_whose_weights_were_kept() -> None:
    # A validation text of another kind: its loss is best at first, and the later snapshots are not of what is kept.
    model = LanguageModel(hidden=16, embedding=8, batch=2, window=8, epochs=6, learning_rate=0.05)
    model.fit("ab" * 400, "ba ab ba " * 5 + "a" * 30, snapshots=6)
    best = min(model.history_, key=lambda each: each.validation_nats or 0)
    found = states_of(model)
    assert found[-1].step == best.step
    assert all(state.step < best.step for state in found[:-1])


def test_a_model_without_snapshots() -> None:
    model = LanguageModel(hidden=8, embedding=8, batch=2, window=8, epochs=1).fit(TEXT)
    with pytest.raises(InputError, match="fit it with `snapshots=8`"):
        states_of(model)
