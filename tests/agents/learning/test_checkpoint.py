import pickle

import pytest
import torch

from steelyard.agents.bags import satchel_bags
from steelyard.agents.learning.checkpoint import read_checkpoint, remove_checkpoint, write_checkpoint
from steelyard.agents.learning.player import Player
from steelyard.agents.learning.ppo import PPO
from steelyard.agents.learning.training import Training
from steelyard.agents.network import SetActorCritic
from steelyard.agents.satchel.rules import SMALL
from steelyard.agents.satchel.vector import SatchelVector
from steelyard.errors import InputError


def training(width=8):
    encoder = satchel_bags(SMALL)
    return Training(
        SetActorCritic(encoder.vocabulary, encoder.features, 6, width=width, seed=0),
        Player(SatchelVector(4, rules=SMALL), encoder, seed=0),
        plan=PPO(environments=4, rollout=6, epochs=1, minibatches=1),
        steps=72,
        seed=0,
    )


def weights(made):
    return torch.cat([weight.detach().ravel() for weight in made.network.parameters()])


def test_what_was_written_is_gone_on_with_to_the_bit(tmp_path):
    whole, cut, later = training(), training(), training()
    cut.advance()
    write_checkpoint(cut, tmp_path / "new" / "folder", key="k")
    assert read_checkpoint(later, tmp_path / "new" / "folder", key="k")
    for made in (whole, later):
        while not made.finished:
            made.advance()
    assert torch.equal(weights(whole), weights(later))
    assert [each.kl for each in whole.history] == [each.kl for each in later.history]


def test_without_a_file_there_is_nothing_to_go_on_with(tmp_path):
    assert not read_checkpoint(training(), tmp_path, key="k")
    remove_checkpoint(tmp_path)


def test_another_training_is_refused(tmp_path):
    write_checkpoint(training(), tmp_path, key="k")
    with pytest.raises(InputError, match="must be of the same environment, parameters and steps"):
        read_checkpoint(training(), tmp_path, key="other")
    with pytest.raises(InputError, match="must be a checkpoint of a training"):
        read_checkpoint(training(width=16), tmp_path, key="k")
    remove_checkpoint(tmp_path)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", pickle.dumps({"format": 1}, protocol=2)])
def test_files_of_another_kind_are_refused(tmp_path, content):
    (tmp_path / "training.pt").write_bytes(content)
    with pytest.raises(InputError, match="must be a checkpoint of a training, but reading it failed"):
        read_checkpoint(training(), tmp_path, key="k")


def test_a_file_that_would_run_something_is_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    torch.save({"format": 1, "key": "k", "training": Evil()}, tmp_path / "training.pt")
    with pytest.raises(InputError):
        read_checkpoint(training(), tmp_path, key="k")
    assert not (tmp_path / "ran").exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="must be a folder that can be written"):
        write_checkpoint(training(), tmp_path / "file", key="k")
