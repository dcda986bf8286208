"""Members that follow one another under one key: the samples of an archive."""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from datastd.sources import Findings
from datastd.sources.encoding import as_bytes, gathered
from datastd.sources.files import JUNK, NUMPY, pickle_in
from datastd.sources.streams import Forward
from datastd.sources.webdataset.tar import FOLDER, OTHER, WINDOW, Found, walk

LONGEST = 16 << 20  # bytes of a member that is read
MEMBERS, SAMPLE = 1 << 12, 64 << 20  # of a sample: members, and bytes that are read of them
READ = ("txt", "text", "json", "cls")
"""Suffixes of members that are read, as they are or with ``.gz`` behind them."""

UNSAFE, UNPARSABLE, HIDDEN, PICKLE, LARGE, CUT, NO_ARRAY = (
    "F005", "F040", "F044", "F008", "F095", "F003", "F025",
)  # fmt: skip
"""What is wrong with a member, by the code of its defect."""

_NAME = r"^((?:.*/|)[^.]+)[.]([^/]*)$"  # of WebDataset, `base_plus_ext`
_OUT = r"(?s)^/|(^|/)\.\.(/|$)|\x00"
_META = r"^__[^/]*__($|/)"  # names of WebDataset's own, which it leaves out
_HIDDEN = r"(?s)(^|/)\.[^/]*$|" + JUNK.pattern
_PICKLES = ["pyd", "pickle", "pkl", "pth", "pt"]
_NPY, _HEAD = "npy", 128  # bytes in which numpy says that objects follow


class Run(NamedTuple):
    """
    Samples of an archive that are looked at together.

    Attributes:
        members: A row each, of whole samples alone: ``name``, ``at``, ``stop``, ``sample``
            (its number), ``key``, ``suffix``, ``fault`` (one of the codes above, or null) and
            ``content`` (bytes, null where they are not read).
        others: Members in no sample: ``name``, ``at`` and ``fault``.
        cut: Whether a sample follows that reading ended in, and nothing more.
    """

    members: pl.DataFrame
    others: pl.DataFrame
    cut: bool = False

    def samples(self) -> pl.DataFrame:
        """
        A row per sample.

        That is ``sample``, ``key``, ``at``, ``suffixes`` in order, and with what is wrong
        ``fault``, ``name`` (of the first such member), and ``twice`` (a suffix).
        """
        of = self.members.group_by("sample", maintain_order=True)
        frame = of.agg(pl.col("key", "at").first(), count=pl.len())
        # Sorting all at once takes a tenth of the time that sorting each sample takes.
        listed = self.members.select("sample", "suffix", bare=bare()).sort("sample", "suffix")
        listed = listed.group_by("sample", maintain_order=True).agg("suffix", "bare")
        is_again = listed["bare"].list.n_unique() < listed["bare"].list.len()
        frame = frame.with_columns(suffixes=listed["suffix"].list.join(","))
        bad = self.members.filter(pl.col("fault").is_not_null()).select("sample", "fault", "name")
        bad = bad.unique("sample", keep="first", maintain_order=True)
        twice = (
            self.members.filter(pl.col("sample").is_in(listed["sample"].filter(is_again).implode()))
            .group_by("sample", maintain_order=True)
            .agg(twice=pl.col("suffix").filter(bare().is_duplicated()).first())
        )
        too_many = pl.when(pl.col("count") > MEMBERS).then(pl.lit(LARGE))
        for one in (bad, twice):
            frame = frame.join(one, "sample", "left", maintain_order="left")
        return frame.with_columns(pl.coalesce("fault", too_many)).drop("count")

    def contents(self) -> dict[str, pl.DataFrame]:
        """What members hold by suffix: ``sample`` and ``content``, of each sample the first."""
        some = self.members.filter(pl.col("content").is_not_null())
        once = some.select("sample", "content", suffix=bare()).unique(
            ["sample", "suffix"], keep="first", maintain_order=True
        )
        parts = once.partition_by("suffix", as_dict=True, include_key=False)
        return {str(suffix): part for (suffix,), part in parts.items()}


def runs(  # noqa: PLR0913
    content: Forward,
    path: str,
    trouble: Findings,
    *,
    start: int = 0,
    first: int = 0,
    reading: bool = False,
    whole: bool = False,
    window: int = WINDOW,
) -> Iterator[Run]:
    """
    Yield the samples of an archive from one on, in runs, to the end or until *trouble*.

    Args:
        content: The archive.
        path: Its path.
        trouble: Takes what ends reading early; the last sample is lost by it.
        start: Where the first header begins.
        first: The number of the sample that begins there.
        reading: Whether members are read whose suffix says text, JSON or a label.
        whole: Whether all are.
        window: Bytes that are looked at together.
    """
    held, number = pl.DataFrame(), first
    with trouble:
        for found in walk(content, path, start, window):
            members, others = _named(found)
            if reading:
                members = _read(members, found, content, whole=whole)
            members = pl.concat([held, members]) if held.height else members
            begins = (pl.col("key") != pl.col("key").shift()).fill_null(value=False)
            numbered = members.with_columns(sample=begins.cast(pl.Int64).cum_sum() + number)
            if numbered.height:
                number = int(numbered["sample"][-1])
            is_open = pl.col("sample") == number
            yield Run(numbered.filter(~is_open), others)
            held = _bounded(numbered.filter(is_open).drop("sample"))
        if held.height:
            yield Run(held.with_columns(sample=pl.lit(number, pl.Int64)), others.clear())
        return
    if held.height:
        yield Run(
            held.clear().with_columns(sample=pl.lit(number, pl.Int64)), others.clear(), cut=True
        )


