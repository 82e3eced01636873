"""Errors to plant in the sampler's source, one at a time, and the checks that must catch each."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

_PACKAGE = "steelyard.topics"


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One error.

    Args:
        name: what is wrong.
        module: of `steelyard.topics`.
        old: what the source has, exactly once.
        new: what to have instead.
        caught_by: names of the checks that catch it (`suite.CHECKS`), the quickest first.
        partitions: groups that it takes to show.
        strength: of the checks that it takes to show, times that of the default run.
        quick: whether to run it by default.
    """

    name: str
    module: str
    old: str
    new: str
    caught_by: tuple[str, ...]
    partitions: int = 1
    strength: int = 1
    quick: bool = False

    @property
    def kernel(self) -> str:
        """Return the kernel that shows it."""
        return "vector" if self.module == "kernels.vector" else "scalar"


def mutated(module: str, *changes: tuple[str, str], compiled: bool = False) -> ModuleType:
    """Return a module of `steelyard.topics` with changes in its source.

    Args:
        module: its name below `steelyard.topics`.
        changes: pairs of what its source has exactly once and what to have instead.
        compiled: whether numba compiles its functions, without a cache; otherwise Python runs them as they stand.
    """
    spec = importlib.util.find_spec(f"{_PACKAGE}.{module}")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")
    for old, new in changes:
        assert source.count(old) == 1, (
            f"{module} has {source.count(old)} times, not once: {old!r}; the source has changed, so must the mutant"
        )
        source = source.replace(old, new)
    source = (
        re.sub(r", cache=True|cache=True", "", source) if compiled else re.sub(r"(?m)^@njit.*$", "", source)
    )
    found = ModuleType(f"{_PACKAGE}.{module}_mutant")
    found.__package__ = f"{_PACKAGE}.{module}".rpartition(".")[0]
    sys.modules[found.__name__] = found
    try:
        exec(compile(source, f"<mutant of {module}>", "exec"), found.__dict__)
    finally:
        del sys.modules[found.__name__]
    return found


@contextmanager
def planted(mutant: Mutant) -> Iterator[Any]:
    """Plant an error, and yield a class of chains that have it."""
    chain = importlib.import_module(f"{_PACKAGE}.chain")
    kernels = importlib.import_module(f"{_PACKAGE}.kernels")
    if mutant.kernel == "scalar":  # Python runs the kernel, which takes less time than to compile it anew
        assert importlib.import_module(f"{_PACKAGE}.kernels.scalar")
    found = mutated(mutant.module, (mutant.old, mutant.new), compiled=mutant.kernel == "vector")
    name = mutant.module.rpartition(".")[2]
    if mutant.module == "chain":
        yield found.Chain
    elif mutant.module.startswith("kernels."):
        importlib.import_module(f"{_PACKAGE}.{mutant.module}")
        with mock.patch.object(kernels, name, found):
            yield chain.Chain
    else:
        public = {
            key: value
            for key, value in vars(found).items()
            if getattr(value, "__module__", "") == found.__name__
        }
        with mock.patch.multiple(
            chain, **{key: value for key, value in public.items() if hasattr(chain, key)}
        ):
            yield chain.Chain


_SCALAR = "kernels.scalar"
_VECTOR = "kernels.vector"

