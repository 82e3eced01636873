"""`steelyard.watch` is the verb and stays a package; nothing heavy is loaded before it is called."""

from __future__ import annotations

import subprocess
import sys
import textwrap


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_package_is_the_verb_and_loads_nothing_heavy_before_it_is_called() -> None:
    program = """
        import sys, steelyard
        heavy = ("numpy", "scipy", "torch", "polars", "rich")
        steelyard.watch, steelyard.Finding
        from steelyard import watch
        import steelyard.watch.finding
        print([name for name in heavy if name in sys.modules])
        assert watch is steelyard.watch
        with watch(every=1) as watching:
            watching.step(0.5)
        print(watching.report().steps, "torch" in sys.modules, "rich" in sys.modules)
        from steelyard.watch import watch as function
        assert function is steelyard.watch.call.watch
    """
    assert run(program) == "[]\n1 False False"
