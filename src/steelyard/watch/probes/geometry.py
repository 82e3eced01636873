"""The shape of a cloud of latents in a dozen numbers, cheap enough to be taken while a network trains."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.watch.probes.cosine import all_pairs_cosine, same_bag_cosine, share_of_mean, words_of
from steelyard.watch.probes.dormant import dormant_of
from steelyard.watch.probes.latents import Latents, latents_of
from steelyard.watch.probes.linear import LinearProbe, probe_rows
from steelyard.watch.probes.rank import isoscore_of, participation_of, rank_of, spectrum
from steelyard.weigh.scale import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """What a cloud of latents looks like; every number's meaning is that of the function of its name.

    Args:
        samples: vectors.
        width: features of each.
        mean_cosine: of all pairs.
        centred_mean_cosine: the same with the mean taken off.
        bag_cosine: of pairs in the same bag (of unlike words, where words were given); None without bags.
        centred_bag_cosine: the same with the mean over all bags taken off.
        mean_share: `|mean|^2 / E|x|^2`.
        effective_rank: of the centred vectors.
        participation_ratio: of the centred vectors.
        isoscore: of the centred vectors.
        dormant_fraction: of units.
        probe: how well words can be read; None where no words were given, or too few.
    """

    samples: int
    width: int
    mean_cosine: float
    centred_mean_cosine: float
    bag_cosine: float | None
    centred_bag_cosine: float | None
    mean_share: float
    effective_rank: float
    participation_ratio: float
    isoscore: float
    dormant_fraction: float
    probe: LinearProbe | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values; nan becomes None."""
        numbers = asdict(self)
        probe = numbers.pop("probe")
        return {
            **{name: plain(value) if isinstance(value, float) else value for name, value in numbers.items()},
            "probe": None
            if probe is None
            else {**probe, "skill": self.probe.skill, "reads": self.probe.reads},  # type: ignore[union-attr]  # there is one
        }


def geometry_of(latents: Any, *, mask: Any = None, words: Any = None, seed: int = 0) -> Geometry:
    """Return the geometry of latents.

    Args:
        latents: a torch tensor or array, shape (samples, width) or (batch, n, width).
        mask: True where there is a word, shape (samples,) or (batch, n).
        words: number of each vector's word, of the mask's shape; with them `probe` is taken and `bag_cosine` is of unlike words.
        seed: of the probe's folds and shuffled words.

    Raises:
        InputError: another shape, fewer than two vectors, or a number that isn't finite.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> words = rng.integers(0, 4, (100, 3))
        >>> latents = np.eye(4)[words] + 0.1 * rng.standard_normal((100, 3, 4)) + 5
        >>> found = geometry_of(latents, words=words)
        >>> round(found.mean_cosine, 2), round(found.mean_share, 2), round(found.centred_mean_cosine, 2)
        (0.99, 0.99, -0.0)
        >>> round(found.effective_rank, 1), found.probe.accuracy
        (3.5, 1.0)

    When it is wrong: no number here says whether a network learns. A high mean cosine is the shared mean; a low rank is right where little has to be
    told apart. Compare with the same network at initialisation, and judge by the return.
    """
    found = latents_of(latents, mask=mask)
    labels = words_of(words, latents, mask=mask)
    centred = found.centred()
    values = spectrum(centred, rounding=found.rounding)
    within: tuple[float | None, ...] = (None, None)
    if found.bags is not None:
        within = tuple(same_bag_cosine(rows, found.bags, words=labels) for rows in (found.rows, centred))
    return Geometry(
        samples=len(found.rows),
        width=found.rows.shape[1],
        mean_cosine=all_pairs_cosine(found.rows),
        centred_mean_cosine=all_pairs_cosine(centred),
        bag_cosine=within[0],
        centred_bag_cosine=within[1],
        mean_share=share_of_mean(found.rows),
        effective_rank=rank_of(values),
        participation_ratio=participation_of(values),
        isoscore=isoscore_of(values, width=found.rows.shape[1]),
        dormant_fraction=dormant_of(found.rows),
        probe=_probe(found, labels, seed=seed),
    )


def _probe(found: Latents, labels: NDArray[np.int64] | None, *, seed: int) -> LinearProbe | None:
    if labels is None or len(np.unique(labels)) < 2:
        return None
    groups = len(found.rows) if found.bags is None else len(np.unique(found.bags))
    return probe_rows(found, labels, bags=found.bags, seed=seed) if groups >= 5 else None
