"""N362."""

from typing import ClassVar

import polars as pl

from datastd.rules.norms.files import FileNorm, name

_NAME = r"(^|/)[_.]incomplete$|\.(tmp|part|partial|incomplete|crdownload|filepart)$"


class PublicationIncomplete(FileNorm):
    """
    A file that says that the dataset was not written to its end: ``_INCOMPLETE``, or one that
    ends with .tmp, .part, .partial, .incomplete, .crdownload or .filepart.

    Why it matters:
        Half of a dataset is a dataset for whoever does not count.

    Remedy:
        Write it to its end; publish in one step.

    Source:
        mlcroissant reuses a folder that was half extracted; A3's S15.
    """

    code: ClassVar[str] = "N362"
    name: ClassVar[str] = "publication-incomplete"
    should: ClassVar[str] = "a whole file"
    found: ClassVar[str] = "a mark of half a one"

    def wrong(self) -> pl.Expr:
        return name().str.contains(_NAME)
