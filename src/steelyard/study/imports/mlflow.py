"""Runs from an MLflow tracking store: parameters and tags are columns, metrics have their last value."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from steelyard.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    import polars as pl

_PAGE = 1000


def read_mlflow(uri: str, *, experiment: str | None = None) -> pl.DataFrame:
    """Return one row a run of an experiment.

    Args:
        uri: tracking URI, or the path of an `mlruns` folder.
        experiment: name of the experiment; may be left out where there is only one with runs.

    Raises:
        InputError: the store can't be read, or has no such experiment or no runs.
        MissingExtraError: MLflow isn't installed.
    """
    import polars as pl  # noqa: PLC0415 - loaded when runs are read

    try:
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 - an extra
        from mlflow.tracking import MlflowClient  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(
            "reading MLflow runs needs its client: pip install 'steelyard[mlflow]'"
        ) from error
    if "://" not in uri and not uri.startswith("file:"):
        if not Path(uri).is_dir():
            raise InputError(f"the MLflow store must be a URI or a folder, but there is no folder {uri}")
        uri = Path(uri).resolve().as_uri()
    try:
        client = MlflowClient(tracking_uri=uri)
        experiments = {each.name: each.experiment_id for each in client.search_experiments()}
        if experiment is not None and experiment not in experiments:
            raise InputError(
                f"the experiment must be one of {', '.join(experiments)}, but got {experiment!r}"
            )
        names = [experiment] if experiment is not None else list(experiments)
        runs = {name: _runs(client, experiments[name]) for name in names}
    except (MlflowException, ImportError, OSError) as error:
        raise InputError(f"the MLflow store must be readable, but {uri} isn't: {error}") from error
    filled = [name for name, found in runs.items() if found]
    if not filled:
        raise InputError(f"the MLflow store must hold runs, but {uri} has none")
    if len(filled) > 1:
        raise InputError(
            f"one experiment must be chosen, but {', '.join(filled)} have runs; name one with --experiment"
        )
    return pl.DataFrame(runs[filled[0]], infer_schema_length=None)


def _runs(client: Any, experiment_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    token = None
    while True:
        page = client.search_runs(
            [experiment_id], max_results=_PAGE, page_token=token, order_by=["attributes.start_time ASC"]
        )
        for run in page:
            tags = {name: value for name, value in run.data.tags.items() if not name.startswith("mlflow.")}
            rows.append({**tags, **run.data.params, **run.data.metrics})
        token = page.token
        if not token:
            break
    columns = dict.fromkeys(column for row in rows for column in row)
    return [{column: row.get(column) for column in columns} for row in rows]
