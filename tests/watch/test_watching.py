"""Watching a run: it stays as it is bit for bit, nothing is left on it, nothing that fails inside stops it, and memory is bounded."""

from __future__ import annotations

import copy
import gc
import random
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

import steelyard
from steelyard.errors import InputError
from steelyard.watch import judge as judging
from steelyard.watch.rule import Rule


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3))


def data() -> TensorDataset:
    draws = torch.Generator().manual_seed(5)
    inputs = torch.randn(192, 6, generator=draws)
    return TensorDataset(inputs, (inputs[:, :3] + 0.5 * torch.randn(192, 3, generator=draws)).argmax(1))


def train(*, watched: bool, every: int | None = 1, **options: Any) -> tuple[Any, ...]:
    """Train with dropout, batch norm, a shuffled order and a validation now and then; return all that could differ."""
    torch.manual_seed(3)
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    model, rows = network(), data()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 40)
    validation = (
        torch.randn(64, 6, generator=torch.Generator().manual_seed(1)),
        torch.zeros(64, dtype=torch.long),
    )
    watching = (
        steelyard.watch(model, optimizer, every=every, validation=validation, **options) if watched else None
    )
    losses, order = [], []
    for _ in range(6):
        for inputs, targets in DataLoader(rows, batch_size=32, shuffle=True):
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = nn.functional.cross_entropy(outputs, targets)
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.detach().clone())
            order.append(inputs[0].clone())
            if watching is not None:
                watching.step(loss, targets=targets)
        model.eval()
        with torch.no_grad():
            losses.append(nn.functional.cross_entropy(model(validation[0]), validation[1]))
        model.train()
    if watching is not None:
        watching.close()
    return (
        model,
        optimizer,
        torch.stack(losses),
        torch.stack(order),
        torch.get_rng_state(),
        random.random(),
        np.random.rand(),  # noqa: NPY002
    )


@pytest.mark.parametrize("every", [1, 5, None])
def test_the_run_stays_as_it_is_bit_for_bit(every: int | None) -> None:
    plain, watched = train(watched=False), train(watched=True, every=every)
    for mine, yours in zip(plain[0].state_dict().values(), watched[0].state_dict().values(), strict=True):
        assert torch.equal(mine, yours)
    for mine, yours in zip(
        plain[1].state_dict()["state"].values(), watched[1].state_dict()["state"].values(), strict=True
    ):
        assert all(torch.equal(mine[name], yours[name]) for name in mine)
    assert torch.equal(plain[2], watched[2])
    assert torch.equal(plain[3], watched[3])
    assert torch.equal(plain[4], watched[4])
    assert plain[5:] == watched[5:]


def test_nothing_is_left_on_model_and_optimiser() -> None:
    model, optimizer, *_ = train(watched=True)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert not any(each._backward_hooks for each in model.parameters())
    assert not optimizer._optimizer_step_pre_hooks
    assert not optimizer._optimizer_step_post_hooks
    copy.deepcopy(model)


def line(options: dict[str, Any] | None = None, *, steps: int = 40) -> Any:
    """Train a line under watch and return what watched."""
    torch.manual_seed(0)
    model = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with steelyard.watch(model, optimizer, **{"every": 1, **(options or {})}) as watching:
        for _ in range(steps):
            inputs = torch.randn(16, 3)
            targets = inputs[:, :1] + 0.1 * torch.randn(16, 1)
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(inputs), targets)
            loss.backward()
            optimizer.step()
            watching.step(loss, targets=targets)
    return watching


def test_a_rule_that_fails_is_shown_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(*, learning: object) -> None:
        raise ZeroDivisionError("by mistake")

    words = dict.fromkeys(("title", "what", "why", "threshold", "advice", "wrong"), "-")
    broken = Rule(code="G99", name="broken", severity="warning", check=check, **words)
    rules = (*judging.all_rules(), broken)
    monkeypatch.setattr(judging, "all_rules", lambda: rules)
    report = line().report()
    assert report.steps == 40
    assert report.counts["error"] == 1
    [failed] = [each for each in report.outcomes if each.state == "error"]
    assert (failed.code, failed.error) == ("G99", "ZeroDivisionError: by mistake")
    assert "G99 broken failed: ZeroDivisionError: by mistake" in str(report)


def test_a_failure_while_recording_is_shown_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_: object) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr("steelyard.watch.recording.inputs.InputRecorder.look", look)
    report = line().report()
    assert report.steps == 40
    assert report.problems == ("watching failed at step: RuntimeError: out of luck",)
    assert report.to_dict()["problems"]


def test_an_error_of_the_training_is_the_users_own() -> None:
    model = nn.Linear(3, 1)
    with pytest.raises(KeyError, match="mine"), steelyard.watch(model):
        raise KeyError("mine")
    assert not model._forward_hooks


