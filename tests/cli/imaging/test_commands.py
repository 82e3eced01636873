import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from steelyard.cli.imaging import app
from steelyard.errors import InputError, SteelyardError
from steelyard.imaging.preparation import Preparation
from steelyard.imaging.radiographs import simulate_radiographs


def invoke(*arguments):
    done = CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "120", "NO_COLOR": "1"})
    if isinstance(done.exception, SteelyardError):
        raise done.exception
    return done


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("imaging") / "model"
    done = invoke(
        "fit", "simulated", "--backbone", "small:2", "--size", 32, "--images", 420, "--epochs", 1, "--batch-size", 64,
        "--out", folder, "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return folder, json.loads(done.stdout)


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    for nth, pixels in enumerate(simulate_radiographs(3, seed=5, size=48).images):
        Image.fromarray(pixels).save(folder / f"{nth}.png")
    return folder


def test_fit_says_what_it_found(model):
    folder, said = model
    assert (folder / "weights.safetensors").is_file()
    assert said["train_images"] + said["test_images"] == 420
    assert len(said["findings"]) == 14
    assert said["mean"]["low"] < said["mean"]["auroc"] < said["mean"]["high"]
    assert said["epochs"] == 1


def test_fit_again_trains_nothing_twice_and_prints_a_table(model):
    folder, _ = model
    done = invoke(
        "fit", "--backbone", "small:2", "--size", 32, "--images", 420, "--epochs", 1, "--batch-size", 64, "--out", folder
    )  # fmt: skip
    assert "Pleural_Thickening" in done.stdout
    assert "of other patients to test on (simulated radiographs" in " ".join(done.stdout.split())


def test_predict_prints_writes_and_draws(model, scans, tmp_path):
    done = invoke(
        "predict", model[0], scans, "--maps", tmp_path / "maps", "--out", tmp_path / "p.csv", "--json"
    )
    said = json.loads(done.stdout)
    assert len(said["images"]) == 3
    assert all(0 < value < 1 for name, value in said["images"][0].items() if name != "image")
    assert (tmp_path / "p.csv").read_text().startswith("image,Atelectasis,")
    pictures = sorted((tmp_path / "maps").iterdir())
    assert len(pictures) == 3
    with Image.open(pictures[0]) as picture:
        assert (picture.size, picture.mode) == ((32, 32), "RGB")
    table = invoke("predict", model[0], scans / "0.png")
    assert "most probable findings" in table.stdout
    one = invoke("predict", model[0], scans / "0.png", "--maps", tmp_path / "m", "--finding", "Mass")
    assert one.exit_code == 0
    assert [path.name for path in (tmp_path / "m").iterdir()] == ["00000-0-Mass.png"]


def test_predict_refuses_what_it_can_not_do(model, scans, tmp_path):
    for arguments, said in (
        ((model[0], tmp_path / "none.png"), "there is nothing at"),
        ((model[0], scans, "--out", "p.txt"), "must end in .csv"),
        ((model[0], scans, "--finding", "Mass"), "must go with --maps"),
        ((model[0], scans, "--finding", "Luck", "--maps", tmp_path / "m"), "--finding must be one of"),
        ((tmp_path, scans), "must hold a saved classifier"),
    ):
        with pytest.raises(InputError, match=said):
            invoke("predict", *arguments)


def test_check_finds_and_is_silent(model, tmp_path):
    images = simulate_radiographs(8, seed=0, size=32).images
    np.save(tmp_path / "good.npy", Preparation(size=32).batch(images, range(8)).numpy())
    np.save(tmp_path / "bad.npy", Preparation(size=32, times=2).batch(images, range(8)).numpy())
    good = invoke("check", tmp_path / "good.npy", "--model", model[0])
    assert (good.exit_code, good.stdout) == (
        0,
        "nothing found in 8x3x32x32 values: the batch looks as the weights expect it\n",
    )
    bad = invoke("check", tmp_path / "bad.npy", "--json")
    assert bad.exit_code == 1
    assert json.loads(bad.stdout)["findings"][0]["name"] == "input-normalised-twice"
    size = invoke("check", tmp_path / "good.npy", "--size", 224)
    assert size.stdout.startswith("warning: D08 input-shape")
    other = invoke("check", tmp_path / "good.npy", "--mean", "0,0,0", "--std", "1,1,1")
    assert other.exit_code == 1


def test_check_refuses_what_is_not_a_batch(tmp_path):
    (tmp_path / "text.npy").write_text("text")
    np.save(tmp_path / "b.npy", np.zeros((1, 3, 4, 4)))
    for arguments, said in (
        ((tmp_path / "text.npy",), "must be an array that numpy.save wrote"),
        ((tmp_path / "none.npy",), "must be an array that numpy.save wrote"),
        ((tmp_path / "b.npy", "--mean", "1"), "must go together"),
        ((tmp_path / "b.npy", "--mean", "a,b", "--std", "1,1"), "must be numbers with commas"),
    ):
        with pytest.raises(InputError, match=said):
            invoke("check", *arguments)


def test_fit_refuses_what_is_not_radiographs(tmp_path):
    with pytest.raises(InputError, match="must hold one table"):
        invoke("fit", tmp_path)
    with pytest.raises(InputError, match="must be at least 50"):
        invoke("fit", "--images", 10)
