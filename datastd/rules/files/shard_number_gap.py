"""C005."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Measurement
from datastd.rules import Rule, totals
from datastd.rules.files import beside_count
from datastd.words import many

_NUMBERS = r"(\d+)-of-(\d+)"


class ShardNumberGap(Rule):
    """
    Numbered shards, ``train-00003-of-00010``, that are not all there: from 0 to one less than N.

    Files are of one set if their names are equal but for both numbers; N is then one for
    all.  Observed are the numbers that are missing, too many, or of another N.

    Why it matters:
        A shard that was not fetched is a part of the data that nobody misses: loaders
        read what is there.

    Remedy:
        Fetch the shards named, or number them anew.

    Source:
        TF-slim's ``%s-%.5d-of-%.5d``; Hugging Face datasets.
    """

    code: ClassVar[str] = "C005"
    name: ClassVar[str] = "shard-number-gap"
    unit: ClassVar[str] = "shards"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path",)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        path = pl.col("path")
        numbered = rows.filter(path.str.contains(_NUMBERS)).select(
            "path",
            set=path.str.replace(_NUMBERS, "*-of-*"),
            number=path.str.extract(_NUMBERS, 1).cast(pl.Int64, strict=False),
            of=path.str.extract(_NUMBERS, 2).cast(pl.Int64, strict=False),
        )
        return beside_count(numbered, rows.height)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (checked,) = totals(partials, "rows")
        if not checked:
            return Measurement(observed=0, checked=0, failed=0)
        every = pl.concat(partials).drop_nulls("set")
        wrong = [
            said
            for (name,), some in sorted(every.group_by("set"), key=lambda one: str(one[0]))
            for said in _gaps(str(name), some)
        ]
        return Measurement(
            observed=sum(count for _, _, count in wrong),
            checked=checked,
            failed=0,
            examples=tuple(
                Example(key=key, observed=None, detail=detail)
                for key, detail, _ in wrong[:EXAMPLES]
            ),
        )


def _gaps(name: str, some: pl.DataFrame) -> Iterator[tuple[str, str, int]]:
    """What is wrong with one set of shards: where, in words, and how many shards it is about."""
    most = some.get_column("of").drop_nulls().mode().sort().to_list()
    of = most[-1] if most else 0
    odd = some.filter(
        pl.col("of").ne_missing(of) | (pl.col("number") >= of) | pl.col("number").is_null()
    )
    for path in odd.get_column("path").sort():
        yield path, f"expected a number below {of} of {of}, found another", 1
    there = some.join(odd, on="path", how="anti").get_column("number")
    if missing := of - there.n_unique():
        known = {*there}
        first = next(n for n in range(of) if n not in known)
        yield name, f"expected {many(of, 'shard')}, found {missing} missing, first {first}", missing
    if twice := len(there) - there.n_unique():
        yield name, f"expected each number once, found {twice} again", twice
