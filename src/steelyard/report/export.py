"""Charts as PNG or SVG files, made offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, assert_never

import altair as alt
import vl_convert

from steelyard.report.charts import charts
from steelyard.report.specification import specification
from steelyard.report.writing import write_whole
from steelyard.study.result import StudyResult

_PNG_SCALE = 2.0


def export_charts(result: StudyResult, folder: Path, *, format: Literal["png", "svg"] = "png") -> list[Path]:  # noqa: A002
    """Write every chart that applies to a result and return the files.

    Args:
        result: what to draw.
        folder: where the files go, `NAME.FORMAT` each; created when missing, files of those names are replaced.
        format: `png` (at twice the size, for print) or `svg`.

    Raises:
        InputError: the folder can't be written.
    """
    paths = []
    for name, chart in charts(result).items():
        spec = specification(chart)
        spec["background"] = "white"
        spec["padding"] = 16
        paths.append(write_whole(folder / f"{name}.{format}", _draw(spec, format=format)))
    return paths


def _draw(spec: dict[str, Any], *, format: Literal["png", "svg"]) -> bytes:  # noqa: A002
    version = "_".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    match format:
        case "png":
            return vl_convert.vegalite_to_png(
                spec, vl_version=version, scale=_PNG_SCALE, allowed_base_urls=[]
            )
        case "svg":
            return vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[]).encode()
        case _:
            assert_never(format)
