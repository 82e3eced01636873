"""The variance of areas under ROC curves: DeLong's for single images, Obuchowski's for several images a patient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steelyard.imaging.roc.placements import Placements

_Array = NDArray[np.float64]


def covariance(
    found: Sequence[Placements],
    present: Sequence[NDArray[np.bool_]],
    patients: NDArray[np.int64] | None = None,
) -> _Array:
    """Return the covariance of several areas on the same images, shape (areas, areas).

    Each area's error is, to first order, a sum of one number an image: (placement - area) / how many images of its kind there
    are. Without patients, the sums over images with and without the finding are taken for independent and each gets its divisor
    n - 1 (DeLong et al. 1988, eq. 4 to 6). With patients, those numbers are first added up within a patient (Obuchowski 1997,
    eq. 1 to 3), so that several images of one patient, with the finding or without, may be as alike as they like; the patients'
    sums get I / (I - 1).

    Args:
        found: placement values of each area.
        present: which images have the finding, one an area, each of shape (images,).
        patients: number of each image's patient, from 0, shape (images,); None: no two images are of one patient, and
            all areas have the same `present`.

    When it is wrong: it is a large-sample formula. With fewer than about 30 images (patients) of the rarer kind the interval is
    too narrow, and when every image is ranked right it is 0.
    """
    if patients is None:
        positive = np.stack([each.positive for each in found])
        negative = np.stack([each.negative for each in found])
        return np.asarray(_of_rows(positive) / positive.shape[1] + _of_rows(negative) / negative.shape[1])
    count = int(patients.max()) + 1
    sums = np.stack(
        [
            np.bincount(patients, weights=influence(each, which), minlength=count)
            for each, which in zip(found, present, strict=True)
        ]
    )
    return np.asarray(sums @ sums.T * (count / (count - 1)))


def influence(found: Placements, present: NDArray[np.bool_]) -> _Array:
    """Return what each image adds to an area's error, shape (images,); the sum is 0.

    Obuchowski's sum S10 / M + S01 / N + 2 S11 / (M N) over patients is the sum of squares of these, added up by patient, apart
    from her factors I10 / (I10 - 1) and I01 / (I01 - 1), for which one factor I / (I - 1) stands here: they differ by less
    than one part in the number of patients of the rarer kind.
    """
    area = found.area
    each = np.empty(len(present))
    each[present] = (found.positive - area) / len(found.positive)
    each[~present] = (found.negative - area) / len(found.negative)
    return each


def _of_rows(rows: _Array) -> _Array:
    centred = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(centred @ centred.T / max(rows.shape[1] - 1, 1))
