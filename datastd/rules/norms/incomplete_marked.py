"""N362."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected

_ENDS = (".tmp", ".part", ".partial", ".incomplete", ".crdownload", ".filepart")


class IncompleteMarked(Norm):
    """
    A file that says that the dataset was not written to its end: ``_INCOMPLETE``, or one that
    ends with .tmp, .part, .incomplete or .crdownload.

    Why it matters:
        Half of a dataset is a dataset for whoever does not count.

    Remedy:
        Write it to its end; publish in one step.

    Source:
        mlcroissant reuses a folder that was half extracted; A3's S15.
    """

    code: ClassVar[str] = "N362"
    name: ClassVar[str] = "publication-incomplete"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for path in facts.files:
            name = path.rpartition("/")[2].lower()
            half = name in {"_incomplete", ".incomplete"} or name.endswith(_ENDS)
            yield Look(path, expected("a whole file", "a mark of half a one") if half else "")
