from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_package_is_the_verb_and_stays_a_package() -> None:
    program = """
        import steelyard
        first = steelyard.weigh(0.5, loss="bce", base_rate=0.05)
        from steelyard.weigh.scale import Scale
        import steelyard.weigh.call
        from steelyard import weigh
        assert isinstance(first.scale, Scale) and isinstance(weigh(loss="bce", base_rate=0.1).scale, Scale)
        assert steelyard.weigh.call.weigh is steelyard.weigh.weigh
        print(steelyard.weigh(0.5, loss="bce", base_rate=0.05).placement == first.placement)
    """
    assert run(program) == "True"


def test_submodules_first_is_the_same() -> None:
    program = """
        from steelyard.weigh.scale import Scale
        import steelyard
        print(isinstance(steelyard.weigh(loss="bce", base_rate=0.1).scale, Scale))
    """
    assert run(program) == "True"


def test_nothing_heavy_is_loaded_before_a_number_is_weighed() -> None:
    program = """
        import sys, steelyard
        heavy = ("numpy", "scipy", "torch", "polars", "pandas")
        steelyard.weigh
        from steelyard.weigh.scale import Scale
        from steelyard.weigh.losses import LOSSES
        print([name for name in heavy if name in sys.modules])
        steelyard.weigh(0.5, loss="bce", base_rate=0.05)
        print([name for name in heavy[2:] if name in sys.modules])
    """
    assert run(program) == "[]\n[]"


@pytest.mark.slow
def test_types(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api")
    script = tmp_path / "use.py"
    script.write_text(
        "import steelyard\nfrom steelyard.weigh.scale import Scale\n"
        "scale: Scale = steelyard.weigh(0.5, loss='bce', base_rate=0.05).scale\n"
    )
    said, _, code = api.run(
        ["--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache"), str(script)]
    )
    assert code == 0, said
