"""What a look at latents costs: processor time of each probe, on one thread.

    python benchmarks/probes.py [--bags 300] [--width 64] [--repeats 15]
    python benchmarks/probes.py --quick    # 3 repeats

Prints a table and ends with one line of JSON. `ratio`: the time of a mean cosine from the matrix of all pairs, as it is often written, over ours.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

import torch

from steelyard.watch.probes import (
    bag_cosine,
    dormant_fraction,
    effective_rank,
    geometry_of,
    isoscore,
    linear_probe,
    mean_cosine,
    mean_share,
)


def median_ms(call: Callable[[], object], *, repeats: int) -> float:
    call()
    taken = []
    for _ in range(repeats):
        began = time.process_time()
        call()
        taken.append(1000 * (time.process_time() - began))
    return statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bags", type=int, default=300)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    repeats = 3 if chosen.quick else chosen.repeats
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn(chosen.bags, 7, chosen.width, generator=generator) + 5
    words = torch.randint(0, 9, (chosen.bags, 7), generator=generator)
    calls: dict[str, Callable[[], object]] = {
        "mean cosine from all pairs": lambda: all_pairs(latents),
        "mean_cosine": lambda: mean_cosine(latents),
        "mean_share": lambda: mean_share(latents),
        "bag_cosine": lambda: bag_cosine(latents, words=words),
        "effective_rank": lambda: effective_rank(latents),
        "isoscore": lambda: isoscore(latents),
        "dormant_fraction": lambda: dormant_fraction(latents),
        "linear_probe": lambda: linear_probe(latents, words, seed=0),
        "geometry_of, without words": lambda: geometry_of(latents),
        "geometry_of, with words": lambda: geometry_of(latents, words=words),
    }
    found = {name: median_ms(call, repeats=repeats) for name, call in calls.items()}
    print(
        f"{chosen.bags * 7:,} vectors of {chosen.width} features; processor time of a call, median of {repeats}"
    )
    for name, ms in found.items():
        print(f"{name:28} {ms:8.2f} ms")
    ratio = round(found["mean cosine from all pairs"] / found["mean_cosine"], 1)
    print(
        json.dumps(
            {
                "benchmark": "probes",
                "ratio": ratio,
                "vectors": chosen.bags * 7,
                "width": chosen.width,
                "ms": found,
            }
        )
    )


def all_pairs(latents: torch.Tensor) -> float:
    """Return the mean cosine of different vectors from the matrix of all pairs."""
    unit = torch.nn.functional.normalize(latents.flatten(0, 1), dim=1)
    count = len(unit)
    return float(((unit @ unit.T).sum() - count) / (count * (count - 1)))


if __name__ == "__main__":
    main()
