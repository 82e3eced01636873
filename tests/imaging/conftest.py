import pytest

from steelyard.imaging.classifier import ChestXRayClassifier
from steelyard.imaging.radiographs import simulate_radiographs

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