MUTANTS = (
    Mutant(
        name="own token left in its document",
        module=_SCALAR,
        old="(doc_topic[offset + k] + alpha[k])",
        new="(doc_topic[offset + k] + (k == old) + alpha[k])",
        caught_by=("sweeps", "draws"),
        quick=True,
    ),
    Mutant(
        name="own token left with its word",
        module=_SCALAR,
        old="(counts[k] + beta)",
        new="(counts[k] + (k == old) + beta)",
        caught_by=("draws", "sweeps"),
    ),
    Mutant(
        name="own token left in its topic's total",
        module=_SCALAR,
        old="below = totals[k] + group_beta",
        new="below = totals[k] + (k == old) + group_beta",
        caught_by=("sweeps",),
        strength=6,
    ),
    Mutant(
        name="beta not times words",
        module=_SCALAR,
        old="below = totals[k] + group_beta",
        new="below = totals[k] + beta",
        caught_by=("sweeps",),
        quick=True,
    ),
    Mutant(
        name="topics' totals left out",
        module=_SCALAR,
        old="(counts[k] + beta) / below",
        new="(counts[k] + beta)",
        caught_by=("draws", "sweeps", "visits", "joint"),
    ),
    Mutant(
        name="alpha of the first topic for all",
        module=_SCALAR,
        old="+ alpha[k])",
        new="+ alpha[0])",
        caught_by=("draws", "sweeps", "visits"),
    ),
    Mutant(
        name="alpha left out",
        module=_SCALAR,
        old="+ alpha[k])",
        new="+ 1e-9)",
        caught_by=("draws", "sweeps", "visits", "joint"),
    ),
    Mutant(
        name="probabilities not normalised",
        module=_SCALAR,
        old="reach = uniform(state) * mass",
        new="reach = min(uniform(state), mass * 0.999999)",
        caught_by=("draws", "sweeps", "visits", "joint"),
        quick=True,
    ),
    Mutant(
        name="the last topic out of reach",
        module=_SCALAR,
        old="for k in range(width):\n                below",
        new="for k in range(width - 1):\n                below",
        caught_by=("draws",),
    ),
    Mutant(
        name="the last token of a word in a block passed over",
        module=_SCALAR,
        old="range(run_start[run], run_start[run + 1])",
        new="range(run_start[run], run_start[run + 1] - 1)",
        caught_by=("counts", "draws", "sweeps"),
        quick=True,
    ),
    Mutant(
        name="the first word of a block passed over",
        module=_SCALAR,
        old="for run in range(runs[0], runs[1])",
        new="for run in range(runs[0] + 1, runs[1])",
        caught_by=("counts", "sweeps"),
    ),
    Mutant(
        name="a document's new topic not counted",
        module=_SCALAR,
        old="doc_topic[offset + new] += 1",
        new="doc_topic[offset + old] += 1",
        caught_by=("counts", "draws", "sweeps", "visits", "joint"),
    ),
    Mutant(
        name="a topic's total not counted",
        module=_SCALAR,
        old="totals[new] += 1",
        new="totals[old] += 1",
        caught_by=("counts", "draws", "sweeps", "visits"),
    ),
    Mutant(
        name="a random number used for every token",
        module=_SCALAR,
        old="reach = uniform(state) * mass",
        new="reach = uniform(state.copy()) * mass",
        caught_by=("draws", "sweeps"),
    ),
    Mutant(
        name="shares of the topics' masses left out",
        module=_SCALAR,
        old="* share[k]",
        new="",
        caught_by=("draws",),
        partitions=2,
    ),
    Mutant(
        name="normaliser not brought up to date by the topic drawn",
        module=_VECTOR,
        old="            normaliser[new] = _normaliser(share[new], totals[new], group)\n",
        new="",
        caught_by=("sweeps",),
        strength=6,
    ),
    Mutant(
        name="normaliser not brought up to date by the topic left",
        module=_VECTOR,
        old="            normaliser[old] = _normaliser(share[old], totals[old], group)\n",
        new="",
        caught_by=("sweeps",),
        strength=6,
    ),
    Mutant(
        name="weight not brought up to date by the topic drawn",
        module=_VECTOR,
        old="            weights[new] = (float32(counts[new]) + own) * normaliser[new]\n",
        new="",
        caught_by=("sweeps",),
        strength=6,
    ),
    Mutant(
        name="weight not brought up to date by the topic left",
        module=_VECTOR,
        old="            weights[old] = (float32(counts[old]) + own) * normaliser[old]\n",
        new="",
        caught_by=("sweeps", "draws"),
    ),
    Mutant(
        name="a document's old topic kept counted, in vectors",
        module=_VECTOR,
        old="            drawn = uniform(state)\n",
        new="            drawn = uniform(state)\n            doc_topic[uint64(offset) + old] += 1\n",
        caught_by=("counts", "sweeps", "draws"),
        quick=True,
    ),
    Mutant(
        name="beta not times words, in vectors",
        module=_VECTOR,
        old="group = float32(group_beta)",
        new="group = float32(beta)",
        caught_by=("sweeps",),
    ),
    Mutant(
        name="search through a lane begins at its second topic",
        module=_VECTOR,
        old="new = uint64(lane)\n",
        new="new = uint64(lane + LANES)\n",
        caught_by=("draws",),
    ),
    Mutant(
        name="search through a lane takes nothing off",
        module=_VECTOR,
        old="rest -= out[new]",
        new="rest -= float32(0)",
        caught_by=("draws",),
        strength=5,
    ),
    Mutant(
        name="the last run of a block passed over, in vectors",
        module=_VECTOR,
        old="for run in range(runs[0], runs[1])",
        new="for run in range(runs[0], runs[1] - 1)",
        caught_by=("sweeps", "counts"),
    ),
    Mutant(
        name="the same random numbers in every sweep",
        module="chain",
        old="states = streams(self.seed, sweep=self.sweeps,",
        new="states = streams(self.seed, sweep=0,",
        caught_by=("sweeps", "draws"),
        quick=True,
    ),
    Mutant(
        name="the same random numbers in every block",
        module="chain",
        old="                                states[place],",
        new="                                states[0].copy(),",
        caught_by=("sweeps",),
        partitions=2,
    ),
    Mutant(
        name="shares of every phase from the same random numbers",
        module="chain",
        old="phase=phase),\n        )\n        return shares",
        new="phase=0),\n        )\n        return shares",
        caught_by=("draws",),
        partitions=2,
    ),
    Mutant(
        name="shares drawn once a sweep",
        module="chain",
        old="shares = self._shares(phase, beta).astype(real)",
        new="shares = self._shares(phase, beta).astype(real) if phase == 0 else shares",
        caught_by=("draws",),
        partitions=2,
        quick=True,
    ),
    Mutant(
        name="shares of another group of words",
        module="chain",
        old="shares[column],",
        new="shares[row],",
        caught_by=("draws", "sweeps"),
        partitions=2,
    ),
    Mutant(
        name="beta times all words in a group",
        module="chain",
        old="float(group_beta[column]),",
        new="float(group_beta.sum()),",
        caught_by=("draws",),
        partitions=2,
    ),
    Mutant(
        name="some blocks twice and others never",
        module="chain",
        old="column = (row + phase) % groups",
        new="column = row",
        caught_by=("draws", "sweeps", "counts"),
        partitions=2,
    ),
    Mutant(
        name="shares' prior not times words",
        module="shares",
        old="beta * group_words[:, None]",
        new="beta",
        caught_by=("draws",),
        partitions=2,
        quick=True,
    ),
    Mutant(
        name="shares without their prior",
        module="shares",
        old="totals + beta * group_words[:, None]",
        new="totals + 1e-9",
        caught_by=("draws", "sweeps"),
        partitions=2,
    ),
    Mutant(
        name="shares that don't sum to 1",
        module="shares",
        old="masses / np.where(whole > 0, whole, 1.0)",
        new="masses",
        caught_by=("draws",),
        partitions=2,
    ),
    Mutant(
        name="shares at their mean, not drawn",
        module="shares",
        old="logs = np.log(rng.standard_gamma(safe + 1)) + np.log1p(-rng.random(safe.shape)) / safe",
        new="logs = np.log(safe)",
        caught_by=("draws",),
        partitions=2,
    ),
)
