"""When two names are one: names of classes to whoever reads them, names of files to a system."""

import posixpath
import re
import unicodedata

import polars as pl

MARKS = r"[\p{Cc}\x{ad}\x{61c}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}]"
"""Characters without a width that no name needs, as a pattern of polars,"""

JOINERS = r"^[\x{0}-\x{24f}\x{200c}\x{200d}]*[\x{200c}\x{200d}][\x{0}-\x{24f}\x{200c}\x{200d}]*$"
"""and a Latin name with those that other scripts, and emoji, do need."""

_UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ODD = r"\\|(^|/)\.{0,2}/|/\.{0,2}$|[^\x00-\x7f]"


def folded(name: str) -> str:
    """
    A name without what nobody tells apart: case, width, marks that are not seen, space around it.

    >>> folded(" Ｐｅｒ\u200bson") == folded("person")
    True
    """
    once = unicodedata.normalize("NFKC", _UNSEEN.sub("", name)).casefold()
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
