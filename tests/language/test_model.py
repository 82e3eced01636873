import itertools
import json
import math

import numpy as np
import pytest
import torch

from steelyard.errors import InputError
from steelyard.language import training as training_module
from steelyard.language.fitting import architecture_of
from steelyard.language.model import LanguageModel
from steelyard.language.network import LanguageNetwork
from steelyard.language.precision import _has_bfloat16
from steelyard.language.scoring import piecewise_nats
from steelyard.language.stream import Stream, make_stream
from steelyard.language.vocabulary import DOCUMENT, UNKNOWN

TEXT = "the cat sat on the mat and the rat sat on the cat, but the bat sat on its hat. " * 30
SMALL = {"embedding": 12, "hidden": 24, "batch": 4, "window": 16, "epochs": 4, "learning_rate": 0.01}


@pytest.fixture(scope="module")
def characters():
    return LanguageModel(**SMALL, seed=0).fit(TEXT, snapshots=5)


@pytest.fixture(scope="module")
def words():
    return LanguageModel("word", **SMALL, seed=0).fit([TEXT[:900], TEXT[900:]], TEXT[:300])


def by_hand(model, text):
    """Nats of each token, one step at a time with PyTorch's own modules."""
    network = model.network_
    ids = [DOCUMENT, *model.vocabulary_.encode(text).ids.tolist()]
    state, nats = None, []
    lstm, output = torch.nn.LSTM(12, 24), torch.nn.Linear(24, model.vocabulary_.size)
    lstm.load_state_dict(network.layers[0].state_dict())
    output.load_state_dict(network.output.state_dict())
    with torch.no_grad():
        for before, right in itertools.pairwise(ids):
            features, state = lstm(network.embedding(torch.tensor([[before]])), state)
            nats.append(-float(output(features)[0, 0].log_softmax(0)[right]))
    return np.array(nats)


def test_nats_are_those_of_the_network_step_by_step(characters):
    text = TEXT[:700] + "!"
    score = characters.score(text)
    np.testing.assert_allclose(score.nats, by_hand(characters, text), atol=2e-5)
    assert score.nats_per_token == score.nats.mean()
    assert score.perplexity == pytest.approx(math.exp(score.nats.mean()))
    assert characters.perplexity(text) == score.perplexity
    assert score.unknown == 1
    assert score.ids[-1] == UNKNOWN


def test_bits_per_byte_and_character_count_the_spelling_of_unknown_tokens(characters):
    score = characters.score("the é cat")
    bits = (score.nats.sum() + score.spelling_nats.sum()) / math.log(2)
    assert score.spelling_nats[4] > 0
    assert score.bits_per_byte == pytest.approx(bits / 10)
    assert score.bits_per_character == pytest.approx(bits / 9)
    assert score.token_texts() == list("the é cat")


def test_words_carry_the_space_before_them(words):
    score = words.score("the cat sat")
    assert score.token_texts() == ["the", " cat", " sat"]
    assert score.bytes.tolist() == [3, 4, 4]


def test_documents_of_a_stream_are_scored_each_from_a_zero_state(characters):
    texts = [TEXT[:40], TEXT[100:300], TEXT[5:6]]
    stream = make_stream(texts, characters.vocabulary_)
    nats = characters.score_stream(stream)
    assert nats.shape == (stream.tokens,)
    start = 0
    for text in texts:
        np.testing.assert_allclose(nats[start : start + len(text)], characters.score(text).nats, atol=1e-5)
        start += len(text) + 1


def test_pieces_agree_with_the_whole_to_what_is_forgotten_after_their_warm_up(characters):
    stream = make_stream([TEXT], characters.vocabulary_)
    whole = characters.score_stream(stream).mean()
    pieces = piecewise_nats(characters.network_, stream, arithmetic=characters._arithmetic())
    assert pieces == pytest.approx(whole, abs=1e-3)
    short = Stream.of([2, 3, 4])
    one = piecewise_nats(characters.network_, short, arithmetic=characters._arithmetic())
    assert one == pytest.approx(characters.score_stream(short).mean(), abs=1e-6)


