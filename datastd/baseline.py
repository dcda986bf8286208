"""
The ratchet: failures that an earlier report recorded are accepted, and no others.

For data that are mended step by step.  What is accepted is said in the report, what is new is
named there and fails, and such a report is never certified.

The file is its user's own, and signed by nobody: whoever judges data again, or writes the digest
anew, has another baseline.  So it is kept where changes are seen, under version control, and each
report names the one that it was compared with by its SHA-256.  Refused are a file that is not as
it was saved, and one of another standard, or of other definitions of it.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import polars as pl

from datastd import digest
from datastd.disk import read_whole
from datastd.errors import UsageError
from datastd.model import EXAMPLES, Example, Outcome, Verdict
from datastd.report import MOST, Baseline, Report, StandardName
from datastd.report.recording import hash_of, hashes_of


@dataclass(frozen=True, slots=True)
class Accepted:
    """
    An earlier report, whose failures are accepted.

    Attributes:
        path: Its file, as the user named it.
        digest: SHA-256 of the file.
        report: What it says.
    """

    path: str
    digest: str
    report: Report

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """
        Read a report that was saved as JSON.

        Raises:
            UsageError: No report, or one whose numbers say something else.
        """
        content = read_whole(Path(path), most=MOST, what="a report")
        return cls(str(path), digest.of_bytes(content), Report.parse(content, str(path)))

    def accept(
        self,
        verdicts: Sequence[Verdict],
        failing: Callable[[str], pl.DataFrame],
        standard: StandardName,
    ) -> tuple[list[Verdict], Baseline]:
        """
        Accept of some verdicts what is recorded, finding by finding: a code and a key.

        A failure is accepted where each of its findings is recorded, and it has not grown.
        Otherwise its examples are what is new.

        Args:
            verdicts: What was concluded.
            failing: Gives every failing row of a code.
            standard: What the data were judged by.

        Raises:
            UsageError: The report is of another standard, or does not say that it is as saved.
        """
        self._refuse_others(standard)
        judged, accepted, new = list[Verdict](), dict[str, int](), dict[str, int]()
        for verdict in verdicts:
            if verdict.outcome is Outcome.FAIL:
                fresh = self._new(verdict, failing(verdict.code))
                if fresh is None:
                    accepted[verdict.code] = verdict.failed
                    changed: dict[str, object] = {"waived": verdict.failed}
                else:
                    new[verdict.code] = fresh.height
                    changed = {"examples": _named(fresh) or verdict.examples}
                verdict = Verdict.model_validate({**dict(verdict), **changed})  # noqa: PLW2901
            judged.append(verdict)
        said = Baseline(path=self.path, digest=self.digest, accepted=accepted, new=new)
        return judged, said

    def _refuse_others(self, standard: StandardName) -> None:
        where, known = f"--baseline {self.path}", self.report.standard
        again = "save a new one with --report"
        if self.report.sha256 is None:
            raise UsageError(where, "a report with its sha256, as `check` saves it", "none", again)
        if known.name != standard.name:
            raise UsageError(where, f"a report of {standard.name}", known.name)
        if known.digest != standard.digest:
            expected = f"a report of {standard.name} as it is now"
            raise UsageError(where, expected, "one of other definitions", again)

    def _new(self, verdict: Verdict, rows: pl.DataFrame) -> pl.DataFrame | None:
        """Of a failure the rows that were not recorded; None where there is nothing new."""
        known = next((one for one in self.report.verdicts if one.code == verdict.code), None)
        had_failed = known is not None and known.observed > known.limit
        if known is None or not had_failed:
            return rows
        left = Counter(hashes_of(self.report.recorded.get(verdict.code, "")))
        if len(rows):
            hashes = [hash_of(key) for key in rows.get_column("key")]
            fresh = rows.filter(pl.Series([not _taken(left, one) for one in hashes]))
            grown = verdict.failed > known.failed
        else:  # it names no rows: by its amount, and by what it names of classes
            named = {one.key for one in known.examples}
            fresh = rows
            grown = verdict.observed > known.observed or verdict.failed > known.failed
            grown |= not {one.key for one in verdict.examples} <= named
        return fresh if len(fresh) or grown else None


def _taken(left: Counter[bytes], one: bytes) -> bool:
    """Take one of what is left, if there is any."""
    left[one] -= 1
    return left[one] >= 0


def _named(rows: pl.DataFrame) -> tuple[Example, ...]:
    """The first of some rows that are new, as examples of a verdict."""
    return tuple(
        Example(
            key=key,
            observed=observed if observed is not None and math.isfinite(observed) else None,
            detail=f"new: {detail or f'expected {limit}, found {observed}'}",
        )
        for key, observed, detail, limit in rows.head(EXAMPLES)
        .select("key", "observed", "detail", "limit")
        .rows()
    )
