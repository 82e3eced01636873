import copy
import re

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from steelyard.errors import InputError
from steelyard.imaging import training as training_module
from steelyard.imaging.classifier import ChestXRayClassifier
from steelyard.imaging.densenet import DenseNet
from steelyard.imaging.findings import FINDINGS

SMALL = {"backbone": "small:4", "size": 32, "batch_size": 32, "learning_rate": 0.005, "workers": 0}


def weights(model):
    return {name: tensor.clone() for name, tensor in model.model_.state_dict().items()}


def same(first, second):
    return all(torch.equal(first[name], second[name]) for name in first) and first.keys() == second.keys()


def test_it_learns_what_is_planted():
    from steelyard.imaging.radiographs import simulate_radiographs

    findings = ("Effusion", "Edema", "Emphysema")
    columns = [FINDINGS.index(each) for each in findings]
    known, new = (simulate_radiographs(count, seed=count, size=32, contrast=3.0) for count in (260, 200))
    model = ChestXRayClassifier(**{**SMALL, "batch_size": 16}, findings=findings, epochs=8)
    model.fit(known.images, known.targets[:, columns], patients=known.patients)
    assert model.score(new.images, new.targets[:, columns]) > 0.65
    shuffled = new.targets[np.random.default_rng(0).permutation(200)][:, columns]
    assert abs(model.score(new.images, shuffled) - 0.5) < 0.1


def test_same_seed_same_bits_whatever_the_workers_and_the_rest_of_the_process(drawn, fitted):
    torch.manual_seed(99)
    torch.rand(3)
    before = torch.get_rng_state()
    again = ChestXRayClassifier(**{**SMALL, "workers": 3}, epochs=3)
    again.fit(drawn.images, drawn.targets, patients=drawn.patients)
    assert torch.equal(torch.get_rng_state(), before)
    assert same(weights(again), weights(fitted))
    assert again.history_ == fitted.history_
    other = ChestXRayClassifier(**SMALL, epochs=1, seed=1)
    other.fit(drawn.images, drawn.targets, patients=drawn.patients)
    assert other.history_[0] != fitted.history_[0]


class StopError(Exception):
    pass


@pytest.mark.parametrize("stop_at", [(1, 3), (2, 1), (2, 9)])
def test_a_training_that_was_cut_off_goes_on_with_the_same_bits(drawn, fitted, tmp_path, stop_at):
    epoch, step = stop_at
    seen = []

    def stop(done, of):
        seen.append((done, of))
        if len(seen) == (epoch - 1) * of + step:
            raise StopError

    model = ChestXRayClassifier(**SMALL, epochs=3)
    given = {"patients": drawn.patients, "checkpoint": tmp_path, "checkpoint_seconds": 0.0}
    with pytest.raises(StopError):
        model.fit(drawn.images, drawn.targets, on_step=stop, **given)
    steps = []
    model.fit(drawn.images, drawn.targets, on_step=lambda *each: steps.append(each), **given)
    of = seen[0][1]
    assert len(seen) + len(steps) == 3 * of + 1  # the step that was cut off before it was kept is made again
    assert same(weights(model), weights(fitted))
    assert model.history_ == fitted.history_
    assert np.array_equal(model.predict(drawn.images[:20]), fitted.predict(drawn.images[:20]))
    done = []
    model.fit(drawn.images, drawn.targets, on_step=lambda *each: done.append(each), **given)
    assert done == []


def test_a_checkpoint_of_other_data_or_parameters_is_refused(drawn, tmp_path):
    model = ChestXRayClassifier(**SMALL, epochs=1)
    model.fit(drawn.images, drawn.targets, checkpoint=tmp_path)
    for other, images in (
        (ChestXRayClassifier(**SMALL, epochs=1, seed=1), drawn.images),
        (model, 255 - drawn.images),
    ):
        with pytest.raises(InputError, match="of the same data and parameters"):
            other.fit(images, drawn.targets, checkpoint=tmp_path)
    (tmp_path / "training.pt").write_bytes(b"nothing")
    with pytest.raises(InputError, match="must be a checkpoint"):
        model.fit(drawn.images, drawn.targets, checkpoint=tmp_path)


def test_saved_and_loaded_it_predicts_the_same_bits(drawn, fitted, tmp_path):
    fitted.save(tmp_path / "model")
    loaded = ChestXRayClassifier.load(tmp_path / "model")
    assert loaded.get_params() == fitted.get_params()
    assert loaded.history_ == fitted.history_
    assert np.array_equal(loaded.predict(drawn.images[:9]), fitted.predict(drawn.images[:9]))
    assert not list((tmp_path / "model").glob("*.pt"))


