from __future__ import annotations

import platform

import numpy as np

from steelyard import __version__
from steelyard.study.environment import environment


def test_it_names_versions_and_hardware_as_text_and_stays_the_same() -> None:
    found = environment()
    assert found["python"] == platform.python_version()
    assert found["numpy"] == np.__version__
    assert found["steelyard"] == __version__
    assert int(found["cores"]) >= 1
    assert all(isinstance(value, str) and value for value in found.values())
    assert environment() == found
