"""Try a copy of the model on a few rows: does it look at its input, are batch and time confused, where do numbers stop being finite?

The user's model is never run: it is copied, run in evaluation mode without gradients, and the copy is thrown away; torch's random state is
kept. A model that can't be copied isn't probed.

When it is wrong: a model whose forward pass writes files or calls services does so once more.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from steelyard.watch.evidence import Probe

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

MOST_ROWS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How the model was called: arguments of one forward pass, cut to a few rows.

    Args:
        args: by place.
        kwargs: by name.
        rows: rows kept.
    """

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    rows: int


def cut_call(args: tuple[Any, ...], kwargs: Mapping[str, Any], *, most: int = MOST_ROWS) -> Call | None:
    """Return the first rows of a call's arguments, cloned; None where there is no batch to cut."""
    import torch  # noqa: PLC0415 - loaded already

    tensors = [each for each in (*args, *kwargs.values()) if isinstance(each, torch.Tensor) and each.ndim]
    if not tensors:
        return None
    batch = int(tensors[0].shape[0])
    rows = min(batch, most)

    def cut(value: Any) -> Any:
        if isinstance(value, torch.Tensor) and value.ndim and value.shape[0] == batch:
            return value.detach()[:rows].clone()
        return value.detach().clone() if isinstance(value, torch.Tensor) else value

    if rows < 2:
        return None
    return Call(
        args=tuple(cut(each) for each in args),
        kwargs={name: cut(each) for name, each in kwargs.items()},
        rows=rows,
    )


def probe(model: nn.Module, call: Call) -> Probe | None:
    """Return what a copy of the model does with a few rows.

    Args:
        model: the user's model; it is copied.
        call: its arguments.

    Raises:
        RuntimeError: a model that can't be copied or run without its training loop; the caller reports it.
    """
    import torch  # noqa: PLC0415

    with undisturbed(), torch.no_grad():
        double = copied(model)
        double.eval()
        outputs, shapes, dead, first = _traced(double, call)
        order = torch.arange(call.rows).roll(1)
        permuted = _outputs(double, _indexed(call, order))
        fewer = _indexed(call, torch.arange(call.rows - 1))
        _, fewer_shapes, _, _ = _traced(double, fewer)
    response = float("nan")
    if outputs is not None and permuted is not None:
        response = _difference(outputs, permuted)
    crossed = tuple(
        name
        for name, (first_axis, second_axis, batch_first) in shapes.items()
        if name in fewer_shapes
        and _is_crossed((first_axis, second_axis), fewer_shapes[name][:2], batch_first=batch_first)
    )
    return Probe(
        rows=call.rows,
        response=response if _rows_differ(call) else float("nan"),
        crossed=crossed,
        sequence_layers=len(shapes),
        dead=tuple(dead.items()),
        first_not_finite=first,
    )


def held_out_outputs(model: nn.Module, inputs: Tensor) -> Any:
    """Return what a copy of the model in evaluation mode predicts for validation inputs."""
    import torch  # noqa: PLC0415

    with undisturbed(), torch.no_grad():
        double = copied(model)
        double.eval()
        return double(inputs)


def copied(model: nn.Module) -> nn.Module:
    """Return a copy of a model, of the model itself where it was compiled."""
    double: nn.Module = copy.deepcopy(getattr(model, "_orig_mod", model))
    return double


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the random state of torch, numpy and Python as it was."""
    import torch  # noqa: PLC0415

    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 - kept, not drawn from
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()  # type: ignore[no-untyped-call] # as torch left it
    try:
        with torch.random.fork_rng(devices=list(devices)):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002


def _traced(
    double: nn.Module, call: Call
) -> tuple[Tensor | None, dict[str, tuple[int, int, bool]], dict[str, float], str]:
    """Run the copy and note the shapes that sequence layers get, dead units, and the first layer that isn't finite."""
    from torch import nn  # noqa: PLC0415

    shapes: dict[str, tuple[int, int, bool]] = {}
    dead: dict[str, float] = {}
    first: list[str] = []
    handles = []

    def hook(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def look(module: nn.Module, args: Any, output: Any) -> None:
            given = next((each for each in args if hasattr(each, "ndim")), None)
            out = _first_tensor(output)
            sequential = isinstance(module, nn.RNNBase | nn.MultiheadAttention | nn.TransformerEncoderLayer)
            if sequential and given is not None and given.ndim == 3:
                shapes[name] = (int(given.shape[0]), int(given.shape[1]), _batch_first(module))
            if out is None or not out.is_floating_point():
                return
            if isinstance(module, nn.ReLU | nn.ReLU6):
                dead[name] = float((out.reshape(len(out), -1) == 0).all(dim=0).float().mean())
            leaf = not any(True for _ in module.children())
            fine = given is None or not given.is_floating_point() or bool(given.isfinite().all())
            if not first and leaf and fine and not bool(out.isfinite().all()):
                first.append(name)

        return look

    for name, module in double.named_modules():
        if name:
            handles.append(module.register_forward_hook(hook(name)))
    try:
        outputs = _outputs(double, call)
    finally:
        for handle in handles:
            handle.remove()
    return outputs, shapes, dead, first[0] if first else ""


def _outputs(double: nn.Module, call: Call) -> Tensor | None:
    return _first_tensor(double(*call.args, **call.kwargs))


def _first_tensor(value: Any) -> Tensor | None:
    import torch  # noqa: PLC0415

    if isinstance(value, torch.Tensor):
        return value
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        return next((found for each in value if (found := _first_tensor(each)) is not None), None)
    return None


def _indexed(call: Call, index: torch.Tensor) -> Call:
    def take(value: Any) -> Any:
        if hasattr(value, "ndim") and value.ndim and value.shape[0] == call.rows:
            return value[index.to(value.device)]
        return value

    return Call(
        args=tuple(take(each) for each in call.args),
        kwargs={name: take(each) for name, each in call.kwargs.items()},
        rows=len(index),
    )


def _rows_differ(call: Call) -> bool:
    """Return whether the rows aren't all the same, for a model can't tell equal rows apart."""
    for value in (*call.args, *call.kwargs.values()):
        if (
            hasattr(value, "ndim")
            and value.ndim
            and value.shape[0] == call.rows
            and bool((value != value[:1]).any())
        ):
            return True
    return False


def _difference(outputs: Tensor, permuted: Tensor) -> float:
    if outputs.shape != permuted.shape or not outputs.is_floating_point():
        return float("nan")
    size = float(outputs.double().abs().max())
    if not np.isfinite(size):
        return float("nan")
    return float((outputs - permuted).double().abs().max()) / size if size > 0 else 0.0


def _batch_first(module: nn.Module) -> bool:
    """Return which order of axes a recurrent or attention layer, or an encoder layer by its attention, expects."""
    attention: Any = getattr(module, "self_attn", module)
    return bool(attention.batch_first)


def _is_crossed(axes: tuple[int, int], fewer: tuple[int, int], *, batch_first: bool) -> bool:
    """Return whether the axis that the layer takes for time is the one that shrinks with the batch."""
    time, batch = (1, 0) if batch_first else (0, 1)
    return fewer[time] != axes[time] and fewer[batch] == axes[batch]
