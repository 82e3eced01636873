"""Record in which mode the model is used, and keep a sampled call of it: hooks on the model itself that look and change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steelyard.watch.evidence import Modes
from steelyard.watch.recording.probe import Call, cut_call

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.utils.hooks import RemovableHandle


class ForwardRecorder:
    """Sees the model's forward passes.

    Args:
        model: the model.
        frozen: identities of modules declared frozen, whose mode doesn't matter.
    """

    def __init__(self, model: nn.Module, *, frozen: frozenset[int] = frozenset()) -> None:
        from torch import nn  # noqa: PLC0415
        from torch.nn.modules.batchnorm import _NormBase  # noqa: PLC0415
        from torch.nn.modules.dropout import _DropoutNd  # noqa: PLC0415

        self.armed = False
        self.call: Call | None = None
        self.inputs: Tensor | None = None
        self.outputs: Any = None
        self.last_operation = ""
        self._layers = [
            each
            for each in model.modules()
            if id(each) not in frozen
            and (
                (isinstance(each, _NormBase) and each.track_running_stats)
                or (isinstance(each, _DropoutNd) and each.p > 0)
                or isinstance(each, nn.AlphaDropout)
            )
        ]
        self._training = self._training_in_eval = self._scoring = self._scoring_in_train = 0
        self._handles: list[RemovableHandle] = [model.register_forward_hook(self._look, with_kwargs=True)]

    def modes(self) -> Modes:
        """Return how often the model was used in which mode."""
        return Modes(
            layers=tuple(sorted({type(each).__name__ for each in self._layers})),
            training=self._training,
            training_in_eval=self._training_in_eval,
            scoring=self._scoring,
            scoring_in_train=self._scoring_in_train,
        )

    def forget(self) -> None:
        """Let go of the last batch."""
        self.inputs = self.outputs = None

    def close(self) -> None:
        """Remove the hook and let go of everything."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self.forget()

    def _look(self, _module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        import torch  # noqa: PLC0415 - loaded already

        learning = torch.is_grad_enabled()
        if self._layers:
            if learning:
                self._training += 1
                self._training_in_eval += not any(each.training for each in self._layers)
            else:
                self._scoring += 1
                self._scoring_in_train += any(each.training for each in self._layers)
        if not (self.armed and learning):
            return
        tensors = [each for each in (*args, *kwargs.values()) if isinstance(each, torch.Tensor)]
        self.inputs = tensors[0].detach() if tensors else None
        self.outputs = detached(output)
        self.last_operation = operation(output)
        call = cut_call(args, kwargs)
        self.call = call or self.call


def detached(value: Any) -> Any:
    """Return outputs without their graph, whatever they are nested in."""
    if hasattr(value, "detach"):
        return value.detach()
    if isinstance(value, dict) or hasattr(value, "items"):
        return {name: detached(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return tuple(detached(each) for each in value)
    return None


def operation(output: Any) -> str:
    """Return what made outputs, looking through changes of shape: `Softmax`, `Sigmoid`, ...; empty if unknown."""
    node = getattr(output, "grad_fn", None)
    for _ in range(6):
        if node is None:
            return ""
        name = type(node).__name__.removesuffix("Backward0").removesuffix("Backward1")
        if name in {
            "Squeeze",
            "View",
            "Reshape",
            "Unsqueeze",
            "Select",
            "Transpose",
            "Permute",
            "ReshapeAlias",
            "UnsafeView",
            "ToCopy",
            "Clone",
            "Slice",
        }:
            node = node.next_functions[0][0] if node.next_functions else None
            continue
        return name
    return ""
