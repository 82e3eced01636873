"""Do class activation maps point at the findings? On simulated radiographs, whose masks are known.

Trains `ChestXRayClassifier` with a small backbone on simulated radiographs, then draws each finding's map for the images of other patients
that have it, and plays the pointing game: is the map's highest place within the finding? Beside it: a place drawn at random, the best place
that is the same for every image, and the same maps of the network before it learned (a control: what the architecture alone points at).

    python benchmarks/imaging_localisation.py            # 96x96, 3,000 images, 12 epochs: about a quarter of an hour on one core
    python benchmarks/imaging_localisation.py --quick    # 32x32, 600 images, 3 epochs: a minute

Prints a table and ends with one line of JSON. `ratio`: the mean share of hits over that of the best fixed place.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np

from steelyard.imaging import ChestXRayClassifier, pointing_game, simulate_radiographs
from steelyard.imaging.findings import FINDINGS
from steelyard.imaging.radiographs import Radiographs


def main() -> None:
    """Train, draw maps, and compare them with the masks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    size, images, tested, epochs, width = (32, 600, 300, 3, 8) if asked.quick else (96, 3000, 1500, 12, 16)
    drawn = simulate_radiographs(images, seed=asked.seed, size=size, contrast=2.0)
    new = simulate_radiographs(tested, seed=asked.seed + 1, size=size, contrast=2.0)

    began = time.perf_counter()
    learned = trained(drawn, size=size, width=width, epochs=epochs, rate=3e-3, seed=asked.seed)
    unlearned = trained(drawn, size=size, width=width, epochs=1, rate=1e-12, seed=asked.seed)
    seconds = time.perf_counter() - began
    areas = {each.finding: each.area for each in learned.evaluate(new.images, new.targets)}

    print(
        f"{size}x{size}, {images} images, {epochs} epochs, {seconds:.0f} s; {tested} images of other patients"
    )
    print(
        f"{'finding':<20}{'images':>7}{'AUROC':>7}{'hits':>7}{'95% interval':>16}{'fixed':>7}{'random':>8}{'untrained':>11}"
    )
    rows = {}
    for nth, finding in enumerate(FINDINGS):
        there = np.flatnonzero(new.targets[:, nth])
        masks = np.stack([new.mask(int(image), finding) for image in there])
        seen = masks.any(axis=(1, 2))
        there, masks = there[seen], masks[seen]
        maps = learned.activation_maps(new.images[there], finding=finding)
        found = pointing_game(maps, masks, patients=new.patients[there])
        control = pointing_game(unlearned.activation_maps(new.images[there], finding=finding), masks)
        print(
            f"{finding:<20}{found.images:>7}{areas[finding]:>7.3f}{found.share:>7.2f}{f'{found.low:.2f} to {found.high:.2f}':>16}"
            f"{found.fixed:>7.2f}{found.anywhere:>8.2f}{control.share:>11.2f}",
            flush=True,
        )
        rows[finding] = {**found.to_dict(), "auroc": areas[finding], "untrained": control.share}
    mean = {
        name: float(np.mean([row[name] for row in rows.values()]))
        for name in ("auroc", "share", "fixed", "anywhere", "untrained")
    }
    print(
        f"{'mean':<20}{'':>7}{mean['auroc']:>7.3f}{mean['share']:>7.2f}{'':>16}{mean['fixed']:>7.2f}{mean['anywhere']:>8.2f}{mean['untrained']:>11.2f}"
    )
    ratio = round(mean["share"] / mean["fixed"], 2)
    print(json.dumps({"benchmark": "imaging_localisation", "ratio": ratio, "mean": mean, "findings": rows}))


def trained(
    drawn: Radiographs, *, size: int, width: int, epochs: int, rate: float, seed: int
) -> ChestXRayClassifier:
    """Return a classifier with a small backbone."""
    model = ChestXRayClassifier(
        backbone=f"small:{width}", size=size, epochs=epochs, batch_size=32, learning_rate=rate, seed=seed
    )
    return model.fit(
        drawn.images,
        drawn.targets,
        patients=drawn.patients,
        on_epoch=lambda epoch: print(f"epoch {epoch.epoch}: {epoch.validation_loss:.4f}", file=sys.stderr),
    )


if __name__ == "__main__":
    main()
