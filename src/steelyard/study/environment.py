"""What a trial ran on: versions, processor, threads."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from steelyard import __version__

_PACKAGES = ("torch", "numpy", "scipy", "scikit-learn")


def environment() -> dict[str, str]:
    """Return versions and hardware as strings; imports nothing.

    Example:
        >>> sorted(environment())[:3]
        ['cores', 'numpy', 'platform']
    """
    found = {
        "steelyard": __version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": str(os.cpu_count() or 1),
    }
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    if sys.platform == "linux":
        try:
            with open("/proc/cpuinfo", encoding="utf-8") as lines:
                for line in lines:
                    if line.startswith("model name"):
                        return line.partition(":")[2].strip()
        except OSError:
            pass
    return platform.processor() or platform.machine()
