"""F05: training happens in evaluation mode, or evaluation in training mode."""

from __future__ import annotations

from steelyard.watch.evidence import Modes
from steelyard.watch.rule import Missing, Rule, Sign

LEAST_PASSES = 8


def check(*, modes: Modes) -> Sign | Missing | None:
    """Look at the mode of forward passes with and without gradients."""
    if not modes.layers:
        return None
    layers = " and ".join(modes.layers)
    if modes.training >= LEAST_PASSES and modes.training_in_eval == modes.training:
        return Sign(
            evidence={"passes": modes.training, "in_eval": modes.training_in_eval},
            meaning=f"The model is trained in evaluation mode: {layers} do nothing of what they are for.",
            advice="Call `model.train()` before training, and again after each evaluation.",
        )
    if modes.training > 2 * LEAST_PASSES and modes.training_in_eval > modes.training / 2:
        return Sign(
            evidence={"passes": modes.training, "in_eval": modes.training_in_eval},
            meaning=f"Most of the training happens in evaluation mode ({layers}).",
            advice="Call `model.train()` again after each evaluation.",
        )
    if modes.scoring >= 1 and modes.scoring_in_train == modes.scoring:
        return Sign(
            evidence={"passes": modes.scoring, "in_train": modes.scoring_in_train},
            meaning=f"Without gradients, so when it is evaluated, the model is in training mode: {layers} still act as in training.",
        )
    return None


RULE = Rule(
    code="F05",
    name="wrong-mode",
    title="The model is evaluated in training mode, or trained in evaluation mode.",
    severity="warning",
    what="The mode of layers that care (BatchNorm and relatives with running statistics, Dropout) in forward passes with gradients (training) and without (evaluation).",
    why=(
        "In training mode dropout makes scores worse and random, and BatchNorm both judges by the batch's own statistics and learns from validation data. In evaluation mode "
        "training has neither regularisation nor fresh statistics; often an `eval()` that was never undone."
    ),
    threshold="All forward passes without gradients, or all of at least 8 with them (or most of at least 17).",
    advice="Call `model.eval()` before evaluation and `model.train()` after it.",
    wrong="Monte Carlo dropout, rollouts that are meant to be noisy, recalculation of BatchNorm statistics. A frozen body in evaluation mode: declare it with `frozen=`.",
    check=check,
)
