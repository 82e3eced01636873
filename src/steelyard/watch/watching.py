"""A run that is watched: what is called at each step, and what hangs on the model meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from steelyard.errors import InputError
from steelyard.watch.evidence import Evidence, Inputs, Overlap
from steelyard.watch.expected import ExpectedInputs
from steelyard.watch.judge import check_codes, judge
from steelyard.watch.live import Live
from steelyard.watch.recording.frozen import Frozen
from steelyard.watch.recording.head import HeadRecorder
from steelyard.watch.recording.inputs import InputRecorder, statistics
from steelyard.watch.recording.modes import ForwardRecorder, detached, operation
from steelyard.watch.recording.objective import Kind
from steelyard.watch.recording.optimizers import OptimizerRecorder
from steelyard.watch.recording.probe import held_out_outputs, probe
from steelyard.watch.recording.schedule import Schedule
from steelyard.watch.report import Report, learnt_of

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

    from steelyard.watch.evidence import Probe

Losses = Mapping[str, "Kind | nn.Module"]
FIRST_JUDGED = 16
"""Rules that may speak at once are judged at this step and whenever the steps have grown fourfold."""

MOST_HELD_OUT = 2048


class Watching:
    """A watched run; made by `steelyard.watch`. Leave its `with` block, or call `close`, to take everything off the model.

    Args:
        model: the model.
        optimizers: its optimisers.
        losses: what the losses are, by head; those not named are recognised.
        baselines: `auto`, `persistence` or a number, by head.
        schedule: when to look.
        frozen: what is meant to stay as it is.
        expected: what inputs should look like.
        validation: inputs and targets that the model isn't trained on.
        mute: rules to leave out.
        live: shows where the run stands.
    """

    def __init__(
        self,
        model: nn.Module | None,
        optimizers: Sequence[Optimizer],
        *,
        losses: Losses,
        baselines: Mapping[str, float | str],
        schedule: Schedule,
        frozen: Iterable[Any],
        expected: ExpectedInputs | None,
        validation: tuple[Tensor, Any] | None,
        mute: Collection[str],
        live: Live,
    ) -> None:
        self._model = model
        self._losses, self._baselines = losses, baselines
        self._schedule = schedule
        self._expected, self._validation = expected, validation
        self._mute = check_codes(mute)
        self._live = live
        self._heads: dict[str, HeadRecorder] = {}
        self._inputs = InputRecorder()
        self._probe: Probe | None = None
        self._problems: dict[str, str] = {}
        self._hooks_s = 0.0
        self._step = self._looks = 0
        self._next_judged = FIRST_JUDGED
        self._closed = False
        self._last_report: Report | None = None
        self._forward: ForwardRecorder | None = None
        self._optimizer: OptimizerRecorder | None = None
        if model is not None:
            declared = Frozen(model, frozen)
            still = frozenset(
                id(module)
                for name, module in model.named_modules()
                if list(module.parameters())
                and all(
                    declared.has(f"{name}.{own}" if name else own, each)
                    for own, each in module.named_parameters()
                )
            )
            self._forward = ForwardRecorder(model, frozen=still)
            if optimizers:
                self._optimizer = OptimizerRecorder(model, optimizers, frozen=declared, guard=self._hooked)
        self._armed = False
        self._arm()

    def step(
        self,
        loss: Any,
        *,
        outputs: Any = None,
        targets: Any = None,
        inputs: Tensor | None = None,
    ) -> None:
        """Tell what the loss was; call it once an optimiser step, after `backward()`.

        Args:
            loss: the loss that was reported: a tensor of one element or a number; with several heads a mapping by name.
            outputs: what the loss was given; default: what the model returned last. With several heads a mapping by name.
            targets: likewise; without them only curves are judged.
            inputs: the batch; default: the model's first argument.

        Raises:
            InputError: a loss that isn't one number; a head in `outputs` or `targets` that no loss has.
        """
        began = self._schedule.clock()
        self._step += 1
        losses = loss if isinstance(loss, Mapping) else {"loss": loss}
        for name, value in losses.items():
            self._head(name).reported.add(self._step, _one(name, value))
        looked = self._armed
        if looked:
            pairs = _by_head(losses, outputs, targets)
            self._guarded("step", lambda: self._look(losses, pairs, inputs))
            self._looks += 1
            if self._step >= self._next_judged:
                self._next_judged *= 4
                self._guarded("judging", self._judge_at_once)
        self._arm()
        self._schedule.spent(self._schedule.clock() - began + self._hooks_s, look=looked)
        self._hooks_s = 0.0

    def validated(self, loss: Any) -> None:
        """Tell a validation loss, for curves that are judged beside the training's.

        Args:
            loss: one number, or a mapping by head.

        Raises:
            InputError: a loss that isn't one number.
        """
        for name, value in (loss if isinstance(loss, Mapping) else {"loss": loss}).items():
            self._head(name).validated.add(self._step, _one(name, value))

    def report(self) -> Report:
        """Return what came of watching so far."""
        if self._closed and self._last_report is not None:
            return self._last_report
        if self._step:
            self._guarded("probe", self._look_at_copy)
            self._guarded("validation", self._hold_out)
        evidence = self.evidence(finished=True)
        report = Report(
            steps=self._step,
            learnt=learnt_of(evidence),
            outcomes=judge(evidence, mute=self._mute),
            overhead=self._schedule.share,
            looks=self._looks,
            problems=tuple(f"watching failed at {where}: {error}" for where, error in self._problems.items()),
        )
        self._last_report = report
        return report

    def evidence(self, *, finished: bool = False) -> Evidence:
        """Return what was recorded so far, as rules see it."""
        validation: Inputs | None = None
        overlap: Overlap | None = None
        if self._validation is not None:
            held_out = self._validation[0][:MOST_HELD_OUT]
            validation, overlap = statistics(held_out), self._inputs.overlap(held_out)
        return Evidence(
            step=self._step,
            heads=tuple(head.evidence(self._step) for head in self._heads.values()),
            wiring=None if self._optimizer is None else self._optimizer.wiring(),
            modes=None if self._forward is None else self._forward.modes(),
            inputs=self._inputs.inputs(),
            validation_inputs=validation,
            expected=self._expected,
            overlap=overlap,
            leak=self._inputs.leak(),
            updates=None if self._optimizer is None else self._optimizer.updates(),
            probe=self._probe,
            finished=finished,
        )

    def close(self) -> Report:
        """Take everything off the model, and return the report."""
        report = self.report()
        if not self._closed:
            self._closed = True
            if self._forward is not None:
                self._forward.close()
            if self._optimizer is not None:
                self._optimizer.close()
            self._live.close(report)
        return report

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _head(self, name: str) -> HeadRecorder:
        if name not in self._heads:
            self._heads[name] = HeadRecorder(
                name, declared=self._losses.get(name), baseline=self._baselines.get(name, "auto")
            )
        return self._heads[name]

    def _arm(self) -> None:
        """Decide whether to look at the next step, and say so to whatever hangs on the model."""
        self._armed = not self._closed and self._schedule.due(self._step + 1)
        if self._forward is not None:
            self._forward.armed = self._armed
            self._forward.forget()
        if self._optimizer is not None:
            self._optimizer.step = self._step + 1
            if self._armed:
                self._optimizer.arm()
            else:
                self._optimizer.disarm()

    def _look(
        self, losses: Mapping[str, Any], pairs: Mapping[str, tuple[Any, Any]], inputs: Tensor | None
    ) -> None:
        forward = self._forward
        batch = inputs if inputs is not None else None if forward is None else forward.inputs
        given: Any = None
        for name in losses:
            head = self._heads[name]
            head.reported.fetch()
            outputs, targets = pairs[name]
            if outputs is None and forward is not None:
                outputs = _own_output(forward.outputs, name, list(losses))
                head.last_operation = forward.last_operation
            elif outputs is not None:
                head.last_operation = operation(outputs) or (forward.last_operation if forward else "")
            given = targets if given is None else given
            value = head.reported.last
            if outputs is not None and targets is not None and value is not None:
                head.look(self._step, value, outputs, targets)
        if batch is not None:
            self._inputs.look(batch, given)
        self._live.show(self._step, self._heads)

    def _judge_at_once(self) -> None:
        outcomes = judge(self.evidence(), mute=self._mute, at_once=True)
        self._live.say([each for outcome in outcomes for each in outcome.findings])

    def _look_at_copy(self) -> None:
        if self._model is not None and self._forward is not None and self._forward.call is not None:
            self._probe = probe(self._model, self._forward.call)

    def _hold_out(self) -> None:
        if self._validation is None or self._model is None:
            return
        inputs, targets = self._validation
        outputs = detached(held_out_outputs(self._model, inputs[:MOST_HELD_OUT]))
        for name, head in self._heads.items():
            own = _own_output(outputs, name, list(self._heads))
            target = targets.get(name) if isinstance(targets, Mapping) else targets
            if own is not None and target is not None:
                head.hold_out(own, target[:MOST_HELD_OUT])

    def _hooked(self, look: Callable[[], None]) -> None:
        """Run what hangs on the optimiser, and count its time as spent on watching."""
        began = self._schedule.clock()
        self._guarded("optimiser", look)
        self._hooks_s += self._schedule.clock() - began

    def _guarded(self, where: str, look: Callable[[], None]) -> None:
        """Run what looks; what it raises is kept for the report, and the user's training goes on."""
        if where in self._problems:
            return
        try:
            look()
        except Exception as error:  # noqa: BLE001 - watching must never end a training
            self._problems[where] = f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"


