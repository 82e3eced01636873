import pytest

from steelyard.agents.learning import running
from steelyard.agents.learning.running import run_training


class Sleepy:
    """A training of five updates that can pause after the second and the fourth."""

    def __init__(self):
        self.done = 0
        self.network = None

    @property
    def finished(self):
        return self.done >= 5

    @property
    def can_pause(self):
        return self.done % 2 == 0

    def advance(self):
        self.done += 1
        return self.done


@pytest.fixture
def written(monkeypatch):
    moments = []
    monkeypatch.setattr(running, "read_checkpoint", lambda training, folder, key: False)
    monkeypatch.setattr(running, "remove_checkpoint", lambda folder: moments.append("removed"))
    monkeypatch.setattr(
        running, "write_checkpoint", lambda training, folder, key: moments.append(training.done)
    )
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
