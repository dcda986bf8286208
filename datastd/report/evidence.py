"""
What only the process that judged can show: rows, histograms, pictures, explanations.

A report that was loaded from a file has none of it, and its faces say so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.model import Outcome, Verdict
from datastd.report import Report
from datastd.report.histogram import Distribution

Pixels: TypeAlias = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What lies behind the numbers of a report.

    Attributes:
        distributions: By code, each limited column.
        first: Gives the first failing rows of a code and those that belong with
            them, so many at most: ``key``, ``split``, ``detail``, ``group``, in the order
            of the first of each group.
        pictured: Codes whose keys are of samples that may have a picture.
        pictures: Yields pictures (H, W, C) by key, read again, in any order; what has
            gone or changed is left out.
        explained: Gives the docstring of a code; empty where there is none.
    """

    distributions: Mapping[str, Distribution]
    first: Callable[[str, int], pl.DataFrame]
    pictured: frozenset[str]
    pictures: Callable[[Sequence[str]], Iterator[tuple[str, Pixels]]]
    explained: Callable[[str], str]


class Finding(NamedTuple):
    """One failing row; *group* is equal for rows that are about each other."""

    key: str
    split: str
    says: str
    group: str | None = None


def findings(report: Report, verdict: Verdict, most: int) -> list[Finding]:
    """
    List the first failing rows of a verdict, *most* of them.

    Where nobody knows them all, they are what the verdict names: its examples; and
    classes, splits or inputs where a rule is about no row.
    """
    if report.evidence and verdict.failed:
        rows: list[tuple[Any, ...]] = report.evidence.first(verdict.code, most).rows()
        if rows:
            return [Finding(*row) for row in rows]
    named = verdict.examples if verdict.failed or verdict.outcome is not Outcome.PASS else ()
    return [Finding(one.key, "", one.says) for one in named[:most]]
