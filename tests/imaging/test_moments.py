from __future__ import annotations

import itertools
import os
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

from steelyard.data.images import ArrayImages
from steelyard.errors import InputError
from steelyard.imaging import image_moments
from steelyard.imaging.moments import MOST_SKIPPED, block_size


def pixels_of(pictures):
    return np.concatenate([each.reshape(-1, each.shape[2]) for each in pictures])


def same(first, second):
    return first.to_json() == second.to_json()


def test_a_folder_is_what_numpy_says_with_everything_in_memory(folder, pictures):
    found = image_moments(folder)
    pixels = pixels_of(pictures)
    wide = pixels.astype(object)
    sums, squares = wide.sum(axis=0), (wide * wide).sum(axis=0)
    assert found.mean.tolist() == [total / (255 * len(pixels)) for total in sums.tolist()]  # to the last bit
    assert found.std == pytest.approx(pixels.std(axis=0) / 255, rel=1e-13)
    assert found.mean_255 == pytest.approx(pixels.mean(axis=0), rel=1e-13)
    assert squares.tolist() == pytest.approx((found.std_255**2 + found.mean_255**2) * len(pixels), rel=1e-13)
    assert (found.images, found.pixels, found.channels) == (30, len(pixels), ("red", "green", "blue"))
    assert found.depth == "8-bit"
    assert found.exact
    assert found.skipped_count == 0
    assert found.interval_of == "population"
    assert set(found.decoders.values()) == {30}
    heights, widths = zip(*(each.shape[:2] for each in pictures), strict=True)
    assert found.sides == (min(heights), max(heights), min(widths), max(widths))


def test_any_number_of_workers_gives_the_same_bits(folder):
    assert same(image_moments(folder, workers=3), image_moments(folder))


def test_floating_point():
    values = np.random.default_rng(1).normal(1e3, 1, (50, 6, 5, 3))
    assert image_moments(values).std == pytest.approx(values.std(axis=(0, 1, 2)), rel=1e-12)
    assert image_moments(values).depth == "float"
    assert image_moments(values).largest == pytest.approx(values.max(axis=(0, 1, 2)))


def test_resized_and_cropped_is_what_the_network_sees(folder, pictures):
    found = image_moments(folder, resize=(16, 20), crop=10)
    seen = [
        np.asarray(Image.fromarray(each).resize((20, 16), Image.Resampling.BILINEAR))[3:13, 5:15]
        for each in pictures
    ]
    assert found.mean == pytest.approx(pixels_of(seen).mean(axis=0) / 255, rel=1e-13)
    assert found.std == pytest.approx(pixels_of(seen).std(axis=0) / 255, rel=1e-13)
    assert found.pixels == 30 * 100
    assert found.originals.mean == pytest.approx(pixels_of(pictures).mean(axis=0) / 255, rel=1e-13)
    assert found.originals.std == pytest.approx(pixels_of(pictures).std(axis=0) / 255, rel=1e-13)
    assert image_moments(folder).originals is None


def test_what_lies_on_its_side_is_turned_before_it_is_cropped(tmp_path):
    values = np.zeros((20, 40, 3), np.uint8)
    values[:, :20] = 200
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: left becomes top
    Image.fromarray(values).save(tmp_path / "a.png", exif=exif)
    found = image_moments(tmp_path, crop=(40, 20))
    assert found.sides == (40, 40, 20, 20)
    assert found.notes["turned as EXIF says"] == 1


def test_grey_images_stay_grey_and_among_colour_count_as_three_channels(tmp_path, pictures):
    for number, values in enumerate(pictures[:6]):
        Image.fromarray(values[:, :, 0]).save(tmp_path / f"grey{number}.png")
    grey = image_moments(tmp_path)
    assert grey.channels == ("grey",)
    as_colour = image_moments(tmp_path, mode="RGB")
    assert as_colour.mean.tolist() == [grey.mean[0]] * 3
    for number, values in enumerate(pictures[6:12]):
        Image.fromarray(values).save(tmp_path / f"colour{number}.png")
    mixed = image_moments(tmp_path)
    pixels = pixels_of([np.repeat(each[:, :, :1], 3, axis=2) for each in pictures[:6]] + pictures[6:12])
    assert mixed.mean == pytest.approx(pixels.mean(axis=0) / 255, rel=1e-13)
    assert mixed.std == pytest.approx(pixels.std(axis=0) / 255, rel=1e-13)
    assert mixed.notes["grey to three channels"] == 6
    luma = image_moments(tmp_path, mode="L")
    assert luma.channels == ("grey",)


