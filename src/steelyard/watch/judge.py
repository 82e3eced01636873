"""Hold a run's evidence against every rule."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal

import numpy as np

from steelyard.errors import InputError
from steelyard.watch.evidence import MISSING, Evidence
from steelyard.watch.finding import Finding, Severity
from steelyard.watch.rule import Missing, Rule, Sign

State = Literal["finding", "passed", "not applicable", "muted", "error"]
ORDER = "MFDGPU"
"""Letters of the codes in order of value: meaning, wiring, data, dynamics, precision, units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one rule came to.

    Args:
        code: the rule's.
        name: the rule's.
        state: how it ended.
        findings: one a head at most.
        missing: what it would have taken, for `not applicable`.
        error: what the rule raised, for `error`.
    """

    code: str
    name: str
    state: State
    findings: tuple[Finding, ...] = ()
    missing: str = ""
    error: str = ""


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, in order of value.

    Example:
        >>> all_rules()[0].code
        'M01'
    """
    from steelyard.watch import rules  # noqa: PLC0415 - it is a package of what this module runs

    found = [
        import_module(f"{rules.__name__}.{each.name}").RULE for each in pkgutil.iter_modules(rules.__path__)
    ]
    return tuple(sorted(found, key=lambda rule: (ORDER.index(rule.code[0]), rule.code)))


def check_codes(codes: Collection[str]) -> frozenset[str]:
    """Return the codes of rules that are named by code or name.

    Raises:
        InputError: one that no rule has.

    Example:
        >>> sorted(check_codes(["m01", "stale-gradients"]))
        ['F04', 'M01']
    """
    known = {rule.code: rule.code for rule in all_rules()} | {rule.name: rule.code for rule in all_rules()}
    known |= {code.lower(): code for code in tuple(known.values())}
    if unknown := [code for code in codes if code not in known]:
        raise InputError(
            f"`mute` must name rules by code or name, but got {unknown[0]!r}; they are "
            f"{', '.join(f'{rule.code} {rule.name}' for rule in all_rules())}"
        )
    return frozenset(known[code] for code in codes)


def judge(
    evidence: Evidence,
    *,
    mute: Collection[str] = (),
    at_once: bool = False,
    rules: Sequence[Rule] | None = None,
) -> tuple[Outcome, ...]:
    """Return what each rule comes to.

    Args:
        evidence: what was recorded.
        mute: codes of rules to leave out.
        at_once: only rules that may speak while the run goes on.
        rules: instead of all.
    """
    chosen = [rule for rule in (all_rules() if rules is None else rules) if rule.at_once or not at_once]
    with np.errstate(all="ignore"):
        return tuple(
            Outcome(code=rule.code, name=rule.name, state="muted")
            if rule.code in mute
            else _outcome(rule, evidence)
            for rule in chosen
        )


def _outcome(rule: Rule, evidence: Evidence) -> Outcome:
    names = list(inspect.signature(rule.check).parameters)
    parts = {name: getattr(evidence, name) for name in names if name != "head"}
    for name, part in parts.items():
        if part is None:
            return Outcome(code=rule.code, name=rule.name, state="not applicable", missing=MISSING[name])
    heads = evidence.heads if "head" in names else (None,)
    if not heads:
        return Outcome(code=rule.code, name=rule.name, state="not applicable", missing=MISSING["head"])
    answers: list[Sign | Missing | None] = []
    findings = []
    for head in heads:
        try:
            answer = rule.check(**parts, **({} if head is None else {"head": head}))
        except Exception as error:  # noqa: BLE001 - a rule that fails is shown, and the user's training goes on
            return Outcome(
                code=rule.code, name=rule.name, state="error", error=f"{type(error).__name__}: {error}"
            )
        answers.append(answer)
        if isinstance(answer, Sign):
            several = len(heads) > 1 and head is not None
            learning = evidence.learning if head is None else head.learning
            findings.append(
                _finding(rule, answer, evidence, learning, of=f"{head.name}: " if several and head else "")
            )
    if findings:
        return Outcome(code=rule.code, name=rule.name, state="finding", findings=tuple(findings))
    missing = [answer for answer in answers if isinstance(answer, Missing)]
    if len(missing) == len(answers):
        return Outcome(code=rule.code, name=rule.name, state="not applicable", missing=missing[0].what)
    return Outcome(code=rule.code, name=rule.name, state="passed")


def _finding(rule: Rule, sign: Sign, evidence: Evidence, learning: str | None, *, of: str) -> Finding:
    severity: Severity = sign.severity or rule.severity
    if rule.dynamics and learning != "no better" and severity != "info":
        severity = "info"
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=severity,
        evidence={name: float(value) for name, value in sign.evidence.items()},
        meaning=f"{of}{sign.meaning or rule.title}",
        advice=sign.advice or rule.advice,
        step=evidence.step if sign.step is None else sign.step,
    )
