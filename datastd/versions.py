"""Versions of what a result depends on."""

import contextlib
import importlib.metadata
import platform


def versions(*packages: str) -> dict[str, str]:
    """Versions of Python, and of those of the packages that are there, as they are installed."""
    found = {"python": platform.python_version()}
    for name in packages:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found
