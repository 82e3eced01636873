import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from steelyard.errors import InputError
from steelyard.topics.estimator import LatentDirichletAllocation


@pytest.fixture(scope="module")
def kept(simulated, tmp_path_factory):
    corpus, _, _ = simulated(documents=12)
    model = LatentDirichletAllocation(2, max_iter=8, random_state=np.random.RandomState(3)).fit(corpus)
    return model.save(tmp_path_factory.mktemp("kept") / "fit")


@pytest.fixture
def folder(kept, tmp_path):
    return shutil.copytree(kept, tmp_path / "fit")


def change_arrays(folder, **changes):
    arrays = load_file(folder / "topics.safetensors")
    arrays.update({name.replace("__", "."): value for name, value in changes.items()})
    save_file(
        {name: value for name, value in arrays.items() if value is not None}, folder / "topics.safetensors"
    )


def change_description(folder, **changes):
    path = folder / "topics.json"
    described = json.loads(path.read_text())
    path.write_text(json.dumps({**described, **changes}))


def test_a_generator_is_kept_as_the_seed_that_it_drew(folder):
    model = LatentDirichletAllocation.load(folder)
    assert model.random_state is None
    assert model._seed == int(np.random.RandomState(3).randint(2**31 - 1))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: (f / "topics.json").unlink(), "must hold saved topics"),
        (lambda f: (f / "topics.safetensors").unlink(), "must hold saved topics"),
        (lambda f: (f / "topics.json").write_text("{"), "must hold saved topics"),
        (lambda f: (f / "topics.json").write_text("[1]"), "must hold saved topics"),
        (lambda f: (f / "topics.safetensors").write_bytes(b"\xff" * 64), "must hold saved topics"),
        (lambda f: change_description(f, format=2), "must be of format 1, but is of format 2"),
        (lambda f: change_description(f, chains=[]), "no chains"),
        (lambda f: change_description(f, parameters={"n_topics": 3}), "unknown parameters"),
        (lambda f: change_description(f, vocabulary=["a"]), "words must be numbers from 0 to 0"),
        (
            lambda f: change_arrays(f, **{"0__assignments": np.full(3, 0, dtype=np.int32)}),
            "other shapes: assignments",
        ),
        (
            lambda f: change_arrays(f, **{"0__word_counts": np.full((2, 40), np.nan)}),
            "negative or not finite",
        ),
        (lambda f: change_arrays(f, **{"0__doc_shares": np.full((12, 2), -1.0)}), "negative or not finite"),
        (lambda f: change_arrays(f, **{"0__alpha": None}), "must hold saved topics"),
        (lambda f: change_arrays(f, trace_kept=np.zeros(2, dtype=np.uint8)), "other shapes: trace"),
    ],
)
def test_refuses_folders_that_no_fit_left(folder, spoil, message):
    spoil(folder)
    with pytest.raises(InputError, match=message):
        LatentDirichletAllocation.load(folder)


def test_refuses_assignments_that_are_no_topics(folder):
    tokens = len(load_file(folder / "topics.safetensors")["words"])
    change_arrays(folder, **{"0__assignments": np.full(tokens, 2, dtype=np.int32)})
    with pytest.raises(InputError, match="assignments that aren't topics"):
        LatentDirichletAllocation.load(folder)


def test_refuses_a_folder_that_cannot_be_written(simulated, tmp_path):
    (tmp_path / "file").write_text("")
    model = LatentDirichletAllocation(2, max_iter=2).fit(simulated(documents=5)[0])
    with pytest.raises(InputError, match="must be a folder that can be written"):
        model.save(tmp_path / "file" / "fit")
