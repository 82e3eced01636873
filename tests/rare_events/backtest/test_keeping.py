import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.rare_events import TSB, Markov, simulate
from steelyard.rare_events.backtest.folds import folds_of
from steelyard.rare_events.backtest.keeping import fold_key, read_fold, write_fold

SERIES = simulate(steps=100, seed=0).series
[FOLD] = folds_of([SERIES], horizon=1)
FORECAST = Markov().fit(FOLD.training).predict(FOLD.shown, start=FOLD.start)


def own(gain):
    class Own:
        """A forecaster of a user's."""

        horizon = 1

        def fit(self, source):
            self.scale_ = gain
            return self

        def predict(self, source, *, start=None, every=1):
            return start

    return Own()


def test_what_is_kept_is_the_same_bits(tmp_path):
    write_fold(tmp_path / "made", "a" * 64, FORECAST)
    kept = read_fold(tmp_path / "made", "a" * 64)
    assert kept.log_pmf.tobytes() == FORECAST.log_pmf.tobytes()
    for name in ("unique_id", "ds", "origin", "horizon"):
        assert np.array_equal(getattr(kept, name), getattr(FORECAST, name)), name
        assert getattr(kept, name).dtype == getattr(FORECAST, name).dtype
    assert read_fold(tmp_path / "made", "b" * 64) is None
    assert len(list((tmp_path / "made").iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"nothing"])
def test_a_damaged_file_is_refused(content, tmp_path):
    (tmp_path / f"fold-{'a' * 32}.npz").write_bytes(content)
    with pytest.raises(InputError, match="delete it to run the fold again"):
        read_fold(tmp_path, "a" * 64)


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="folder that can be written"):
        write_fold(tmp_path / "file", "a" * 64, FORECAST)


def test_the_key_knows_forecaster_parameters_fold_and_distance():
    _, second = folds_of([SERIES], horizon=1, folds=2)
    keys = {
        fold_key(TSB(), FOLD, every=1),
        fold_key(TSB(horizon=2), FOLD, every=1),
        fold_key(Markov(), FOLD, every=1),
        fold_key(TSB(), FOLD, every=2),
        fold_key(TSB(), second, every=1),
        fold_key(own(1.0), FOLD, every=1),
        fold_key(own(2.0), FOLD, every=1),
    }
    assert len(keys) == 7
    assert fold_key(TSB(), FOLD, every=1) == fold_key(TSB().fit(FOLD.training), FOLD, every=1)
    assert fold_key(own(1.0), FOLD, every=1) == fold_key(own(1.0), FOLD, every=1)
