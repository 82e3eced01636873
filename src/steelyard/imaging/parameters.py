"""What has to hold of a classifier's parameters and of what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.imaging.images import Images, as_images
from steelyard.imaging.training import Examples, Recipe


def check_recipe(recipe: Recipe) -> None:
    """Refuse a recipe that nothing can be trained by.

    Raises:
        InputError: a number out of range, or a word that isn't known.
    """
    for name, least in (
        ("epochs", 1),
        ("batch_size", 2),
        ("plateau", 1),
        ("patience", 1),
        ("workers", 0),
        ("seed", 0),
    ):
        value = getattr(recipe, name)
        if not isinstance(value, int) or value < least:
            raise InputError(f"`{name}` must be a whole number of at least {least}, but got {value!r}")
    if not (recipe.learning_rate > 0 and recipe.weight_decay >= 0):
        raise InputError(
            f"`learning_rate` must be positive and `weight_decay` at least 0, but got {recipe.learning_rate} and {recipe.weight_decay}"
        )
    if not (0 < recipe.decay < 1 and 0 <= recipe.flip <= 1):
        raise InputError(
            f"`decay` must lie in (0, 1) and `flip` in [0, 1], but got {recipe.decay} and {recipe.flip}"
        )
    for name, known in (
        ("trainable", ("all", "all but batch norm", "head")),
        ("precision", ("auto", "float32", "bfloat16")),
    ):
        if getattr(recipe, name) not in known:
            raise InputError(f"`{name}` must be one of {', '.join(known)}, but got {getattr(recipe, name)!r}")


def labelled(images: Any, targets: Any, *, findings: Sequence[str]) -> Examples:
    """Return images with their targets, float32, shape (images, findings).

    Raises:
        InputError: what `as_images` raises, another shape, values other than 0 and 1.
    """
    read: Images = as_images(images)
    values = np.asarray(targets)
    if values.shape != (len(read), len(findings)):
        raise InputError(
            f"targets must have shape ({len(read)}, {len(findings)}), one row an image and one column a finding, but got {values.shape}"
        )
    if not np.isin(values, (0, 1)).all():
        raise InputError(f"targets must be 0 or 1, but got {values[~np.isin(values, (0, 1))][0]}")
    return Examples(images=read, targets=values.astype(np.float32))


def check_learnable(targets: NDArray[np.float32], findings: Sequence[str]) -> None:
    """Refuse findings that no training image has, or that all have.

    Raises:
        InputError: such a finding.
    """
    share = targets.mean(axis=0)
    bad = [name for name, each in zip(findings, share, strict=True) if each in {0.0, 1.0}]
    if bad:
        raise InputError(
            f"every finding must be in some training images and missing in others, but {', '.join(bad)} {'is' if len(bad) == 1 else 'are'} not; "
            "leave it out of `findings`, or train on more images"
        )


def held_out(
    images: int, patients: Any, *, share: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of images to learn from and of those held out for validation; no patient is on both sides.

    Args:
        images: how many there are.
        patients: a name or number for each image's patient, None: every image is a patient's only one.
        share: of patients to hold out, in (0, 1).
        seed: of the draw.

    Raises:
        InputError: a share outside (0, 1), names that aren't one an image, or fewer than two patients.

    Example:
        >>> train, validation = held_out(6, ["a", "a", "b", "b", "c", "d"], share=0.3, seed=0)
        >>> len(train) + len(validation)
        6
    """
    if not 0 < share < 1:
        raise InputError(f"`validation_share` must lie in (0, 1), but got {share}")
    names = np.arange(images) if patients is None else np.asarray(patients)
    if names.shape != (images,):
        raise InputError(f"`patients` must name one for each of {images} images, but got shape {names.shape}")
    _, numbers = np.unique(names, return_inverse=True)
    count = int(numbers.max()) + 1
    if count < 2:
        raise InputError(
            "there must be at least 2 patients, one to learn from and one to validate on, but got 1"
        )
    out = np.random.default_rng([seed, 2]).permutation(count)[: min(max(1, round(share * count)), count - 1)]
    held = np.isin(numbers, out)
    return np.flatnonzero(~held), np.flatnonzero(held)
