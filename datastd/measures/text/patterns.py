"""
What regular expressions look for in texts.

They are Rust's, by way of polars: the time that they take grows with the text alone, and
where several could match they take the one that Python's would.
"""

import functools
import itertools
import re
from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.measures.text.kinds import BEYOND

_SURROGATES = range(0xD800, 0xE000)


@functools.cache
def one_of(holds: Callable[[str], bool]) -> str:
    """The class of all characters of which something holds, as this Python knows them."""
    points = [n for n in range(BEYOND) if n not in _SURROGATES and holds(chr(n))]
    runs = itertools.groupby(enumerate(points), key=lambda one: one[1] - one[0])
    spans = [[point for _, point in run] for _, run in runs]
    return "[" + "".join(rf"\x{{{span[0]:x}}}-\x{{{span[-1]:x}}}" for span in spans) + "]"


def is_word(one: str) -> bool:
    r"""Say whether Python's ``\w`` matches the character."""
    return one.isalnum() or one == "_"


def as_in_python(verbose: str) -> str:
    r"""
    A verbose pattern of Python without its remarks and blanks, and with Python's ``\w`` and ``\s``.

    Rust's verbose patterns ignore blanks in classes too, its words have marks in them, and
    U+001C to U+001F are no space to it.
    """
    dense = re.sub(r"#[^\n]*|(\[[^]]*\])|\s+", lambda found: found[1] or "", verbose)
    return dense.replace(r"\w", one_of(is_word)).replace(r"\s", one_of(str.isspace))


def counted(
    text: pl.Series, some: pl.Series, count: Callable[[pl.Series], pl.Series]
) -> NDArray[np.int64]:
    """Count in some of the texts; in the others there is nothing."""
    found = np.zeros(len(text), np.int64)
    some = some.fill_null(value=False)
    found[some.arg_true()] = count(text.filter(some)).to_numpy()
    return found
