"""
When two names are one: names of classes to whoever reads them, names of files to a system.

And what nobody sees in a name, or in any text: its one home.
"""

import posixpath
import unicodedata

import polars as pl

_RUNS = (
    "0-20 7F-A0 AD 34F 61C 115F-1160 1680 17B4-17B5 180B-180F 2000-200F 2028-202F 205F-206F 2800 "
    "3000 3164 FE00-FE0F FEFF FFA0 FFF0-FFF8 1BCA0-1BCA3 1D173-1D17A E0000-E0FFF"
)
_PAIRS = [(one, other or one) for one, _, other in (run.partition("-") for run in _RUNS.split())]

UNSEEN = tuple((int(one, 16), int(other, 16)) for one, other in _PAIRS)
"""
What nobody sees, as the first and the last of each run of code points: those of `str.isspace`, of
the categories Cc and Zs, and with the property Default_Ignorable_Code_Point (Unicode 16,
DerivedCoreProperties.txt); and a cell of Braille without a dot.
"""

SEEN = "[^" + "".join(rf"\x{{{one}}}-\x{{{other}}}" for one, other in _PAIRS) + "]"
"""A character that is seen, as a pattern of polars."""

INVISIBLE = frozenset(
    chr(point)
    for first, last in UNSEEN
    for point in range(first, last + 1)
    if not chr(point).isspace() and unicodedata.category(chr(point)) != "Cc"
)
"""Characters of which nothing is seen, and that part no words: they may stand within one."""

MARKS = (
    r"[\p{Cc}\x{ad}\x{61c}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}"
    r"\x{34f}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180e}\x{2800}\x{3164}\x{ffa0}\x{fff0}-\x{fff8}"
    r"\x{1bca0}-\x{1bca3}\x{1d173}-\x{1d17a}]"
)
"""Characters without a width that no name needs, as a pattern of polars,"""

_JOINS = r"\x{200c}\x{200d}\x{fe00}-\x{fe0f}\x{e0000}-\x{e0fff}"
JOINERS = rf"^[\x{{0}}-\x{{24f}}{_JOINS}]*[{_JOINS}][\x{{0}}-\x{{24f}}{_JOINS}]*$"
"""and a Latin name with those that other scripts, and emoji, do need."""

_IGNORED = str.maketrans(dict.fromkeys(INVISIBLE))
_ODD = r"\\|(^|/)\.{0,2}/|/\.{0,2}$|[^\x00-\x7f]"


def folded(name: str) -> str:
    """
    A name without what nobody tells apart: case, width, marks that are not seen, space around it.

    >>> folded(" Ｐｅｒ\u200bson") == folded("person")
    True
    """
    once = unicodedata.normalize("NFKC", name.translate(_IGNORED)).casefold()
    return unicodedata.normalize("NFKC", once).strip()


def portable(names: pl.Series) -> pl.Series:
    r"""
    Names of files, each as any system that looks for it has it: ``./a\b.png`` as ``a/b.png``.

    >>> portable(pl.Series(["./a.png", "b/../a.png", "b\\a.png", None])).to_list()
    ['a.png', 'a.png', 'b/a.png', None]
    """
    odd = names.unique().drop_nulls()
    odd = odd.filter(odd.str.contains(_ODD))
    if not len(odd):
        return names
    plain = pl.Series([_portable(one) for one in odd], dtype=pl.String)
    return names.replace(odd, plain)


def _portable(name: str) -> str:
    return posixpath.normpath(unicodedata.normalize("NFC", name).replace("\\", "/"))
