import re

import pytest
import torch
from safetensors.torch import save_file

from steelyard.errors import InputError
from steelyard.imaging.densenet import DenseNet, read_weights
from steelyard.imaging.densenet.loading import start_from

SIZES = {"blocks": (2, 1), "growth": 4, "stem": 6}


def network(outputs=3, seed=0):
    torch.manual_seed(seed)
    return DenseNet(outputs=outputs, **SIZES)


def old_names(state):
    """Names as in files of CheXNet's time: DataParallel, a wrapper class, `norm.1`, a head in a Sequential, no counters."""
    renamed = {}
    for name, tensor in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        old = re.sub(r"(denselayer\d+\.(?:norm|conv))([12])\.", r"\1.\2.", name)
        renamed["module.densenet121." + old.replace("classifier.", "classifier.0.")] = tensor
    return renamed


def test_old_files_load_to_the_same_outputs(tmp_path):
    theirs = network().eval()
    torch.save(
        {"epoch": 3, "state_dict": old_names(theirs.state_dict()), "best_loss": 0.2}, tmp_path / "m.pth.tar"
    )
    ours = network(seed=1).eval()
    assert start_from(ours, read_weights(tmp_path / "m.pth.tar"), source="m.pth.tar", head="classifier")
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(ours(images), theirs(images))


@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
def test_present_files_load(tmp_path, suffix):
    state = network().state_dict()
    path = tmp_path / f"m.{suffix}"
    save_file(state, path) if suffix == "safetensors" else torch.save(state, path)
    read = read_weights(path)
    assert set(read) == set(state)
    assert all(torch.equal(read[name], state[name]) for name in state)


def test_a_head_of_other_classes_is_left_out():
    ours, theirs = network(outputs=14, seed=1), network(outputs=1000)
    head = ours.classifier.weight.clone()
    assert not start_from(ours, theirs.state_dict(), source="theirs", head="classifier")
    assert torch.equal(ours.classifier.weight, head)
    assert torch.equal(ours.features.conv0.weight, theirs.features.conv0.weight)


class Evil:
    def __reduce__(self):
        return (open, ("should-not-be-written", "w"))


def test_a_file_that_would_run_code_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"state_dict": Evil()}, "evil.pth")
    with pytest.raises(InputError, match="must hold weights"):
        read_weights("evil.pth")
    assert not (tmp_path / "should-not-be-written").exists()


def test_what_is_not_weights_is_refused(tmp_path):
    for name, content in {"a.pth": b"hello", "b.safetensors": b"\x00" * 9, "c.pth": b""}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="must hold weights"):
            read_weights(tmp_path / name)
    torch.save([1, 2], tmp_path / "d.pth")
    with pytest.raises(InputError, match="must hold a state dict"):
        read_weights(tmp_path / "d.pth")
    with pytest.raises(InputError, match="there is none"):
        read_weights(tmp_path / "nothing.pth")


def test_weights_of_another_network_are_refused():
    torch.manual_seed(0)
    for other, said in (
        (DenseNet(outputs=3, blocks=(3, 1), growth=4, stem=6), "also have|another shape"),
        (DenseNet(outputs=3, blocks=(1, 1), growth=4, stem=6), "lack"),
        (DenseNet(outputs=3, blocks=(2, 1), growth=4, stem=8), "another shape"),
    ):
        ours = network()
        before = {name: tensor.clone() for name, tensor in ours.state_dict().items()}
        with pytest.raises(InputError, match=said):
            start_from(ours, other.state_dict(), source="other", head="classifier")
        assert all(torch.equal(before[name], tensor) for name, tensor in ours.state_dict().items())
