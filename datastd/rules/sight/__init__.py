"""
Rules by objective: about what a model is given, set beside the record that it was made of.

Their tables are of no dataset, but of a preview, `datastd.train.preview`, which says in
`datastd.sight` how they are filled.  Every row of a table is looked at: what a record
lacks has no row.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeAlias

import polars as pl

from datastd.model import Measurement
from datastd.rules import RowRule, totals

_Columns: TypeAlias = Mapping[str, type[pl.DataType]]

_TEXT, _WHOLE, _REAL, _YES = pl.String, pl.Int64, pl.Float64, pl.Boolean
_PLACED: _Columns = {"key": _TEXT, "split": _TEXT, "origin": _TEXT}

_OWN: Mapping[str, _Columns] = {
    # one row a sample: what ended its way through the pipeline; null where nothing did
    "runs": {"fault": _TEXT},
    # one row an item, which is what the model gets: a sample, or a window of one
    "items": {"nonfinite": _WHOLE, "place": _TEXT, "lacks": _TEXT},
    # of pictures that are not of one colour as they are read, in integers
    "pictures": {"low": _REAL, "high": _REAL, "floating": _YES, "before": _REAL,
                 "deviation": _REAL},
    "labels": {"label": _WHOLE, "seen": _WHOLE},
    "classes_seen": {"low": _WHOLE, "high": _WHOLE},
    "boxes": {"left": _REAL, "top": _REAL, "right": _REAL, "bottom": _REAL, "width": _WHOLE,
              "height": _WHOLE},
    "boxed": {"before": _WHOLE, "after": _WHOLE, "labels": _WHOLE, "strange": _WHOLE},
    "traces": {"overlap": _REAL, "label": _WHOLE, "seen": _WHOLE},
    "masks": {"width": _WHOLE, "height": _WHOLE, "picture_width": _WHOLE,
              "picture_height": _WHOLE, "strange": _WHOLE, "value": _REAL},
    "windows": {"start": _WHOLE, "end": _WHOLE, "first": _WHOLE, "last": _WHOLE},
    "questions": {"windows": _WHOLE, "holding": _WHOLE},
    "ids_seen": {"low": _WHOLE, "high": _WHOLE},
    "targets": {"tokens": _WHOLE, "counted": _WHOLE},
    # a sequence with padding: how many of it have a label, attention that collate gave, another id
    "paddings": {"padded": _WHOLE, "counted": _WHOLE, "attended": _WHOLE, "strange": _WHOLE},
    # how much of a record its ids spell, from 0 to 1; null where they cannot be decoded
    "spelled": {"alike": _REAL},
    # the last answer on each side of a dialogue
    "ends": {"is_seen": _YES},
    "shifts": {"ahead": _WHOLE, "least": _WHOLE, "most": _WHOLE},
    "colours": {"order": _TEXT, "expected": _TEXT},
    # one row an item of a batch: what collate did to it; null where nothing
    "collated": {"fault": _TEXT},
    "batches": {"fault": _TEXT, "form": _TEXT, "first_form": _TEXT, "size": _TEXT,
                "first_size": _TEXT},
}  # fmt: skip

TABLES: Mapping[str, _Columns] = {name: {**_PLACED, **own} for name, own in _OWN.items()}
"""The tables of a preview: columns by name."""


class SeenRule(RowRule):
    """
    A rule about rows of a preview, each by itself.

    A subclass says with `wrong` which rows show the defect: null is one that does.
    """

    def wrong(self) -> pl.Expr:
        """Say of each row whether it shows the defect."""
        raise NotImplementedError

    def amount(self) -> pl.Expr:
        """How much of it a row shows, as a number."""
        return pl.lit(1.0)

    def told(self) -> pl.Expr:
        """What was expected of a row, and what was found there, in words."""
        raise NotImplementedError

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(self.wrong().fill_null(value=True)).select(
            "key", "split", observed=self.amount().cast(pl.Float64), detail=self.told()
        )


class SeenShare(SeenRule):
    """Likewise, where a share of the rows may well show it, and most never should."""

    unit: ClassVar[str] = "fraction of samples"

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, failed = totals(partials, "checked", "failed")
        share = failed / checked if checked else 0
        return Measurement(observed=share, checked=checked, failed=failed)


def said(template: str, *values: str | pl.Expr) -> pl.Expr:
    """Say something of some values, or of those of columns; what is null is none."""
    known = [pl.col(one) if isinstance(one, str) else one for one in values]
    return pl.format(template, *(one.cast(pl.String).fill_null("none") for one in known))
