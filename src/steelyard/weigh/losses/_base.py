"""What a loss must be told, and the contract of the small modules that know its trivial predictors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from steelyard.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from steelyard.weigh.scale import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known about the targets that a loss was computed on.

    Args:
        targets: the targets themselves, shape (n,), numbers or strings; or None.
        base_rate: share of positives, 0 to 1; or None.
        classes: number of classes; or None.
        smoothing: label smoothing, 0 to 1.
        ordered: the targets are in order of time.
        full: the Poisson loss keeps its log(y!) term.
    """

    targets: NDArray[np.generic] | None = None
    base_rate: float | None = None
    classes: int | None = None
    smoothing: float = 0.0
    ordered: bool = False
    full: bool = False


class Loss(Protocol):
    """A loss whose trivial predictors are known in closed form; `build_scale` is all a module must have."""

    def build_scale(self, evidence: Evidence) -> Scale:
        """Return the scale of the loss on these targets.

        Raises:
            InputError: the evidence doesn't fit the loss.
        """


def numeric_targets(evidence: Evidence, *, loss: str) -> NDArray[np.float64]:
    """Return the targets as finite floats.

    Raises:
        InputError: none, fewer than two, text, nan or infinity.
    """
    import numpy as np  # noqa: PLC0415 - loaded when a number is weighed

    if evidence.targets is None:
        raise InputError(
            f"{loss} must be weighed against its targets; give them (`targets=`, or --targets FILE --column NAME)"
        )
    try:
        values = evidence.targets.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"targets of {loss} must be numbers, but {error}") from error
    if len(values) < 2:
        raise InputError(f"at least 2 targets must be given, but got {len(values)}")
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise InputError(
            f"targets must be finite, but {len(bad)} of {len(values)} are not, the first at position {bad[0]}; drop or fill them"
        )
    return values
