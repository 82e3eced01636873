"""The documentation page of a rule, made from the rule itself, so that none can be missing or say something else."""

from __future__ import annotations

from collections.abc import Sequence

from steelyard.watch.judge import ORDER, all_rules
from steelyard.watch.rule import Rule

GROUPS = {
    "M": "What the loss means",
    "F": "Wiring",
    "D": "Inputs and targets",
    "G": "Dynamics",
    "P": "Number formats",
    "U": "Units and latents",
}


def page_name(rule: Rule) -> str:
    """Return the page's name, e.g. `m01-no-better-than-trivial`."""
    return f"{rule.code.lower()}-{rule.name}"


def page_of(rule: Rule) -> str:
    """Return a rule's page in Markdown.

    Example:
        >>> print(page_of(all_rules()[0]).splitlines()[0])
        # M01 no-better-than-trivial
    """
    severity = f"`{rule.severity}`"
    if rule.dynamics:
        severity += (
            ", and only for information unless the model does no better than a trivial predictor (M01)"
        )
    when = "while the run goes on and at its end" if rule.at_once else "at the end of the run"
    return f"""# {rule.code} {rule.name}

{rule.title} Severity: {severity}. Said {when}.

## What is looked at

{rule.what}

## Why it matters

{rule.why}

## Threshold, and where it comes from

{rule.threshold}

## What to try

{rule.advice}

## When it is wrong

{rule.wrong} Leave it out with `mute=["{rule.code}"]`.
"""


def index_page(rules: Sequence[Rule] | None = None) -> str:
    """Return the page that lists every finding, by group."""
    chosen = all_rules() if rules is None else rules
    lines = [
        "# Findings",
        "",
        "What [watch](../watch.md) looks for, in order of value. Each page says what is looked at, why, the threshold and its source, what to try, and when it is wrong.",
    ]
    for letter in ORDER:
        own = [rule for rule in chosen if rule.code[0] == letter]
        lines += ["", f"## {GROUPS[letter]}", "", "| code | finding | at its worst |", "|---|---|---|"]
        lines += [f"| [{rule.code}]({page_name(rule)}.md) | {rule.title} | {rule.severity} |" for rule in own]
    names = "\n".join(page_name(rule) for rule in chosen)
    return "\n".join(lines) + f"\n\n```{{toctree}}\n:hidden:\n\n{names}\n```\n"


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    return {"index.md": index_page()} | {f"{page_name(rule)}.md": page_of(rule) for rule in all_rules()}
