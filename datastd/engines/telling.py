"""
What is wrong with the first rows outside a limit, in words: they are read once more for it.

A column says that something is wrong, and no more of it than can be counted.  Which role, which
key or which two sizes it was is in what was read, and that is gone: keeping it would cost sound
data, of which nobody asks.
"""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from datastd.engines import Seen
from datastd.engines.crew import Crew
from datastd.engines.fold import Fold
from datastd.errors import DataChanged
from datastd.measures import Instrument, Words, needed
from datastd.model import Outcome
from datastd.rules.row_limits import RowLimit
from datastd.sources import Source


class _Asked(NamedTuple):
    """The first rows outside a limit, and what says what is wrong with them."""

    limit: RowLimit
    words: Words
    keys: Sequence[str]

    @property
    def samples(self) -> list[str]:
        """The samples that these rows are, or are of."""
        if self.words.over == "samples":
            return [*self.keys]
        return [key.rpartition("@")[0] for key in self.keys]


def tell(fold: Fold, source: Source, crew: Crew) -> None:
    """
    Have a fold say of the first rows outside each limit what is wrong with them.

    Of what keeps within its limit nothing is read again.

    Raises:
        DataChanged: A sample that was read cannot be any more.
    """
    asked = _asked(fold)
    wanted = [*dict.fromkeys(sample for one in asked for sample in one.samples)]
    if not wanted:
        return
    try:
        for seen in crew.look_again(source, wanted, _instruments(fold, asked)):
            for one in asked:
                fold.words.setdefault(one.limit.called[0], {}).update(_said(one, seen))
    except DataChanged:
        raise
    except Exception:  # noqa: BLE001  -- a message decides nothing: what is counted is said
        return


def _asked(fold: Fold) -> list[_Asked]:
    """Limits that are not kept, of whose rows somebody can say what is wrong with them."""
    standard = fold.standard
    worded = {(m.over, m.column): m.words for m in standard.measures if m.words}
    limits = [
        (limit, known)
        for table, door in standard.doors.items()
        for column, limit in door.limits.items()
        if (known := worded.get((table, column)))
    ]
    found = fold.measured(limit.called[0] for limit, _ in limits)
    return [
        _Asked(limit, known, [example.key for example in measured.examples])
        for limit, known in limits
        if limit.judge(measured := found[limit.called[0]]).outcome is not Outcome.PASS
    ]


def _instruments(fold: Fold, asked: Sequence[_Asked]) -> list[Instrument]:
    """What is asked, and the measures of the standard that it takes."""
    words = [one.words for one in asked]
    taken = needed(words)
    return [*(one for one in fold.standard.measures if one.column in taken), *words]


def _said(one: _Asked, seen: Seen) -> dict[str, str]:
    """What is said of the rows that are asked about, by their keys."""
    column = one.words.column
    rows = seen.tables.get(one.words.over, pl.DataFrame())
    if column not in rows.columns:  # something that the words ask for is not there
        return {}
    if one.words.over == "annotations":
        keys = seen.tables["samples"].get_column("key").gather(rows.get_column("row"))
        rows = rows.with_columns(key=keys + "@" + rows.get_column("annotation"))
    its = rows.filter(pl.col("key").is_in(one.keys), pl.col(column).is_not_null())
    return {key: one.limit.about(said) for key, said in its.select("key", column).iter_rows()}
