from __future__ import annotations

import pytest

from steelyard.study.progress import Silent, make_progress
from steelyard.study.study import Study


def trial(seed: int, depth: int) -> dict[str, float]:
    return {"loss": 0.0}


def study() -> Study:
    return Study("?", name="odd {name}", trial=trial, factors={"depth": [1, 2]}, metric="loss", margin=1)


def test_a_bar_goes_to_stderr_and_counts_trials(capsys: pytest.CaptureFixture[str]) -> None:
    with make_progress(True, study=study()) as progress:
        progress.expect(2)
        progress.ended(failed=False)
        progress.ended(failed=True)
        progress.waiting(1)
        progress.looked(4, ())
    out, err = capsys.readouterr()
    assert out == ""
    assert "odd {name}" in err
    assert "4 pairs, 1 failed" in err
    assert "2/2" in err


def test_it_is_silent_where_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with make_progress(None, study=study()) as progress:
        assert isinstance(progress, Silent)
        progress.expect(1)
        progress.ended(failed=False)
    assert capsys.readouterr() == ("", "")
