import subprocess
import sys

import pytest

from steelyard.errors import InputError
from steelyard.language.levels import UNIT
from steelyard.language.questions import QUESTIONS
from steelyard.study.question import Ask

HEAVY = ("torch", "numpy", "numba", "scipy", "polars", "sklearn", "altair", "sqlalchemy")


def test_listing_the_questions_loads_nothing_heavy():
    code = (
        "import sys; import steelyard.language.questions; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_prepares_a_study_on_a_persons_text(question, documents_file):
    quick, full = (
        question.prepare(Ask(data=documents_file, setting=setting)) for setting in ("quick", "full")
    )
    by_bytes = question.name == "language.unit"
    assert quick.study.metric == ("bits_per_byte" if by_bytes else "nats_per_token")
    assert quick.study.unit == quick.scale.unit == ("bits per byte" if by_bytes else "nats per token")
    assert quick.study.margin == question.margin
    assert quick.study.data_fingerprint == quick.study.parameters["fingerprint"]
    assert quick.scale.baseline.name == "unigram"
    assert quick.data["documents"] == "40 of 40"
    assert (quick.study.parameters["characters"], full.study.parameters["characters"]) == (200_000, None)
    small, large = (
        each.study.parameters["training"].get("word", each.study.parameters["training"])
        for each in (quick, full)
    )
    assert small["hidden"] * small["epochs"] < large["hidden"] * large["epochs"]
    assert question.prepare(Ask(data=documents_file, margin=0.2)).study.margin == 0.2


def test_names_are_as_asked_and_the_first_level_is_the_reference(documents_file):
    names = ["unit", "context", "init-loss", "tying", "dropout"]
    assert [each.name for each in QUESTIONS] == [f"language.{name}" for name in names]
    [factor] = QUESTIONS[0].prepare(Ask(data=documents_file)).study.factors
    assert factor.levels == tuple(UNIT)
    assert factor.reference == "character"


def test_prepares_a_study_on_the_embedded_documents():
    prepared = QUESTIONS[1].prepare(Ask())
    assert prepared.data["source"].startswith("documentation of Python 3.")
    assert prepared.study.parameters["data"] is None
    assert prepared.data["characters"].startswith("200,")


def test_bad_text_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "short.txt").write_text("a single line")
    with pytest.raises(InputError, match="at least 20,000 characters"):
        QUESTIONS[0].prepare(Ask(data=tmp_path / "short.txt"))
    with pytest.raises(InputError, match="there is no file or folder"):
        QUESTIONS[0].prepare(Ask(data=tmp_path / "absent.txt"))
    (tmp_path / "binary.txt").write_bytes(b"\0" * 30_000)
    with pytest.raises(InputError, match="binary"):
        QUESTIONS[0].prepare(Ask(data=tmp_path / "binary.txt"))