@pytest.mark.parametrize("damage", ["nothing", "json", "format", "weights"])
def test_what_was_not_saved_is_refused(fitted, tmp_path, damage):
    fitted.save(tmp_path)
    described = tmp_path / "classifier.json"
    match damage:
        case "nothing":
            described.unlink()
        case "json":
            described.write_text("{")
        case "format":
            described.write_text(described.read_text().replace('"format": 1', '"format": 99'))
        case "weights":
            (tmp_path / "weights.safetensors").write_bytes(b"\0" * 20)
    with pytest.raises(InputError, match=r"must (hold|be of format)"):
        ChestXRayClassifier.load(tmp_path)


def test_files_of_any_size_and_kind_are_read(fitted, tmp_path):
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 256, (40, 50), dtype=np.uint8)
    Image.fromarray(grey).save(tmp_path / "a.png")
    Image.fromarray(np.repeat(grey[..., None], 3, axis=-1)).save(tmp_path / "b.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "c.png")
    Image.fromarray(np.dstack([grey] * 3 + [np.full_like(grey, 9)])).save(tmp_path / "d.png")
    found = fitted.predict([tmp_path / f"{name}.png" for name in "abcd"])
    assert found.shape == (4, 14)
    np.testing.assert_allclose(found, found[[0, 0, 0, 0]], rtol=1e-5)


def test_it_starts_from_weights_and_freezes_what_it_is_told(drawn, tmp_path):
    torch.manual_seed(3)
    start = DenseNet(outputs=1000)
    torch.save(start.state_dict(), tmp_path / "densenet.pth")
    model = ChestXRayClassifier(
        findings=("Effusion", "Infiltration"),
        weights=tmp_path / "densenet.pth",
        size=32,
        epochs=1,
        trainable="head",
        workers=0,
    )
    targets = drawn.targets[:48, 2:4]
    model.fit(drawn.images[:48], targets, validation=(drawn.images[:8], targets[:8]))
    for name, tensor in model.model_.features.state_dict().items():
        assert torch.equal(tensor, start.features.state_dict()[name]), name
    assert model.model_.classifier.weight.shape == (2, 1024)


def test_frozen_batch_norms_keep_weights_and_statistics(drawn):
    model = ChestXRayClassifier(**SMALL, epochs=1, trainable="all but batch norm")
    fresh = copy.deepcopy(model._network().state_dict())
    model.fit(drawn.images, drawn.targets)
    for name, tensor in model.model_.state_dict().items():
        frozen = "norm" in name or name.startswith("stem.1") or ".shortcut.1." in name
        assert torch.equal(tensor, fresh[name]) == frozen, name


@pytest.fixture
def scripted(monkeypatch, drawn):
    """Train on few images with validation losses that are given."""

    def fit(losses, **parameters):
        told = iter(losses)
        monkeypatch.setattr(training_module, "mean_loss", lambda training, examples: next(told))
        model = ChestXRayClassifier(**{**SMALL, "epochs": len(losses), **parameters}, findings=("Effusion",))
        given = drawn.targets[:64, 2:3]
        return model.fit(drawn.images[:64], given, validation=(drawn.images[:4], given[:4]))

    return fit


def test_the_rate_falls_when_validation_stalls(scripted):
    model = scripted([1.0, 0.9, 0.95, 0.8, 0.85, 0.7])
    rates = [epoch.learning_rate for epoch in model.history_]
    assert rates == pytest.approx([5e-3, 5e-3, 5e-3, 5e-4, 5e-4, 5e-5])
    patient = scripted([1.0, 1.1, 1.2, 1.3, 1.4], plateau=2)
    assert [epoch.learning_rate for epoch in patient.history_] == pytest.approx(
        [5e-3, 5e-3, 5e-3, 5e-4, 5e-4]
    )


def test_the_best_epoch_is_kept_and_patience_ends(scripted):
    model = scripted([1.0, 0.8, 0.9, 0.85, 0.7], patience=2)
    assert [epoch.validation_loss for epoch in model.history_] == [1.0, 0.8, 0.9, 0.85]
    assert same(weights(model), weights(scripted([1.0, 0.8])))


def test_the_validation_loss_is_that_of_the_images_held_out(drawn):
    aside = (drawn.images[200:], drawn.targets[200:])
    model = ChestXRayClassifier(**SMALL, epochs=1).fit(
        drawn.images[:200], drawn.targets[:200], validation=aside
    )
    rates, p = np.array(model.positives_), model.predict(aside[0])
    odds = p / (1 - p) * (1 - rates) / rates
    weighted = odds / (1 + odds)
    loss = -2 * np.where(aside[1], (1 - rates) * np.log(weighted), rates * np.log1p(-weighted)).mean()
    assert loss == pytest.approx(model.history_[0].validation_loss, rel=1e-4)


def test_maps_sum_to_the_output(drawn, fitted):
    maps = fitted.activation_maps(drawn.images[:3], finding="Mass")
    assert maps.shape == (3, 32, 32)
    assert maps.std() > 0


def test_evaluates_by_patient(drawn, fitted):
    found = fitted.evaluate(drawn.images, drawn.targets, patients=drawn.patients)
    assert [each.finding for each in found] == list(fitted.findings)
    assert found[0].patients == len(np.unique(drawn.patients))
    assert fitted.score(drawn.images, drawn.targets) == pytest.approx(np.mean([each.area for each in found]))


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"epochs": 0}, "`epochs` must be a whole number of at least 1"),
        ({"learning_rate": -1.0}, "`learning_rate` must be positive"),
        ({"flip": 2.0}, "`flip` in [0, 1]"),
        ({"decay": 1.0}, "`decay` must lie in (0, 1)"),
        ({"trainable": "none"}, "`trainable` must be one of"),
        ({"weighing": "some"}, "`weighing` must be"),
        ({"backbone": "resnet"}, "`backbone` must be one of densenet121"),
        ({"weights": "pretrained"}, "must go with a timm backbone"),
        ({"std": (0.0, 1.0, 1.0)}, "must be positive"),
        ({"mean": (0.5,)}, "three numbers"),
        ({"device": "abacus"}, "`device` must be cpu or cuda"),
        ({"validation_share": 1.0}, "must lie in (0, 1)"),
        ({"backbone": "densenet121", "size": 20}, "at least 29 pixels"),
    ],
)
def test_impossible_parameters_are_refused(drawn, parameters, said):
    with pytest.raises(InputError, match=re.escape(said)):
        ChestXRayClassifier(**{**SMALL, "epochs": 1, **parameters}).fit(drawn.images, drawn.targets)


