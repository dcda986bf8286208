"""
A process of datastd's own, as it has to be: a command, or the child that judges.

Unlike a notebook, such a process has itself to itself.  pandera and numba import what
else they can use wherever it is installed, which takes longer than a check; and switches
that somebody left in the environment turn validation off, or compilation.
"""

import contextlib
import ctypes
import gc
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType

_UNUSED: Mapping[str, frozenset[str]] = {
    "pandera": frozenset({"pandas", "hypothesis", "yaml"}),
    "numba": frozenset({"coverage", "yaml"}),
}
"""
By who imports them: optional packages that a check of polars tables never reaches.

Without yaml, numba reads no settings from the working folder, which may be a dataset's.
"""

_PROBES = frozenset({("numba",), ("numba.np.linalg", "numba.np.arraymath")})
"""
Who asks whether there is a scipy, innermost first: numba for its version alone, and for
what it would do by itself.  A kernel of a user's that needs it asks again, and finds it.
"""

_SWITCHES = ("PANDERA_", "NUMBA_", "POLARS_", "_DATASTD_COMPLETE")
_THREADS = "POLARS_MAX_THREADS"
_PLACES = frozenset({"NUMBA_CACHE_DIR", "POLARS_TEMP_DIR", _THREADS})
"""What of them a user may well set: where files go, and how many threads there are."""


_YOUNG = 50_000  # objects made since, until Python looks for garbage among them
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # numbers of the C library's malloc.h


class _Hidden(MetaPathFinder):
    """Finds nothing of `_UNUSED` for those two, and leaves everyone else alone."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        importer, above = _importer()
        is_probe = name == "scipy" and not _PROBES.isdisjoint({(importer,), (importer, above)})
        if is_probe or name in _UNUSED.get(importer.partition(".")[0], ()):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def _importer() -> tuple[str, str]:
    """Names of the module whose import statement is being carried out, and of who called it."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001
    machinery = (__name__, "importlib", "_frozen_importlib")
    while frame and frame.f_globals.get("__name__", "").startswith(machinery):
        frame = frame.f_back
    frames = (frame, frame.f_back if frame else None)
    importer, above = (str(one.f_globals.get("__name__", "")) if one else "" for one in frames)
    return importer, above


def keep_memory() -> None:
    """Keep the memory of one batch for the next: a tenth of the time goes into new pages."""
    with contextlib.suppress(AttributeError, OSError):  # another C library
        keep = ctypes.CDLL(None).mallopt
        keep(_M_MMAP_THRESHOLD, 1 << 25)  # bytes, the most that it takes
        keep(_M_TRIM_THRESHOLD, 1 << 27)


def settle() -> None:
    """
    Make this process datastd's own, until it ends.  Comes before all other imports.

    What a check never uses is hidden from those who would import it, switches of the
    libraries are forgotten, and output fails for no other reason than its place.
    """
    if not any(isinstance(finder, _Hidden) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Hidden())
    warnings.filterwarnings("ignore", "A Numba config file is found")  # and not read
    keep_memory()
    gc.set_threshold(_YOUNG, 20, 100)  # imports leave no garbage, and were searched 400 times
    for name in [*os.environ]:
        if name.startswith(_SWITCHES) and name not in _PLACES:
            del os.environ[name]
    if not os.environ.get(_THREADS, "1").strip("0").isdecimal():  # polars would panic
        del os.environ[_THREADS]
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