def _one(name: str, value: Any) -> Any:
    """Return a loss as a number, or as a tensor that has no graph."""
    if hasattr(value, "detach"):
        if value.numel() != 1:
            raise InputError(
                f"`loss` must be one number, but {name!r} has shape {tuple(value.shape)}; pass the mean that backward() was called on"
            )
        return value.detach()
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`loss` must be one number, but {name!r} is {value!r}; pass the mean, or a mapping of heads"
        ) from error


def _by_head(losses: Mapping[str, Any], outputs: Any, targets: Any) -> dict[str, tuple[Any, Any]]:
    """Return outputs and targets of each head."""
    for what, given in (("outputs", outputs), ("targets", targets)):
        if isinstance(given, Mapping) and (alien := [name for name in given if name not in losses]):
            raise InputError(
                f"`{what}` must be named as the losses are ({', '.join(losses)}), but got {alien[0]!r}; name it likewise"
            )
        if len(losses) > 1 and given is not None and not isinstance(given, Mapping):
            raise InputError(
                f"`{what}` must be a mapping by head where there are several losses ({', '.join(losses)}), but got one "
                f"{type(given).__name__}; pass a dict"
            )
    return {
        name: (
            outputs.get(name) if isinstance(outputs, Mapping) else outputs,
            targets.get(name) if isinstance(targets, Mapping) else targets,
        )
        for name in losses
    }


def _own_output(outputs: Any, name: str, names: Sequence[str]) -> Any:
    """Return a head's part of what the model returned."""
    if isinstance(outputs, Mapping):
        return outputs.get(name, outputs.get("logits") if len(names) == 1 else None)
    if isinstance(outputs, tuple):
        if len(names) == len(outputs) and len(names) > 1:
            return outputs[names.index(name)]
        return outputs[0] if len(names) == 1 and outputs else None
    return outputs if len(names) == 1 else None


def now() -> float:
    """Return seconds on a clock that only runs forward."""
    return time.perf_counter()
