"""The formats that there are, and the source of each."""

import importlib
import pkgutil

from datastd import sources
from datastd.errors import UsageError
from datastd.sources import Source
from datastd.words import meant

_NO_FORMATS = frozenset({"encoding", "files", "known", "lines", "memory", "pickles", "pictures",
                         "serial", "streams", "tables", "tabular", "tokens"})  # fmt: skip


def formats() -> list[str]:
    """Names of the formats that datastd reads from disk."""
    found = (module.name for module in pkgutil.iter_modules(sources.__path__))
    return sorted(name.replace("_", "-") for name in found if name not in _NO_FORMATS)


def reader(name: str) -> type[Source]:
    """
    The source of a format: a module of `datastd.sources`, or one that the user names.

    Args:
        name: A format such as ``idx``, or the dotted name of a module of the
            user's that has one subclass of `Source`.

    Raises:
        UsageError: No such format.
    """
    known = formats()
    place = f"datastd.sources.{name.replace('-', '_')}" if name in known else name
    if name not in known and ("." not in name or not all(map(str.isidentifier, name.split(".")))):
        expected = f"one of {', '.join(known)}, or the dotted name of a module"
        raise UsageError("--format", expected, name or "an empty name", meant(name, known))
    try:
        module = importlib.import_module(place)
    except (Exception, SystemExit) as error:  # noqa: BLE001  -- the user's, it may do anything
        found = f"{type(error).__name__}: {error}"
        raise UsageError("--format", "a module that can be imported", found) from None
    for value in vars(module).values():
        if (
            isinstance(value, type)
            and issubclass(value, Source)
            and value.__module__ == module.__name__
        ):
            return value
    raise UsageError("--format", "a module with a Source", name)
