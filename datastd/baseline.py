"""
The ratchet: failures that an earlier report recorded are accepted, and no others.

For data that are mended step by step.  What is accepted is said in the report, and such a
report is never certified.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import polars as pl

from datastd import digest
from datastd.disk import read_whole
from datastd.errors import UsageError
from datastd.model import Verdict
from datastd.report import MOST, Baseline, Report
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
        self, verdicts: Sequence[Verdict], failing: Callable[[str], pl.DataFrame], standard: str
    ) -> tuple[list[Verdict], Baseline]:
        """
        Accept of some verdicts what is recorded: no key more under a code, and no greater count.

        Args:
            verdicts: What was concluded.
            failing: Gives every failing row of a code.
            standard: What the data were judged by.

        Raises:
            UsageError: The report is of another standard.
        """
        if self.report.standard.name != standard:
            expected = f"a report of {standard}"
            raise UsageError(f"--baseline {self.path}", expected, self.report.standard.name)
        judged, accepted = list[Verdict](), dict[str, int]()
        for verdict in verdicts:
            if not verdict.outcome.opens and verdict.checked and self._has(verdict, failing):
                accepted[verdict.code] = verdict.failed
                verdict = Verdict.model_validate({**dict(verdict), "waived": verdict.failed})  # noqa: PLW2901
            judged.append(verdict)
        return judged, Baseline(path=self.path, digest=self.digest, accepted=accepted)

    def _has(self, verdict: Verdict, failing: Callable[[str], pl.DataFrame]) -> bool:
        """Say whether a failure is one that was recorded, and has not grown."""
        known = next((one for one in self.report.verdicts if one.code == verdict.code), None)
        if known is None or known.observed <= known.limit or verdict.failed > known.failed:
            return False
        keys = failing(verdict.code).get_column("key")
        if not len(keys):  # it names no rows: by its amount, and by what it names of classes
            named = {one.key for one in known.examples}
            return (
                verdict.observed <= known.observed
                and {one.key for one in verdict.examples} <= named
            )
        hashes = hashes_of(self.report.recorded.get(verdict.code, ""))
        return all(hash_of(key) in hashes for key in keys)
