"""TensorBoard's event files: the runs below a folder, and what one run logged."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steelyard.errors import InputError, MissingExtraError


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRun:
    """What the event files of one folder hold.

    Args:
        name: the folder, below the folder of runs.
        hparams: hyperparameters of the HParams plugin.
        steps: steps at which the metric was logged, increasing; `values` what was logged.
        values: see `steps`.
        tags: every scalar's tag.
        started: time of the first event, seconds since 1970; infinity when there is none.
        damaged: a file ends in the middle of a record, or holds one that was changed.
    """

    name: str
    hparams: Mapping[str, str | float | bool] = field(default_factory=dict)
    steps: tuple[int, ...] = ()
    values: tuple[float, ...] = ()
    tags: tuple[str, ...] = ()
    started: float = math.inf
    damaged: bool = False


def event_folders(folder: Path) -> Iterator[Path]:
    """Yield every folder below (and the folder itself) that has event files; links are followed, but not in circles."""
    seen: set[str] = set()
    for place, below, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            below.clear()
            continue
        seen.add(real)
        if any("tfevents" in name for name in files):
            yield Path(place)


def read_run(folder: Path, *, name: str, metric: str) -> EventRun:
    """Return what the event files of a folder hold; what comes after a damaged record is lost, and said to be.

    Args:
        folder: where the files are.
        name: what to call the run.
        metric: tag of the scalar whose values are wanted.

    Raises:
        InputError: files that can't be read at all.
        MissingExtraError: TensorBoard isn't installed.
    """
    try:
        from tensorboard.backend.event_processing.event_accumulator import (  # noqa: PLC0415 - an extra
            SCALARS,
            TENSORS,
            EventAccumulator,
        )
    except ImportError as error:
        raise MissingExtraError(
            "reading TensorBoard folders must have TensorBoard installed; run `pip install 'steelyard[tensorboard]'`"
        ) from error
    with _listening() as damages:
        events = EventAccumulator(str(folder), size_guidance={SCALARS: 0, TENSORS: 0})
        try:
            events.Reload()
        except Exception as error:  # a damaged file may raise whatever the protobuf and record readers do
            raise InputError(
                f"TensorBoard's event files must be readable, but reading {folder} failed: "
                f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
            ) from error
    scalars = _scalars(events, metric)
    return EventRun(
        name=name,
        hparams=_hparams(events),
        steps=tuple(step for step, _ in scalars),
        values=tuple(value for _, value in scalars),
        tags=tuple(_scalar_tags(events)),
        started=_started(events),
        damaged=bool(damages),
    )


def _scalar_tags(events: Any) -> list[str]:
    tags = events.Tags()
    tensors = [tag for tag in tags["tensors"] if _plugin(events, tag) == "scalars"]
    return [*tags["scalars"], *tensors]


def _plugin(events: Any, tag: str) -> str:
    return str(events.SummaryMetadata(tag).plugin_data.plugin_name)


def _scalars(events: Any, tag: str) -> list[tuple[int, float]]:
    """Return (step, value) by step; of two values of one step, the one logged later comes later."""
    if tag not in _scalar_tags(events):
        return []
    if tag in events.Tags()["scalars"]:
        found = [(event.step, event.wall_time, float(event.value)) for event in events.Scalars(tag)]
    else:
        from tensorboard.util.tensor_util import make_ndarray  # noqa: PLC0415 - an extra

        tensors = [(event, make_ndarray(event.tensor_proto)) for event in events.Tensors(tag)]
        found = [
            (event.step, event.wall_time, float(array.item())) for event, array in tensors if array.size == 1
        ]
    found.sort(key=lambda each: each[:2])
    return [(step, value) for step, _, value in found]


def _hparams(events: Any) -> dict[str, str | float | bool]:
    """Return the hyperparameters that the HParams plugin's session start holds."""
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData  # noqa: PLC0415 - an extra

    try:
        content = events.PluginTagToContent("hparams")
    except KeyError:
        return {}
    data = HParamsPluginData.FromString(content.get("_hparams_/session_start_info", b""))
    found: dict[str, str | float | bool] = {}
    for name, value in data.session_start_info.hparams.items():
        kind = value.WhichOneof("kind")
        if kind in {"string_value", "number_value", "bool_value"}:
            found[str(name)] = getattr(value, kind)
    return found


def _started(events: Any) -> float:
    try:
        return float(events.FirstEventTimestamp())
    except ValueError:  # no event at all
        return math.inf


class _Damages(logging.Handler):
    """Keeps messages about records that are cut short or changed; TensorBoard only tells its log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message if it is about a damaged record."""
        if "Truncated record" in (message := record.getMessage()):
            self.messages.append(message)


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Keep TensorBoard's log off the terminal while files are read, and return what it says of damaged records."""
    logger, damages = logging.getLogger("tensorboard"), _Damages()
    kept = (list(logger.handlers), logger.propagate, logger.level)
    logger.handlers, logger.propagate = [damages], False
    logger.setLevel(logging.DEBUG)
    try:
        yield damages.messages
    finally:
        logger.handlers, logger.propagate = kept[0], kept[1]
        logger.setLevel(kept[2])
