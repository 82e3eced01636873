"""F10 ratio-off-one: the policy that is learned isn't the one that acted, though no weight has changed."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from steelyard.errors import InputError
from steelyard.watch.finding import Finding
from steelyard.watch.probes.traps.comparing import Call, Mode, checked, module_of, outputs, undisturbed

MOST_OFF = 1e-3
"""How far from 1 a ratio may be by rounding."""


def ratio_off_one(
    call: Call,
    inputs: Sequence[Tensor],
    *,
    seed: int,
    module: nn.Module | None = None,
    acting: Mode = "eval",
    learning: Mode = "train",
    clip: float = 0.2,
    step: int = 0,
) -> Finding | None:
    """Return a finding when PPO's probability ratio differs from 1 at identical weights.

    The first minibatch of an update has the weights that acted, so the ratio of new to old probability must be 1. With dropout (whose default in
    `nn.TransformerEncoderLayer` is 0.1) or batch norms it isn't, since acting and learning draw other masks or use other statistics. The
    clipping then acts on noise.

    Args:
        call: `call(*inputs)` returns logits or log-probabilities of actions, shape (batch, actions).
        inputs: observations, tensors with the batch first.
        seed: of dropout, another one for acting and for learning.
        module: the module behind `call`, needed if `call` isn't one.
        acting: the mode in which actions are drawn.
        learning: the mode in which the loss is computed.
        clip: of PPO, to say which share of ratios noise alone clips.
        step: when it was looked at.

    Returns:
        `F10` (warning) or None.

    Raises:
        InputError: no module, or outputs of another shape.

    Example:
        >>> states = torch.randn(32, 4, generator=torch.Generator().manual_seed(0))
        >>> plain = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 3))
        >>> dropping = nn.Sequential(plain[0], plain[1], nn.Dropout(0.1), plain[2])
        >>> ratio_off_one(plain, [states], seed=0) is None, ratio_off_one(dropping, [states], seed=0).code
        (True, 'F10')

    When it is wrong: it looks at the modes that are named here, not at those that the training uses.
    """
    tensors = checked(inputs, least=1)
    owner = module_of(call, module)
    if owner is None:
        raise InputError("`module` must be given where `call` isn't a module: its mode has to be changed")
    probabilities = []
    for mode, draw in ((acting, seed), (learning, seed + 1)):
        with undisturbed(owner, mode=mode):
            found = outputs(call, tensors, seed=draw)
        if len(found) != 1 or found[0].ndim != 2:
            raise InputError(
                f"`call` must return logits of shape (batch, actions) only, but got {[tuple(each.shape) for each in found]}; "
                "wrap it: `lambda *inputs: network(*inputs)[0]`"
            )
        probabilities.append(torch.log_softmax(found[0].double(), dim=1))
    ratios = (probabilities[1] - probabilities[0]).exp()
    off = (ratios - 1).abs()
    if float(off.max()) <= MOST_OFF:
        return None
    return Finding(
        code="F10",
        name="ratio-off-one",
        severity="warning",
        evidence={
            "largest_distance_from_one": float(off.max()),
            "threshold": MOST_OFF,
            "clipped_by_noise": float((off > clip).double().mean()),
        },
        meaning="At identical weights the policy that learns isn't the one that acted, so PPO's ratio isn't 1, and its clipping acts on noise.",
        advice="Set dropout to 0 (its default in `nn.TransformerEncoderLayer` is 0.1), or act and learn in evaluation mode.",
        step=step,
    )
