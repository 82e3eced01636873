from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from steelyard.cli.imaging.moments import size
from steelyard.cli.main import app, main
from steelyard.errors import InputError
from steelyard.imaging import ImageMoments, image_moments


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(2)
    (tmp_path / "train").mkdir()
    for number in range(12):
        values = rng.integers(0, 256, (10, 14, 3), dtype=np.uint8)
        Image.fromarray(values).save(tmp_path / f"train/{number}.png")
    return tmp_path / "train"


def run(*arguments):
    done = CliRunner().invoke(app, ["imaging", "moments", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_prints_numbers_mistakes_and_what_to_paste(folder):
    shown = " ".join(run(folder).split())
    found = image_moments(folder)
    assert f"red {found.mean[0]:.4f} ±" in shown
    assert "12 images, 1,680 pixels (14 x 10, 8-bit)" in shown
    assert "Exact (sums of whole numbers)" in shown
    assert "mean-of-image-stds" in shown
    assert found.to_torch().split("mean=")[1].split("]")[0] in shown


def test_prints_the_same_as_json(folder):
    shown = json.loads(run(folder, "--json", "--resize", "8", "--crop", "8x6"))
    found = image_moments(folder, resize=8, crop=(8, 6))
    assert shown["moments"] == json.loads(json.dumps(found.to_json()))
    assert set(shown["paste"]) == {"torch", "keras", "albumentations"}
    assert {each["name"]: each["measured"] for each in shown["mistakes"]}["statistics-before-resizing"]


def test_writes_the_result_and_goes_on_from_what_was_kept(folder, tmp_path):
    run(folder, "--out", tmp_path / "moments.json", "--resume", tmp_path / "kept.json")
    assert ImageMoments.load(tmp_path / "moments.json").images == 12
    assert "12 images" in run(folder, "--resume", tmp_path / "kept.json")


def test_test_images_are_measured(folder, tmp_path):
    shown = json.loads(run(folder, "--json", "--test-folder", folder))
    test = next(each for each in shown["mistakes"] if each["name"] == "test-set-statistics")
    assert test["values"]["mean_apart"] == [0.0, 0.0, 0.0]
    assert shown["test"]["images"] == 12


def test_a_table_of_paths_with_test_images_in_a_folder(folder):
    table = folder.parent / "train.csv"
    table.write_text("which\ntrain/1.png\ntrain/2.png\n")
    shown = json.loads(run(table, "--column", "which", "--json", "--test", folder))
    assert (shown["moments"]["images"], shown["test"]["images"]) == (2, 12)


def test_says_what_was_left_out(folder):
    (folder / "bad.png").write_text("words [bold]not markup[/bold]")
    (folder / "[red]x.png").write_bytes(b"")
    (folder / "notes.txt").write_text("words")
    shown = run(folder)
    assert "Left out: 2 images" in shown
    assert "[red]x.png: it is empty" in shown
    assert "Passed over: 1 files" in shown


def test_a_sample_says_so(folder):
    rng = np.random.default_rng(1)
    np.save(folder.parent / "x.npy", rng.integers(100, 110, (2000, 2, 2), dtype=np.uint8))
    shown = " ".join(run(folder.parent / "x.npy", "--tolerance", "0.02").split())
    assert "From a random sample of" in shown
    assert "of 2,000 images" in shown


def test_12_bits_in_16_are_pointed_at(folder):
    np.save(folder.parent / "x.npy", np.arange(4096, dtype=np.uint16).reshape(4, 32, 32))
    assert "12-bit values in 16-bit files" in run(folder.parent / "x.npy")


def test_constant_images_have_no_transform(folder):
    np.save(folder.parent / "x.npy", np.full((3, 4, 4), 7, np.uint8))
    assert "there is no transform" in run(folder.parent / "x.npy")
    assert json.loads(run(folder.parent / "x.npy", "--json"))["paste"]["torch"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone"], "must exist"),
        (["train", "--resize", "x"], "--resize must be a side"),
        (["train", "--crop", "9999"], "at least one image must be readable"),
        (["train", "--mode", "BGR"], "`mode` must be one of"),
        (["train", "--paste", "jax"], "--paste must be one of"),
        (["train", "--tolerance", "2"], "`tolerance` must be"),
        (["train", "--column", "x"], "must come with a table"),
    ],
)
def test_bad_input_ends_with_code_2_and_one_line(folder, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(folder.parent)
    monkeypatch.setattr("sys.argv", ["steelyard", "imaging", "moments", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in shown
    assert "Traceback" not in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize("text", ["", "x", "1x2x3", "-5", "2.5", "²"])
def test_sizes_that_are_none(text):
    with pytest.raises(InputError, match="--crop must be a side"):
        size(text, "--crop")
