import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from steelyard.report.table import print_result, print_verdicts, verdict_table, verdicts_table
from steelyard.stats.verdict import Verdict
from steelyard.study.result import StudyResult


def shown(write: Callable[[Console], None], *, width: int = 80) -> str:
    buffer = io.StringIO()
    write(Console(file=buffer, width=width, no_color=True, force_terminal=False))
    return buffer.getvalue()


def test_everything_fits_in_80_columns_and_no_number_is_cut(odd_result: StudyResult) -> None:
    text = shown(lambda console: print_result(odd_result, console))
    assert max(len(line) for line in text.splitlines()) <= 80 + 2 * text.count("障")
    assert "…" not in text
    for verdict in odd_result.verdicts:
        assert verdict.decision in text


def test_the_numbers_of_a_verdict_stand_in_one_line(result: StudyResult) -> None:
    text = shown(lambda console: print_result(result, console))
    row = next(line for line in text.splitlines() if "better" in line and "[" in line)
    assert [row.split()[-1], row.split()[-2], row.split()[-3]] == ["0", "0", "8"]
    assert "0.3960" in text
    assert "climatology" in text
    assert "Warning: 1 trial failed; the first: FloatingPointError" in text
    assert "Note: The test period" in text


def test_names_can_do_nothing_to_a_terminal(hostile_result: StudyResult) -> None:
    text = shown(lambda console: print_result(hostile_result, console), width=200)
    assert "\x1b" not in text
    assert "[red]f[/red]" in text


def test_bare_verdicts_can_be_shown(result: StudyResult) -> None:
    text = shown(lambda console: print_verdicts(result.verdicts, console, unit="nats", notes=["A note."]))
    assert "hurdle is better than mse" in text
    assert "Note: A note." in text
    assert "no contrast" in shown(lambda console: console.print(verdicts_table([])))


def test_failed_seeds_have_a_column_only_where_there_are_some(result: StudyResult) -> None:
    assert [str(column.header) for column in verdict_table(result).columns][-2:] == ["failed", "needed"]
    clean = replace(result, verdicts=result.verdicts[:1])
    assert "failed" not in [str(column.header) for column in verdict_table(clean).columns]


@pytest.mark.parametrize("seeds", [1, 0])
def test_unknown_further_pairs_are_said_to_be(make_verdict: Callable[..., Verdict], seeds: int) -> None:
    verdict = make_verdict((0.1,) * seeds)
    assert "unknown" in shown(lambda console: console.print(verdicts_table([verdict])))
