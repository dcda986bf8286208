"""What the members of samples say: texts, labels and JSON."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from datastd.sources import Defect
from datastd.sources.encoding import Utf8Invalid
from datastd.sources.jsonl.defects import WRONG
from datastd.sources.jsonl.grammar import NO_OBJECT, NO_TEXT, TEXT
from datastd.sources.jsonl.scan import scan, texts, values
from datastd.sources.webdataset.defects import MemberUndecodable, TextAmbiguous
from datastd.sources.webdataset.samples import Run, bare

_WHOLE = r"^\s*[+-]?[0-9]{1,18}\s*$"

_NONE = pl.DataFrame(schema={"sample": pl.Int64, "content": pl.Binary})


class Wrong(NamedTuple):
    """A member that cannot be read: of which sample, and the parts of its defect."""

    sample: int
    suffix: str
    kind: type[Defect]
    expected: str
    found: str


class Values(NamedTuple):
    """
    What was read.

    Attributes:
        frame: ``sample``, and what a member says, a row for each sample that has it.
        wrong: Members that cannot be read.
    """

    frame: pl.DataFrame
    wrong: list[Wrong]


TEXTS = ("txt", "text", "json")
"""Suffixes of members that may hold the text of a sample."""


def said(run: Run, others: Sequence[str], member: str = "") -> Values:
    """
    What the members of samples say, a row for each.

    That is ``text``, ``label`` as JSON, and under ``0``, ``1``, … as JSON what *others* are.
    The text is that of the *member* of this suffix, where one is named; else members that have
    one have the same.
    """
    held = run.contents()
    read = [
        _strings(held.get("txt", _NONE), "txt"), _strings(held.get("text", _NONE), "text"),
        _labels(held.get("cls", _NONE)), _objects(held.get("json", _NONE), ["label", *others]),
    ]  # fmt: skip
    frame = run.members.select(pl.col("sample").unique(maintain_order=True))
    for one in read:
        frame = frame.join(one.frame, "sample", "left", maintain_order="left")
    wrong = [bad for one in read for bad in one.wrong]
    if not member:
        apart = pl.concat_list(TEXTS).list.drop_nulls().list.n_unique() > 1
        for row in frame.filter(apart).select("sample", *TEXTS).iter_rows(named=True):
            there = [name for name in TEXTS if row[name] is not None]
            expected = f"one text, or which member has it: webdataset:text={there[0]}"
            found_ = f"another in {' and in '.join(there[1:])}"
            wrong.append(Wrong(row["sample"], there[0], TextAmbiguous, expected, found_))
    found = frame.select(
        "sample",
        pl.coalesce(member or TEXTS).alias("text"),
        pl.coalesce(pl.col("cls").cast(pl.String), "0").alias("label"),
        *(pl.col(f"{n + 1}").alias(f"{n}") for n in range(len(others))),
    )
    return Values(found, wrong)


def _strings(found: pl.DataFrame, suffix: str) -> Values:
    """Members as texts, under the name of their suffix."""
    known = found.select("sample", _decoded(found["content"]).alias(suffix))
    bad = known.filter(pl.col(suffix).is_null()).get_column("sample").to_list()
    wrong = [Wrong(one, suffix, Utf8Invalid, "UTF-8", "other bytes") for one in bad]
    return Values(known.drop_nulls(), wrong)


def _decoded(given: pl.Series) -> pl.Series:
    """Bytes as strings; null where they are no UTF-8."""
    with contextlib.suppress(pl.exceptions.ComputeError):
        return given.cast(pl.String)
    return pl.Series([_text(one) for one in given], dtype=pl.String)


def _text(content: bytes) -> str | None:
    with contextlib.suppress(UnicodeDecodeError):
        return content.decode()
    return None


def _labels(found: pl.DataFrame) -> Values:
    """Members ``cls`` as whole numbers, under that name."""
    texts_, wrong = _strings(found, "cls")
    whole = pl.col("cls").str.strip_chars().cast(pl.Int64, strict=False)
    known = texts_.with_columns(pl.when(pl.col("cls").str.contains(_WHOLE)).then(whole))
    bad = known.filter(pl.col("cls").is_null()).get_column("sample").to_list()
    expected = "a whole number of at most 18 digits"
    wrong += [Wrong(one, "cls", MemberUndecodable, expected, "another text") for one in bad]
    return Values(known.drop_nulls(), wrong)


def _objects(known: pl.DataFrame, others: Sequence[str]) -> Values:
    """What members ``json`` say: under ``json``, the text; under ``0``, ``1``, …, *others*."""
    # A line feed may stand between words of JSON, and nowhere else: so may a return.
    lines = [one.replace(b"\n", b"\r") for one in known.get_column("content")]
    piece = b"".join(line + b"\n" for line in lines)
    found = scan(piece, "text", others)
    wrong: list[Wrong] = []
    for row in np.flatnonzero(~np.isin(found.found, (TEXT, NO_TEXT, NO_OBJECT))).tolist():
        kind, expected, said = WRONG[int(found.found[row])]
        wrong.append(Wrong(known["sample"][row], "json", kind, expected, said))
    more = {f"{n}": values(piece, found, n) for n in range(len(others))}
    return Values(known.select("sample", json=texts(piece, found), **more), wrong)


def wholes(run: Run, samples: Sequence[int], member: str = "") -> Iterator[dict[str, Any]]:
    """Yield all that samples say, by name; of members that are not read, their digests."""
    texts = [member or name for name in ("txt", "text")]
    members = run.members.select("sample", suffix=bare(), content="content")
    said: dict[int, dict[str, bytes]] = {one: {} for one in samples}
    for sample, suffix, content in members.iter_rows():
        if sample in said:
            said[sample].setdefault(suffix, content)
    for one in said.values():
        known = json.loads(one.pop("json", b"{}"))
        known = known if isinstance(known, dict) else {"json": known}
        if text := [one.pop(suffix) for suffix in texts if suffix in one]:
            known["text"] = text[0].decode()
        if "cls" in one:
            known["label"] = int(one.pop("cls"))
        yield known | {suffix: sha256(content).hexdigest() for suffix, content in one.items()}
