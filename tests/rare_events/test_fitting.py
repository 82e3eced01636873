"""A training that was cut off goes on with the same bits."""

import pytest
import torch

from steelyard.errors import InputError
from steelyard.rare_events import RareEventForecaster, simulate

SERIES = simulate(steps=600, seed=0).series
SMALL = {"window": 10, "hidden": 6, "span": 32, "memory": (5.0,), "epochs": 5, "weights": "uncertainty"}


class CutError(Exception):
    """The power went."""


def cut_after(epochs):
    def stop(epoch):
        if epoch.epoch == epochs:
            raise CutError

    return stop


@pytest.mark.parametrize("autoencoder", ["none", "joint", "frozen"])
def test_going_on_is_the_same_bits_as_never_stopping(autoencoder, tmp_path):
    whole = RareEventForecaster(**SMALL, autoencoder=autoencoder).fit(SERIES)
    model = RareEventForecaster(**SMALL, autoencoder=autoencoder)
    for epochs in (1, 3):
        with pytest.raises(CutError):
            model.fit(SERIES, checkpoint=tmp_path, on_epoch=cut_after(epochs))
    seen = []
    model.fit(SERIES, checkpoint=tmp_path, on_epoch=seen.append)
    assert [epoch.epoch for epoch in seen] == [4, 5]
    assert model.history_ == whole.history_
    assert model.reconstruction_ == whole.reconstruction_
    for name, weight in whole.model_.state_dict().items():
        assert torch.equal(weight, model.model_.state_dict()[name]), name


def test_a_finished_training_is_not_done_again(tmp_path):
    RareEventForecaster(**SMALL).fit(SERIES, checkpoint=tmp_path)
    seen = []
    RareEventForecaster(**SMALL).fit(SERIES, checkpoint=tmp_path, on_epoch=seen.append)
    assert seen == []


def test_another_training_is_not_gone_on_with(tmp_path):
    RareEventForecaster(**SMALL).fit(SERIES, checkpoint=tmp_path)
    with pytest.raises(InputError, match="must be of the same data and parameters"):
        RareEventForecaster(**SMALL, seed=1).fit(SERIES, checkpoint=tmp_path)
    with pytest.raises(InputError, match="must be of the same data and parameters"):
        RareEventForecaster(**SMALL).fit(SERIES.before(SERIES.ds[500]), checkpoint=tmp_path)


def test_a_file_that_is_none_is_refused(tmp_path):
    (tmp_path / "training.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(InputError, match="must be a checkpoint of a training"):
        RareEventForecaster(**SMALL).fit(SERIES, checkpoint=tmp_path)
