from __future__ import annotations

import io
import pickle
import tarfile

import numpy as np
import pytest

from steelyard.data.images import open_images, read_cifar
from steelyard.errors import InputError

NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def records(labels, images):
    """Write as the authors describe: labels, then the red, green and blue planes row by row."""
    return b"".join(
        bytes(np.atleast_1d(label).tolist()) + image.transpose(2, 0, 1).tobytes()
        for label, image in zip(labels, images, strict=True)
    )


@pytest.fixture
def cifar10():
    images = np.random.default_rng(4).integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)
    labels = np.random.default_rng(4).integers(0, 10, 12)
    files = {
        f"data_batch_{n + 1}.bin": records(labels[2 * n : 2 * n + 2], images[2 * n : 2 * n + 2])
        for n in range(5)
    }
    files |= {
        "test_batch.bin": records(labels[10:], images[10:]),
        "batches.meta.txt": "\n".join(NAMES).encode(),
    }
    return files, images, labels


def archive(path, files, folder):
    with tarfile.open(path, "w:gz") as opened:
        for name, content in files.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(content)
            opened.addfile(info, io.BytesIO(content))
    return path


def test_reads_the_archive(tmp_path, cifar10):
    files, images, labels = cifar10
    path = archive(tmp_path / "cifar-10-binary.tar.gz", files, "cifar-10-batches-bin")
    train, test = read_cifar(path), read_cifar(path, split="test")
    assert np.array_equal(train.images, images[:10])
    assert np.array_equal(test.images, images[10:])
    assert train.labels.tolist() == labels[:10].tolist()
    assert train.classes == tuple(NAMES)
    assert train.coarse_labels is None


def test_reads_the_folder_it_unpacks_to_and_the_folder_above(tmp_path, cifar10):
    files, images, _ = cifar10
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    assert np.array_equal(read_cifar(folder).images, images[:10])
    assert np.array_equal(read_cifar(tmp_path).images, images[:10])
    assert len(open_images(folder, split="test")) == 2


def test_cifar_100_has_two_labels(tmp_path):
    images = np.random.default_rng(4).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    labels = np.array([[0, 99], [19, 0], [5, 42]])
    names = {"fine_label_names.txt": range(100), "coarse_label_names.txt": range(20)}
    files = {"train.bin": records(labels, images), "test.bin": records(labels[:1], images[:1])}
    files |= {name: "\n".join(f"n{n}" for n in numbers).encode() for name, numbers in names.items()}
    found = read_cifar(archive(tmp_path / "c.tar.gz", files, "cifar-100-binary"))
    assert np.array_equal(found.images, images)
    assert found.labels.tolist() == [99, 0, 42]
    assert found.coarse_labels.tolist() == [0, 19, 5]
    assert (found.classes[99], found.coarse_classes[19]) == ("n99", "n19")


class Evil:
    def __reduce__(self):
        return (exec, ("raise SystemExit('a pickle was opened')",))


@pytest.mark.parametrize(
    ("folder", "names", "binary"),
    [
        ("cifar-10-batches-py", ["batches.meta", "data_batch_1"], "cifar-10-binary.tar.gz"),
        ("cifar-100-python", ["meta", "train", "test"], "cifar-100-binary.tar.gz"),
    ],
)
def test_pickles_are_refused_unopened_and_the_binary_version_named(tmp_path, folder, names, binary):
    evil = pickle.dumps(Evil())
    path = archive(tmp_path / "x.tar.gz", dict.fromkeys(names, evil), folder)
    for read in (read_cifar, open_images):
        with pytest.raises(InputError, match=binary):
            read(path)


def test_the_archive_is_a_source_of_images(tmp_path, cifar10):
    files, images, _ = cifar10
    source = open_images(archive(tmp_path / "x.tar.gz", files, "cifar-10-batches-bin"))
    assert len(source) == 10
    assert np.array_equal(source.decode(9).values, images[9])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"data_batch_3.bin": None}, "misses data_batch_3.bin"),
        ({"data_batch_3.bin": bytes(3072)}, "records of 3073 bytes"),
        ({"data_batch_3.bin": b""}, "records of 3073 bytes"),
        ({"data_batch_3.bin": bytes([10]) + bytes(3072)}, "must be below"),
        ({"batches.meta.txt": b"airplane"}, "must name 10 classes"),
    ],
)
def test_refuses_what_is_not_whole(tmp_path, cifar10, change, said):
    files = {name: content for name, content in (cifar10[0] | change).items() if content is not None}
    with pytest.raises(InputError, match=said):
        read_cifar(archive(tmp_path / "x.tar.gz", files, "cifar-10-batches-bin"))


def test_refuses_a_download_that_was_cut_off(tmp_path, cifar10):
    path = archive(tmp_path / "x.tar.gz", cifar10[0], "cifar-10-batches-bin")
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(InputError, match="read to its end"):
        read_cifar(path)


def test_refuses_other_things(tmp_path):
    with pytest.raises(InputError, match="binary version"):
        read_cifar(tmp_path)
    with pytest.raises(InputError, match="No such file"):
        read_cifar(tmp_path / "gone.tar.gz")
    with pytest.raises(InputError, match="train or test"):
        read_cifar(tmp_path, split="validation")
