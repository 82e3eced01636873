import hashlib
import zipfile

import numpy as np
import pytest
from PIL import Image

from steelyard.data.images.class_images import read_class_images
from steelyard.errors import InputError
from steelyard.imaging import image_moments
from steelyard.imaging.dataset import DIGITS, SIDE, Labelled, Statistics, load, load_colours


def pictures(folder, classes=4, each=6):
    rng = np.random.default_rng(0)
    for nth in range(classes):
        (folder / f"class{nth}").mkdir(parents=True)
        for image in range(each):
            pixels = rng.integers(0, 256, (20, 24, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / f"class{nth}" / f"{image}.png")
    return folder


def test_statistics_are_exact_and_those_of_image_moments():
    rng = np.random.default_rng(0)
    for shape in ((5, 7, 9), (5, 7, 9, 3)):
        images = rng.integers(0, 256, shape, dtype=np.uint8)
        found = Statistics.of(images)
        axes = tuple(range(3))
        np.testing.assert_allclose(found.mean, np.broadcast_to((images / 255).mean(axis=axes), 3), rtol=1e-12)
        np.testing.assert_allclose(found.std, np.broadcast_to((images / 255).std(axis=axes), 3), rtol=1e-12)
        moments = image_moments(images)
        np.testing.assert_allclose(found.mean, np.broadcast_to(moments.mean, 3), rtol=1e-14)
        np.testing.assert_allclose(found.std, np.broadcast_to(moments.std, 3), rtol=1e-14)


def test_a_folder_and_its_zip_are_the_same_images(tmp_path):
    folder = pictures(tmp_path / "pictures")
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        for path in folder.rglob("*.png"):
            archive.write(path, path.relative_to(tmp_path))
    first, second = (read_class_images(path, size=8) for path in (folder, tmp_path / "pictures.zip"))
    assert first.classes == second.classes == ("class0", "class1", "class2", "class3")
    assert first.images.shape == (24, 8, 8, 3)
    assert np.array_equal(first.images, second.images)
    assert np.array_equal(first.labels, np.repeat(np.arange(4), 6))


def test_what_is_not_images_by_class_is_refused(tmp_path):
    with pytest.raises(InputError, match="in at least 2 folders"):
        read_class_images(tmp_path, size=8)
    with pytest.raises(InputError, match="must be a folder or a zip"):
        read_class_images(tmp_path / "nothing.zip", size=8)
    folder = pictures(tmp_path / "p", classes=2, each=1)
    (folder / "class0" / "text.png").write_text("not a picture")
    with pytest.raises(InputError, match=r"must be whole, but .*text\.png"):
        read_class_images(folder, size=8)


@pytest.fixture
def few(monkeypatch):
    """Tens of simulated radiographs instead of thousands."""
    from steelyard.imaging import dataset

    real = dataset.simulate_radiographs
    monkeypatch.setattr(dataset, "simulate_radiographs", lambda count, **given: real(count // 20, **given))
    monkeypatch.setattr(dataset, "_TEST", 50)
    for cached in (load, load_colours):
        cached.cache_clear()
    yield
    for cached in (load, load_colours):
        cached.cache_clear()


def test_source_and_target_have_other_statistics_and_no_patient_in_common(few):
    data = load(None)
    source, target = Statistics.of(data.source.images), Statistics.of(data.target.images)
    assert abs(source.mean[0] - target.mean[0]) > 0.08
    assert source.std[0] > 1.5 * target.std[0]
    assert len(data.target.images) + len(data.test.images) == 125
    assert len(data.patients) == len(data.test.images) >= 50
    assert data.outputs == data.target.targets.shape[1] == 14
    assert load(None, data.fingerprint).fingerprint == data.fingerprint
    with pytest.raises(InputError, match="must stay as they were"):
        load(None, "0" * 64)
    assert "simulated" in data.describe()["target"]


def test_sources_by_class(few, tmp_path):
    data = load(str(pictures(tmp_path / "pictures")))
    assert (data.outputs, data.source.images.shape) == (4, (24, SIDE, SIDE, 3))
    digits = load(DIGITS)
    assert digits.outputs == 10
    assert len(digits.source.images) == 1797


def test_colours_split_classes_in_half(few, tmp_path):
    data = load_colours(str(pictures(tmp_path / "pictures")))
    assert data.outputs == 2
    assert data.test.targets.shape == (6, 2)
    assert data.test.targets.sum() == 6
    shown = {hashlib.sha256(image.tobytes()).digest() for image in data.target.images}
    assert not shown & {hashlib.sha256(image.tobytes()).digest() for image in data.test.images}
    with pytest.raises(InputError, match="at least 4 classes"):
        load_colours(str(pictures(tmp_path / "two", classes=2)))
    coloured = load_colours(None)
    assert np.ptp(coloured.test.images.astype(int), axis=-1).mean() > 20


def test_fingerprints_tell_images_apart():
    first = Labelled(images=np.zeros((2, 4, 4), np.uint8), targets=np.zeros((2, 1), np.float32))
    other = Labelled(images=first.images + 1, targets=first.targets)
    assert first.fingerprint != other.fingerprint
    assert len(first.chosen(np.array([1])).images) == 1
