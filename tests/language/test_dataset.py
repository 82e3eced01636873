import pytest

from steelyard.errors import InputError
from steelyard.language.dataset import dealt, describe, load, taken
from steelyard.language.reading import Documents


def texts(parts):
    return (*parts.train, *parts.validation, *parts.test)


def some(count, length=1000):
    return Documents(
        names=tuple(map(str, range(count))),
        texts=tuple(f"{number:03d} " * (length // 4) for number in range(count)),
        source_line="here",
    )


def test_many_documents_are_drawn_whole_and_anew_for_every_seed(documents_file):
    documents = load(str(documents_file))
    first, again, other = (
        dealt(str(documents_file), documents.fingerprint, None, seed) for seed in (0, 0, 1)
    )
    assert sorted(texts(first)) == sorted(documents.texts)
    assert first == again
    assert set(first.test) != set(other.test)
    assert len(first.test) == len(first.validation) == 4


def test_few_documents_are_each_cut_by_position(tmp_path):
    for name, text in (("long", "abcdefghij" * 2500), ("short", "xy" * 20)):
        (tmp_path / f"{name}.txt").write_text(text)
    fingerprint = load(str(tmp_path)).fingerprint
    parts = dealt(str(tmp_path), fingerprint, None, 0)
    assert parts == dealt(str(tmp_path), fingerprint, None, 5)
    long = parts.train[0] + parts.validation[0] + parts.test[0]
    assert long == "abcdefghij" * 2500
    assert [len(each) for each in (parts.train[0], parts.validation[0], parts.test[0])] == [
        20_000,
        2500,
        2500,
    ]
    assert parts.train[1:] == ("xy" * 20,)
    assert len(parts.validation) == len(parts.test) == 1


def test_a_part_of_many_documents_is_the_same_whole_ones_every_time():
    documents = some(50)
    part = taken(documents, 9500)
    assert part == taken(documents, 9500)
    assert 9500 <= part.characters < 10_500
    assert set(part.texts) < set(documents.texts)
    assert list(part.names) == sorted(part.names, key=int)
    for name, text in zip(part.names, part.texts, strict=True):
        assert documents.texts[int(name)] == text


def test_a_part_of_one_text_is_its_beginning():
    [text] = taken(some(1), 400).texts
    assert text == "000 " * 100
    assert taken(some(1), None) == taken(some(1), 5000) == some(1)


def test_a_persons_text_is_watched(documents_file):
    documents = load(str(documents_file))
    assert load(str(documents_file), documents.fingerprint) == documents
    with pytest.raises(InputError, match="must not change while a study runs"):
        load(str(documents_file), "another")


def test_too_little_text_is_refused(tmp_path):
    short = tmp_path / "short.txt"
    short.write_text("too little to learn from")
    with pytest.raises(
        InputError, match=r"at least 20,000 characters to answer a question on, but .* has 24"
    ):
        load(str(short))


def test_many_short_documents_leave_no_part_empty(tmp_path):
    for number in range(300):
        (tmp_path / f"{number}.txt").write_text("a" * (1 if number else 25_000))
    with pytest.raises(InputError, match="part must hold text"):
        dealt(str(tmp_path), load(str(tmp_path)).fingerprint, None, 0)


def test_says_what_is_asked_about():
    said = describe(some(50), characters=29_500)
    assert said["documents"] == "30 of 50"
    assert said["characters"].endswith(" of 50,000")
    assert "whole documents drawn anew for every seed" in said["held out"]
    assert "the end of each document" in describe(some(2), characters=None)["held out"]


def test_the_embedded_documentation_is_the_default():
    documents = load(None)
    assert documents.source_line.startswith("documentation of Python 3.")
    assert documents.characters > 1_000_000
