"""The contract of a rule: what one finding is, why it matters, how it is seen, and a pure function that looks for it.

A rule's module holds one `Rule` named `RULE`. Its `check` takes parts of the evidence by keyword, by the names of `Evidence`'s fields; the
parameter `head` stands for each head in turn, `learning` for what is known of all. It returns

- a `Sign`, with numbers: this stands out;
- None: looked at, and nothing stands out;
- a `Missing`: can't be judged, and what it would take.

It keeps nothing, changes nothing, and raises nothing on purpose; what it raises by mistake is reported as status "error".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from steelyard.watch.finding import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What stands out.

    Args:
        evidence: the numbers it was seen by, the threshold among them.
        meaning: what they mean here, one sentence; by default the rule's `title`.
        severity: by default the rule's.
        advice: by default the rule's.
        step: when, by default the last step.
    """

    evidence: Mapping[str, float] = field(default_factory=dict)
    meaning: str = ""
    severity: Severity | None = None
    advice: str = ""
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a rule can't be judged: what is missing."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One finding that is looked for.

    Args:
        code: never reused once released.
        name: reads after "allow".
        title: what is the case when it is found, one sentence.
        severity: at its worst.
        what: what is looked at, and when it is found.
        why: why it matters.
        threshold: the numbers and where they come from.
        advice: what to try, one sentence.
        wrong: when it is wrong.
        check: looks for it.
        dynamics: a warning only where the model does no better than a trivial predictor, else for information.
        at_once: may be said while the run goes on; the others judge a run at its end.
    """

    code: str
    name: str
    title: str
    severity: Severity
    what: str
    why: str
    threshold: str
    advice: str
    wrong: str
    check: Callable[..., Sign | Missing | None]
    dynamics: bool = False
    at_once: bool = False
