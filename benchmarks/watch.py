"""What watching costs: steps of about 0.6, 4 and 30 ms, plain, plain once more (the control) and watched, in turns.

Processor time is measured, not the clock, so that a busy machine matters less; the first looks (half a second at most) are told apart from what
comes after them.

    python benchmarks/watch.py            # two minutes
    python benchmarks/watch.py --quick    # 3 s of processor time a size: the first looks aren't over then

Prints a table and ends with one line of JSON. `ratio`: the longest step watched over the same step plain.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as f

import steelyard

SIZES = {"0.6 ms": (32, 64, 64), "4 ms": (256, 384, 128), "30 ms": (768, 1024, 256)}
"""Name -> (inputs, width, batch); the true step time is printed."""


def training(inputs: int, width: int, batch: int, *, watched: bool) -> tuple[Callable[[], None], Any]:
    """Return a function that makes one step, and what watches it."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(inputs, width),
        nn.ReLU(),
        nn.Linear(width, width),
        nn.ReLU(),
        nn.Linear(width, width),
        nn.ReLU(),
        nn.Linear(width, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    rows, labels = torch.randn(batch, inputs), torch.randint(0, 10, (batch,))
    watching = steelyard.watch(model, optimizer, live=False) if watched else None

    def step() -> None:
        optimizer.zero_grad()
        loss = f.cross_entropy(model(rows), labels)
        loss.backward()
        optimizer.step()
        if watching is not None:
            watching.step(loss, targets=labels)

    return step, watching


def timed(step: Callable[[], None], steps: int) -> float:
    """Return the processor time of one step in milliseconds."""
    began = time.process_time()
    for _ in range(steps):
        step()
    return (time.process_time() - began) / steps * 1e3


def measured(name: str, *, seconds: float) -> dict[str, float | str]:
    """Return medians over rounds; each round has some steps of each kind, in turns."""
    kinds = {
        kind: training(*SIZES[name], watched=kind == "watched") for kind in ("plain", "control", "watched")
    }
    plain_ms = timed(kinds["plain"][0], 10)
    steps = max(5, round(100 / plain_ms))
    rounds = max(8, round(seconds * 1e3 / (3 * steps * plain_ms)))
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind, (step, _watching) in kinds.items():
            times[kind].append(timed(step, steps))
    late = {kind: values[len(values) // 2 :] for kind, values in times.items()}
    plain = statistics.median(late["plain"])
    watching = kinds["watched"][1]
    report = watching.close()
    return {
        "step": name,
        "plain_ms": plain,
        "control": statistics.median(late["control"]) / plain - 1,
        "watched": statistics.median(late["watched"]) / plain - 1,
        "watched_mean": statistics.fmean(late["watched"]) / statistics.fmean(late["plain"]) - 1,
        "first_half_extra_ms": statistics.fmean(times["watched"][: rounds // 2]) - plain,
        "own_share": report.overhead or 0.0,
        "looks": report.looks,
        "steps": report.steps,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="processor time for each size")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    seconds = 3.0 if options.quick else options.seconds
    torch.set_num_threads(1)
    rows = [measured(name, seconds=seconds) for name in SIZES]
    print(
        f"{'step':>7} {'plain':>9} {'control':>8} {'watched':>8} {'mean':>8} {'early':>9} {'looks':>6} {'steps':>6}"
    )
    for row in rows:
        print(
            f"{row['step']:>7} {row['plain_ms']:>7.3f}ms {row['control']:>+8.1%} {row['watched']:>+8.1%} {row['watched_mean']:>+8.1%}"
            f" {row['first_half_extra_ms']:>+7.3f}ms {row['looks']:>6} {row['steps']:>6}"
        )
    print(json.dumps({"benchmark": "watch", "ratio": round(1 + float(rows[-1]["watched"]), 3), "rows": rows}))


if __name__ == "__main__":
    main()
