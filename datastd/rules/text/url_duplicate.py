"""L308."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import GroupRule


class UrlDuplicate(GroupRule):
    """
    Documents of one split that are from one address, however it is written.

    Compared is the `url_hash` of the column ``url``.  A document without an address could not
    be compared, and fails.

    Why it matters:
        One page that was crawled twice is one document twice, with other advertisements.

    Remedy:
        Keep one of each group: the first in the data, unless another is newer.

    Source:
        TensorFlow Datasets' C4, ``normalize_url``; datatrove's deduplication by URL.
    """

    code: ClassVar[str] = "L308"
    name: ClassVar[str] = "url-duplicate"
    reads: ClassVar[tuple[str, ...]] = ("url_hash",)
    meets_on: ClassVar[str | None] = "url_hash"
    group: ClassVar[tuple[str, ...]] = ("url_hash", "split")
    folds: ClassVar[bool] = True
    asks: ClassVar[tuple[str, ...]] = ("url",)

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        return self.many("url_hash", "split") > 1

    def bound(self) -> str:
        return "the only one of its address"
