"""What a fold knows beyond its measurements, for the faces of a report to show."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from datastd.disk import Stamp
from datastd.engines import BOX
from datastd.engines.crew import Crew
from datastd.engines.fold import Fold
from datastd.report.evidence import Box, Evidence, Pixels, outlined
from datastd.report.histogram import Distribution
from datastd.rules.required_input import RequiredInput
from datastd.sources import Batch, Defect, Source

_AT_ONCE = 24  # samples of one file read together; files of one sample are read one by one


def gather(
    fold: Fold,
    kinds: Iterable[type[Defect]],
    again: Callable[[], Source],
    stamps: Mapping[str, Stamp] | None,
) -> Evidence:
    """
    Gather what lies behind a report.

    Args:
        fold: What the report was made of.
        kinds: The defects that may stand in it.
        again: Opens the data once more.
        stamps: Every file as it was judged; none for data in memory.
    """
    standard = fold.standard
    things: dict[str, object] = {kind.code: kind for kind in kinds}
    things[RequiredInput.code] = RequiredInput
    things |= {rule.called[0]: type(rule) for rule in standard.judged}
    things |= {one.code: one for one in standard.measures}
    # What could not be decoded is not tried again: it was a worker that survived it, or did not.
    pictured = {rule.called[0] for rule in standard.judged if rule.table != "files"}
    return Evidence(
        distributions=_distributions(fold),
        first=fold.first_of,
        pictured=frozenset(pictured),
        pictures=_Again(again, stamps),
        explained=lambda code: (
            inspect.cleandoc(things[code].__doc__ or "") if code in things else ""
        ),
    )


def _distributions(fold: Fold) -> dict[str, Distribution]:
    units: dict[tuple[str, str], str] = {
        (one.over, one.column): one.unit for one in fold.standard.measures
    }
    return {
        rule.called[0]: Distribution(
            rule.column,
            units.get((rule.table, rule.column), ""),
            rule.bounds,
            rule.bound(),
            fold.histograms[rule.called[0]],
        )
        for door in fold.standard.doors.values()
        for rule in door.limits.values()
        if rule.called[0] in fold.histograms
    }


@dataclass(frozen=True, slots=True)
class _Again:
    """Reads pictures once more, if their files are still those that were judged."""

    again: Callable[[], Source]
    stamps: Mapping[str, Stamp] | None

    def __call__(self, wanted: Sequence[str]) -> Iterator[tuple[str, Pixels]]:
        """Yield what can still be shown; a gallery decides nothing, so nothing is raised."""
        try:
            source = self.again()
        except Exception:  # noqa: BLE001
            return
        with source, Crew() as crew:
            within: dict[str, list[str]] = {}  # by sample: the keys of it, and of boxes in it
            for key in wanted:
                within.setdefault(self._sample(key), []).append(key)
            same = [key for key in within if self._same(source, key)]
            for path, keys in groupby(sorted(same, key=_file), _file):
                some = [*keys]
                step = _AT_ONCE if some != [path] else 1
                for start in range(0, len(some), step):
                    for key, picture, boxes in _taken(crew, source, some[start : start + step]):
                        yield from _drawn(within[key], key, picture, boxes)

    def _sample(self, key: str) -> str:
        """The sample that a key is of, or its annotation: a file's name may have an ``@``, too."""
        if self.stamps is None or _file(key) in self.stamps:
            return key
        return key.rpartition("@")[0] or key

    def _same(self, source: Source, key: str) -> bool:
        if self.stamps is None:
            return True
        path = _file(key)
        return path in self.stamps and source.tree.stamps.get(path) == self.stamps[path]


def _file(key: str) -> str:
    path, found, number = key.rpartition("#")
    return path if found and number.isdecimal() else key


def _drawn(
    wanted: Sequence[str], key: str, picture: Pixels, boxes: Mapping[str, Box]
) -> Iterator[tuple[str, Pixels]]:
    """Yield a picture for each key of what is wanted of it: as it is, or with a box drawn."""
    for one in wanted:
        box = boxes.get(one.removeprefix(f"{key}@")) if one != key else None
        yield one, outlined(picture, box) if box else picture


def _boxes(batch: Batch, row: int) -> dict[str, Box]:
    """Where the boxes of a sample are, by the ids of its annotations."""
    known = batch.annotations
    if known is None or not {*BOX} <= {*known.columns}:
        return {}
    here = known.filter(pl.col("row") == row).select("annotation", *BOX).drop_nulls()
    return {name: box for name, *box in here.iter_rows()}


def _taken(
    crew: Crew, source: Source, keys: Sequence[str]
) -> Iterator[tuple[str, Pixels, Mapping[str, Box]]]:
    """Take samples together, or else one by one: a bad one does not hide the others."""
    try:
        found = [
            (key, picture, _boxes(batch, row))
            for batch in crew.take(source, keys)
            if "image" in batch.columns
            for row, (key, picture) in enumerate(zip(batch.keys, batch.pictures, strict=True))
        ]
    except Exception:  # noqa: BLE001
        found = []
        if len(keys) > 1:
            for key in keys:
                yield from _taken(crew, source, [key])
    yield from found
