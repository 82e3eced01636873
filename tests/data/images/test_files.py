from __future__ import annotations

import os
import pickle

import numpy as np
import pytest
from PIL import Image

from steelyard.data.images import folder_images
from steelyard.data.images.files import ImageFiles
from steelyard.data.images.picture import UnreadableImageError
from steelyard.errors import InputError


def put(path, value=7):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((2, 3), value, np.uint8)).save(path, "PNG")
    return path


def test_order_is_that_of_the_paths_and_folders_are_read(tmp_path):
    for name in ("b/2.png", "b/10.png", "a.png", "b/c/0.PNG", "z"):
        put(tmp_path / name)
    images = folder_images(tmp_path)
    assert list(images.names) == ["a.png", "b/10.png", "b/2.png", "b/c/0.PNG", "z"]
    assert [images.decode(place).values.max() for place in range(len(images))] == [7] * 5


def test_passes_over_what_is_hidden_or_no_image(tmp_path):
    put(tmp_path / "a.png")
    put(tmp_path / ".thumbnails/a.png")
    put(tmp_path / "._a.png")
    (tmp_path / "labels.csv").write_text("a,b")
    (tmp_path / "nothing").write_bytes(b"")
    images = folder_images(tmp_path)
    assert list(images.names) == ["a.png"]
    assert images.others == 2


def test_a_text_file_named_png_is_an_image_that_cannot_be_read(tmp_path):
    (tmp_path / "a.png").write_text("words")
    images = folder_images(tmp_path)
    with pytest.raises(UnreadableImageError, match="isn't an image"):
        images.decode(0)


def test_links_to_folders_are_reported_and_not_followed_so_circles_end(tmp_path):
    put(tmp_path / "a/b/x.png")
    (tmp_path / "a/b/up").symlink_to(tmp_path / "a")
    (tmp_path / "self").symlink_to(tmp_path)
    images = folder_images(tmp_path)
    assert list(images.names) == ["a/b/x.png"]
    assert sorted(each.name for each in images.skipped) == ["a/b/up", "self"]
    assert "link to a folder" in images.skipped[0].reason


def test_the_folder_named_may_itself_be_a_link(tmp_path):
    put(tmp_path / "real/x.png")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert list(folder_images(tmp_path / "link").names) == ["x.png"]


def test_a_link_to_a_file_is_that_file_and_a_broken_one_an_image_that_is_not_there(tmp_path):
    put(tmp_path / "real/x.png")
    (tmp_path / "y.png").symlink_to(tmp_path / "real/x.png")
    (tmp_path / "z.png").symlink_to(tmp_path / "gone")
    images = folder_images(tmp_path)
    assert list(images.names) == ["real/x.png", "y.png", "z.png"]
    assert images.decode(1).values.shape == (2, 3, 1)
    with pytest.raises(UnreadableImageError, match="no such file"):
        images.read_bytes(2)


def test_a_pipe_is_not_waited_for(tmp_path):
    put(tmp_path / "a.png")
    os.mkfifo(tmp_path / "b.png")
    os.mkfifo(tmp_path / "c")
    images = folder_images(tmp_path)
    assert list(images.names) == ["a.png", "b.png"]
    with pytest.raises(UnreadableImageError, match="isn't a file"):
        images.read_bytes(1)


def test_a_file_too_large_is_not_read(tmp_path):
    put(tmp_path / "a.png")
    with (tmp_path / "b.png").open("wb") as file:
        file.truncate(1 << 29)
    with pytest.raises(UnreadableImageError, match="more than the"):
        folder_images(tmp_path).read_bytes(1)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: (path / "a.txt").write_text("x")])
def test_a_folder_without_images_is_refused(tmp_path, make):
    make(tmp_path)
    with pytest.raises(InputError, match="must hold images"):
        folder_images(tmp_path)


def test_no_folder(tmp_path):
    with pytest.raises(InputError, match="must be readable"):
        folder_images(tmp_path / "gone")


def test_a_deep_folder_is_no_recursion(tmp_path):
    deep = tmp_path
    for _ in range(400):
        deep /= "d"
    os.makedirs(deep)
    put(deep / "x.png")
    assert len(folder_images(tmp_path)) == 1


def test_names_that_are_not_text_are_kept(tmp_path):
    put(tmp_path / os.fsdecode(b"\xff\xfe.png"))
    images = folder_images(tmp_path)
    assert images.decode(0).values.max() == 7
    assert len(images.fingerprint) == 64


def test_the_fingerprint_sees_a_new_file_and_a_changed_one(tmp_path):
    put(tmp_path / "a.png")
    first = folder_images(tmp_path).fingerprint
    assert folder_images(tmp_path).fingerprint == first
    put(tmp_path / "b.png")
    second = folder_images(tmp_path).fingerprint
    os.utime(tmp_path / "a.png", (1, 1))
    assert len({first, second, folder_images(tmp_path).fingerprint}) == 3


def test_can_be_sent_to_another_process(tmp_path):
    put(tmp_path / "a.png")
    images = pickle.loads(pickle.dumps(folder_images(tmp_path)))
    assert images.decode(0).values.max() == 7


def test_a_list_of_paths_keeps_its_order(tmp_path):
    paths = [put(tmp_path / "b.png", 1), put(tmp_path / "a.png", 2)]
    images = ImageFiles(paths)
    assert [images.decode(place).values.max() for place in (0, 1)] == [1, 2]
    with pytest.raises(UnreadableImageError):
        ImageFiles(["a\0b.png"]).read_bytes(0)