def test_it_learns_what_can_be_learnt(characters):
    assert characters.score(TEXT[:400]).nats[20:].mean() < 0.7 * math.log(characters.vocabulary_.size)
    nats = [each.validation_nats for each in characters.history_]
    assert nats[-1] < nats[0]
    assert [round(each.epoch) for each in characters.history_] == [1, 2, 3, 4]


def test_guesses_are_the_likeliest_tokens_and_the_rank_of_the_right_one(characters):
    text = TEXT[:60]
    guesses = characters.guesses(text, count=3)
    logs = np.concatenate(
        list(characters.log_probabilities(Stream.of(characters.vocabulary_.encode(text).ids)))
    )
    assert np.allclose(np.exp(logs).sum(axis=1), 1, atol=1e-5)
    assert (guesses.ids == np.argsort(-logs, axis=1, kind="stable")[:, :3]).all()
    assert (np.diff(guesses.probabilities, axis=1) <= 0).all()
    np.testing.assert_allclose(guesses.nats, characters.score(text).nats, atol=1e-5)
    right = characters.vocabulary_.encode(text).ids
    assert ((guesses.ids[:, 0] == right) == (guesses.ranks == 1)).all()
    assert characters.guesses(text, count=10_000).ids.shape[1] == characters.vocabulary_.size


def test_text_is_drawn_with_the_models_probabilities(characters):
    logs = next(iter(characters.log_probabilities(Stream.of(characters.vocabulary_.encode("th").ids[:2]))))[
        -1
    ].astype(float)
    logs[[UNKNOWN, DOCUMENT]] = -np.inf
    shares = np.exp(logs) / np.exp(logs).sum()
    drawn = [characters.generate("t", length=1, seed=seed) for seed in range(600)]
    counts = np.array([drawn.count(token) for token in characters.vocabulary_.tokens])
    assert counts.sum() == 600
    spread = np.sqrt(600 * shares * (1 - shares)) + 1
    assert (np.abs(counts - 600 * shares) < 5 * spread).all()


def test_temperature_and_top_k_narrow_what_is_drawn(characters):
    best = characters.generate("the cat", length=30, temperature=0, seed=0)
    assert characters.generate("the cat", length=30, top_k=1, seed=5) == best
    assert characters.generate("the cat", length=30, temperature=1e-4, seed=7) == best
    guesses = characters.guesses("the c" + "x", count=2)
    allowed = {characters.vocabulary_.tokens[each] for each in guesses.ids[-1]}
    assert {
        characters.generate("the c", length=1, top_k=2, temperature=5.0, seed=seed) for seed in range(40)
    } == allowed
    one, same, other = (characters.generate("", length=80, seed=seed) for seed in (1, 1, 2))
    assert one == same != other


def test_drawn_text_has_no_unknown_tokens_and_no_marks(words):
    text = words.generate("the", length=300, temperature=3.0, seed=0)
    assert "<unk>" not in text
    assert "<doc>" not in text


@pytest.mark.parametrize("tied", [False, True])
def test_a_saved_model_says_the_same(tmp_path, tied):
    model = LanguageModel("word", **{**SMALL, "embedding": 24, "epochs": 1}, tied=tied).fit(TEXT)
    model.save(tmp_path / "model")
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == [
        "language.json",
        "weights.safetensors",
    ]
    again = LanguageModel.load(tmp_path / "model")
    assert np.array_equal(again.score(TEXT[:200]).nats, model.score(TEXT[:200]).nats)
    assert again.parameters() == {**model.parameters(), "device": "auto"}
    assert again.history_ == model.history_
    assert again.generate("the", length=5, seed=1) == model.generate("the", length=5, seed=1)


def changed(folder, **changes):
    path = folder / "language.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "weights.safetensors").write_bytes(b"\x80\x04."),
        lambda folder: (folder / "weights.safetensors").unlink(),
        lambda folder: (folder / "language.json").write_text("{"),
        lambda folder: (folder / "language.json").write_bytes(b"\xff\xfe\x00"),
        lambda folder: changed(folder, format=99),
        lambda folder: changed(folder, parameters={"colour": 1}),
        lambda folder: changed(folder, parameters=[]),
        lambda folder: changed(folder, architecture={"size": 10**12, "hidden": 10**9}),
        lambda folder: changed(folder, vocabulary={}),
        lambda folder: changed(folder, history=[{"step": 1}]),
    ],
)
def test_files_that_save_did_not_write_are_refused(tmp_path, characters, harm):
    characters.save(tmp_path)
    harm(tmp_path)
    with pytest.raises(InputError):
        LanguageModel.load(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="must hold a saved model of language"):
        LanguageModel.load(tmp_path / "nothing")


