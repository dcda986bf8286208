"""
Everything datastd raises on purpose.

Bad data is a result, not an error: it comes back as a verdict.
An error means that no judgement was possible, or that a gate stayed shut.

DataStdError
├── UsageError       the request cannot be carried out as it was put
│   └── NotInstalled it needs an extra that is not there
├── NothingLeft      a dataset of which cleaning would leave no sample, or no sample of a split
├── NotJudged        the machine could not go on: nothing is known of the data
│   └── DataChanged  the data changed while it was looked at: judge it again
└── NotCertified     data that reached a gate without a certificate that holds
    └── NotTrusted   a signed certificate, and nobody said whose signature counts
"""

import traceback
from typing import ClassVar

from datastd.quiet import safe


class DataStdError(Exception):
    """
    Base of every error raised on purpose.

    The message always reads ``where: expected …, found …``, so that one log line
    is enough to open the right file at the right place; `hint` says what to do.
    """

    exit_code: ClassVar[int] = 4

    def __init__(self, where: str, expected: str, found: str, hint: str = "") -> None:
        # Positional, and all of them in `args`: an error must survive being
        # pickled on its way out of a worker.
        super().__init__(where, expected, found, hint)
        self.where, self.expected, self.found, self.hint = where, expected, found, hint

    def __str__(self) -> str:
        text = f"{self.where}: expected {self.expected}, found {self.found}"
        return safe(f"{text}; {self.hint}" if self.hint else text, longest=2000)


class UsageError(DataStdError):
    """A request that cannot be carried out as it was put."""

    exit_code = 2


class NotInstalled(UsageError, ImportError):  # noqa: N818
    """A request that needs an extra of datastd which is not installed."""


class NothingLeft(DataStdError):  # noqa: N818
    """A dataset, or a split of one, of which no sample would be left."""

    exit_code = 1


class NotJudged(DataStdError):  # noqa: N818  -- reads as the sentence it is
    """A judgement that did not come to its end, so that nothing is known of the data."""

    exit_code = 3


class DataChanged(NotJudged):
    """Data that changed while it was looked at."""


class NotCertified(DataStdError):  # noqa: N818
    """Data that reached a gate without a certificate that holds for it."""

    exit_code = 1


class NotTrusted(NotCertified):
    """A certificate of which it is not known whether its signature counts."""

    exit_code = 3


def is_of_the_machine(error: BaseException) -> bool:
    """Say whether the machine could not go on, and not datastd: nothing is known of the data."""
    # polars panics where it gets no memory or thread.
    return is_panic(error) or isinstance(error, OSError | MemoryError | ImportError)


def is_panic(error: BaseException) -> bool:
    """Say whether a library of Rust panicked: with an exception that derives from none."""
    return type(error).__name__ == "PanicException"


def frames(error: BaseException) -> list[str]:
    """Where an error comes from, innermost last, and no values: they may hold the data."""
    return [
        safe(f"{frame.filename}:{frame.lineno} {frame.name}")
        for frame in traceback.extract_tb(error.__traceback__)[-6:]
    ]
