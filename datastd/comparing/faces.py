"""A comparison as text, as JSON, and as a table of the samples that changed."""

import io
import json
from collections.abc import Callable, Iterator, Mapping

from datastd.comparing import Difference, Side
from datastd.model import Outcome
from datastd.quiet import safe
from datastd.report.table import csv
from datastd.words import many

_SHOWN = 5  # of each kind are named; the table has all of them


def text(difference: Difference) -> str:
    """The comparison in lines, for people."""
    lines = [f"{_side(difference.before)} -> {_side(difference.now)}"]
    if difference.is_none:
        return "\n".join([*lines, "  the same files, of the same bytes", ""])
    lines += _files(difference)
    lines += _samples(difference)
    for one in difference.card:
        then, now = (safe(said or "unstated") for said in (one.before, one.now))
        lines.append(f"  card {safe(one.field)}: {then} -> {now}")
    for verdict in difference.drift:
        if verdict.outcome is not Outcome.PASS:
            lines.append(f"  {verdict.code} {verdict.name}: {verdict.observed:.3g} {verdict.unit}")
            lines += [f"    {safe(one.key)}: {safe(one.says)}" for one in verdict.examples[:_SHOWN]]
    if len(difference.drift) and all(one.outcome is Outcome.PASS for one in difference.drift):
        names = ", ".join(verdict.code for verdict in difference.drift)
        lines.append(f"  no drift beyond chance and limits ({names})")
    return "\n".join([*lines, ""])


def _side(side: Side) -> str:
    lost = f", {side.defective:,} unreadable" if side.defective else ""
    count = many(sum(side.samples.values()), "sample")
    held = f"{safe(side.data.format)}, {many(side.files, 'file')}, {count}{lost}"
    return f"{safe(side.data.path)} ({held})"


def _files(difference: Difference) -> Iterator[str]:
    files = difference.files
    named = {
        "added": files.added, "removed": files.removed, "changed": files.changed,
        "moved": [f"{old} -> {new}" for old, new in files.moved],
    }  # fmt: skip
    counts = ", ".join(f"{len(paths):,} {what}" for what, paths in named.items() if paths)
    yield f"  files: {counts or 'none added, removed or changed'}"
    for what, paths in named.items():
        yield from _some(what, list(paths))


def _samples(difference: Difference) -> Iterator[str]:
    counts = ", ".join(f"{count:,} {what}" for what, count in difference.changes.items() if count)
    yield f"  samples: {counts}"
    for split in sorted({*difference.before.samples, *difference.now.samples}):
        old, new = (side.samples.get(split, 0) for side in (difference.before, difference.now))
        if old != new:
            yield f"    {safe(split) or 'no split'}: {old:,} -> {new:,}"
    changed = difference.samples
    for what in ("added", "removed", "moved", "relabelled"):
        rows = changed.filter(change=what)
        more = [
            f"{key}: {before} -> {now}" if before is not None else key
            for key, before, now in rows.select("key", "before", "now").head(_SHOWN).rows()
        ]
        yield from _some(what, more, rows.height)


def _some(what: str, names: list[str], count: int | None = None) -> Iterator[str]:
    """The first few names of one kind, and how many more there are."""
    for name in names[:_SHOWN]:
        yield f"    {what} {safe(name)}"
    beyond = (len(names) if count is None else count) - _SHOWN
    if beyond > 0:
        yield f"    and {beyond:,} more {what}"


def as_json(difference: Difference) -> bytes:
    """The comparison as one JSON object, ``datastd-diff/1``, without the single samples."""
    stated = {"schema": "datastd-diff/1", **difference.model_dump(mode="json")}
    return json.dumps(stated, indent=2, allow_nan=False).encode() + b"\n"


def _as_parquet(difference: Difference) -> bytes:
    stream = io.BytesIO()
    difference.samples.write_parquet(stream)
    return stream.getvalue()


RENDER: Mapping[str, Callable[[Difference], bytes]] = {
    ".json": as_json,
    ".parquet": _as_parquet,
    ".csv": lambda difference: csv(difference.samples),
}
