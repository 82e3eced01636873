"""What the user declared frozen: names, patterns, modules or parameters."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from steelyard.errors import InputError

if TYPE_CHECKING:
    from torch import nn


class Frozen:
    """Parameters that are meant to stay as they are.

    Args:
        model: the model.
        declared: names of modules or parameters (`body` stands for all below it; `*` for anything), modules, or parameters.

    Raises:
        InputError: a name that no parameter has.

    Example:
        >>> from torch import nn
        >>> model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
        >>> frozen = Frozen(model, ["0"])
        >>> [frozen.has(name, each) for name, each in model.named_parameters()]
        [True, True, False, False]
    """

    def __init__(self, model: nn.Module, declared: Iterable[Any]) -> None:
        if isinstance(declared, str):
            declared = [declared]
        self._patterns: list[str] = []
        self._ids: set[int] = set()
        names = [name for name, _ in model.named_parameters()]
        for each in declared:
            if isinstance(each, str):
                if not any(_fits(name, each) for name in names):
                    raise InputError(
                        f"`frozen` must name parts of the model, but no parameter is {each!r} or below it; they are "
                        f"{', '.join(names[:6])}{', ...' if len(names) > 6 else ''}"
                    )
                self._patterns.append(each)
            elif hasattr(each, "parameters"):
                self._ids |= {id(parameter) for parameter in each.parameters()}
            else:
                self._ids.add(id(each))

    def has(self, name: str, parameter: Any) -> bool:
        """Return whether a parameter was declared frozen."""
        return id(parameter) in self._ids or any(_fits(name, pattern) for pattern in self._patterns)


def _fits(name: str, pattern: str) -> bool:
    return name == pattern or name.startswith(f"{pattern}.") or fnmatchcase(name, pattern)
