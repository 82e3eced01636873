from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from steelyard.errors import InputError
from steelyard.study.imports.pairing import pair_runs
from steelyard.study.imports.source import read_runs

NAMES = {"factor": "norm", "seed": "seed", "metric": "loss"}


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_tables_of_every_kind_give_the_same_pairs(suffix: str, tmp_path: Path) -> None:
    frame = pl.DataFrame({"norm": ["a", "a", "b", "b"], "seed": [0, 1, 0, 1], "loss": [1.0, 2.0, 3.0, 4.0]})
    path = tmp_path / f"runs{suffix}"
    writers = {".csv": frame.write_csv, ".parquet": frame.write_parquet, ".jsonl": frame.write_ndjson}
    writers[suffix](path)
    assert pair_runs(read_runs(str(path), **NAMES), **NAMES).outcomes[0].level == (3.0, 4.0)


def test_an_empty_folder_is_no_source(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither"):
        read_runs(str(tmp_path), **NAMES)


@pytest.fixture
def boards(tmp_path: Path) -> Path:
    pytest.importorskip("tensorboard")
    from torch.utils.tensorboard import SummaryWriter

    for norm, loss in (("none", 0.5), ("layer", 0.4)):
        for seed in range(3):
            with SummaryWriter(str(tmp_path / f"{norm}_seed{seed}")) as writer:
                for step, value in enumerate((1.0, 0.2, loss)):
                    writer.add_scalar("loss", value + 0.001 * seed, step)
    return tmp_path


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("take", "expected"), [("last", 0.4), ("min", 0.2), ("max", 1.0)])
def test_tensorboard_folders(take: str, expected: float, boards: Path) -> None:
    frame = read_runs(str(boards), **NAMES, take=take)  # type: ignore[arg-type]
    [outcome] = pair_runs(frame, **NAMES, reference="none").outcomes
    assert outcome.level[0] == pytest.approx(expected)
    assert outcome.seeds == ("0", "1", "2")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tensorboard_folders_that_do_not_fit_are_refused(boards: Path) -> None:
    with pytest.raises(InputError, match="named like"):
        read_runs(str(boards), **NAMES, pattern="{norm}/{seed}")
    with pytest.raises(InputError, match="isn't among loss"):
        read_runs(str(boards), factor="norm", seed="seed", metric="accuracy")
    with pytest.raises(InputError, match="in braces"):
        read_runs(str(boards), **NAMES, pattern="norm")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_truncated_event_file_gives_what_it_has_or_a_clear_error(boards: Path) -> None:
    [file] = (boards / "none_seed0").iterdir()
    file.write_bytes(file.read_bytes()[:-7])
    frame = read_runs(str(boards), **NAMES)
    assert frame.height == 6


@pytest.mark.filterwarnings("ignore")
def test_an_mlflow_store(tmp_path: Path) -> None:
    pytest.importorskip("mlflow")
    from mlflow.tracking import MlflowClient

    uri = f"sqlite:///{tmp_path}/mlflow.db"
    try:
        client = MlflowClient(tracking_uri=uri)
        experiment = client.create_experiment("norms")
    except ImportError as error:  # mlflow-skinny reads SQL stores only with sqlalchemy and its migrations
        pytest.skip(str(error))
    for norm, loss in (("none", 0.5), ("layer", 0.4)):
        for seed in range(3):
            run = client.create_run(experiment)
            client.log_param(run.info.run_id, "norm", norm)
            client.log_param(run.info.run_id, "seed", seed)
            client.log_metric(run.info.run_id, "loss", loss)
            client.set_terminated(run.info.run_id)
    frame = read_runs(f"mlflow:{uri}", **NAMES)
    assert pair_runs(frame, **NAMES, reference="none").outcomes[0].level == (0.4, 0.4, 0.4)
    with pytest.raises(InputError, match="must be one of"):
        read_runs(f"mlflow:{uri}", **NAMES, experiment="other")