def test_snapshots_are_the_model_on_its_way(characters):
    steps = [each.step for each in characters.snapshots_]
    assert steps[0] == 0
    assert steps == sorted(set(steps))
    assert steps[-1] == characters.history_[-1].step
    untrained = characters.at(characters.snapshots_[0]).score(TEXT[:300]).nats_per_token
    assert untrained == pytest.approx(math.log(characters.vocabulary_.size), abs=0.3)
    losses = [characters.at(each).score(TEXT[:300]).nats_per_token for each in characters.snapshots_]
    assert losses[-1] < losses[0]
    assert characters.score(TEXT[:300]).nats_per_token == pytest.approx(losses[-1], abs=0.3)


def test_a_cut_off_fit_goes_on_where_it_was(tmp_path):
    class CutError(Exception):
        pass

    def cut(progress):
        if progress.step == 61:
            raise CutError

    whole = LanguageModel(**SMALL, average=0.9).fit(TEXT)
    with pytest.raises(CutError):
        LanguageModel(**SMALL, average=0.9).fit(TEXT, checkpoint=tmp_path, on_progress=cut)
    assert (tmp_path / "training.pt").exists()
    seen = []
    again = LanguageModel(**SMALL, average=0.9).fit(TEXT, checkpoint=tmp_path, on_progress=seen.append)
    assert 1 < seen[0].step < 62
    assert not (tmp_path / "training.pt").exists()
    for name, weight in whole.network_.state_dict().items():
        assert torch.equal(weight, again.network_.state_dict()[name])


def test_a_checkpoint_of_another_text_is_refused(tmp_path):
    LanguageModel(**{**SMALL, "epochs": 90}).fit(TEXT, checkpoint=tmp_path, minutes=1e-6)
    assert (tmp_path / "training.pt").exists()
    with pytest.raises(InputError, match="must be of the same text and parameters"):
        LanguageModel(**{**SMALL, "epochs": 90}).fit(TEXT + "x", checkpoint=tmp_path)


def test_minutes_end_a_training_after_an_epoch():
    model = LanguageModel(**{**SMALL, "epochs": 90}).fit(TEXT, minutes=1e-6)
    assert len(model.history_) == 1


def test_double_precision_and_pytorchs_own_kernels_tell_the_same_story(monkeypatch):
    own = LanguageModel(**SMALL).fit(TEXT)
    double = LanguageModel(**SMALL, precision="float64").fit(TEXT)
    assert double.network_.output.weight.dtype == torch.float64
    assert double.score(TEXT[:500]).nats_per_token == pytest.approx(
        own.score(TEXT[:500]).nats_per_token, abs=5e-3
    )


def test_bfloat16_trains_too_where_the_processor_has_it():
    if not _has_bfloat16(torch.device("cpu")):
        with pytest.raises(InputError, match="no bfloat16 LSTM"):
            LanguageModel(**SMALL, precision="bfloat16").fit(TEXT)
        return
    model = LanguageModel(**SMALL, precision="bfloat16").fit(TEXT)
    assert model.network_.output.weight.dtype == torch.float32
    single = LanguageModel(**SMALL).fit(TEXT)
    assert model.score(TEXT[:500]).nats_per_token == pytest.approx(
        single.score(TEXT[:500]).nats_per_token, abs=0.1
    )


