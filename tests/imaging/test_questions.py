import subprocess
import sys

import numpy as np
import pytest

from steelyard.catalogue import find_question
from steelyard.imaging.dataset import Dataset, Labelled
from steelyard.imaging.questions import QUESTIONS
from steelyard.imaging.weighing import auroc_scale
from steelyard.study.question import Ask

HEAVY = ("torch", "numpy", "scipy", "polars", "sklearn", "altair", "sqlalchemy", "PIL")


def test_listing_the_questions_loads_nothing_heavy():
    code = (
        "import sys; import steelyard.imaging.questions; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def some(images, seed):
    rng = np.random.default_rng(seed)
    targets = rng.random((images, 2)) < 0.3
    pixels = rng.integers(0, 100, (images, 32, 32))
    pixels[:, :16] += 60 * targets[:, :1, None]
    return Labelled(images=pixels.astype(np.uint8), targets=targets.astype(np.float32))


@pytest.fixture
def small(monkeypatch):
    from steelyard.imaging import dataset

    found = Dataset(
        source_name="a", target_name="b", source=some(40, 0), outputs=2, target=some(80, 1), test=some(60, 2),
        patients=np.arange(60),
    )  # fmt: skip
    monkeypatch.setattr(dataset, "load", lambda data: found)
    monkeypatch.setattr(dataset, "load_colours", lambda data: found)
    return found


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_prepares_a_study(question, small):
    prepared = question.prepare(Ask())
    study = prepared.study
    assert find_question(study.name) is question
    assert (study.metric, study.direction, study.margin) == ("auroc", "higher", question.margin)
    assert study.data_fingerprint == study.parameters["fingerprint"]
    assert prepared.scale.baseline.value == 0.5
    assert len(study.contrasts) == len(study.factors[0].levels) - 1
    full = question.prepare(Ask(setting="full", margin=0.1)).study
    assert full.margin == 0.1
    assert full.parameters["budget"]["width"] > study.parameters["budget"]["width"]


def test_the_four_uses_of_statistics_are_four_questions(small):
    uses = [each.prepare(Ask()).study.parameters.get("use") for each in QUESTIONS[:4]]
    assert uses == ["fine-tuned", "frozen features", "batch norm frozen", "from scratch"]


def test_the_pixels_point_is_what_a_regression_gets(small):
    scale = auroc_scale(small, images=80)
    pixels = {point.name: point.value for point in scale.references}["pixels"]
    assert 0.7 < pixels <= 1.0  # one finding is plain to see, the other isn't there
    assert "chance" in scale.place(0.5).sentence
