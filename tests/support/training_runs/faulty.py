"""Trainings with one planted fault each, and the codes that name it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from training_runs.loop import Batch, Script
from training_runs.tasks import Tagger, classes, counting, events, network, numbers

bce = f.binary_cross_entropy_with_logits


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A planted fault.

    Args:
        script: makes the training of a seed.
        codes: findings that name it; M01 alone only says that nothing was learnt.
    """

    script: Callable[[int], Script]
    codes: frozenset[str]


def _words(outputs: Tensor, targets: Tensor) -> Tensor:
    return f.cross_entropy(outputs.flatten(0, 1), targets.flatten())


def _changed(
    batch: Batch, change: Callable[[Tensor, Tensor, torch.Generator], tuple[Tensor, Tensor]]
) -> Batch:
    def draw(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return change(*batch(generator), generator)

    return draw


def _shuffled(inputs: Tensor, targets: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    return inputs[torch.randperm(len(inputs), generator=generator)], targets


def _frozen(seed: int) -> Script:
    model = network(8, 4)
    model[0].requires_grad_(False)
    return Script(model=model, batch=classes(seed), loss=f.cross_entropy)


def _missing(seed: int) -> Script:
    model = network(8, 4)
    optimizer = torch.optim.Adam(model[3].parameters(), lr=3e-3)
    return Script(model=model, batch=classes(seed), loss=f.cross_entropy, optimizer=optimizer)


class _Detached(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(8, 32), nn.Linear(32, 4)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(torch.relu(self.body(inputs)).detach())


class _Averaged(nn.Module):
    """Averages over the batch instead of over features."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(8, 32), nn.Linear(32, 4)

    def forward(self, inputs: Tensor) -> Tensor:
        hidden = torch.relu(self.body(inputs)).mean(dim=0, keepdim=True)
        return self.head(hidden).expand(len(inputs), -1)


def _sorted(seed: int) -> Script:
    draw = classes(seed, size=2048)
    inputs, labels = draw(torch.Generator().manual_seed(seed))
    order = labels.argsort()
    batches = list(zip(inputs[order].split(64), labels[order].split(64), strict=True))
    turn = iter(range(10**6))
    return Script(
        model=network(8, 4), batch=lambda g: batches[next(turn) % len(batches)], loss=f.cross_entropy
    )


def _eval_mode(seed: int) -> Script:
    model = network(8, 4, dropout=0.3)
    return Script(model=model, batch=classes(seed), loss=f.cross_entropy, each=lambda step: model.eval())


def _scored_in_training(seed: int) -> Script:
    model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4))
    held_out = classes(seed, size=256)(torch.Generator().manual_seed(7))[0]

    def score(step: int) -> None:
        if step % 50 == 49:
            with torch.no_grad():
                model(held_out)

    return Script(model=model, batch=classes(seed), loss=f.cross_entropy, each=score)


def _nan(seed: int) -> Script:
    def loss(outputs: Tensor, targets: Tensor) -> Tensor:
        p = torch.softmax(40 * outputs, dim=1)
        return -(torch.log(p) * f.one_hot(targets, 4)).sum(dim=1).mean()

    return Script(model=network(8, 4), batch=classes(seed), loss=loss, rate=0.1)


def _shifted_validation(seed: int) -> Script:
    def shift(inputs: Tensor, targets: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return 20 + 255 * inputs, targets

    return Script(
        model=network(8, 4),
        batch=classes(seed),
        loss=f.cross_entropy,
        validation=_changed(classes(seed, size=512), shift),
    )


def _leaked_rows(seed: int) -> Script:
    batch = classes(seed)
    seen = [batch(torch.Generator().manual_seed(seed + 1)) for _ in range(1)]
    return Script(model=network(8, 4), batch=batch, loss=f.cross_entropy, validation=lambda g: seen[0])


def _bfloat16(seed: int) -> Script:
    model = network(8, 1).to(torch.bfloat16)
    batch = _changed(numbers(seed), lambda x, y, g: (x.bfloat16(), y.bfloat16()))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    return Script(model=model, batch=batch, loss=f.mse_loss, optimizer=optimizer)


def _summed(seed: int) -> Script:
    model = network(8, 4)
    return Script(
        model=model,
        batch=classes(seed),
        loss=lambda o, y: f.cross_entropy(o, y, reduction="sum"),
        optimizer=torch.optim.SGD(model.parameters(), lr=0.3),
    )


FAULTS: dict[str, Fault] = {
    "softmax twice": Fault(
        script=lambda s: Script(
            model=nn.Sequential(network(8, 4), nn.Softmax(dim=1)), batch=classes(s), loss=f.cross_entropy
        ),
        codes=frozenset({"F01"}),
    ),
    "sigmoid before BCEWithLogits": Fault(
        script=lambda s: Script(model=nn.Sequential(network(8, 1), nn.Sigmoid()), batch=events(s), loss=bce),
        codes=frozenset({"F01"}),
    ),
    "softmax over one unit": Fault(
        script=lambda s: Script(
            model=nn.Sequential(network(8, 1), nn.Softmax(dim=1)),
            batch=events(s),
            loss=f.binary_cross_entropy,
        ),
        codes=frozenset({"F01", "F06"}),
    ),
    "no zero_grad": Fault(
        script=lambda s: Script(model=network(8, 4), batch=classes(s), loss=f.cross_entropy, zero_grad=False),
        codes=frozenset({"F04"}),
    ),
    "learning rate x 300": Fault(
        script=lambda s: Script(model=network(8, 4), batch=classes(s), loss=f.cross_entropy, rate=0.9),
        codes=frozenset({"G02", "G04", "M03"}),
    ),
    "learning rate 10 with Adam": Fault(
        script=lambda s: Script(model=network(8, 1), batch=numbers(s), loss=f.mse_loss, rate=10.0),
        codes=frozenset({"G02", "G04"}),
    ),
    "learning rate / 1000": Fault(
        script=lambda s: Script(model=network(8, 4), batch=classes(s), loss=f.cross_entropy, rate=1e-7),
        codes=frozenset({"G02", "G05"}),
    ),
    "parameter not in the optimiser": Fault(script=_missing, codes=frozenset({"F02"})),
    "body frozen, undeclared": Fault(script=_frozen, codes=frozenset({"F03"})),
    "body detached": Fault(
        script=lambda s: Script(model=_Detached(), batch=classes(s), loss=f.cross_entropy),
        codes=frozenset({"F03"}),
    ),
    "(B,) against (B, 1)": Fault(
        script=lambda s: Script(
            model=network(8, 1),
            batch=_changed(numbers(s), lambda x, y, g: (x, y[:, 0])),
            loss=lambda o, y: ((o - y) ** 2).mean(),
        ),
        codes=frozenset({"D06"}),
    ),
    "target = input": Fault(
        script=lambda s: Script(
            model=Tagger(), batch=_changed(counting(), lambda x, y, g: (x, x)), loss=_words, rate=1e-2
        ),
        codes=frozenset({"D04"}),
    ),
    "target among the columns": Fault(
        script=lambda s: Script(
            model=network(9, 1),
            batch=_changed(events(s), lambda x, y, g: (torch.cat([x, y], dim=1), y)),
            loss=bce,
        ),
        codes=frozenset({"D04"}),
    ),
    "no signal": Fault(
        script=lambda s: Script(
            model=network(8, 1), batch=_changed(events(s), _shuffled), loss=bce, steps=400
        ),
        codes=frozenset({"M01"}),
    ),
    "inputs shuffled against targets": Fault(
        script=lambda s: Script(
            model=network(8, 4), batch=_changed(classes(s), _shuffled), loss=f.cross_entropy
        ),
        codes=frozenset({"M01"}),
    ),
    "sorted by class": Fault(script=_sorted, codes=frozenset({"D07"})),
    "sum instead of mean": Fault(script=_summed, codes=frozenset({"M04"})),
    "inputs 0..255": Fault(
        script=lambda s: Script(
            model=network(8, 1),
            batch=_changed(numbers(s), lambda x, y, g: (128 + 64 * x, y)),
            loss=f.mse_loss,
        ),
        codes=frozenset({"D02"}),
    ),
    "trained in evaluation mode": Fault(script=_eval_mode, codes=frozenset({"F05"})),
    "evaluated in training mode": Fault(script=_scored_in_training, codes=frozenset({"F05"})),
    "log of a softmax of 0": Fault(script=_nan, codes=frozenset({"G01"})),
    "averaged over the batch": Fault(
        script=lambda s: Script(model=_Averaged(), batch=classes(s), loss=f.cross_entropy),
        codes=frozenset({"F06", "F07"}),
    ),
    "batch_first forgotten": Fault(
        script=lambda s: Script(model=Tagger(batch_first=False), batch=counting(), loss=_words, rate=1e-2),
        codes=frozenset({"F07", "F08"}),
    ),
    "validation inputs shifted": Fault(script=_shifted_validation, codes=frozenset({"D03"})),
    "training rows in validation": Fault(script=_leaked_rows, codes=frozenset({"D05"})),
    "bfloat16 updates lost": Fault(script=_bfloat16, codes=frozenset({"P01"})),
}
"""Name -> the fault."""
