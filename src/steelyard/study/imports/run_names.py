"""What a run's folder name says about it: fields of a pattern, or `key=value` parts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from steelyard.errors import InputError

_FIELD = re.compile(r"\{([^{}]*)\}")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern such as `{norm}_seed{seed}` as a regular expression for a run's whole name.

    A field takes as little as makes the whole match, and never a `/`; `{_}` takes anything and keeps nothing.

    Args:
        pattern: text with at least one `{field}`; write `/` between folders.

    Raises:
        InputError: no field, two of one name, a field that isn't a name, or two with nothing between them.

    Example:
        >>> compile_pattern("{norm}_seed{seed}").fullmatch("layer_seed3").groupdict()
        {'norm': 'layer', 'seed': '3'}
        >>> compile_pattern("{norm}/{_}/seed={seed}").fullmatch("layer/v1/seed=3").groupdict()
        {'norm': 'layer', 'seed': '3'}
    """
    fields = [field for field in _FIELD.findall(pattern) if field != "_"]
    if not fields:
        raise InputError(
            f"--pattern must have fields in braces, but got {pattern!r}; try one like '{{norm}}_seed{{seed}}'"
        )
    for field in fields:
        if not field.isidentifier() or field.startswith("_") or fields.count(field) > 1:
            raise InputError(
                f"--pattern's fields must be different names, but got {{{field}}} in {pattern!r}; use letters, digits and _"
            )
    if "}{" in pattern:
        raise InputError(
            f"--pattern must have text between its fields, but got {pattern!r}; nothing tells where one ends"
        )
    expression, place = "", 0
    for match in _FIELD.finditer(pattern):
        expression += re.escape(pattern[place : match.start()])
        expression += "[^/]*?" if match[1] == "_" else f"(?P<{match[1]}>[^/]+?)"
        place = match.end()
    return re.compile(expression + re.escape(pattern[place:]))


def usual_pattern(factor: str, seed: str) -> str:
    """Return the pattern of names like `layer_seed3`.

    Example:
        >>> usual_pattern("norm", "seed")
        '{norm}_seed{seed}'
    """
    return f"{{{factor}}}_seed{{{seed}}}"


def key_values(name: str) -> Mapping[str, str]:
    """Return the `key=value` parts of a run's name, as Hydra and others write them.

    Example:
        >>> key_values("sweep/norm=layer,seed=3/v1")
        {'norm': 'layer', 'seed': '3'}
    """
    parts = (part.partition("=") for part in re.split(r"[/,]", name))
    return {key.strip(): value.strip() for key, equals, value in parts if equals and key.strip()}
