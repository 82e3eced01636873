from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from steelyard.errors import InputError
from steelyard.report.charts import charts
from steelyard.report.export import export_charts
from steelyard.study.result import StudyResult


@pytest.fixture
def few(result: StudyResult) -> StudyResult:
    bare = tuple(replace(trial, tables={}) for trial in result.trials)
    return replace(result, trials=bare, looks=())


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_every_chart_becomes_a_file(
    few: StudyResult, tmp_path: Path, kind: Literal["png", "svg"], begins: bytes
) -> None:
    paths = export_charts(few, tmp_path / "charts", format=kind)
    assert [path.name for path in paths] == [f"{name}.{kind}" for name in charts(few)]
    assert all(path.read_bytes().startswith(begins) for path in paths)


def test_svg_is_legible_on_its_own(few: StudyResult, tmp_path: Path) -> None:
    text = export_charts(few, tmp_path, format="svg")[0].read_text(encoding="utf-8")
    assert "Every contrast against the margin" in text
    assert 'fill="white"' in text


def test_a_folder_that_cannot_be_written(few: StudyResult, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="must be writable"):
        export_charts(few, tmp_path / "file")