def _bounded(held: pl.DataFrame) -> pl.DataFrame:
    """The members so far of a sample; of one that has too much, a word of it."""
    if held.height <= MEMBERS and held.estimated_size() <= SAMPLE:
        return held
    return held.head(1).with_columns(fault=pl.lit(LARGE), content=pl.lit(None, pl.Binary))


def _named(found: Found) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The members that belong to samples, with key and suffix; and those that belong to none."""
    name, kind = pl.col("name"), pl.col("kind")
    is_unsafe = (kind == OTHER) | name.str.contains(_OUT)
    files = found.members.filter(
        (kind != FOLDER) & ~name.str.contains(_META).fill_null(value=False)
    )
    key = name.str.extract(_NAME, 1)
    named = files.with_columns(
        key=key,
        suffix=name.str.slice(key.str.len_chars() + len(".")).str.to_lowercase(),
        fault=pl.when(is_unsafe).then(pl.lit(UNSAFE))
        .when(name.str.contains(_HIDDEN)).then(pl.lit(HIDDEN)),
    )  # fmt: skip
    last = pl.col("suffix").str.split(".").list.last()
    is_sample = pl.col("key").is_not_null() & (pl.col("fault").is_null() | is_unsafe)
    is_pickle = pl.col("fault").is_null() & last.is_in(_PICKLES)
    members = named.filter(is_sample).with_columns(
        fault=pl.when(is_pickle).then(pl.lit(PICKLE)).otherwise("fault"),
        content=pl.lit(None, pl.Binary),
    )
    others = named.filter(~is_sample).select(
        "name", "at", fault=pl.col("fault").fill_null(UNPARSABLE)
    )
    return members.drop("kind"), others


def bare() -> pl.Expr:
    """The suffix, without what says that the member is compressed."""
    plain = pl.col("suffix").str.strip_suffix(".gz")
    return pl.when(plain.is_in(READ)).then(plain).otherwise("suffix")


def _read(members: pl.DataFrame, found: Found, content: Forward, *, whole: bool) -> pl.DataFrame:
    """Add what members hold, of all or of some; of numpy's arrays look at the first bytes."""
    is_read = bare().is_in(READ) | (pl.col("suffix") == _NPY) | whole
    wanted = members.with_row_index("row").filter(pl.col("fault").is_null(), is_read)
    row, begin, size = (wanted[name].to_numpy() for name in ("row", "data", "size"))
    begin = begin - found.base
    other = wanted.select((pl.col("suffix") == _NPY) | (bare() != pl.col("suffix"))).to_series()
    is_plain = ~other.to_numpy() & (begin + size <= len(found.window)) & (size <= LONGEST)
    starts, stops = np.zeros((2, members.height), np.int64)
    starts[row[is_plain]] = begin[is_plain]
    stops[row[is_plain]] = (begin + size)[is_plain]
    valid = np.zeros(members.height, np.bool_)
    valid[row[is_plain]] = True
    held = gathered(np.frombuffer(found.window, np.uint8), starts, stops)
    members = members.with_columns(as_bytes(*held, valid).alias("content"))
    rest = wanted.filter(pl.Series(~is_plain))
    return _read_one_by_one(members, rest, found, content, whole=whole) if rest.height else members


def _read_one_by_one(
    members: pl.DataFrame, wanted: pl.DataFrame, found: Found, content: Forward, *, whole: bool
) -> pl.DataFrame:
    """Read members that are large, compressed, or arrays of numpy."""
    contents: list[bytes | None] = [None] * members.height
    faults: list[str | None] = [None] * members.height
    for row, data, size, suffix in wanted.select("row", "data", "size", "suffix").iter_rows():
        head = _taken(found, content, data, min(size, _HEAD)) if suffix == _NPY else b""
        if pickle_in(head):
            faults[row] = PICKLE
        elif suffix == _NPY and not head.startswith(NUMPY):
            faults[row] = NO_ARRAY
        elif suffix == _NPY and not whole:
            continue
        elif size > LONGEST:
            faults[row] = LARGE
        else:
            taken = _taken(found, content, data, size)
            is_packed = suffix.endswith(".gz") and suffix.removesuffix(".gz") in READ
            contents[row], faults[row] = _unpacked(taken) if is_packed else (taken, None)
    return members.with_columns(
        pl.col("content").fill_null(pl.Series(contents, dtype=pl.Binary)),
        pl.col("fault").fill_null(pl.Series(faults, dtype=pl.String)),
    )


def _taken(found: Found, content: Forward, at: int, size: int) -> bytes:
    """Bytes of a member: of the window, or of what follows it."""
    begin = at - found.base
    if begin + size <= len(found.window):
        return found.window[begin : begin + size]
    return content.read(at, size)


def _unpacked(packed: bytes) -> tuple[bytes | None, str | None]:
    """What a member holds that gzip compressed, or the fault that it is none or too much."""
    whole, rest = b"", packed
    while rest:
        stream = zlib.decompressobj(31)
        try:
            whole += stream.decompress(rest, LONGEST + 1 - len(whole))
        except zlib.error:
            return None, CUT
        if len(whole) > LONGEST:
            return None, LARGE
        if not stream.eof:
            return None, CUT
        rest = stream.unused_data.lstrip(b"\0")
    return whole, None if packed else CUT
