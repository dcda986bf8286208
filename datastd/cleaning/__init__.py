"""
The passing part of a dataset, written anew.

A dataset is judged, and what fails is left out of a new one, which says what and why, and
is judged in turn by the same standard.  The dataset itself stays as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from datastd import claims, config
from datastd.card import cleaned
from datastd.cleaning import papers
from datastd.cleaning.choice import Choice, choose, reasons
from datastd.digest import MANIFEST, Manifest
from datastd.disk import real, refuse_empty, refuse_inside
from datastd.draft import Draft, pieces_of, refuse_folder
from datastd.errors import DataChanged, NothingLeft, NotJudged, UsageError
from datastd.model import Outcome
from datastd.pipeline import Case, judge, open_source, opened, places_of
from datastd.quiet import utf8
from datastd.report import DataName, Report
from datastd.rules.norms.linked_from_outside import LinkedFromOutside
from datastd.sources import CARD, Source
from datastd.sources.files import is_paper
from datastd.sources.known import formats, reader
from datastd.words import many, meant

if TYPE_CHECKING:
    from datastd.standard import Standard


@dataclass(frozen=True, slots=True)
class Cleaned:
    """
    What `clean` came to.

    Attributes:
        out: The new dataset.
        report: The verdicts on it, by the standard that the old one was judged by.
        rows_in: Samples of the old dataset, those that cannot be read included.
        rows_out: Samples of the new one.
        removed: Samples left out, by code; one may be left out for several.
        unnamed: Samples left out that have no name, such as the ends of files that are cut.
        classes: Labels of which no sample is left.
        files: Files left out that are no samples.
        log: Where all that was left out is named, below `out`.
        advice: What to do about a standard that nobody named; empty where one was.
    """

    out: Path
    report: Report
    rows_in: int
    rows_out: int
    removed: Mapping[str, int]
    unnamed: int
    classes: tuple[int, ...]
    files: int
    log: str
    advice: str

    @property
    def outcome(self) -> Outcome:
        """What the new dataset comes to."""
        return self.report.outcome

    def __str__(self) -> str:
        why = [f"{code} {rows:,}" for code, rows in self.removed.items()]
        why += [f"without a name {self.unnamed:,}"] if self.unnamed else []
        because = f" ({', '.join(why)})" if why else ""
        return (
            f"{many(self.rows_in, 'sample')}, of which {self.rows_in - self.rows_out:,} are left"
            f" out{because} and {self.rows_out:,} are in {self.out}; "
            f"other files left out: {self.files:,}"
        )


def clean(  # noqa: PLR0913  -- as `check`, and where it goes
    data: str | Path,
    out: str | Path,
    standard: "str | Path | Standard | None" = None,
    *,
    format: str | None = None,  # noqa: A002
    profile: str | None = None,
    inputs: Mapping[str, str | Path] | None = None,
    also: Sequence[str] = (),
    copy: bool = False,
    jobs: int | None = None,
) -> Cleaned:
    """
    Write the samples that pass into a new folder, and a log of those that do not.

    Left out is what cannot be read, and every sample that a verdict which fails names.
    Of samples that are alike one stays, best in a split to measure with; of those that
    are alike under different labels none does.  What a verdict that warns names stays,
    unless *also* has its code.

    Args:
        data: The dataset's folder, which stays as it is.
        out: The new folder: nothing is there, or an empty one.
        standard: As for `check`, as *format*, *profile*, *inputs* and *jobs*.
        format: See *standard*.
        profile: See *standard*.
        inputs: See *standard*.
        also: Codes whose samples are left out too, whatever the outcome.
        copy: Whether the files of samples are copied; else they are given a second name
            (a hard link) where that can be, and where no rule that is asked forbids it (N372).
        jobs: See *standard*.  The new folder does not depend on it.

    Raises:
        UsageError: The request cannot be carried out as it was put.
        NothingLeft: No sample passes, or none of a split: what the others were to be measured
            with would be gone, and nothing would fail.
        NotJudged: The work did not come to its end; `DataChanged` where the data did.
    """
    path, place = _folders(data, out)
    entry = config.entry_for(path)
    given = {**places_of(dict(entry.inputs)), **places_of(inputs)}
    others = [config.Place.of(one).path for one in given.values()]
    _refuse_around(place, (path, *others))
    named = entry.format if format is None else format
    with opened(path, standard, format=named, profile=profile, inputs=inputs, jobs=jobs) as case:
        _refuse_format(case)
        _refuse_codes(case, also)
        card = papers.card_of(case.source.tree)
        report, listed = case.judged()
        choice = choose(case, report, also)
        _refuse_nothing(str(data), case, choice, report)
        with Draft(place, copy=copy or _forbids_links(case)) as draft:
            done = _written(case, report, choice, draft, card, also)
            after, there = judge(
                draft.folder, case.standard, format=named or case.source.called,
                profile=case.profile, jobs=jobs,
                # Tables by key are of the samples as they were, those left out included.
                inputs={role: given[role] for role in case.datasets},
            )  # fmt: skip
            _refuse_other(done, choice, after)
            _refuse_changed(draft, listed, there)
            if there and claims.has_manifest(case.source.tree):
                draft.put(MANIFEST, [there.text])
            draft.publish()
    named_so = DataName(path=utf8(str(out)), format=after.data.format, digest=after.data.digest)
    return replace(done, out=Path(out), report=after.model_copy(update={"data": named_so}))


def _forbids_links(case: Case) -> bool:
    """Whether what is written would be refused for a name that it has in the old folder."""
    return any(isinstance(rule, LinkedFromOutside) for rule in case.standard.asked(case.profile))


def _refuse_nothing(data: str, case: Case, choice: Choice, report: Report) -> None:
    """Refuse to leave no sample, or none of a split."""
    expected, hint = "a sample that passes", "datastd check says why"
    if not choice.rows:
        found = f"all {report.accounting.samples:,} to be left out"
        raise NothingLeft(data, expected, found, hint)
    for split in sorted({shard.split for shard in case.plan.shards} - {*choice.splits}):
        tried = sum(shard.samples or 0 for shard in case.plan.shards if shard.split == split)
        more = "; take the split out yourself if the data are to do without it"
        found = f"all {tried:,} to be left out"
        raise NothingLeft(f"{data}: split {split}", expected, found, hint + more)


def _folders(data: object, out: object) -> tuple[Path, Path]:
    """Where the data are, and where they go."""
    for name, given in (("data", data), ("out", out)):
        if not isinstance(given, str | Path):
            raise UsageError(name, "the path of a folder", f"a {type(given).__name__}")
    if not str(out):
        raise UsageError("out", "the path of a new folder", "an empty name")
    return refuse_empty(str(data)), real(str(out))


def _refuse_around(place: Path, read: Iterable[str | Path]) -> None:
    """Refuse a place in what is read, or around it, or where something is."""
    for one in read:
        refuse_inside(place, Path(one))
        if place in real(one).parents:
            raise UsageError(str(place), "a place beside the dataset", f"a folder around {one}")
    refuse_folder(place)


def _refuse_format(case: Case) -> None:
    """Refuse a format that cannot be written."""
    known = [name for name in formats() if _writes(reader(name))]
    if not _writes(type(case.source)) or case.plan.samples is None:
        expected = f"a format that can be written: {', '.join(known)}"
        raise UsageError(case.path, expected, case.source.called)


def _writes(source: type[Source]) -> bool:
    return source.write is not Source.write


def _refuse_codes(case: Case, also: Sequence[str]) -> None:
    """Refuse codes by which nothing is judged."""
    known = {rule.called[0] for rule in case.standard.judged} | {one.code for one in case.kinds}
    for code in also:
        if code not in known:
            expected, hint = f"a code of {case.standard.name}", meant(code, sorted(known))
            raise UsageError("--also", expected, code or "none", hint)


def _written(  # noqa: PLR0913, PLR0917
    case: Case, report: Report, choice: Choice, draft: Draft, card: str, also: Sequence[str]
) -> Cleaned:
    """Write what stays, and what is said of the rest."""
    source = case.source
    skip = {
        *claims.outdated(source.tree),
        CARD,
        *choice.bad_files([kind.code for kind in case.kinds]),
    }
    for path in source.tree.stamps:  # copied: papers are there to be written on
        if is_paper(path) and path not in skip:
            fewer = choice.rows < report.accounting.samples
            said = claims.without_counts(source.tree, path) if fewer else None
            draft.put(path, pieces_of(source.tree, path) if said is None else [said])
    source.write(choice.kept, draft)
    files = _left_out(case, choice, draft)
    log, summary = papers.names(source.tree)
    draft.put(log, papers.log(choice.samples, files))
    done = Cleaned(
        draft.folder, report, report.accounting.samples, choice.rows, choice.removed,
        choice.unnamed, choice.classes, len(files), log, report.advice,
    )  # fmt: skip
    told = _summary(done, choice, also)
    draft.put(summary, [dumps(told, indent=2, allow_nan=False).encode() + b"\n"])
    if card:  # of data without one, the summary says it, and `init` takes it up
        stated: dict[papers.Keys, int | list[str]] = {
            **_sizes(draft, choice), **_classes(case, draft)
        }  # fmt: skip
        begun = papers.with_counts(card, stated)
        draft.put(CARD, [papers.with_step(begun, cleaned.step(told)).encode()])
    return done


def _sizes(draft: Draft, choice: Choice) -> dict[papers.Keys, int]:
    """What a card states of the new dataset: its files, their bytes, the records of each split."""
    sizes = [(draft.folder / path).stat().st_size for path in draft.paths]
    found: dict[papers.Keys, int] = {
        ("processing", "splits", name, "rows"): rows for name, rows in choice.splits.items()
    }
    return {("storage", "files"): len(sizes), ("storage", "bytes"): sum(sizes), **found}


def _classes(case: Case, draft: Draft) -> dict[papers.Keys, list[str]]:
    """The classes that the new dataset names, where the old card named those of the old one."""
    card = case.carded.card
    said = card.processing.labels if card else None
    if said is None or case.classes is None or [*said.names] != _names(case.classes):
        return {}
    with open_source(draft.folder, case.source.called) as source:
        classes = source.classes()
    return {} if classes is None else {("processing", "labels", "names"): _names(classes)}


def _names(classes: pl.DataFrame) -> list[str]:
    """The names in a table of classes, in the order of their numbers."""
    return sorted(classes.get_column("class_name").unique())


def _left_out(case: Case, choice: Choice, draft: Draft) -> dict[str, list[dict[str, Any]]]:
    """Every other thing in the old folder that the new one lacks, and what is wrong with it."""
    tree = case.source.tree
    samples = {*choice.samples.get_column("key")}
    odd = {path: found for path, found in tree.oddities if path not in tree.stamps}
    ours = {*claims.manifests(tree), *({CARD} & {*tree.stamps})}  # a card that is a link is none
    there = {*odd, *tree.stamps} - draft.paths - samples - ours
    why = dict(reasons(choice.files))
    return {
        utf8(path): why.get(utf8(path), [])
        for path in sorted(there, key=lambda one: utf8(one).encode())
    }


def _summary(done: Cleaned, choice: Choice, also: Sequence[str]) -> dict[str, Any]:
    """The numbers, and what decided them."""
    report = done.report
    return {
        "schema": cleaned.SCHEMA,
        "datastd": version("datastd"),
        "source": {"format": report.data.format, "digest": report.data.digest},
        "standard": report.standard.model_dump(),
        "inputs": [{"role": one.role, "digest": one.digest} for one in report.inputs],
        "also": sorted({*also}),
        "samples": {
            "in": done.rows_in, "out": done.rows_out, "removed": done.rows_in - done.rows_out,
            "unnamed": done.unnamed, "by_code": done.removed,
        },
        "classes_removed": done.classes,
        "splits": {
            name: {"in": split.records, "out": choice.splits.get(name, 0)}
            for name, split in report.splits.items()
        },
        "files": {"in": report.accounting.files, "removed": done.files},
        "log": done.log,
    }  # fmt: skip


def _refuse_other(done: Cleaned, choice: Choice, after: Report) -> None:
    """Refuse a folder that reads as anything but the samples that were to stay."""
    found = {name: split.records for name, split in after.splits.items()}
    if found != choice.splits or after.accounting.samples != done.rows_out:
        raise NotJudged(
            "the new dataset", f"the samples that stay, {_counts(choice.splits)}",
            f"{after.accounting.samples:,}: {_counts(found)}",
            "what is left is laid out as another dataset: nothing was written",
        )  # fmt: skip


def _counts(splits: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {rows:,}" for name, rows in splits.items())


def _refuse_changed(draft: Draft, before: Manifest | None, after: Manifest | None) -> None:
    """Refuse files that were taken over with other bytes than were judged."""
    judged, there = dict(before.files if before else ()), dict(after.files if after else ())
    for path in sorted(draft.taken):
        if judged.get(path) != there.get(path):
            expected, found = judged.get(path, "none"), there.get(path, "none")
            raise DataChanged(path, expected, found, "the data changed: run again")
