"""Do the parts of a loss pull shared parameters the same way, and how hard does each pull?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class LossGradients:
    """Lengths of, and angles between, the gradients of a loss's parts in the parameters that they share.

    When it is wrong: these are gradients of one batch, whose noise makes cosines smaller than those of the whole data's
    gradients; and an optimiser that scales every parameter by itself (Adam) doesn't step along them.

    Args:
        norms: each part's Euclidean norm, by its name.
        cosines: for each two parts, in the order of `norms`; in [-1, 1], below 0 where a step that lowers one loss raises
            the other (Yu et al. 2020, definition 1); nan where a norm is 0.
    """

    norms: dict[str, float]
    cosines: dict[tuple[str, str], float]

    def curves(self) -> dict[str, float]:
        """Return all numbers by one name each, as a logger takes them.

        Example:
            >>> LossGradients(norms={"a": 1.0, "b": 2.0}, cosines={("a", "b"): -0.5}).curves()
            {'gradient_norm/a': 1.0, 'gradient_norm/b': 2.0, 'gradient_cosine/a/b': -0.5}
        """
        named = {f"gradient_norm/{part}": norm for part, norm in self.norms.items()}
        return named | {
            f"gradient_cosine/{one}/{other}": value for (one, other), value in self.cosines.items()
        }


def loss_gradients(losses: Mapping[str, Tensor], *, shared: Iterable[Tensor]) -> LossGradients:
    """Return norms and cosines of the gradients of losses in shared parameters.

    The graph is kept and no `.grad` is touched, so it can be called between the forward and the backward pass without changing
    what training does. It costs a backward pass a part. Sums are in double precision.

    Args:
        losses: each part's mean loss, a scalar, as it enters the training loss (times its weight, if it has one).
        shared: parameters that every part reads, such as an encoder's. A part that doesn't depend on one has gradient 0 there.

    Raises:
        InputError: no losses, a loss that isn't a scalar, or no parameters that are trained.

    Example:
        >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
        >>> found = loss_gradients({"a": 3 * w[0], "b": w[1] - w[0]}, shared=[w])
        >>> found.norms
        {'a': 3.0, 'b': 1.414...}
        >>> found.cosines
        {('a', 'b'): -0.707...}
    """
    parameters = [parameter for parameter in shared if parameter.requires_grad]
    if not parameters:
        raise InputError("`shared` must hold parameters that are trained, but none requires a gradient")
    if not losses:
        raise InputError("`losses` must hold at least one loss, but is empty")
    gradients = {part: _gradient(part, loss, parameters) for part, loss in losses.items()}
    norms = {part: float(gradient.norm()) for part, gradient in gradients.items()}
    cosines = {
        (one, other): _cosine(gradients[one], gradients[other], norms[one], norms[other])
        for one, other in combinations(gradients, 2)
    }
    return LossGradients(norms=norms, cosines=cosines)


def _gradient(part: str, loss: Tensor, parameters: list[Tensor]) -> Tensor:
    if loss.ndim > 0:
        raise InputError(
            f"every loss must be a scalar, but {part} has shape {tuple(loss.shape)}; take its mean"
        )
    found: tuple[Tensor | None, ...] = (None,) * len(parameters)
    if loss.requires_grad:
        found = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
    return torch.cat(
        [
            (torch.zeros_like(parameter) if gradient is None else gradient).flatten().double()
            for parameter, gradient in zip(parameters, found, strict=True)
        ]
    )


def _cosine(one: Tensor, other: Tensor, one_norm: float, other_norm: float) -> float:
    if one_norm == 0 or other_norm == 0:
        return float("nan")
    return min(1.0, max(-1.0, float((one / one_norm) @ (other / other_norm))))
