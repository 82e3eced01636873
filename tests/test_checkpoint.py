"""A training's state comes back bit for bit; what is damaged, foreign or of another training is refused; nothing in it is run."""

import os

import numpy as np
import pytest
import torch

from steelyard.checkpoint import remove_checkpoint, restore_checkpoint, write_checkpoint
from steelyard.errors import InputError

CPU = torch.device("cpu")


def state(seed=0):
    generator = torch.Generator().manual_seed(seed)
    weight = torch.nn.Parameter(torch.randn(3, 2, generator=generator))
    optimiser = torch.optim.Adam([weight], lr=0.1)
    weight.square().sum().backward()
    optimiser.step()
    return {
        "weights": {"weight": weight.detach()},
        "optimiser": optimiser.state_dict(),
        "generator": generator.get_state(),
        "order": np.random.default_rng(seed).bit_generator.state,  # integers of 128 bits
        "history": [{"epoch": 1, "loss_nats": 0.1}],
        "best_nats": float("inf"),
        "name": "Ångström",
        "nothing": None,
    }


def restored(folder, **changes):
    found = []
    given = {"key": "these", "device": CPU, **changes}
    return found[0] if restore_checkpoint(found.append, folder, **given) else None


def test_a_state_comes_back_bit_for_bit(tmp_path):
    write_checkpoint(state(), tmp_path / "made" / "for it", key="these")
    back, was = restored(tmp_path / "made" / "for it"), state()
    assert list(back) == list(was)
    assert torch.equal(back["weights"]["weight"], was["weights"]["weight"])
    assert torch.equal(back["optimiser"]["state"][0]["exp_avg"], was["optimiser"]["state"][0]["exp_avg"])
    assert torch.equal(back["generator"], was["generator"])
    for name in ("order", "history", "best_nats", "name", "nothing"):
        assert back[name] == was[name]


def test_a_folder_without_a_checkpoint_restores_nothing(tmp_path):
    assert restored(tmp_path) is None
    assert restored(tmp_path / "not there") is None


def test_a_writing_that_is_cut_off_leaves_the_state_before(tmp_path, monkeypatch):
    write_checkpoint(state(0), tmp_path, key="these")

    def cut(*_):
        raise KeyboardInterrupt

    for function in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, function, cut)
            with pytest.raises(KeyboardInterrupt):
                write_checkpoint(state(1), tmp_path, key="these")
        assert torch.equal(restored(tmp_path)["generator"], state(0)["generator"])
    write_checkpoint(state(1), tmp_path, key="these")
    assert torch.equal(restored(tmp_path)["generator"], state(1)["generator"])


def test_the_checkpoint_of_another_training_is_refused_before_anything_is_restored(tmp_path):
    write_checkpoint(state(), tmp_path, key="these")
    found = []
    with pytest.raises(InputError, match=r"must be of the same game and parameters, .* delete training\.pt"):
        restore_checkpoint(found.append, tmp_path, key="those", device=CPU, of="game and parameters")
    assert found == []


def test_a_later_format_is_refused(tmp_path):
    torch.save({"format": 2, "key": "these"}, tmp_path / "training.pt")
    with pytest.raises(InputError, match="is of others"):
        restored(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"\x80\x02", b"PK\x03\x04 half a file"])
def test_a_file_that_is_none_is_refused(content, tmp_path):
    (tmp_path / "training.pt").write_bytes(content)
    with pytest.raises(InputError, match="must be a checkpoint of a training, but reading it failed"):
        restored(tmp_path)


@pytest.mark.parametrize("cut", [0.2, 0.9, 0.999])
def test_half_a_checkpoint_is_refused(cut, tmp_path):
    write_checkpoint(state(), tmp_path, key="these")
    whole = (tmp_path / "training.pt").read_bytes()
    (tmp_path / "training.pt").write_bytes(whole[: int(len(whole) * cut)])
    with pytest.raises(InputError, match="must be a checkpoint of a training"):
        restored(tmp_path)


@pytest.mark.parametrize("kept", [torch.zeros(2), [1, 2], {"key": "these"}, {"format": 1}, 3])
def test_a_file_of_pytorch_that_holds_something_else_is_refused(kept, tmp_path):
    torch.save(kept, tmp_path / "training.pt")
    with pytest.raises(InputError, match="must be a checkpoint of a training"):
        restored(tmp_path)


@pytest.mark.parametrize(
    "restore",
    [
        lambda kept: kept["another part"],
        lambda kept: kept["history"][1],
        lambda kept: torch.nn.Linear(1, 1).load_state_dict(kept["weights"]),
        lambda kept: torch.Generator().set_state(kept["weights"]["weight"]),
        lambda kept: dict(**kept["history"]),
        lambda kept: int(kept["name"]),
        lambda kept: kept["nothing"].items(),
    ],
)
def test_parts_that_do_not_fit_are_refused(restore, tmp_path):
    write_checkpoint(state(), tmp_path, key="these")
    with pytest.raises(InputError, match="must be a checkpoint of a training"):
        restore_checkpoint(restore, tmp_path, key="these", device=CPU)


def test_nothing_in_a_file_is_run(tmp_path):
    class Malicious:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    torch.save({"format": 1, "key": Malicious()}, tmp_path / "training.pt")
    with pytest.raises(InputError, match="must be a checkpoint of a training"):
        restored(tmp_path)
    assert not (tmp_path / "ran").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file must be a folder that can be written"):
        write_checkpoint(state(), tmp_path / "file", key="these")

    def full(*_):
        raise RuntimeError("PytorchStreamWriter failed writing file data/0: file write failed")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(InputError, match="file write failed"):
        write_checkpoint(state(), tmp_path, key="these")


def test_a_part_that_would_hide_the_key_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must not be named format or key"):
        write_checkpoint({"key": "mine"}, tmp_path, key="these")
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_of_a_removed_checkpoint(tmp_path):
    write_checkpoint(state(), tmp_path, key="these")
    (tmp_path / "training.pt.new").write_bytes(b"cut off")
    remove_checkpoint(tmp_path)
    remove_checkpoint(tmp_path)
    assert not list(tmp_path.iterdir())
