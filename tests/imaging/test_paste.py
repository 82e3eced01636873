from __future__ import annotations

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.imaging import View, image_moments
from steelyard.imaging.paste import albumentations_text, keras_text, torch_text

IMAGES = np.random.default_rng(3).integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)


class Named:
    """Stands for a library: remembers what is called with what."""

    def __init__(self, name=""):
        self._name = name

    def __getattr__(self, name):
        return Named(f"{self._name}.{name}")

    def __call__(self, *positional, **named):
        return self._name, positional, named


def test_torch_text_runs_and_says_what_was_done():
    found = image_moments(IMAGES, resize=6, crop=(4, 5), mode="RGB", interpolation="bicubic")
    name, (steps,), _ = eval(found.to_torch(), {"transforms": Named("transforms")})
    assert name == "transforms.Compose"
    assert [step[0].rpartition(".")[2] for step in steps] == [
        "Lambda",
        "Resize",
        "CenterCrop",
        "ToTensor",
        "Normalize",
    ]
    assert steps[1][1] == (6,)
    assert steps[1][2]["interpolation"]._name == "transforms.InterpolationMode.BICUBIC"
    assert steps[2][1] == ((4, 5),)
    assert steps[4][2]["mean"] == pytest.approx(found.mean.tolist(), rel=1e-5)
    assert steps[4][2]["std"] == pytest.approx(found.std.tolist(), rel=1e-5)


def test_albumentations_text_runs():
    found = image_moments(IMAGES, resize=6, crop=4)
    _, (steps,), _ = eval(found.to_albumentations(), {"A": Named("A")})
    assert [step[0] for step in steps] == ["A.SmallestMaxSize", "A.CenterCrop", "A.Normalize"]
    assert steps[2][2]["max_pixel_value"] == 255.0
    text = albumentations_text(found.mean, found.std, View(resize=(5, 7)))
    assert "A.Resize(5, 7)" in text


@pytest.mark.slow  # importing Keras
def test_keras_text_normalises_to_mean_0_and_std_1(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    found = image_moments(IMAGES)
    layers = eval(found.to_keras(), {"keras": keras})
    out = np.asarray(layers(IMAGES.astype(np.float32)).detach().cpu())
    assert out.mean(axis=(0, 1, 2)) == pytest.approx([0, 0, 0], abs=1e-4)
    assert out.std(axis=(0, 1, 2)) == pytest.approx([1, 1, 1], abs=1e-4)


def test_16_bits_and_floating_point_have_other_full_scales():
    deep = image_moments(IMAGES.astype(np.uint16) * 257)
    assert "values.float() / 65535" in deep.to_torch()
    assert "Rescaling(1 / 65535)" in deep.to_keras()
    assert "max_pixel_value=65535.0" in deep.to_albumentations()
    floating = image_moments(IMAGES / 255)
    assert "65535" not in floating.to_torch()
    assert "max_pixel_value=1.0" in floating.to_albumentations()


@pytest.mark.parametrize("text", [torch_text, keras_text, albumentations_text])
def test_nothing_is_divided_by_0(text):
    with pytest.raises(InputError, match="must be above 0"):
        text(np.array([0.5]), np.array([0.0]), View())
