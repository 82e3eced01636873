from __future__ import annotations

import json
import types
from typing import Any

from steelyard.study.names_used import names_used
from steelyard.study.ownership import Ownership


def used(text: str, **namespace: Any) -> dict[str, object]:
    return dict(names_used(compile(text, "<text>", "exec"), namespace, ownership=Ownership()))


def test_globals_attributes_of_own_modules_and_whole_modules() -> None:
    own = types.ModuleType("own_module_of_this_test")
    own.offset = 3  # type: ignore[attr-defined]  # a module made here
    assert used("own.offset + scale + len([])", own=own, scale=2) == {"own.offset": 3, "scale": 2}
    assert used("h = own", own=own) == {"own": own}
    assert used("json.dumps(1)", json=json) == {"json": json}


def test_nested_code_is_read_and_missing_names_are_marked() -> None:
    found = used("def f():\n    return [lambda: deep for _ in later]\n", deep=1)
    assert found == {"deep": 1, "later": "a name that is not defined"}


def test_imports_inside_code_are_followed_where_they_are_own() -> None:
    found = used("from steelyard.weigh import scale\nimport json\nfrom json import dumps\n")
    assert list(found) == ["steelyard.weigh.scale"]
    assert isinstance(found["steelyard.weigh.scale"], types.ModuleType)


def test_more_names_than_fit_a_byte_do_not_hide_an_import() -> None:
    many = "\n".join(f"x.a{number}" for number in range(300))
    assert "steelyard.weigh.scale" in used(f"{many}\nfrom steelyard.weigh import scale\n", x=0)