def test_8_and_16_bits_together_are_exact():
    eight = np.random.default_rng(2).integers(0, 256, (7, 5, 5, 3), dtype=np.uint8)
    sixteen = np.random.default_rng(3).integers(0, 65536, (9, 5, 5, 3), dtype=np.uint16)

    class Both(ArrayImages):
        def __init__(self):
            super().__init__(np.zeros((16, 1, 1), np.uint8))
            self._values = [*eight, *sixteen]

        fingerprint = "both"

    found = image_moments(Both())
    scaled = np.concatenate([eight / 255, sixteen / 65535])
    assert found.mean == pytest.approx(scaled.mean(axis=(0, 1, 2)), rel=1e-14)
    assert found.std == pytest.approx(scaled.std(axis=(0, 1, 2)), rel=1e-13)
    assert found.depth == "8-bit and 16-bit"


def test_alpha_is_dropped_or_a_channel(tmp_path):
    values = np.random.default_rng(5).integers(0, 256, (6, 7, 4), dtype=np.uint8)
    Image.fromarray(values).save(tmp_path / "a.png")
    dropped = image_moments(tmp_path)
    assert dropped.mean == pytest.approx(values[:, :, :3].mean(axis=(0, 1)) / 255)
    assert dropped.notes["alpha dropped"] == 1
    kept = image_moments(tmp_path, mode="RGBA")
    assert kept.channels[3] == "alpha"
    assert kept.mean == pytest.approx(values.mean(axis=(0, 1)) / 255)


