import subprocess
import sys

import pytest

from steelyard.errors import InputError
from steelyard.rare_events.questions import QUESTIONS
from steelyard.study.question import Ask

HEAVY = ("torch", "numpy", "scipy", "polars", "sklearn", "altair", "sqlalchemy")


def test_listing_the_questions_loads_nothing_heavy():
    code = (
        "import sys; import steelyard.rare_events.questions; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_prepares_a_study_on_the_embedded_storms(question):
    prepared = question.prepare(Ask())
    study = prepared.study
    assert study.metric == "log_score"
    assert study.margin == question.margin
    assert study.data_fingerprint == study.parameters["fingerprint"]
    assert prepared.scale.baseline.name == "climatology"
    assert prepared.data["period"] == "1957-10-01 to 2025-07-20"


def test_the_settings_differ_and_the_margin_is_the_askers():
    quick, full = (
        QUESTIONS[0].prepare(Ask(setting=setting, margin=0.02)).study for setting in ("quick", "full")
    )
    assert quick.margin == 0.02
    assert quick.parameters["training"]["epochs"] < full.parameters["training"]["epochs"]


def test_a_person_may_bring_data(counts_file):
    prepared = QUESTIONS[0].prepare(Ask(data=counts_file))
    training = prepared.study.parameters["training"]
    assert training["seasons"] == ["year", "week"]
    assert training["window"] == 54
    assert prepared.data["source"] == str(counts_file)


def test_columns_of_the_data_may_be_covariates(covariates_file):
    roles = {"known": ("promotion",), "past": ("temperature",), "static": ("region",)}
    prepared = QUESTIONS[0].prepare(Ask(data=covariates_file, **roles))
    kept = prepared.study.parameters["roles"]
    assert kept == {role: list(names) for role, names in roles.items()}
    assert prepared.data["known covariates"] == "promotion"
    assert prepared.data["static features"] == "region"
    other = QUESTIONS[0].prepare(Ask(data=covariates_file, known=("promotion",)))
    assert other.study.data_fingerprint != prepared.study.data_fingerprint
    logistic = {point.name: point.value for point in prepared.scale.references}["15-lag logistic"]
    assert logistic < {point.name: point.value for point in other.scale.references}["15-lag logistic"]
    with pytest.raises(InputError, match="row 401 is missing; a missing value is not a zero"):
        QUESTIONS[0].prepare(Ask(data=covariates_file))
    with pytest.raises(InputError, match="must be columns of data, but got promotion"):
        QUESTIONS[0].prepare(Ask(known=("promotion",)))


def test_bad_data_are_refused_before_anything_runs(tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with pytest.raises(InputError, match="is empty"):
        QUESTIONS[0].prepare(Ask(data=empty))


@pytest.mark.slow
def test_the_network_beats_every_baseline_on_the_storms():
    from steelyard.rare_events.trials import heads_trial

    class Silent:
        def curve(self, name, *, step, value): ...
        def scores(self, name, values): ...
        def table(self, name, columns): ...

    prepared = QUESTIONS[0].prepare(Ask())
    parameters = prepared.study.parameters
    best = min(point.value for point in prepared.scale.references if point.value > 0)
    scores = [heads_trial(seed, Silent(), "two", **parameters)["log_score"] for seed in range(3)]
    assert max(scores) < best - 0.005
