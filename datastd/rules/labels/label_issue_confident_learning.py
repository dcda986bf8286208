"""Q113."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.inputs import Values, matrix
from datastd.model import EXAMPLES, Example, Level, Measurement
from datastd.rules import Again, LaterRule, totals
from datastd.words import many

_WHOLE = 1 << 40  # probabilities are summed as whole multiples of 1 / this: exact in any order
_SLACK = 1e-6


class LabelIssueConfidentLearning(LaterRule):
    """
    Labels that out-of-sample predictions confidently disagree with: confident learning.

    The threshold t_k of class k is the mean of p_k over the samples labelled k: how sure
    the predictions are of that class.  A sample is confidently of each class j with
    p_j ≥ t_j - 1e-6; where there are several, of the one with the greatest p of all
    classes; where there is none, nothing is said.  It is an issue if that class is not
    its label: off the diagonal of the confident joint.  A class without samples has no
    threshold, and nothing is confidently of it.  A label that the predictions have no
    class for is an issue.

    The probabilities have to be out of sample: made by a model that never saw the sample,
    as `datastd.train.predictions` makes them by cross-validation.

    What it finds of the labels that people rejected (fewer than 3 of 5 chose the given
    one), as ``python tests/bench/label_errors.py`` prints it:

    =========================================  ==============  =======  ===================
    test set, and whose probabilities          argmax ≠ label  flagged  validated ones found
    =========================================  ==============  =======  ===================
    MNIST, published with label-errors                     87       15              7 of 15
    CIFAR-10, published with label-errors                 706      244             48 of 54
    MNIST, the earlier network, 5 folds                   340       52              6 of 15
    =========================================  ==============  =======  ===================

    Attributes:
        splits: The splits that are looked at, all of whose samples need a row in the
            predictions; None means every split.
        first: The label of the first column.

    Why it matters:
        A wrong label in training is learned, or costs what learning around it costs; in a
        test set it punishes the better model.

    Remedy:
        Look at the samples named, most doubtful first; correct the label or leave the
        sample out.  A sample without a row leaves the verdict unknown: predict it.

    Source:
        Northcutt, Jiang, Chuang: Confident learning, JAIR 70 (2021), section 3.1; cleanlab
        count.compute_confident_joint, without its calibration; cleanlab/label-errors.
    """

    code: ClassVar[str] = "Q113"
    name: ClassVar[str] = "label-issue-confident-learning"
    reads: ClassVar[tuple[str, ...]] = ("label", "probabilities")
    needs: ClassVar[tuple[str, ...]] = ("predictions",)
    keeps: ClassVar[tuple[str, ...]] = ("label",)

    level: Level = Level.WARN
    splits: tuple[str, ...] | None = None
    first: int = 0

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        """For each label: samples, the sum of p[label], and those without a row."""
        mine = self._mine(rows)
        known = mine.drop_nulls("probabilities")
        given = np.zeros(mine.height, np.int64)
        if known.height:
            seen = mine.get_column("probabilities").is_not_null().to_numpy()
            given[seen] = np.rint(self._given(known)[0] * _WHOLE)
        lacks = pl.col("probabilities").is_null()
        return (
            mine.with_columns(given=pl.Series(given))
            .group_by("label")
            .agg(
                samples=pl.len().cast(pl.Int64),
                given=pl.col("given").sum(),
                lacking=lacks.sum().cast(pl.Int64),
                lacks=pl.col("key").filter(lacks).head(EXAMPLES),
            )
            .sort("label")
        )

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return (
            pl.concat(partials)
            .group_by("label")
            .agg(
                pl.col("samples", "given", "lacking").sum(),
                pl.col("lacks").explode().drop_nulls().head(EXAMPLES),
            )
            .sort("label")
        )

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, lacking = totals(partials, "samples", "lacking")
        if not lacking:
            return Measurement(observed=0, checked=checked, failed=0)
        keys = [key for part in partials for some in part["lacks"] for key in some]
        said = f"expected a row in the predictions, found none; {many(lacking, 'sample')} without"
        named = tuple(Example(key=key, observed=None, detail=said) for key in keys[:EXAMPLES])
        return Measurement(observed=0, checked=0, failed=0, examples=named)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """The threshold of each class that has samples."""
        known = self.merged(partials).drop_nulls("label")
        mean = pl.col("given") / (pl.col("samples") * float(_WHOLE))
        return known.select("label", threshold=mean)

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        for rows in again():
            mine = self._mine(rows)
            if mine.height:
                yield self._issues(mine, learned)

    def _issues(self, rows: pl.DataFrame, learned: pl.DataFrame) -> pl.DataFrame:
        given, inside, p = self._given(rows)
        thresholds = np.full(p.shape[1], np.inf)
        for label, threshold in learned.rows():
            if 0 <= label - self.first < p.shape[1]:
                thresholds[label - self.first] = threshold
        sure = p >= thresholds - _SLACK
        several = sure.sum(axis=1) > 1
        guess = np.where(several, p.argmax(axis=1), sure.argmax(axis=1)) + self.first
        labels = rows.get_column("label").fill_null(self.first - 1).to_numpy()
        wrong = np.flatnonzero(~inside | (sure.any(axis=1) & (guess != labels)))
        said = [
            f"expected class {guess[n]}, of p {p[n, guess[n] - self.first]:.3g}, "
            f"found {labels[n]}, of p {given[n]:.3g}"
            if inside[n]
            else f"expected one of {p.shape[1]} classes from {self.first} on, found {labels[n]}"
            for n in wrong
        ]
        observed = pl.Series("observed", given[wrong], pl.Float64)
        found = rows.select("key", "split")[wrong]
        return found.with_columns(observed, pl.Series("detail", said, pl.String))

    def _mine(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows if self.splits is None else rows.filter(pl.col("split").is_in(self.splits))

    def _given(self, rows: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[Any], Values]:
        """The p of each sample's label; whether there is such a class; all p, float64."""
        p = matrix(rows.get_column("probabilities")).astype(np.float64)
        column = rows.get_column("label").fill_null(self.first - 1).to_numpy() - self.first
        inside = (column >= 0) & (column < p.shape[1])
        picked = p[np.arange(len(p)), np.where(inside, column, 0)]
        return np.where(inside, picked, 0.0), inside, p

    def bound(self) -> str:
        return "the class that the predictions are sure of"
