from dataclasses import replace

import pytest

from steelyard.errors import InputError
from steelyard.rare_events.coerce import as_series, check_training, rows_from
from steelyard.rare_events.simulation import simulate

SERIES = simulate(steps=60, seed=0).series


def test_series_pass_through():
    assert as_series(SERIES) == (SERIES,)
    other = replace(SERIES, unique_id="other")
    assert as_series([SERIES, other]) == (SERIES, other)


def test_names_must_differ():
    with pytest.raises(InputError, match="'simulated' comes more than once"):
        as_series([SERIES, SERIES])


def test_starts_are_rows():
    assert rows_from(SERIES, None) == 60
    assert rows_from(SERIES, "2000-01-11") == 10
    assert rows_from(SERIES, SERIES.ds[10]) == 10
    assert str(SERIES.dates_from(60, steps=1)[0])[:10] == "2000-03-01"
    assert len(SERIES.dates_from(50, steps=10)) == 10


def test_training_needs_length():
    with pytest.raises(InputError, match="at least 100 steps"):
        check_training([SERIES], at_least=100)
