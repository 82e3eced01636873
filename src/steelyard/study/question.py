"""A question of the catalogue: what people ask, and the study that answers it on given data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from steelyard.study.study import Study
    from steelyard.weigh.scale import Scale

Setting = Literal["quick", "full"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a person chose when they asked a question.

    Args:
        setting: `quick` (minutes) or `full`.
        data: the person's own file instead of the embedded data.
        margin: smallest difference that would change what they do; None takes the question's own.
        max_pairs: most seeds to spend.
        missing: what a missing date means (`zero`, `drop`, `error`), for questions on time series.
        known: columns of the data that are covariates known in advance, for questions on time series.
        past: columns that are covariates known up to the last count only.
        static: columns that are the same in every row of a series.
    """

    setting: Setting = "quick"
    data: Path | None = None
    margin: float | None = None
    max_pairs: int = 20
    missing: str | None = None
    known: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    static: tuple[str, ...] = ()

    @property
    def path(self) -> str | None:
        """Return where the person's own data are, absolute, so that every worker finds them; None for the embedded data.

        Example:
            >>> Ask().path is None, Ask(data=Path("mine.csv")).path == str(Path.cwd() / "mine.csv")
            (True, True)
        """
        return None if self.data is None else str(self.data.expanduser().resolve())

    def margin_or(self, own: float, *, reason: str) -> tuple[float, str]:
        """Return the margin and why: the person's choice, or a question's own.

        Args:
            own: the question's margin, in the metric's unit.
            reason: why a smaller difference would not change what one does.

        Example:
            >>> Ask().margin_or(0.01, reason="a tenth of the gain"), Ask(margin=0.02).margin_or(0.01, reason="a tenth of the gain")
            ((0.01, 'a tenth of the gain'), (0.02, 'chosen by whoever asked'))
        """
        return (own, reason) if self.margin is None else (self.margin, "chosen by whoever asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedQuestion:
    """A question made ready to run on one data set.

    Args:
        study: what to run.
        scale: what the metric's numbers mean on these data.
        data: source, rows, period, fingerprint, for people to read.
        notes: what to know before trusting the answer, each a sentence.
    """

    study: Study
    scale: Scale | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An entry of the catalogue; listing it loads nothing heavy, `prepare` does.

    Args:
        name: `system.question`, e.g. `rare-events.heads`.
        title: the question in one line.
        asks: the question as people ask it, and what each level is.
        quick: what the quick setting runs and about how long it takes on two cores.
        full: the same of the full setting.
        margin: default margin, in the metric's unit.
        margin_reason: why a smaller difference would not change what one does.
        prepare: builds the study for a person's choice.
    """

    name: str
    title: str
    asks: str
    quick: str
    full: str
    margin: float
    margin_reason: str
    prepare: Callable[[Ask], PreparedQuestion]
