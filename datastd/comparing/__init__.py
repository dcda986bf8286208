"""
Two versions of a dataset, and what lies between them.

Files are told apart by their bytes; samples by the digest of their content, in whatever file they
are and whatever they are called there.  How columns are spread is compared by the rules about
drift of the standard that the new version would be judged by.  None of it is a judgement: either
version may have defects, and what cannot be read is counted.
"""

import importlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

import polars as pl
from pydantic import PrivateAttr

from datastd import claims
from datastd.comparing.changes import BEFORE, Labels, Samples
from datastd.digest import Manifest
from datastd.disk import publish, refuse_empty, refuse_inside, refuse_place
from datastd.errors import UsageError
from datastd.model import DATA, FrozenMapping, Model, Verdict
from datastd.pipeline import hashed, open_source, prepare
from datastd.quiet import utf8
from datastd.report import DataName
from datastd.report.progress import Bar
from datastd.sources import CARD
from datastd.waiting import cores

if TYPE_CHECKING:
    from datastd.engines.fold import Fold
    from datastd.sources import Source
    from datastd.standard import Standard

SAMPLES = {
    "change": pl.String,
    "key": pl.String,
    "split": pl.String,
    "before": pl.String,
    "now": pl.String,
}
"""
Columns of the samples that changed: ``change`` is ``added``, ``removed`` (its key and split are
those it had), ``moved`` to another split or ``relabelled``; split or label, before and now.
"""

SUFFIXES = (".json", ".parquet", ".csv")
"""What a comparison can be written as."""


class Side(Model):
    """
    One version.

    Attributes:
        data: Its folder, its format and its digest.
        files: Its files.
        samples: Samples by split, as they were read.
        defective: Samples that could not be read: nothing is compared of them.
    """

    data: DataName
    files: int
    samples: FrozenMapping[str, int]
    defective: int


