"""C714."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Measurement
from datastd.rules import totals
from datastd.rules.columns import CountsRule, found_in

_NULLS = ("", "na", "n/a", "null", "none", "nan", "-", "nil", "#n/a", "missing", "unknown")


class MixedNullTokens(CountsRule):
    """
    A column that writes "there is no value" in more than one way.

    Ways are null, and by any case and with white space around: an empty string, ``NA``, ``N/A``,
    ``#N/A``, ``null``, ``nil``, ``None``, ``NaN``, ``-``, ``missing``, ``unknown``.

    Why it matters:
        A loader takes some of them for null and the others for words.

    Remedy:
        Write null.

    Source:
        deepchecks mixed_nulls.
    """

    code: ClassVar[str] = "C714"
    name: ClassVar[str] = "mixed-null-tokens"

    def counts(self, rows: pl.DataFrame) -> dict[str, int]:
        """For each way, by column: rows that take it."""
        counts = dict[str, int]()
        for name in self.columns:
            written = rows[name].cast(pl.String)
            plain = written.str.strip_chars().str.to_lowercase()
            counts |= {f"{name}={way}": int((plain == way).sum()) for way in _NULLS}
            counts[f"{name}=\0"] = written.null_count()
        return counts

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        said = {}
        for name in self.columns:
            counts = totals(partials, *(f"{name}={way}" for way in (*_NULLS, "\0")))
            ways = sum(count > 0 for count in counts)
            said[name] = f"expected one way to say that nothing is there, found {ways}" * (ways > 1)
        return found_in(totals(partials, "rows")[0], said)
