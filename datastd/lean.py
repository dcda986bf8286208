"""
What a process of datastd's own can do without.

pandera and numba import what else they can use wherever it is installed, and that takes
longer than a check.  A command, unlike a notebook, has its process to itself.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType

_UNUSED: Mapping[str, frozenset[str]] = {
    "pandera": frozenset({"pandas", "hypothesis", "yaml"}),
    "numba": frozenset({"scipy", "coverage"}),
}
"""By who imports them: optional packages that a check of polars tables never reaches."""


class _Hidden(MetaPathFinder):
    """Finds nothing of `_UNUSED` for those two, and leaves everyone else alone."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if name in _UNUSED.get(_importer().partition(".")[0], ()):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def _importer() -> str:
    """Name of the module whose import statement is being carried out."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001
    machinery = (__name__, "importlib", "_frozen_importlib")
    while frame and frame.f_globals.get("__name__", "").startswith(machinery):
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", "")) if frame else ""


def leave_out_unused() -> None:
    """Hide what a check never uses, from those who would import it, until the process ends."""
    if not any(isinstance(finder, _Hidden) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Hidden())
