"""`steelyard.watch(...)`: watch a training."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from steelyard.errors import InputError
from steelyard.watch.expected import ExpectedInputs
from steelyard.watch.live import Live
from steelyard.watch.recording.objective import KINDS, Kind
from steelyard.watch.recording.schedule import Schedule
from steelyard.watch.watching import Watching, now

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

__all__ = ["ExpectedInputs", "Watching", "watch"]


def watch(
    model: nn.Module | None = None,
    optimizer: Optimizer | Sequence[Optimizer] | None = None,
    *,
    losses: str | nn.Module | Mapping[str, Any] = "auto",
    baselines: float | str | Mapping[str, float | str] = "auto",
    every: int | None = None,
    frozen: Iterable[Any] = (),
    inputs: ExpectedInputs | None = None,
    validation: tuple[Tensor, Any] | None = None,
    mute: Collection[str] = (),
    live: bool | None = None,
) -> Watching:
    """Watch a training: return an object whose `step` is told the loss, and that says what the loss means and what stands out.

    The run stays as it is, bit for bit: hooks only look, the random state is kept, and what has to be tried is tried on a copy of the model. Looks are
    rare enough to cost 2% of the time at most (and half a second in all).

    Args:
        model: the model.
        optimizer: its optimiser, or several.
        losses: `auto`: recognised by recomputing the number from outputs and targets; else `cross-entropy`, `bce`, `mse`, `mae`, `poisson` or a
            torch loss module (with class weights, label smoothing, ...), by head where there are several.
        baselines: `auto`: the best constant, learnt from the targets on the way (base rate, class frequencies, mean, median); `persistence`: the
            previous target; or what a trivial predictor is known to get; by head where there are several.
        every: look every so many steps, whatever it costs; default: as said above.
        frozen: parts that are meant to stay as they are: names (`body`, `body.*`), modules or parameters.
        inputs: what inputs should look like, where pretrained weights expect it.
        validation: (inputs, targets) that the model isn't trained on; the first 2,048 rows are used, at the end.
        mute: findings to leave out, by code or name.
        live: show a line on stderr; default: where that is a terminal.

    Returns:
        The watched run: `step`, `validated`, `report`, `close`; leaving a `with` block closes it.

    Raises:
        InputError: an unknown loss, baseline or rule; `frozen` that names nothing; `every` below 1; `validation` that isn't a pair.

    Example:
        >>> import torch, steelyard
        >>> _ = torch.manual_seed(0)
        >>> model = torch.nn.Linear(4, 1)
        >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        >>> with steelyard.watch(model, optimizer, every=1) as watching:
        ...     for _ in range(60):
        ...         inputs = torch.randn(32, 4)
        ...         targets = inputs[:, :1] + 0.1 * torch.randn(32, 1)
        ...         optimizer.zero_grad()
        ...         loss = ((model(inputs) - targets) ** 2).mean()
        ...         loss.backward()
        ...         optimizer.step()
        ...         watching.step(loss, targets=targets)
        >>> report = watching.report()
        >>> report.learnt[0].loss, report.learnt[0].skill.learning, report.reaches("warning")
        ('mse', 'better', False)

    When it is wrong: each finding's page says it. What is not passed in can't be judged, and is listed as not applicable.
    """
    pair: Any = validation
    if pair is not None and not (isinstance(pair, tuple | list) and len(pair) == 2):
        raise InputError(
            f"`validation` must be a pair (inputs, targets), but got {type(pair).__name__}; pass tensors"
        )
    optimizers = (
        [] if optimizer is None else list(optimizer) if isinstance(optimizer, list | tuple) else [optimizer]
    )
    return Watching(
        model,
        cast("list[Optimizer]", optimizers),
        losses=_losses(losses),
        baselines=_baselines(baselines),
        schedule=Schedule(every=every, clock=now),
        frozen=frozen,
        expected=inputs,
        validation=validation,
        mute=mute,
        live=Live(on=live),
    )


class _Every(dict[str, Any]):
    """One answer for every head."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self._value = value

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002 - a mapping's own signature
        """Return the answer."""
        return self._value


def _losses(losses: str | nn.Module | Mapping[str, Any]) -> Mapping[str, Kind | nn.Module]:
    if isinstance(losses, Mapping):
        named = {name: _loss(each) for name, each in losses.items()}
        return {name: each for name, each in named.items() if each is not None}
    return _Every(_loss(losses))


def _loss(loss: Any) -> Kind | nn.Module | None:
    if not isinstance(loss, str):
        if not hasattr(loss, "forward"):
            raise InputError(
                f"`losses` must be names or torch loss modules, but got {loss!r}; names are auto, {', '.join(KINDS)}"
            )
        return cast("nn.Module", loss)
    key = loss.strip().lower().replace("_", "-")
    if key == "auto":
        return None
    if key not in KINDS:
        raise InputError(
            f"`losses` must be auto or one of {', '.join(KINDS)}, but got {loss!r}; auto recognises them"
        )
    return key


def _baselines(baselines: float | str | Mapping[str, float | str]) -> Mapping[str, float | str]:
    every = baselines.values() if isinstance(baselines, Mapping) else [baselines]
    for each in every:
        if isinstance(each, str) and each not in {"auto", "persistence"}:
            raise InputError(
                f"`baselines` must be auto, persistence or a number, but got {each!r}; a number is what a trivial predictor gets"
            )
    return baselines if isinstance(baselines, Mapping) else _Every(baselines)
