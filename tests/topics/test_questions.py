import subprocess
import sys

import pytest

from steelyard.errors import InputError
from steelyard.study.question import Ask
from steelyard.topics.questions import QUESTIONS

HEAVY = ("torch", "numpy", "numba", "scipy", "polars", "sklearn", "altair", "sqlalchemy")


def test_listing_the_questions_loads_nothing_heavy():
    code = (
        "import sys; import steelyard.topics.questions; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_prepares_a_study_on_a_persons_documents(question, simulated, tmp_path):
    corpus, _, _ = simulated(documents=40)
    folder = corpus.save(tmp_path / "documents")
    quick, full = (question.prepare(Ask(data=folder, setting=setting)) for setting in ("quick", "full"))
    assert quick.study.metric == "held_out"
    assert quick.study.margin == question.margin
    assert quick.study.parameters["sweeps"] < full.study.parameters["sweeps"]
    assert quick.study.data_fingerprint == corpus.fingerprint
    assert quick.scale.baseline.name == "unigram"
    assert quick.data["documents"] == "40, 0 of them empty"
    assert question.prepare(Ask(data=folder, margin=0.05)).study.margin == 0.05


def test_prepares_a_study_on_the_embedded_documents():
    prepared = QUESTIONS[0].prepare(Ask())
    assert prepared.data["source"].startswith("documentation of Python 3.")
    assert prepared.study.parameters["data"] is None


def test_bad_data_are_refused_before_anything_runs(tmp_path):
    (tmp_path / "one.txt").write_text("a single document")
    with pytest.raises(InputError, match="at least 20 documents"):
        QUESTIONS[0].prepare(Ask(data=tmp_path))
