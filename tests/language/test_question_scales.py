import pytest

from steelyard.language.baselines import KneserNey
from steelyard.language.dataset import dealt, load
from steelyard.language.question_scales import byte_scale, notes, token_scale
from steelyard.language.stream import make_stream
from steelyard.language.vocabulary import Vocabulary

WORD = {"unit": "word", "vocabulary": 40}
CHARACTER = {"unit": "character"}


@pytest.fixture(scope="module")
def parts(documents_file):
    return dealt(str(documents_file), load(str(documents_file)).fingerprint, None, 0)


def test_reference_points_are_of_the_models_own_tokens(parts):
    vocabulary = Vocabulary.build(parts.train, unit="word", limit=40, min_count=2)
    train, test = (make_stream(texts, vocabulary) for texts in (parts.train, parts.test))
    nats = KneserNey(order=5).fit(train, size=vocabulary.size).score(test)
    tokens = {point.name: point.value for point in token_scale(parts, WORD).references}
    assert tokens["Kneser-Ney 5-gram"] == pytest.approx(nats.mean())
    scale = byte_scale(parts, {"word": WORD, "character": CHARACTER})
    by_byte = {point.name: point.value for point in scale.references}
    assert by_byte["Kneser-Ney 5-gram of words"] == pytest.approx(test.bits_per_byte(nats))
    assert {"unigram", "Kneser-Ney 8-gram", "lzma"} < set(by_byte)
    assert scale.references[-1] is scale.floor


def test_notes_say_what_an_answer_rests_on():
    drawn, fixed = (notes("tying", setting="full", documents=n, fewest=20) for n in (20, 19))
    assert drawn[0].startswith("Each seed draws the held-out documents")
    assert fixed[0].startswith("The same text is held out for every seed")
    assert any("can't be compared" in each for each in notes("unit", setting="quick", documents=1, fewest=20))
    context = notes("context", setting="quick", documents=1, fewest=20)
    assert any("No level is stopped early" in each for each in context)
    assert not any("best validation loss" in each for each in context)