def test_memory_does_not_grow_with_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steelyard.watch.recording.head.MOST_BATCHES", 32)
    monkeypatch.setattr("steelyard.watch.recording.optimizers.MOST_SAMPLES", 32)
    monkeypatch.setattr("steelyard.watch.recording.curve.MOST_POINTS", 32)
    monkeypatch.setattr("steelyard.watch.recording.curve.MOST_WAITING", 8)

    def kept(steps: int) -> tuple[int, int]:
        watching = line(steps=steps)
        head = watching._heads["loss"]
        parts = [head._batches, head._outcomes, head._ratios, head.reported._points, head.reported._waiting]
        parts += [watching._optimizer._samples, watching._inputs._columns]
        gc.collect()
        return sum(len(part) for part in parts), sum(type(each) is torch.Tensor for each in gc.get_objects())

    few, many = kept(120), kept(360)
    assert many[0] < 250
    assert many[1] <= few[1] + 8


def test_several_heads_by_name() -> None:
    torch.manual_seed(0)

    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.kind, self.size = nn.Linear(4, 16), nn.Linear(16, 3), nn.Linear(16, 1)

        def forward(self, x: Tensor) -> dict[str, Tensor]:
            hidden = torch.relu(self.body(x))
            return {"kind": self.kind(hidden), "size": self.size(hidden)}

    model = Two()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    with steelyard.watch(model, optimizer, every=1) as watching:
        for _ in range(150):
            inputs = torch.randn(32, 4)
            targets = {"kind": inputs[:, :3].argmax(1), "size": torch.randn(32, 1)}
            outputs = model(inputs)
            losses = {
                "kind": nn.functional.cross_entropy(outputs["kind"], targets["kind"]),
                "size": nn.functional.mse_loss(outputs["size"], targets["size"]),
            }
            optimizer.zero_grad()
            (losses["kind"] + losses["size"]).backward()
            optimizer.step()
            watching.step(losses, targets=targets)
    kind, size = watching.report().learnt
    assert (kind.loss, size.loss) == ("cross-entropy", "mse")
    assert kind.skill is not None
    assert size.skill is not None
    assert kind.skill.learning == "better"
    assert size.skill.learning != "better"
    assert all(each.meaning.startswith("size: ") for each in watching.report().findings if each.code == "M01")


def test_a_known_baseline_needs_no_targets() -> None:
    with steelyard.watch(baselines=0.7, every=1) as watching:
        for _ in range(60):
            watching.step(0.7)
    [learnt] = watching.report().learnt
    assert learnt.skill is not None
    assert learnt.skill.learning == "no better"
    assert [each.code for each in watching.report().findings] == ["M01", "G05"]


def test_without_targets_it_says_what_is_missing() -> None:
    with steelyard.watch(every=1) as watching:
        for _ in range(60):
            watching.step(0.7)
    report = watching.report()
    assert report.learnt[0].skill is None
    assert "nobody knows what it means" in str(report)
    missing = {each.code: each.missing for each in report.outcomes if each.state == "not applicable"}
    assert "targets" in missing["M01"]
    assert "optimiser" in missing["F02"]


def test_muted_findings_are_counted_as_muted() -> None:
    report = line({"mute": ["M01", "stale-gradients"]}).report()
    assert {each.code for each in report.outcomes if each.state == "muted"} == {"M01", "F04"}
    with pytest.raises(InputError, match="`mute` must name rules by code or name, but got 'M99'"):
        steelyard.watch(mute=["M99"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"losses": "hinge"},
            "`losses` must be auto or one of cross-entropy, bce, mse, mae, poisson, but got 'hinge'",
        ),
        ({"losses": 3}, "`losses` must be names or torch loss modules"),
        ({"baselines": "mean"}, "`baselines` must be auto, persistence or a number"),
        ({"validation": torch.ones(3)}, "`validation` must be a pair"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        steelyard.watch(**options)


def test_losses_that_are_not_one_number_are_refused() -> None:
    watching = steelyard.watch()
    with pytest.raises(InputError, match="'loss' has shape \\(2,\\)"):
        watching.step(torch.ones(2))
    with pytest.raises(InputError, match="must be one number, but 'loss' is 'low'"):
        watching.step("low")
    with pytest.raises(InputError, match="must be named as the losses are"):
        watching.step({"a": 1.0}, targets={"b": torch.ones(2)})


def test_autocast_and_accumulation_are_silent_when_healthy() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    rows = data().tensors
    with steelyard.watch(model, optimizer, every=1) as watching:
        for _ in range(160):
            chosen = torch.randint(0, 192, (64,))
            for half in chosen.split(32):
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    outputs = model(rows[0][half])
                    loss = nn.functional.cross_entropy(outputs, rows[1][half])
                (loss / 2).backward()
            optimizer.step()
            optimizer.zero_grad()
            watching.step(loss, targets=rows[1][half])
    report = watching.report()
    assert [str(each) for each in report.findings if each.severity != "info"] == []
    assert not report.problems
    assert report.learnt[0].loss == "cross-entropy"
