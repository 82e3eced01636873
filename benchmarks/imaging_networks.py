"""DenseNet-121 against torchvision's or timm's: the same outputs layer by layer, and images a second at equal size.

Ours starts from the peer's own weights. Compared are the maps after every block and the logits, in evaluation and in training mode, with
the gradients of a training step; then images a second of inference (ours as `ChestXRayClassifier.predict` runs it, fused) and of training
steps (forward, backward, Adam). Both run in turn on the same batches in one process, on one thread; a rate is the best of several
rounds, and the ratio is the median over rounds of theirs over ours in seconds, so that a busy machine slows both.

    python benchmarks/imaging_networks.py            # 224x224, 5 rounds
    python benchmarks/imaging_networks.py --quick    # 2 rounds, batches of 4

Prints a table and ends with one line of JSON. Needs torchvision, or timm (its networks run without torchvision, which is then stood in
for by empty classes: its data readers import some, DenseNet uses none).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
import types
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec

import torch
from torch import Tensor, nn

from steelyard.imaging.densenet import DenseNet, FusedDenseNet
from steelyard.imaging.losses import WeightedCrossEntropy

OUTPUTS = 14
GOAL = 1.0
_BLOCKS = ("denseblock1", "denseblock2", "denseblock3", "denseblock4", "norm5")


class Anything(type):
    """A class that has every attribute: its own name."""

    def __getattr__(cls, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return name


class StandIn(types.ModuleType):
    """A module of torchvision that has whatever is asked of it, as an empty class."""

    __path__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (nn.Module,), {})


class StandIns(MetaPathFinder, Loader):
    """Let timm's data readers import names of a torchvision that isn't there; its networks use none of them."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:  # noqa: ARG002
        """Return where such a name comes from: here."""
        ours = fullname.partition(".")[0] == "torchvision"
        return ModuleSpec(fullname, self, is_package=True) if ours else None

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """Return the stand-in."""
        return StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run nothing."""


def peer() -> tuple[str, nn.Module] | None:
    """Return the peer's name with its version, and its network with fresh weights; None where there is none."""
    if find_spec("torchvision") is not None:
        import torchvision

        return f"torchvision {torchvision.__version__}", torchvision.models.densenet121(num_classes=OUTPUTS)
    if find_spec("timm") is None:
        return None
    sys.meta_path.append(StandIns())
    import timm

    return f"timm {timm.__version__}", timm.create_model("densenet121", num_classes=OUTPUTS)


def largest_difference(ours: nn.Module, theirs: nn.Module, images: Tensor) -> dict[str, float]:
    """Return the largest relative difference of each block's maps, of the logits and of the gradients."""
    found: dict[str, float] = {}
    for mode in ("eval", "train"):
        kept: dict[str, list[Tensor]] = {name: [] for name in _BLOCKS}
        logits = []
        for network in (ours, theirs):
            network.train(mode == "train")
            hooks = [
                network.features.get_submodule(name).register_forward_hook(
                    lambda _, __, out, into=kept[name]: into.append(out.detach().clone())
                )
                for name in _BLOCKS
            ]
            network.zero_grad()
            out = network(images)
            out.square().sum().backward()
            logits.append(out.detach())
            for hook in hooks:
                hook.remove()
        for name, maps in kept.items():
            # timm's last norm has its ReLU inside.
            found[f"{mode}: {name}"] = relative(*(each.relu() if name == "norm5" else each for each in maps))
        found[f"{mode}: logits"] = relative(*logits)
        found[f"{mode}: gradients"] = max(
            relative(a.grad, b.grad) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True)
        )
    with torch.inference_mode():
        found["fused: logits"] = relative(FusedDenseNet(ours)(images), theirs.eval()(images))
    return found


def relative(a: Tensor, b: Tensor) -> float:
    return float((a - b).abs().max() / b.abs().max().clamp_min(1e-30))


def seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def inference(network: nn.Module, images: Tensor) -> Callable[[], object]:
    network.eval()

    def run() -> object:
        with torch.inference_mode():
            return network(images)

    return run


def step(network: nn.Module, images: Tensor, targets: Tensor) -> Callable[[], object]:
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    loss = WeightedCrossEntropy(positives=(0.1,) * OUTPUTS)

    def run() -> object:
        network.train()
        optimizer.zero_grad(set_to_none=True)
        loss(network(images), targets).backward()
        return optimizer.step()

    return run


def side_by_side(
    ours: Callable[[], object], theirs: Callable[[], object], *, images: int, rounds: int
) -> dict[str, float]:
    ours(), theirs()  # to warm up
    times = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    return {
        "ours_images_per_s": images / min(each for each, _ in times),
        "theirs_images_per_s": images / min(each for _, each in times),
        "ratio": statistics.median(b / a for a, b in times),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--size", type=int, default=224)
    given = arguments.parse_args()
    rounds, batch = (2, 4) if given.quick else (5, 8)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    found = peer()
    if found is None:
        print("nothing to compare with: neither torchvision nor timm is installed")
        print(json.dumps({"benchmark": "imaging_networks", "ratio": None}))
        return
    name, theirs = found
    ours = DenseNet(outputs=OUTPUTS)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    images = torch.randn(batch, 3, given.size, given.size)
    targets = (torch.rand(batch, OUTPUTS) < 0.1).float()
    differences = largest_difference(ours.double(), theirs.double(), images[:2, :, :96, :96].double())
    worst = max(differences, key=lambda key: differences[key])
    print(
        f"{len(differences)} comparisons with {name} in double precision: largest relative difference {differences[worst]:.1e} ({worst})"
    )
    ours, theirs = ours.float(), theirs.float()
    rows = {
        "inference": side_by_side(
            inference(FusedDenseNet(ours), images), inference(theirs, images), images=batch, rounds=rounds
        ),
        "training": side_by_side(
            step(ours, images, targets), step(theirs, images, targets), images=batch, rounds=rounds
        ),
    }
    print(f"{'':12}{'ours':>12}{name:>18}{'ratio':>8}   images a second, batches of {batch}, one thread")
    for what, row in rows.items():
        print(
            f"{what:12}{row['ours_images_per_s']:12.2f}{row['theirs_images_per_s']:18.2f}{row['ratio']:8.2f}"
        )
    ratio = min(row["ratio"] for row in rows.values())
    print(
        json.dumps(
            {
                "benchmark": "imaging_networks",
                "peer": name,
                "ratio": ratio,
                "goal": GOAL,
                "largest_difference": differences[worst],
                **rows,
            }
        )
    )


if __name__ == "__main__":
    main()
