from __future__ import annotations

import logging
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steelyard.errors import InputError, MissingExtraError
from steelyard.study.imports._base import Imported
from steelyard.study.imports.tensorboard import read_tensorboard

pytest.importorskip("tensorboard")

Write = Callable[..., Path]


def read(tmp_path: Path, **options: Any) -> Imported:
    given = {"metric": "val/loss", "factor": "norm", "seed": "seed"}
    return read_tensorboard(tmp_path / "logs", **{**given, **options})


def rows(imported: Imported, *columns: str) -> list[tuple[Any, ...]]:
    return imported.frame.select(*columns).rows()


def test_names_by_pattern(tmp_path: Path, write_run: Write) -> None:
    for norm in ("none", "layer"):
        for seed in range(2):
            write_run(f"{norm}/s{seed}/v0", [1.0, 0.25 + seed])
    found = read(tmp_path, pattern="{norm}/s{seed}/{_}")
    assert rows(found, "norm", "seed", "val/loss") == [
        ("none", "0", 0.25),
        ("none", "1", 1.25),
        ("layer", "0", 0.25),
        ("layer", "1", 1.25),
    ]
    assert found.notes == ()


def test_usual_names_need_no_pattern(tmp_path: Path, write_run: Write) -> None:
    write_run("none_seed0", [0.5])
    write_run("layer_seed0", [0.25])
    write_run("layer_seed0/extra", [9.0])
    found = read(tmp_path)
    assert rows(found, "norm", "seed", "val/loss") == [("none", "0", 0.5), ("layer", "0", 0.25)]
    assert found.notes == ("1 folder left out, whose names don't fit {norm}_seed{seed}: layer_seed0/extra.",)


def test_key_value_names_need_no_pattern(tmp_path: Path, write_run: Write) -> None:
    write_run("norm=none,seed=0", [0.5])
    write_run("norm=layer,seed=0", [0.25])
    assert rows(read(tmp_path), "norm", "seed") == [("none", "0"), ("layer", "0")]


def test_hparams_in_the_run_and_in_its_subfolder(tmp_path: Path, write_run: Write) -> None:
    write_run("a", [0.5], hparams={"norm": "none", "seed": 0, "lr": 0.1})
    write_run("b", [0.25])
    write_run("b/1700000000.1", [0.75], tag="hparam/best", hparams={"norm": "layer", "seed": 0.0, "lr": 0.1})
    assert rows(read(tmp_path), "run", "norm", "seed", "lr", "val/loss") == [
        ("a", "none", 0.0, 0.1, 0.5),
        ("b", "layer", 0.0, 0.1, 0.25),
    ]
    assert rows(read(tmp_path, metric="hparam/best"), "hparam/best") == [(None,), (0.75,)]


@pytest.mark.parametrize("new_style", [False, True])
@pytest.mark.parametrize(("take", "expected"), [("last", 3.0), ("min", 1.0), ("max", 4.0)])
def test_take(take: str, expected: float, new_style: bool, tmp_path: Path, write_run: Write) -> None:
    write_run("none_seed0", [4.0, 1.0, float("nan"), 3.0], new_style=new_style)
    assert rows(read(tmp_path, take=take), "val/loss") == [(expected,)]


def test_a_run_that_ends_in_nan_has_failed(tmp_path: Path, write_run: Write) -> None:
    write_run("none_seed0", [1.0, float("nan")])
    write_run("none_seed1", [float("nan")])
    [(last,), (only,)] = rows(read(tmp_path), "val/loss")
    assert math.isnan(last)
    assert only is None


def test_a_resumed_run_counts_once(tmp_path: Path, write_run: Write) -> None:
    write_run("none_seed0", {0: 4.0, 1: 3.0, 2: 2.5})
    write_run("none_seed0", {2: 2.0, 3: 1.0})
    assert rows(read(tmp_path), "val/loss") == [(1.0,)]


def test_runs_that_end_early_or_lack_the_metric_are_told(tmp_path: Path, write_run: Write) -> None:
    write_run("none_seed0", [1.0] * 10)
    write_run("none_seed1", [1.0] * 4)
    write_run("none_seed2", [1.0], tag="other")
    notes = " ".join(read(tmp_path).notes)
    assert "1 run before step 9 (none_seed1)" in notes
    assert "1 run logged no val/loss and counts as failed: none_seed2" in notes
    assert "different steps" not in " ".join(read(tmp_path, take="min").notes)


@pytest.mark.parametrize("damage", ["cut", "changed", "garbage", "empty"])
def test_damaged_files_are_told_and_never_crash(damage: str, tmp_path: Path, write_run: Write) -> None:
    write_run("none_seed0", [1.0] * 5)
    file = write_run("none_seed1", [1.0] * 5)
    content = file.read_bytes()
    match damage:
        case "cut":
            file.write_bytes(content[:-7])
        case "changed":
            middle = len(content) // 2
            file.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
        case "garbage":
            file.write_bytes(b"not an event file at all" * 10)
        case "empty":
            file.write_bytes(b"")
    found = read(tmp_path)
    assert found.frame.height == 2
    assert any("none_seed1" in note for note in found.notes)


def test_the_log_is_left_as_it_was(
    tmp_path: Path, write_run: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger("tensorboard")
    before = (list(logger.handlers), logger.level, logger.propagate)
    write_run("none_seed0", [1.0])
    read(tmp_path)
    assert (list(logger.handlers), logger.level, logger.propagate) == before
    assert capsys.readouterr() == ("", "")


def test_links_in_circles_end(tmp_path: Path, write_run: Write) -> None:
    write_run("none_seed0", [1.0])
    (tmp_path / "logs" / "loop").symlink_to(tmp_path / "logs")
    assert read(tmp_path).frame.height == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "val/lss"}, r"did you mean 'val/loss'\? the scalars are: val/loss"),
        ({"factor": "nrm"}, "--factor must be given .* but none has 'nrm'.*'a run'"),
        ({"pattern": "{norm}-{seed}"}, "fits none of a run"),
    ],
)
def test_what_leaves_no_answer_is_said(
    options: dict[str, Any], message: str, tmp_path: Path, write_run: Write
) -> None:
    write_run("a run", [1.0], hparams={"norm": "none", "seed": 0})
    with pytest.raises(InputError, match=message):
        read(tmp_path, **options)


def test_a_folder_without_runs(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    with pytest.raises(InputError, match="no event file"):
        read(tmp_path)


def test_without_the_package_the_extra_is_named(
    tmp_path: Path, write_run: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run("none_seed0", [1.0])
    monkeypatch.setitem(sys.modules, "tensorboard.backend.event_processing.event_accumulator", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'steelyard\[tensorboard\]'"):
        read(tmp_path)