class Files(Model):
    """
    What became of files, by their paths.

    Attributes:
        added: In the new version alone.
        removed: In the old one alone.
        changed: In both, of other bytes.
        moved: Of the same bytes elsewhere: (path before, path now).
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]

    @classmethod
    def between(cls, before: Manifest, now: Manifest) -> Self:
        """Compare two manifests."""
        old, new = dict(before.files), dict(now.files)
        gone = defaultdict(list)
        for path in sorted(old.keys() - new.keys()):
            gone[old[path]].append(path)
        added, moved = [], []
        for path in sorted(new.keys() - old.keys()):
            if gone[new[path]]:
                moved.append((utf8(gone[new[path]].pop(0)), utf8(path)))
            else:
                added.append(utf8(path))
        return cls(
            added=tuple(added),
            removed=tuple(sorted(utf8(path) for paths in gone.values() for path in paths)),
            changed=tuple(
                utf8(path) for path in sorted(old.keys() & new.keys()) if old[path] != new[path]
            ),
            moved=tuple(moved),
        )


class Stated(Model):
    """
    A field of the data card that says something else than it did, as JSON; none where unstated.

    Attributes:
        field: Its name, ``identity.license``.
        before: What the old version's card says.
        now: What the new one's says.
    """

    field: str
    before: str | None
    now: str | None


class Difference(Model):
    """
    What lies between two versions of a dataset.

    Attributes:
        before: The old version.
        now: The new one.
        files: What became of files.
        card: Fields of the data card, in its public view, that say something else.
        changes: Samples by what became of them; those that stayed as they were are ``same``.
        relabelled: Samples by the label they had and the one they have; none where the
            format has no labels.
        drift: What rules about drift say of columns, and of the number of samples.
    """

    before: Side
    now: Side
    files: Files
    card: tuple[Stated, ...]
    changes: FrozenMapping[str, int]
    relabelled: tuple[tuple[str, str, int], ...]
    drift: tuple[Verdict, ...]

    _samples: pl.DataFrame = PrivateAttr(default_factory=lambda: pl.DataFrame(schema=SAMPLES))

    @property
    def samples(self) -> pl.DataFrame:
        """Every sample that changed, columns as `SAMPLES`, in the order of change and key."""
        return self._samples

    @property
    def is_none(self) -> bool:
        """Whether both versions hold the same files, of the same bytes."""
        return self.before.data.digest == self.now.data.digest

    def save(self, path: str | Path) -> None:
        """
        Write the comparison (``.json``), or the samples that changed (``.parquet``, ``.csv``).

        Raises:
            UsageError: Another suffix; a place that cannot be written to, or one in a version.
        """
        place = writable(path, self.before.data.path, self.now.data.path)
        render = importlib.import_module("datastd.comparing.faces").RENDER
        publish(place, render[place.suffix](self))

    def __str__(self) -> str:
        return str(importlib.import_module("datastd.comparing.faces").text(self))


def writable(path: str | Path, *versions: str | Path) -> Path:
    """
    The place of a comparison that is to be written.

    Raises:
        UsageError: Another suffix; a place that cannot be written to, or one in a version.
    """
    place = Path(path)
    if place.suffix not in SUFFIXES:
        raise UsageError("--report", f"a name that ends in {', '.join(SUFFIXES)}", str(path))
    for folder in versions:
        refuse_inside(place, Path(folder))
    refuse_place(place)
    return place


def diff(
    before: str | Path,
    now: str | Path,
    *,
    standard: "str | Path | Standard | None" = None,
    format: str | None = None,  # noqa: A002  -- the name of the command's option
    jobs: int | None = None,
) -> Difference:
    """
    Say what lies between two versions of a dataset.

    Args:
        before: Folder of the old version.
        now: Folder of the new one.
        standard: By whose rules about drift columns are compared; none means that proposed for
            the format.
        format: The format of both; none means whatever is found in each.
        jobs: Threads; none means one per core.

    Raises:
        UsageError: No such folder, format or standard; or no standard is for both formats.
        DataChanged: One of them changed while it was looked at.
    """
    from datastd.standard import (  # noqa: PLC0415  -- they bring pandera and numba
        load,
        propose,
        refuse_in_dataset,
    )

    for folder in (before, now):
        refuse_in_dataset(standard, refuse_empty(folder))
    with ExitStack() as stack:
        old, new = (
            stack.enter_context(open_source(refuse_empty(folder), format))
            for folder in (before, now)
        )
        chosen = propose(new.format) if standard is None else load(standard)
        for folder, source in ((before, old), (now, new)):
            if source.format not in chosen.formats:
                expected = f"data of format {', '.join(chosen.formats)}, for {chosen.name}"
                hint = "name a standard for both with --standard"
                raise UsageError(str(folder), expected, source.format, hint)
            prepare(source, chosen)
        fold, counted = _examined(old, new, chosen, jobs or cores())
        manifests = [hashed(source.tree, jobs) for source in (old, new)]
        for source in (old, new):
            source.tree.walk_again()
        sides = [
            Side(
                data=DataName(path=utf8(str(folder)), format=source.called, digest=listed.digest),
                files=len(listed.files),
                samples=counted[origin][0],
                defective=counted[origin][1] + source.plan().lost,
            )
            for folder, source, listed, origin in zip(
                (before, now), (old, new), manifests, (BEFORE, DATA), strict=True
            )
        ]
        card = tuple(_restated(*(claims.card(source.tree) for source in (old, new))))
        return _told(fold, sides, Files.between(*manifests), card, jobs or cores())


def _examined(
    old: "Source", new: "Source", chosen: "Standard", jobs: int
) -> "tuple[Fold, Mapping[str, tuple[Counter[str], int]]]":
    """Let the rules look at both; also count, by origin, samples by split and those lost."""
    from datastd.engines import Task  # noqa: PLC0415
    from datastd.engines.fold import Fold  # noqa: PLC0415
    from datastd.engines.local import hired, run  # noqa: PLC0415

    asked = _about_versions(chosen)
    fold = Fold(asked)
    plans = {DATA: new.plan(), BEFORE: old.plan()}
    tasks = [
        Task(source, shard, origin, is_sound=False)
        for source, origin in ((new, DATA), (old, BEFORE))
        for shard in plans[origin].shards
    ]
    splits, lost = {DATA: Counter[str](), BEFORE: Counter[str]()}, Counter[str]()
    sizes = [plan.samples for plan in plans.values()]
    with hired(chosen) as crew, Bar("comparing", sum(filter(None, sizes))) as bar:
        crew.tell(asked.told)
        for part in run(tasks, asked, {BEFORE: old}, jobs=jobs, done=bar.advance, crew=crew):
            fold.add(part)
            if part.rows or part.lost:
                splits[part.origin][utf8(part.split)] += part.rows
                lost[part.origin] += part.lost
    return fold, {origin: (splits[origin], lost[origin]) for origin in (DATA, BEFORE)}


def _restated(before: claims.Carded, now: claims.Carded) -> Iterator[Stated]:
    """The fields of two cards that differ."""
    old, new = map(_fields, (before, now))
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield Stated(field=name, before=old.get(name), now=new.get(name))


def _fields(one: claims.Carded) -> dict[str, str]:
    """What a card states, as JSON by field; what is wrong with it, where it cannot be read."""
    if one.wrong:
        return {CARD: f"unreadable: {one.wrong}"}
    if one.card is None:
        return {}
    stated = one.card.public.model_dump(mode="json", exclude_defaults=True)
    return dict(_leaves(stated, ""))


def _leaves(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, one in value.items():
            yield from _leaves(one, f"{name}.{utf8(key)}" if name else utf8(key))
    else:
        yield name, json.dumps(value, ensure_ascii=False)


def _told(
    fold: "Fold", sides: list[Side], files: Files, card: tuple[Stated, ...], jobs: int
) -> Difference:
    """What was found, in the words of a comparison."""
    own = {Samples.code, Labels.code}
    drift = [
        rule.judge(measured)
        for rule, measured in fold.measurements({BEFORE: None}, jobs)
        if rule.code not in own and measured.checked
    ]
    samples = pl.concat([_changed(fold, code) for code in sorted(own)])
    samples = samples.sort("change", maintain_order=True)
    changes = Counter(samples.get_column("change").to_list())
    labels = samples.filter(change="relabelled").group_by("before", "now").len()
    gone = changes["removed"]
    touched = samples.filter(pl.col("change") != "removed").get_column("key").n_unique()
    old, new = sides
    told = Difference(
        before=old,
        now=new,
        files=files,
        card=card,
        changes={"same": sum(new.samples.values()) - touched, **changes, "removed": gone},
        relabelled=tuple(
            labels.sort("len", "before", "now", descending=[True, False, False]).rows()
        ),
        drift=tuple(drift),
    )
    told._samples = samples  # noqa: SLF001
    return told


def _changed(fold: "Fold", code: str) -> pl.DataFrame:
    """What one rule found, columns as `SAMPLES`."""
    rows = fold.failing_of(code)
    was = pl.col("group").str.split("\t")
    return rows.select(
        pl.col("detail").alias("change"), "key", "split",
        before=pl.when(pl.col("detail") == "relabelled").then(was.list.first()).otherwise("group"),
        now=pl.when(pl.col("detail") == "relabelled").then(was.list.last())
        .when(pl.col("detail") == "moved").then("split"),
    ).select(pl.col(name).cast(pl.String) for name in SAMPLES)  # fmt: skip


def _about_versions(chosen: "Standard") -> "Standard":
    """Of a standard, what compares one version with another, and no more."""
    from datastd.rules.drift import DriftRule  # noqa: PLC0415
    from datastd.rules.drift.example_count_change import ExampleCountChange  # noqa: PLC0415
    from datastd.standard import Standard  # noqa: PLC0415

    rules = [one for one in chosen.rules if isinstance(one, DriftRule | ExampleCountChange)]
    wanted = {name for rule in rules for name in rule.reads}
    return Standard(
        name="comparison/1",
        about=f"What {chosen.name} asks of two versions.",
        formats=chosen.formats,
        records=chosen.records,
        measures=tuple(one for one in chosen.measures if one.column in wanted),
        rules=(*rules, Samples(), Labels()),
    )
