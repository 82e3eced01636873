"""Event files as TensorBoard's own writer makes them, without importing a framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

WriteRun = Callable[..., Path]


@pytest.fixture
def write_run(tmp_path: Path) -> WriteRun:
    """Return a function that writes one run below `tmp_path / "logs"` and returns its event file."""
    pytest.importorskip("tensorboard")
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import metadata as hparams_metadata
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionStartInfo
    from tensorboard.plugins.scalar import metadata as scalar_metadata
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from tensorboard.util.tensor_util import make_tensor_proto

    def session_start(hparams: Mapping[str, object]) -> Summary:
        info = SessionStartInfo()
        for key, value in hparams.items():
            if isinstance(value, bool):
                info.hparams[key].bool_value = value
            elif isinstance(value, str):
                info.hparams[key].string_value = value
            else:
                info.hparams[key].number_value = value
        data = HParamsPluginData(session_start_info=info)
        metadata = hparams_metadata.create_summary_metadata(data)
        return Summary(value=[Summary.Value(tag=hparams_metadata.SESSION_START_INFO_TAG, metadata=metadata)])

    def scalar(tag: str, value: float, *, new_style: bool) -> Summary:
        if not new_style:
            return Summary(value=[Summary.Value(tag=tag, simple_value=value)])
        metadata = scalar_metadata.create_summary_metadata(display_name="", description="")
        return Summary(value=[Summary.Value(tag=tag, tensor=make_tensor_proto(value), metadata=metadata)])

    clock = [1_700_000_000.0]

    def write(
        name: str,
        values: Sequence[float] | Mapping[int, float] = (),
        *,
        tag: str = "val/loss",
        hparams: Mapping[str, object] | None = None,
        new_style: bool = False,
    ) -> Path:
        folder = tmp_path / "logs" / name
        writer = EventFileWriter(str(folder), filename_suffix=f".{clock[0]:.0f}")
        clock[0] += 1
        if hparams is not None:
            writer.add_event(Event(wall_time=clock[0], summary=session_start(hparams)))
        series = values.items() if isinstance(values, Mapping) else enumerate(values)
        for step, value in series:
            clock[0] += 1
            summary = scalar(tag, value, new_style=new_style)
            writer.add_event(Event(wall_time=clock[0], step=step, summary=summary))
        writer.close()
        return max(folder.iterdir(), key=lambda file: file.name)

    return write
