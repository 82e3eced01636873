"""Normalisation as code to paste, for the libraries people use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.imaging.view import View

_Array = NDArray[np.float64]


def torch_text(mean: _Array, std: _Array, view: View, *, full: float = 255.0) -> str:
    """Return torchvision transforms.

    Args:
        mean: shape (channels,), 0-1 scale.
        std: shape (channels,).
        view: resizing and cropping.
        full: stored value that is white: 255, 65535, or 1 for floating point. ToTensor divides by 255 what has 8 bits, and nothing else.

    Raises:
        InputError: a standard deviation of 0.

    Example:
        >>> print(torch_text(np.array([0.5]), np.array([0.25]), View(resize=256, crop=224)))
        transforms.Compose([
            transforms.Grayscale(),
            transforms.Resize(256),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize(mean=[0.5], std=[0.25]),
        ])
    """
    _check(std)
    lines = []
    if len(mean) == 1 and full == 255:
        lines.append("transforms.Grayscale(),")
    elif view.mode != "auto" and full == 255:
        lines.append(f"transforms.Lambda(lambda image: image.convert({view.mode!r})),")
    if view.resize is not None:
        how = (
            ""
            if view.interpolation == "bilinear"
            else f", interpolation=transforms.InterpolationMode.{view.interpolation.upper()}"
        )
        lines.append(f"transforms.Resize({view.resize}{how}),")
    if view.crop is not None:
        lines.append(f"transforms.CenterCrop({view.crop}),")
    lines.append("transforms.ToTensor(),")
    if full == 65535:
        lines.append(f"transforms.Lambda(lambda values: values.float() / {full:.0f}),")
    lines += [f"transforms.Normalize(mean={_list(mean)}, std={_list(std)}),"]
    return "\n".join(("transforms.Compose([", *(f"    {line}" for line in lines), "])"))


def keras_text(mean: _Array, std: _Array, view: View, *, full: float = 255.0) -> str:
    """Return Keras layers for images of 0 to 255, resized and cropped already.

    Raises:
        InputError: a standard deviation of 0.

    Example:
        >>> print(keras_text(np.array([0.5]), np.array([0.25]), View()))
        keras.Sequential([
            keras.layers.Rescaling(1 / 255),
            keras.layers.Normalization(axis=-1, mean=[0.5], variance=[0.0625]),
        ])
    """
    del view  # Keras' own resizing is another formula: statistics of its result would differ
    _check(std)
    return (
        f"keras.Sequential([\n    keras.layers.Rescaling(1 / {full:.0f}),\n"
        f"    keras.layers.Normalization(axis=-1, mean={_list(mean)}, variance={_list(std * std)}),\n])"
    )


def albumentations_text(mean: _Array, std: _Array, view: View, *, full: float = 255.0) -> str:
    """Return albumentations transforms.

    Raises:
        InputError: a standard deviation of 0.

    Example:
        >>> print(albumentations_text(np.array([0.5, 0.4, 0.3]), np.array([0.25, 0.25, 0.2]), View()))
        A.Compose([
            A.Normalize(mean=[0.5, 0.4, 0.3], std=[0.25, 0.25, 0.2], max_pixel_value=255.0),
        ])
    """
    _check(std)
    lines = []
    if isinstance(view.resize, tuple):
        lines.append(f"A.Resize({view.resize[0]}, {view.resize[1]}),")
    elif view.resize is not None:
        lines.append(f"A.SmallestMaxSize({view.resize}),")
    if view.crop is not None:
        high, wide = view.crop if isinstance(view.crop, tuple) else (view.crop, view.crop)
        lines.append(f"A.CenterCrop({high}, {wide}),")
    lines.append(f"A.Normalize(mean={_list(mean)}, std={_list(std)}, max_pixel_value={full:.1f}),")
    return "\n".join(("A.Compose([", *(f"    {line}" for line in lines), "])"))


def _check(std: _Array) -> None:
    if not (std > 0).all():
        raise InputError(
            f"standard deviations must be above 0 to divide by them, but are {std.tolist()}: a channel is the same everywhere; leave it out"
        )


def _list(values: _Array) -> str:
    return f"[{', '.join(f'{each:.6g}' for each in values)}]"