def test_impossible_data_are_refused(drawn, fitted, tmp_path):
    model = ChestXRayClassifier(**SMALL, epochs=1)
    with pytest.raises(InputError, match="must be uint8"):
        model.fit(drawn.images / 255, drawn.targets)
    with pytest.raises(InputError, match=re.escape("must have shape (300, 14)")):
        model.fit(drawn.images, drawn.targets[:, :3])
    with pytest.raises(InputError, match="must be 0 or 1, but got 2"):
        model.fit(drawn.images, drawn.targets * 2)
    nothing = drawn.targets.copy()
    nothing[:, 4] = False
    with pytest.raises(InputError, match="but Mass is not"):
        model.fit(drawn.images, nothing)
    with pytest.raises(InputError, match="at least 2 patients"):
        model.fit(drawn.images, drawn.targets, patients=np.zeros(300))
    with pytest.raises(InputError, match="must be fitted before it predicts"):
        model.predict(drawn.images)
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n")
    with pytest.raises(InputError, match="must be whole"):
        fitted.predict([tmp_path / "broken.png"])
    with pytest.raises(InputError, match="must be readable"):
        fitted.predict([tmp_path / "absent.png"])
    with pytest.raises(InputError, match="`finding` must be one of"):
        fitted.activation_maps(drawn.images[:1], finding="Luck")


def test_a_loss_that_is_not_finite_stops_the_training(drawn, monkeypatch):
    monkeypatch.setattr(
        training_module.Training, "__post_init__", _explosive(training_module.Training.__post_init__)
    )
    with pytest.raises(InputError, match="the loss must stay finite"):
        ChestXRayClassifier(**SMALL, epochs=1).fit(drawn.images, drawn.targets)


def _explosive(original):
    def start(self):
        original(self)
        with torch.no_grad():
            self.network.classifier.bias.fill_(float("inf"))

    return start


def test_bfloat16_trains_close_to_single_precision(drawn, fitted):
    half = ChestXRayClassifier(**SMALL, epochs=1, precision="bfloat16")
    half.fit(drawn.images, drawn.targets, patients=drawn.patients)
    assert half.model_.classifier.weight.dtype == torch.float32
    assert half.history_[0].train_loss == pytest.approx(fitted.history_[0].train_loss, rel=0.02)
    assert half.history_[0] != fitted.history_[0]


def test_parameters_as_scikit_learn_has_them(tmp_path):
    model = ChestXRayClassifier(**SMALL)
    assert ChestXRayClassifier(**model.get_params()).get_params() == model.get_params()
    assert model.set_params(epochs=3).epochs == 3
    with pytest.raises(InputError, match="must be one of"):
        model.set_params(depth=3)
    save_file({"a": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="must fit the network"):
        model.set_params(weights=str(tmp_path / "other.safetensors"))._network()
