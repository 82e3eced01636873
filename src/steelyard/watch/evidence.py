"""What rules see: numbers recorded of a run, each part absent where it could not be seen. Plain arrays; no tensor, no module.

A rule names the parts that it needs as parameters of its `check`; where one is None, the rule isn't applicable and the report says
what is missing (`MISSING`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from steelyard.watch.expected import ExpectedInputs
from steelyard.watch.recording.objective import Floats, Objective
from steelyard.watch.skill import Learning, Skill


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A number over the steps of a run.

    Args:
        steps: increasing.
        values: what it was; may hold nan and infinity.
    """

    steps: Floats
    values: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """What was recomputed on sampled batches of one head, all of shape (batches,).

    Args:
        steps: at which step.
        losses: mean loss of the batch, recomputed from outputs and targets.
        trivial: what the trivial predictor got on the same targets before it learnt from them.
        floors: the least attainable.
        examples: how many examples the batch had.
        spreads: standard deviation of the predictions over the batch as a share of the targets' own.
        target_means: mean target of the batch, the most frequent class's share for classes.
    """

    steps: Floats
    losses: Floats
    trivial: Floats
    floors: Floats
    examples: Floats
    spreads: Floats
    target_means: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Predicted probabilities with what happened, shape (n,).

    Args:
        probabilities: of the event, or of the most likely class.
        happened: 1 where it happened, or where that class was right.
        held_out: whether the model was not trained on these examples.
    """

    probabilities: Floats
    happened: Floats
    held_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How targets lie in batches, by one number a row (for classes their number).

    Args:
        batches: batches looked at.
        rows: rows looked at.
        between: share of the targets' variance that lies between batches (eta squared).
        chance: that share where rows are shuffled.
        p_between: probability of so large a share under shuffling.
        agreement: correlation of neighbouring rows within batches.
        p_agreement: probability of so large a correlation under shuffling.
    """

    batches: int
    rows: int
    between: float
    chance: float
    p_between: float
    agreement: float
    p_agreement: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One loss of the run.

    Args:
        name: the user's.
        objective: what the loss is, None where it wasn't recognised.
        constant: what the trivial predictor does.
        curve: the loss as reported, step by step.
        validation: the validation loss as reported.
        batches: what was recomputed on sampled batches.
        skill: over the last third of the run.
        held_out: skill on the validation batch.
        early: skill over the first tenth of the run.
        classes: number of classes or columns.
        zero_share: share of targets that are exactly 0, for squared and absolute error.
        ratios: reported loss over mean loss, of some batches.
        counts: terms that a sum over each of those batches would have, and its examples: shape (batches, 2).
        probabilities_share: share of batches whose outputs were probabilities (rows of classes that sum to 1, all numbers in [0, 1]).
        last_operation: what made the outputs (`Softmax`, `Sigmoid`, ...), empty if unknown.
        shapes: of outputs and targets in the first batch.
        order: how targets lie in batches.
        outcomes: predictions with what happened.
    """

    name: str
    objective: Objective | None = None
    constant: str = "the baseline"
    curve: Curve | None = None
    validation: Curve | None = None
    batches: Batches | None = None
    skill: Skill | None = None
    held_out: Skill | None = None
    early: Skill | None = None
    classes: int | None = None
    zero_share: float | None = None
    ratios: tuple[float, ...] = ()
    counts: tuple[tuple[int, int], ...] = ()
    probabilities_share: float | None = None
    last_operation: str = ""
    shapes: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    order: Order | None = None
    outcomes: Outcomes | None = None

    @property
    def learning(self) -> Learning | None:
        """Return whether it does better than the trivial predictor: on validation if that was seen, else in training."""
        known = self.held_out or self.skill
        return None if known is None else known.learning


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of the model.

    Args:
        name: as the model names it.
        elements: numbers in it.
        trainable: whether it asks for a gradient.
        in_optimizer: whether an optimiser has it.
        declared_frozen: whether the user said that it stays as it is.
        seen: sampled optimiser steps.
        moved: of these, in how many its gradient was neither missing nor all zero.
    """

    name: str
    elements: int
    trainable: bool
    in_optimizer: bool
    declared_frozen: bool
    seen: int = 0
    moved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """How model and optimiser are connected.

    Args:
        parameters: all of the model's, in its order; shared ones once.
        optimizers: how many optimisers were given.
        accumulations: optimiser steps whose gradients were followed from their first backward pass.
        stale: of these, how many began on gradients that were already used by the step before.
        first_not_finite: the first parameter whose gradient was not finite, empty if none.
        first_not_finite_step: when.
    """

    parameters: tuple[Parameter, ...]
    optimizers: int
    accumulations: int = 0
    stale: int = 0
    first_not_finite: str = ""
    first_not_finite_step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """In which mode the model was used.

    Args:
        layers: kinds of layers that behave differently in training and evaluation.
        training: forward passes with gradients.
        training_in_eval: of these, how many with every such layer in evaluation mode.
        scoring: forward passes without gradients.
        scoring_in_train: of these, how many with such a layer in training mode.
    """

    layers: tuple[str, ...]
    training: int
    training_in_eval: int
    scoring: int
    scoring_in_train: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Statistics of inputs, one number a feature (column; channel for images and sequences).

    Args:
        rows: rows looked at.
        kind: `columns`, `channels` or `tokens` (integers).
        means: shape (features,).
        sds: shape (features,).
        low: least value.
        high: greatest value.
        not_finite: numbers that are nan or infinite.
        two_valued: features that have at most two values, shape (features,).
    """

    rows: int
    kind: str
    means: Floats
    sds: Floats
    low: float
    high: float
    not_finite: int
    two_valued: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Validation rows that were met in training.

    Args:
        rows: validation rows looked at.
        shared: of these, how many are a training row, number for number.
        own_repeats: share of validation rows that repeat another validation row.
        trained: training rows remembered.
    """

    rows: int
    shared: int
    own_repeats: float
    trained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """How closely inputs hold the target.

    Args:
        rows: rows compared.
        same: share of integer targets that equal the input at their place, None for other targets.
        column: the input column that is the target (up to scale), -1 if none.
        correlation: the largest `|correlation|` of an input column with the target, nan if not comparable.
    """

    rows: int
    same: float | None
    column: int
    correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """What sampled optimiser steps did to parameters; matrices are (samples, parameters).

    Args:
        steps: sampled optimiser steps, shape (samples,).
        rates: largest learning rate among the parameter groups, shape (samples,).
        names: of the parameters looked at, in the model's order.
        gradients: root mean square of each gradient.
        ratios: norm of the update over norm of the weights.
        lost: share of weights whose gradient wasn't 0 but that stayed as they were.
        sixteen_bits: whether each is kept in 16 bits.
        saturated: share of gradients that are infinite or within a factor 2 of the format's largest number.
    """

    steps: Floats
    rates: Floats
    names: tuple[str, ...]
    gradients: Floats
    ratios: Floats
    lost: Floats
    sixteen_bits: tuple[bool, ...]
    saturated: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a copy of the model did with a few rows of a batch, in evaluation mode.

    Args:
        rows: rows.
        response: how far outputs move when the rows are permuted, relative to their size; 0 when the input is ignored.
        crossed: names of recurrent or attention layers that take the batch for the time axis.
        sequence_layers: how many such layers the model has.
        dead: (layer, share of its units that are 0 on every row), for rectifiers.
        first_not_finite: first layer whose output isn't finite although its input is, empty if none.
        gradient_norms: norm of each head's gradient on the parameters they share, by head.
        gradient_cosine: the lowest cosine between two heads' gradients, nan with fewer than two heads.
    """

    rows: int
    response: float
    crossed: tuple[str, ...]
    sequence_layers: int
    dead: tuple[tuple[str, float], ...] = ()
    first_not_finite: str = ""
    gradient_norms: tuple[tuple[str, float], ...] = ()
    gradient_cosine: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was recorded of a run up to a step.

    Args:
        step: the last step.
        heads: the losses.
        wiring: model and optimiser.
        modes: training and evaluation.
        inputs: statistics of training inputs.
        validation_inputs: of validation inputs.
        expected: what inputs should look like.
        overlap: rows shared by training and validation.
        leak: how closely inputs hold the target.
        updates: what optimiser steps did.
        probe: what a copy did with a few rows.
        finished: whether the run is over.
    """

    step: int
    heads: tuple[Head, ...] = field(default=())
    wiring: Wiring | None = None
    modes: Modes | None = None
    inputs: Inputs | None = None
    validation_inputs: Inputs | None = None
    expected: ExpectedInputs | None = None
    overlap: Overlap | None = None
    leak: Leak | None = None
    updates: Updates | None = None
    probe: Probe | None = None
    finished: bool = False

    @property
    def everything(self) -> Evidence:
        """Return all of it, for rules that can use more than they need."""
        return self

    @property
    def learning(self) -> Learning | None:
        """Return how the run as a whole does: no better than trivial if any head is, better if all that are known are."""
        known = [head.learning for head in self.heads if head.learning is not None]
        if not known:
            return None
        return next((each for each in ("no better", "undecided") if each in known), "better")


MISSING = {
    "wiring": "the optimiser: give it to `watch`",
    "modes": "forward passes of the model: give it to `watch`",
    "inputs": "inputs that are numbers: pass `inputs=` to `step`",
    "validation_inputs": "validation data: give `validation=(inputs, targets)` to `watch`",
    "expected": "what inputs should look like: give `inputs=ExpectedInputs(...)` to `watch`",
    "overlap": "validation data: give `validation=(inputs, targets)` to `watch`",
    "leak": "inputs and targets that can be compared",
    "updates": "optimiser steps: give the optimiser to `watch`",
    "probe": "a model that can be copied and its inputs",
    "learning": "targets, or a baseline: pass `targets=` to `step`, or give `baselines=` to `watch`",
    "head": "a loss: pass it to `step`",
}
"""What is missing where a part of the evidence is None."""