def hostile(folder, path):
    """Copy a folder of images and put beside them what goes wrong in practice."""
    shutil.copytree(folder, path)
    good = (path / "00.png").read_bytes()
    (path / "empty.png").write_bytes(b"")
    (path / "half.png").write_bytes(good[: len(good) // 2])
    (path / "words.png").write_text("not pixels at all")
    (path / "words.jpg").write_bytes(b"\xff\xd8\xff and no more")
    (path / "notes.txt").write_text("a note")
    (path / "circle").symlink_to(path)
    (path / "gone.png").symlink_to(path / "nowhere.png")
    os.mkfifo(path / "pipe.png")
    Image.new("L", (1, 1), 5).save(path / "pixel.png")
    return path


def test_what_cannot_be_read_is_counted_listed_and_changes_no_number(folder, tmp_path):
    path = hostile(folder, tmp_path / "hostile")
    found = image_moments(path)
    (path / "pixel.png").unlink()
    without = image_moments(path)
    assert without.mean.tolist() == image_moments(folder).mean.tolist()
    assert found.images == 31
    assert found.skipped_count == 7
    assert {each.name for each in found.skipped} == {
        "circle", "empty.png", "half.png", "words.png", "words.jpg", "gone.png", "pipe.png",
    }  # fmt: skip
    assert sum(found.skipped_reasons.values()) == 7
    assert found.others == 1
    assert found.available == 37


def test_many_skipped_are_counted_and_some_listed(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for number in range(MOST_SKIPPED + 50):
            archive.writestr(f"{number}.png", "words")
        archive.write(__file__, "notes.py")
        image = tmp_path / "a.png"
        Image.new("L", (2, 2), 9).save(image)
        archive.write(image, "good.png")
    found = image_moments(tmp_path / "x.zip")
    assert found.skipped_count == MOST_SKIPPED + 50
    assert len(found.skipped) == MOST_SKIPPED
    assert found.images == 1


def test_reasons_are_counted_together_whatever_the_sizes(folder):
    found = image_moments(folder, crop=20)
    assert set(found.skipped_reasons) == {"it is smaller than the crop of 20 x 20"}
    assert found.skipped_count + found.images == 30


def test_nothing_readable_is_an_error_with_reasons(tmp_path):
    (tmp_path / "a.png").write_text("words")
    (tmp_path / "b.png").write_bytes(b"")
    with pytest.raises(
        InputError, match=r"none of the folder .* is: a\.png: it isn't an image.*; b\.png: it is empty"
    ):
        image_moments(tmp_path)


def test_floating_point_among_whole_numbers_is_refused(tmp_path):
    Image.fromarray(np.full((3, 3), 0.5, np.float32)).save(tmp_path / "a.tiff")
    Image.fromarray(np.full((3, 3), 128, np.uint8)).save(tmp_path / "b.png")
    with pytest.raises(InputError, match="1 are 8-bit, 1 are float"):
        image_moments(tmp_path)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
def test_images_that_hold_no_numbers_are_left_out(value):
    values = np.random.default_rng(1).uniform(size=(6, 4, 4))
    values[2, 1, 1] = value
    found = image_moments(values)
    assert found.images == 5
    assert found.mean[0] == pytest.approx(np.delete(values, 2, axis=0).mean())
    assert found.skipped[0].name == "2"


class StopError(Exception):
    """What interrupts a pass."""


@pytest.mark.parametrize("after", [1, 3, 6])
@pytest.mark.parametrize("options", [{}, {"resize": 8}, {"tolerance": 1e-6}])
def test_a_pass_that_was_cut_off_goes_on_with_the_same_bits(folder, tmp_path, after, options):
    calls = itertools.count(1)

    def stop(progress):
        if next(calls) == after:
            raise StopError

    with pytest.raises(StopError):
        image_moments(folder, resume=tmp_path / "kept.json", on_progress=stop, **options)
    seen = []
    found = image_moments(folder, resume=tmp_path / "kept.json", on_progress=seen.append, **options)
    assert same(found, image_moments(folder, **options))
    assert seen[0].images == (after + 1) * block_size(30)
    assert seen[-1].images == seen[-1].of == 30


def test_a_finished_pass_is_not_done_again(folder, tmp_path):
    first = image_moments(folder, resume=tmp_path / "kept.json")
    seen = []
    assert same(image_moments(folder, resume=tmp_path / "kept.json", on_progress=seen.append), first)
    assert seen == []


def test_sums_of_other_images_or_another_view_are_refused(folder, tmp_path):
    image_moments(folder, resume=tmp_path / "kept.json")
    with pytest.raises(InputError, match="is of others"):
        image_moments(folder, resume=tmp_path / "kept.json", resize=8)
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "00.png").unlink()
    with pytest.raises(InputError, match="is of others"):
        image_moments(tmp_path / "copy", resume=tmp_path / "kept.json")


POPULATION = np.random.default_rng(8).integers(
    0, 256, (3000, 1, 1), dtype=np.uint8
) // 3 + np.random.default_rng(9).integers(0, 100, (3000, 4, 4), dtype=np.uint8)


def test_a_tolerance_stops_early_and_keeps_its_word():
    found = image_moments(POPULATION, tolerance=0.02)
    assert found.looked_at < 1500
    assert not found.exact
    assert found.interval_of == "data set"
    for interval, truth in (
        (found.mean_interval[0], POPULATION.mean()),
        (found.std_interval[0], POPULATION.std()),
    ):
        assert interval[0] <= truth / 255 <= interval[1]
        assert interval[1] - interval[0] <= 2 * 0.02


def test_a_smaller_tolerance_looks_at_more_and_in_the_end_at_all():
    looked = [
        image_moments(POPULATION, tolerance=tolerance).looked_at for tolerance in (0.02, 0.01, 0.005, 1e-9)
    ]
    assert looked == sorted(set(looked))
    whole = image_moments(POPULATION, tolerance=1e-9)
    assert whole.exact
    assert whole.mean.tolist() == image_moments(POPULATION).mean.tolist()


def test_a_sample_depends_on_its_seed_and_not_on_workers():
    first = image_moments(POPULATION, tolerance=0.02, seed=1)
    assert same(first, image_moments(POPULATION, tolerance=0.02, seed=1))
    values = POPULATION / 255  # floating point, where the order of adding counts
    assert same(image_moments(values, tolerance=0.02), image_moments(values, tolerance=0.02, workers=2))
    assert not same(first, image_moments(POPULATION, tolerance=0.02, seed=2))


def test_a_smaller_tolerance_goes_on_from_a_larger_one(tmp_path):
    first = image_moments(POPULATION, tolerance=0.02, resume=tmp_path / "kept.json")
    seen = []
    second = image_moments(POPULATION, tolerance=0.01, resume=tmp_path / "kept.json", on_progress=seen.append)
    assert seen[0].images > first.looked_at
    assert second.mean.tolist() == image_moments(POPULATION, tolerance=0.01).mean.tolist()


def test_progress_says_how_sure_it_is():
    seen = []
    image_moments(POPULATION, tolerance=0.01, on_progress=seen.append)
    assert seen[0].half_width is None
    widths = [each.half_width for each in seen if each.half_width is not None]
    assert widths[-1] <= 0.01 < widths[0]


@pytest.mark.parametrize(
    "options",
    [
        {"workers": 0},
        {"workers": 1.5},
        {"tolerance": 0.0},
        {"tolerance": float("nan")},
        {"tolerance": 1.0},
        {"level": 1.0},
        {"seed": -1},
    ],
)
def test_refuses_options_that_can_not_be(folder, options):
    with pytest.raises(InputError, match=f"`{next(iter(options))}` must be"):
        image_moments(folder, **options)


def test_digits_that_everybody_has():
    from sklearn.datasets import load_digits

    images = (load_digits().images * 15).astype(np.uint8)
    assert image_moments(images).std[0] == pytest.approx(images.std() / 255)
