"""Files of weights that others wrote: torchvision's, the old ones of CheXNet's time, safetensors; no pickled code is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from steelyard.errors import InputError

_OLD_NAME = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12])\.")
_PREFIXES = ("module.", "model.", "densenet121.")
_WRAPPERS = ("state_dict", "model_state_dict", "model")


def read_weights(path: str | Path) -> dict[str, Tensor]:
    """Return a file's weights under torchvision's present names.

    Old names (`denselayer1.norm.1.weight`, from before PyTorch 0.4) get their present form; the prefixes that `DataParallel` and
    wrapper classes add (`module.`, `densenet121.`) are dropped; `classifier.0.` of a head in a `Sequential` becomes `classifier.`.

    Args:
        path: `.safetensors`, or a file of `torch.save` (read with `weights_only=True`: tensors, never code).

    Raises:
        InputError: no such file, or one that isn't weights.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"`weights` must be a file, but there is none at {path}")
    try:
        found: Any = (
            load_file(path)
            if path.suffix == ".safetensors"
            else torch.load(path, map_location="cpu", weights_only=True)
        )
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, UnpicklingError, SafetensorError) as error:
        raise InputError(
            f"{path} must hold weights (.safetensors, or tensors that torch.save wrote), but reading it failed: {_first_line(error)}"
        ) from error
    for wrapper in _WRAPPERS:
        if isinstance(found, Mapping) and isinstance(found.get(wrapper), Mapping):
            found = found[wrapper]
    if not (isinstance(found, Mapping) and found and all(torch.is_tensor(each) for each in found.values())):
        raise InputError(
            f"{path} must hold a state dict (name -> tensor), but holds {type(found).__name__}; save `model.state_dict()`"
        )
    return {present_name(str(name)): tensor for name, tensor in found.items()}


def present_name(name: str) -> str:
    """Return the name that a parameter has in today's torchvision.

    Example:
        >>> present_name("module.densenet121.features.denseblock1.denselayer2.norm.1.weight")
        'features.denseblock1.denselayer2.norm1.weight'
        >>> present_name("module.densenet121.classifier.0.bias")
        'classifier.bias'
    """
    while any(name.startswith(prefix) for prefix in _PREFIXES):
        name = name.split(".", 1)[1]
    return _OLD_NAME.sub(r"\1\2.", name).replace("classifier.0.", "classifier.")


def start_from(network: nn.Module, weights: Mapping[str, Tensor], *, source: str, head: str) -> bool:
    """Give a network other weights, in place, and return whether the head's were among those that fit.

    Args:
        network: any module.
        weights: by name; all but the head's must be there, with their shapes.
        source: where the weights are from, for messages.
        head: name of the module that reads the features; left as it is when its shape differs or it isn't there, as after
            pretraining on other classes.

    Raises:
        InputError: weights that are missing, of another shape, or that the network doesn't have.
    """
    own = network.state_dict()
    kept, head_fits = dict(weights), True
    for name in [name for name in own if name.startswith(f"{head}.")]:
        if name not in kept or kept[name].shape != own[name].shape:
            head_fits = False
    if not head_fits:
        kept = {name: tensor for name, tensor in kept.items() if not name.startswith(f"{head}.")}
    missing = [
        name
        for name in own
        if name not in kept and not name.endswith("num_batches_tracked") and not name.startswith(f"{head}.")
    ]
    unknown = [name for name in kept if name not in own]
    shaped = [name for name in kept if name in own and kept[name].shape != own[name].shape]
    for what, names in (("lack", missing), ("also have", unknown), ("have another shape for", shaped)):
        if names:
            raise InputError(
                f"the weights of {source} must fit the network, but they {what} {names[0]}"
                f"{f' and {len(names) - 1} more' if len(names) > 1 else ''}; choose the backbone that they were trained with"
            )
    network.load_state_dict(kept, strict=False)
    return head_fits


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", maxsplit=1)[0]
