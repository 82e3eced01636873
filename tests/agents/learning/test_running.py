import pytest
import torch

from steelyard.agents.bags import satchel_bags
from steelyard.agents.learning import running
from steelyard.agents.learning.player import Player
from steelyard.agents.learning.ppo import PPO
from steelyard.agents.learning.running import run_training
from steelyard.agents.learning.training import Training
from steelyard.agents.network import SetActorCritic
from steelyard.checkpoint import write_checkpoint
from steelyard.environments.satchel.rules import SMALL
from steelyard.environments.satchel.vector import SatchelVector
from steelyard.errors import InputError


class Sleepy:
    """A training of five updates that can pause after the second and the fourth."""

    def __init__(self):
        self.done = 0
        self.network = torch.nn.Linear(1, 1)

    @property
    def finished(self):
        return self.done >= 5

    @property
    def can_pause(self):
        return self.done % 2 == 0

    def advance(self):
        self.done += 1
        return self.done

    def state(self):
        return {"done": self.done}

    def restore(self, state):
        self.done = state["done"]


@pytest.fixture
def written(monkeypatch):
    moments = []
    monkeypatch.setattr(running, "restore_checkpoint", lambda restore, folder, **given: False)
    monkeypatch.setattr(running, "remove_checkpoint", lambda folder: moments.append("removed"))
    monkeypatch.setattr(running, "write_checkpoint", lambda state, folder, key: moments.append(state["done"]))
    return moments


def test_it_is_written_down_when_due_at_moments_it_can_pause(monkeypatch, written, tmp_path):
    monkeypatch.setattr(running, "_CHECKPOINT_S", 0.0)
    told = []
    run_training(Sleepy(), tmp_path, key="k", on_progress=lambda progress: told.append(progress.last))
    assert written == [2, 4, "removed"]
    assert told == [1, 2, 3, 4, 5]


def test_before_a_minute_is_over_nothing_is_written(written, tmp_path):
    run_training(Sleepy(), tmp_path, key="k", on_progress=None)
    assert written == ["removed"]


def test_without_a_folder_nothing_is_written(written):
    run_training(Sleepy(), None, key="k", on_progress=None)
    assert written == []


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
    write_checkpoint(cut.state(), tmp_path, key="k")
    run_training(whole, None, key="k", on_progress=None)
    updates = []
    run_training(later, tmp_path, key="k", on_progress=updates.append)
    assert len(updates) == len(whole.history) - 1
    assert torch.equal(weights(whole), weights(later))
    assert [each.kl for each in whole.history] == [each.kl for each in later.history]
    assert not any(tmp_path.iterdir())


def test_another_training_is_refused(tmp_path):
    write_checkpoint(training().state(), tmp_path, key="k")
    with pytest.raises(InputError, match="must be of the same environment, parameters and steps"):
        run_training(training(), tmp_path, key="other", on_progress=None)
    with pytest.raises(InputError, match="must be a checkpoint of a training"):
        run_training(training(width=16), tmp_path, key="k", on_progress=None)
