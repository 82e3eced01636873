from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from steelyard.imaging.classifier import ChestXRayClassifier
from steelyard.imaging.radiographs import simulate_radiographs


@pytest.fixture(scope="session")
def pictures():
    """Return 30 colour images of several sizes that differ in brightness and contrast."""
    rng = np.random.default_rng(11)
    found = []
    for _ in range(30):
        height, width = rng.integers(5, 40, 2)
        values = rng.normal(rng.uniform(30, 220), rng.uniform(5, 60), (height, width, 3)) + rng.uniform(
            -30, 30, 3
        )
        found.append(np.clip(values, 0, 255).astype(np.uint8))
    return found


@pytest.fixture(scope="session")
def folder(tmp_path_factory, pictures):
    """Return a folder with those images as PNG."""
    path = tmp_path_factory.mktemp("pictures")
    for number, values in enumerate(pictures):
        Image.fromarray(values).save(path / f"{number:02}.png")
    return path


SMALL = {"backbone": "small:4", "size": 32, "batch_size": 32, "learning_rate": 0.005, "workers": 0}


@pytest.fixture(scope="session")
def drawn():
    """Simulated radiographs of high contrast, 32 pixels a side."""
    return simulate_radiographs(300, seed=0, size=32, contrast=2.0)


@pytest.fixture(scope="session")
def fitted(drawn):
    """A small classifier trained for three epochs."""
    model = ChestXRayClassifier(**SMALL, epochs=3)
    return model.fit(drawn.images, drawn.targets, patients=drawn.patients)
