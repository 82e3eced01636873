import numpy as np
import pytest

from steelyard.agents.correlations import correlations
from steelyard.agents.levels import MEASURES
from steelyard.errors import InputError
from steelyard.stats.rank_correlation import rank_correlation
from steelyard.study.trial import Curve, TrialRecord, TrialSpec

NAMES = [measure.replace(" ", "_") for measure in MEASURES if measure != "step"]


def record(seed, *, level="step", status="finished"):
    rng = np.random.default_rng(seed)
    steps, returns = (1.0, 2.0, 3.0, 4.0), tuple(np.sort(rng.random(4)))
    watched = {name: Curve(steps=(0.0, *steps), values=tuple(rng.random(5))) for name in NAMES}
    watched["mean_cosine"] = Curve(steps=(0.0, *steps), values=(0.5, *(1 - value for value in returns)))
    return TrialRecord(
        spec=TrialSpec(key=f"{level}{seed}", study_key="s", configuration={"measure": level}, seed=seed),
        status=status,
        metrics={"return": returns[-1], **{name: watched[name].values[-1] for name in NAMES}},
        curves={"return": Curve(steps=steps, values=returns), **watched},
        started_at="2026-11-24T00:00:00Z",
        duration_s=1.0,
    )


def test_one_run_a_seed_along_and_across():
    trials = [record(seed, level=level) for seed in range(6) for level in MEASURES]
    found = {each.measure: each for each in correlations([*trials, record(9, status="failed")])}
    assert list(found) == list(MEASURES)
    assert (found["step"].along.rho, found["step"].along.count, found["step"].across) == (1.0, 6, None)
    assert found["mean cosine"].along.rho == -1  # plain: no sign is turned
    runs = [record(seed) for seed in range(6)]
    expected = rank_correlation(
        [run.metrics["words_read"] for run in runs], [run.metrics["return"] for run in runs]
    )
    assert found["words read"].across == expected
    assert found["step"].to_dict()["across"] is None
    assert found["words read"].to_dict()["across"]["rho"] == expected.rho


def test_too_few_runs():
    with pytest.raises(InputError, match=r"at least 3 finished seeds of agents\.cosine, but there are 2"):
        correlations([record(0), record(1), record(1, level="words read")])
