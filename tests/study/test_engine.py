from __future__ import annotations

import importlib.util
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from steelyard.errors import InputError
from steelyard.study.engine import Engine, available_cores, portable


def double(value: int) -> int:
    if value < 0:
        raise ZeroDivisionError
    return 2 * value


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_answered_once(workers: int) -> None:
    with Engine(workers=workers, backend="loky", threads=1) as engine:
        assert sorted(engine.map(double, [(each,) for each in range(5)])) == [0, 2, 4, 6, 8]
        with pytest.raises(ZeroDivisionError):
            list(engine.map(double, [(-1,)]))
        assert list(engine.map(double, [(3,)])) == [6]


def test_no_workers_are_refused() -> None:
    with pytest.raises(InputError, match="`workers` must be at least 1, but got 0"):
        Engine(workers=0, backend="loky", threads=1)


def test_there_is_a_core() -> None:
    assert available_cores() >= 1


def test_a_function_of_a_script_travels_to_a_process_that_cannot_import_it(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere_only.py"
    file.write_text("OFFSET = 5\ndef inner(x):\n    return x + OFFSET\ndef trial(x):\n    return inner(x)\n")
    spec = importlib.util.spec_from_file_location("elsewhere_only", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["elsewhere_only"] = module
    try:
        spec.loader.exec_module(module)
        (tmp_path / "trial.pkl").write_bytes(portable(module.trial))
    finally:
        del sys.modules["elsewhere_only"]
    program = f"import pickle; print(pickle.load(open({str(tmp_path / 'trial.pkl')!r}, 'rb'))(1))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stdout == "6\n"


def test_an_installed_function_travels_by_name() -> None:
    assert len(portable(available_cores)) < 200
    assert pickle.loads(portable(available_cores)) is available_cores
