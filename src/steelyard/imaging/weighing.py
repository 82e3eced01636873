"""What a mean AUROC means on given images: chance, a regression on pixels, and what to know about them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from steelyard.imaging.dataset import SIDE, Dataset, Labelled
from steelyard.imaging.roc import mean_auroc
from steelyard.weigh.scale import ReferencePoint, Scale

_MOST_PIXELS = 16
_PENALTY = 0.01


def auroc_scale(dataset: Dataset, *, images: int) -> Scale:
    """Return the scale of the mean AUROC on a data set's test images, higher is better.

    The baseline is chance; a logistic regression on the pixels of as many images as a network learns from is a further point; the
    floor is 1, every image ranked right.

    Args:
        dataset: its target is learned, its test images are ranked.
        images: how many are learned from.
    """
    chance = ReferencePoint(name="chance", value=0.5, meaning="scores that know nothing of the images")
    pixels = ReferencePoint(
        name="pixels",
        value=_pixels_score(dataset, images=images),
        meaning=f"logistic regression on the pixels, averaged to {_MOST_PIXELS}x{_MOST_PIXELS}, of {images} images",
    )
    perfect = ReferencePoint(
        name="perfect", value=1.0, meaning="every image with a finding above every one without"
    )
    return Scale(
        loss="mean AUROC",
        unit="",
        direction="higher",
        baseline=chance,
        floor=perfect,
        references=(chance, pixels, perfect),
        notes=("1 may not be attainable: small and faint findings drown in noise.",),
    )


def notes(dataset: Dataset, *, setting: str) -> tuple[str, ...]:
    """Return what to know before trusting an answer, each a sentence."""
    found = [
        "Each seed pretrains anew, draws the target images that are learned from, a head and an order; the test images are the same for all.",
        "AUROC asks how well images are ranked, whatever the probabilities say; `log_loss` (nats a finding) asks for these too.",
        "Everything is a small residual network on 32x32 pixels: large networks on large images may answer otherwise.",
    ]
    if "simulated" in dataset.target_name:
        found.append("The target is simulated; nothing here is a statement about patients.")
    if setting == "quick":
        found.append("The quick setting trains briefly; `--full` trains a wider network for longer.")
    return tuple(found)


def _pixels_score(dataset: Dataset, *, images: int) -> float:
    learn, test = _pixels(dataset.target)[:images], _pixels(dataset.test)
    mean, std = learn.mean(axis=0), learn.std(axis=0) + 1e-6
    scores = np.zeros(dataset.test.targets.shape)
    for nth in range(dataset.test.targets.shape[1]):
        present = dataset.target.targets[: len(learn), nth] > 0.5
        if 0 < present.sum() < len(present):
            model = LogisticRegression(C=_PENALTY, max_iter=1000).fit((learn - mean) / std, present)
            scores[:, nth] = model.decision_function((test - mean) / std)
    return mean_auroc(dataset.test.targets, scores).area


def _pixels(labelled: Labelled) -> NDArray[np.float64]:
    images = labelled.images
    step = SIDE // _MOST_PIXELS
    blocks: NDArray[Any] = images.reshape(len(images), _MOST_PIXELS, step, _MOST_PIXELS, step, -1)
    return np.asarray(blocks.mean(axis=(2, 4)).reshape(len(images), -1))
