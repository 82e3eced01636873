"""Where runs come from: a table, an MLflow tracking store, or a folder of TensorBoard runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from steelyard.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from steelyard.study.imports.tensorboard import Take


def read_runs(
    source: str,
    *,
    factor: str,
    seed: str,
    metric: str,
    pattern: str | None = None,
    take: Take = "last",
    experiment: str | None = None,
) -> pl.DataFrame:
    """Return runs in long form, one row a run.

    Args:
        source: a table (CSV, Parquet, JSON Lines), `mlflow:URI`, an `mlruns` folder, or a folder of TensorBoard runs.
        factor: column of the levels (a parameter or tag in MLflow, part of `pattern` in TensorBoard).
        seed: column of the seeds.
        metric: column of the metric (a metric in MLflow, a scalar tag in TensorBoard).
        pattern: how run folders are named, e.g. `{norm}_seed{seed}` (TensorBoard).
        take: `last`, `min` or `max` of a curve (TensorBoard).
        experiment: name of the experiment (MLflow); needed where there are several.

    Raises:
        InputError: nothing there that can be read.
        MissingExtraError: the package that reads it isn't installed.

    Example:
        >>> read_runs("nowhere.csv", factor="norm", seed="seed", metric="loss")
        Traceback (most recent call last):
        steelyard.errors.InputError: the table must exist, but there is no file nowhere.csv; check the path
    """
    if source.startswith("mlflow:"):
        from steelyard.study.imports.mlflow import read_mlflow  # noqa: PLC0415 - an extra

        return read_mlflow(source.removeprefix("mlflow:"), experiment=experiment)
    path = Path(source)
    if path.is_dir():
        if path.name == "mlruns" or (path / "mlruns").is_dir() or any(path.glob("*/meta.yaml")):
            from steelyard.study.imports.mlflow import read_mlflow  # noqa: PLC0415 - an extra

            inner = path / "mlruns" if (path / "mlruns").is_dir() else path
            return read_mlflow(str(inner), experiment=experiment)
        if any(path.rglob("*tfevents*")):
            from steelyard.study.imports.tensorboard import read_tensorboard  # noqa: PLC0415 - an extra

            return read_tensorboard(
                path, metric=metric, pattern=pattern or f"{{{factor}}}_seed{{{seed}}}", take=take
            )
        raise InputError(
            f"a folder must hold TensorBoard event files or an mlruns folder, but {path} holds neither; name a table (CSV, Parquet, "
            "JSON Lines) otherwise"
        )
    from steelyard.data.table import read_table  # noqa: PLC0415 - loads polars

    return read_table(path)