def test_a_validation_text_is_held_out_of_vocabulary_and_training(monkeypatch):
    seen = []
    made = training_module.Training.__init__
    monkeypatch.setattr(
        training_module.Training,
        "__init__",
        lambda self, network, stream, **given: (
            seen.append((stream, given["validation"])),
            made(self, network, stream, **given),
        )[1],
    )
    model = LanguageModel(**{**SMALL, "epochs": 1, "validation_share": 0.2}).fit("ab" * 400 + "cd" * 100)
    assert set(model.vocabulary_.tokens[2:]) == {"a", "b"}
    assert [each.tokens for each in seen[0]] == [800, 200]
    LanguageModel(**{**SMALL, "epochs": 1, "validation_share": 0.0}).fit("ab" * 400)
    assert seen[1][0].tokens == 800
    assert seen[1][1] is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "`text` must hold text"),
        ([], "`text` must hold text"),
        (["", ""], "`text` must hold text"),
        ([b"bytes"], "decode bytes first"),
        ("a", "must hold text|at least a window"),
        ("short text", "at least a window of 16 tokens"),
        ("half a pair \ud800 " * 40, "surrogate"),
    ],
)
def test_texts_that_nothing_can_be_learnt_from_are_refused(text, says):
    with pytest.raises(InputError, match=says):
        LanguageModel(**SMALL).fit(text)


def test_words_that_never_recur_are_refused():
    with pytest.raises(InputError, match="`min_count` must leave a token"):
        LanguageModel("word", **SMALL).fit(
            " ".join("ab" * number for number in range(1, 100)), "validation text"
        )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"precision": "float8"}, "`precision` must be one of"),
        ({"device": "abacus"}, "`device` must be one that is here"),
        ({"threads": 0}, "`threads` must be at least 1"),
        ({"validation_share": 1.0}, "`validation_share` must lie in"),
        ({"vocabulary": 0}, "`limit` must be at least 1"),
        ({"hidden": 0}, "`hidden` must be at least 1"),
        ({"unit": "syllable"}, "`unit` must be one of"),
    ],
)
def test_parameters_out_of_range_are_refused(given, says):
    with pytest.raises(InputError, match=says):
        LanguageModel(**{**SMALL, **given}).fit(TEXT)


def test_a_model_that_is_not_fitted_says_so():
    for ask in (
        lambda model: model.score("a"),
        lambda model: model.guesses("a"),
        lambda model: model.generate(seed=0),
        lambda model: model.save("folder"),
    ):
        with pytest.raises(InputError, match="must be fitted first"):
            ask(LanguageModel())


def test_asking_for_nothing_is_refused(characters):
    for ask, says in (
        (lambda: characters.score(""), "must hold characters"),
        (lambda: characters.guesses(""), "must hold characters"),
        (lambda: characters.guesses("a", count=0), "`count`"),
        (lambda: characters.generate(length=0, seed=0), "`length`"),
        (lambda: characters.generate(temperature=-1, seed=0), "`temperature`"),
        (lambda: characters.generate(top_k=0, seed=0), "`top_k`"),
        (lambda: characters.score_stream(Stream.of([2, 900])), "vocabulary"),
    ):
        with pytest.raises(InputError, match=says):
            ask()


def test_recipes_are_those_of_the_papers():
    small = LanguageModel.recipe("zaremba-small")
    assert (small.layers, small.hidden, small.window, small.batch, small.epochs) == (2, 200, 20, 20, 13)
    medium = LanguageModel.recipe("zaremba-medium", epochs=2)
    assert (medium.hidden, medium.dropout, medium.epochs) == (650, 0.5, 2)
    with pytest.raises(InputError, match="did you mean 'char-rnn'"):
        LanguageModel.recipe("charrnn")
    with pytest.raises(InputError, match="no parameter 'colour'"):
        LanguageModel.recipe("word", colour=1)


@pytest.mark.parametrize("name", ["char-rnn", "zaremba-small", "zaremba-medium", "character", "word"])
def test_every_recipe_trains(name):
    changes = {"hidden": 8, "batch": 2, "window": 8, "epochs": 1, "min_count": 1}
    if name not in {"char-rnn"}:
        changes["embedding"] = 8
    model = LanguageModel.recipe(name, **changes).fit(TEXT[:400], TEXT[:100])
    assert math.isfinite(model.history_[0].validation_nats)


def test_sizes_are_those_published():
    # Zaremba et al. 2014 give no counts; 4.65 and 19.8 million are those of the sizes they give at a vocabulary of 10,000.
    for name, millions in (("zaremba-small", 4.65), ("zaremba-medium", 19.78)):
        model = LanguageModel.recipe(name)
        network = LanguageNetwork(architecture_of(model.parameters(), 10_000), seed=0)
        assert sum(weight.numel() for weight in network.parameters()) == pytest.approx(
            1e6 * millions, rel=5e-3
        )
