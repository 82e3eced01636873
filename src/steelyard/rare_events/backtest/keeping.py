"""Finished folds on disk: found again by what they are of, so that nothing is run twice and nothing stale is reused."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import secrets
import zipfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from steelyard.errors import InputError
from steelyard.rare_events.backtest.folds import Fold
from steelyard.rare_events.baselines._base import Forecaster
from steelyard.rare_events.forecast import Forecast
from steelyard.study.fingerprint import function_fingerprint

_FORMAT = 1
_ARRAYS = ("unique_id", "ds", "origin", "horizon", "log_pmf")


def fold_key(forecaster: Forecaster, fold: Fold, *, every: int) -> str:
    """Return the SHA-256 (hex) of everything that a fold's forecasts depend on: data, origins, parameters, code.

    Steelyard's own forecasters are known by class, parameters and the text of this system's files; others by what their `fit` and
    `predict` do (`steelyard.study.fingerprint`), so that an edited forecaster is run again.

    Raises:
        InputError: a forecaster of one's own that holds on to something without a stable description.
    """
    described = {
        "format": _FORMAT,
        "forecaster": _described(forecaster),
        "horizon": forecaster.horizon,
        "every": every,
        "training": [each.fingerprint for each in fold.training],
        "shown": [each.fingerprint for each in fold.shown],
        "origins": fold.origins.astype("<i8").tolist(),
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True, default=str).encode()).hexdigest()


def read_fold(folder: Path, key: str) -> Forecast | None:
    """Return a finished fold's forecasts, or None where the folder doesn't have them.

    Raises:
        InputError: a file that `write_fold` didn't write.
    """
    path = _path(folder, key)
    if not path.exists():
        return None
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
            return Forecast(**{name: kept[name] for name in _ARRAYS})
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path} must be a finished fold of a backtest, but reading it failed: {error}; delete it to run the fold again"
        ) from error


def write_fold(folder: Path, key: str, forecast: Forecast) -> None:
    """Keep a fold's forecasts, whole or not at all.

    Raises:
        InputError: a folder that can't be written.
    """
    path = _path(folder, key)
    partial = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with partial.open("xb") as file:
            np.savez_compressed(
                file,
                unique_id=forecast.unique_id,
                ds=forecast.ds,
                origin=forecast.origin,
                horizon=forecast.horizon,
                log_pmf=forecast.log_pmf,
            )
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise InputError(
            f"{folder} must be a folder that can be written, but writing failed: {error}"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def training_folder(folder: Path, key: str) -> Path:
    """Return where the training of an unfinished fold is kept."""
    return folder / f"training-{key[:32]}"


def _path(folder: Path, key: str) -> Path:
    return folder / f"fold-{key[:32]}.npz"


def _described(forecaster: Forecaster) -> list[Any]:
    kind = type(forecaster)
    if kind.__module__.startswith("steelyard."):
        own = {name: value for name, value in vars(forecaster).items() if not name.endswith("_")}
        return [f"{kind.__module__}.{kind.__qualname__}", sorted(own.items()), _code()]
    return [function_fingerprint(forecaster.fit), function_fingerprint(forecaster.predict)]


@cache
def _code() -> str:
    """Return the SHA-256 of this system's source files."""
    digest = hashlib.sha256()
    for path in sorted(_python(Path(str(files("steelyard.rare_events")))), key=lambda each: each.as_posix()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _python(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.py") if "backtest" not in path.parts]
