"""The frame of the command line: light start, versions, errors without tracebacks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from steelyard.cli.main import main

HEAVY = ("torch", "scipy", "polars", "altair", "pandas", "sqlalchemy", "numpy", "joblib", "rich")


def steelyard(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "steelyard.cli.main", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
        env={"PATH": "", "COLUMNS": "100", "NO_COLOR": "1"},
    )


@pytest.mark.parametrize(
    "program",
    [
        "import sys; sys.argv = ['steelyard', '--help']; from steelyard.cli.main import app; app(standalone_mode=False)",
        "import steelyard",
        "from steelyard.catalogue import questions; questions()",
    ],
)
def test_loads_nothing_heavy(program: str) -> None:
    report = f"{program}\nimport sys\nprint([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"


def test_help_names_every_command() -> None:
    done = steelyard("--help")
    assert done.returncode == 0
    for command in ("run", "questions", "compare", "weigh", "rare-events", "topics"):
        assert command in done.stdout


def test_version() -> None:
    import steelyard as package

    assert steelyard("--version").stdout == f"steelyard {package.__version__}\n"


def test_questions_as_json() -> None:
    done = steelyard("questions", "--json")
    names = [each["name"] for each in json.loads(done.stdout)]
    assert names == [
        *(f"rare-events.{each}" for each in ("heads", "loss", "front", "encoder", "autoencoder", "weights")),
        *(f"topics.{each}" for each in ("alpha", "beta", "k")),
        *(f"language.{each}" for each in ("unit", "context", "init-loss", "tying", "dropout")),
        *(f"imaging.statistics{each}" for each in ("", "-frozen", "-norm-frozen", "-scratch")),
        *(f"imaging.{each}" for each in ("pretrained", "scale", "channels")),
        *(f"agents.{each}" for each in ("normalise", "cosine", "prenorm", "heads", "position")),
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "rare-events.hats"), "rare-events.heads"),
        (("run", "rare-events.heads", "--data", "nowhere.csv"), "nowhere.csv"),
        (("run", "rare-events.heads", "--margin", "-1"), "margin"),
        (("run", "rare-events.heads", "rare-events.loss", "--report", "one.html"), "--report"),
        (("run", "rare-events.heads", "--report", "/proc/none/report.html"), "report"),
        (
            ("compare", "nowhere.csv", "--factor", "f", "--seed", "s", "--metric", "m", "--margin", "1"),
            "nowhere.csv",
        ),
        (("rare-events", "backtest", "nowhere.csv"), "nowhere.csv"),
        (("rare-events", "predict", "nowhere"), "nowhere"),
        (("weigh", "--loss", "bce", "--value", "nan", "--base-rate", "0.05"), "nan"),
        (("topics", "fit", "nowhere.csv"), "nowhere.csv"),
        (("topics", "transform", "nowhere", "nowhere.csv"), "nowhere"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["steelyard", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert_is_one_error(told.out, told.err, says)


def test_bad_input_ends_a_process_of_its_own_the_same_way(tmp_path: Path) -> None:
    done = steelyard("run", "rare-events.heads", "--data", "nowhere.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert_is_one_error(done.stdout, done.stderr, "nowhere.csv")


def assert_is_one_error(out: str, err: str, says: str) -> None:
    assert err.splitlines()[-1].startswith("error: ")
    assert says in err
    assert "Traceback" not in err
    assert out == ""
