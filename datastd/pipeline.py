"""
The pipeline: read, measure, judge.

One dataset and one standard in, one report out, whoever asks: a notebook, a
command, a commit or a gate.
"""

import importlib
import pkgutil
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from datastd import config, sources
from datastd.digest import Manifest
from datastd.disk import Tree, refuse_empty
from datastd.errors import UsageError
from datastd.model import DATA, PROFILES, ROLES, Example, Profile, Verdict
from datastd.quiet import utf8
from datastd.report import (
    Accounting,
    DataName,
    InputName,
    NotAsked,
    Report,
    StandardName,
)
from datastd.report.progress import Bar
from datastd.sources import Defect, Plan, Source
from datastd.sources.files import FileUnreadable, is_paper
from datastd.waiting import MOST, result

if TYPE_CHECKING:
    from datastd.engines.fold import Fold
    from datastd.standard import Standard


def formats() -> list[str]:
    """Names of the formats that datastd reads from disk."""
    found = (module.name for module in pkgutil.iter_modules(sources.__path__))
    return sorted(name for name in found if name not in {"files", "memory"})


def reader(name: str) -> type[Source]:
    """
    The source of a format: a module of `datastd.sources`, or one that the user names.

    Args:
        name: A format such as ``idx``, or the dotted name of a module of the
            user's that has one subclass of `Source`.

    Raises:
        UsageError: No such format.
    """
    known = formats()
    if name not in known and ("." not in name or not all(map(str.isidentifier, name.split(".")))):
        expected = f"one of {', '.join(known)}, or the dotted name of a module"
        raise UsageError("--format", expected, name or "an empty name")
    try:
        module = importlib.import_module(f"datastd.sources.{name}" if name in known else name)
    except (Exception, SystemExit) as error:  # noqa: BLE001  -- the user's, it may do anything
        found = f"{type(error).__name__}: {error}"
        raise UsageError("--format", "a module that can be imported", found) from None
    for value in vars(module).values():
        if (
            isinstance(value, type)
            and issubclass(value, Source)
            and value.__module__ == module.__name__
        ):
            return value
    raise UsageError("--format", "a module with a Source", name)


def open_source(path: Path, named: str | None = None) -> Source:
    """
    Open a dataset's folder with the source of its format.

    Raises:
        UsageError: No folder, no such format, or none that recognises it.
    """
    tree = Tree(path)
    try:
        if named is not None:
            return reader(named)(tree)
        for name in formats():
            source = reader(name)
            if source.recognises(tree):
                return source(tree)
        found = f"{len(tree.stamps)} files of none" if tree.stamps else "no files"
        raise UsageError(
            str(path), f"files of a known format ({', '.join(formats())})", found,
            "name it with --format",
        )  # fmt: skip
    except BaseException:
        tree.close()
        raise


def check(  # noqa: PLR0913  -- one keyword per thing that a judgement depends on
    data: object,
    standard: "str | Path | Standard | None" = None,
    *,
    format: str | None = None,  # noqa: A002  -- the name of the command's option
    profile: str | None = None,
    inputs: Mapping[str, str | Path] | None = None,
    jobs: int | None = None,
) -> Report:
    """
    Judge a dataset by a standard.

    Args:
        data: The path of a folder; or, for a report that is never a certificate,
            a polars, pandas or Arrow table, a pair (images, labels) of arrays, or
            a mapping from splits to such pairs.
        standard: A name such as ``mnist/1``, the path of a ``.py`` file, or a
            `Standard`; none takes the one of `datastd.toml`, else a proposal.
        format: The format; none means whatever is found.
        profile: ``dev``, ``team`` or ``release``; none means ``dev``.
        inputs: Other datasets by role, such as ``{"evaluation": path}``.
        jobs: Threads; none means one per core.  The verdict does not depend on it.

    Raises:
        UsageError: The request cannot be carried out as it was put.
        DataChanged: The data changed while they were looked at.
    """
    return judge(data, standard, format=format, profile=profile, inputs=inputs, jobs=jobs)[0]


def judge(  # noqa: PLR0913
    data: object,
    standard: "str | Path | Standard | None" = None,
    *,
    format: str | None = None,  # noqa: A002
    profile: str | None = None,
    inputs: Mapping[str, str | Path] | None = None,
    jobs: int | None = None,
) -> tuple[Report, Manifest | None]:
    """Judge as `check` does; also return the manifest of what was judged."""
    if jobs is not None and (type(jobs) is not int or not 1 <= jobs <= MOST):
        raise UsageError("jobs", f"a whole number from 1 to {MOST}", f"{jobs}")
    places = places_of(inputs)
    path = refuse_empty(data) if isinstance(data, str | Path) else None
    entry = config.entry_for(path) if path else config.Dataset(path="<memory>")
    # Not "or": an empty name is no missing one, and must not choose a laxer judgement.
    asked = entry.standard if standard is None else standard
    where = f"{config.NAME}: standard" if standard is None else "--standard"
    named = entry.format if format is None else format
    strictness = (entry.profile or "dev") if profile is None else profile
    if strictness not in PROFILES:
        raise UsageError("--profile", f"one of {', '.join(PROFILES)}", strictness)
    with ExitStack() as stack:
        source = stack.enter_context(open_source(path, named) if path else _in_memory(data))
        # Hash and unpack on threads while the libraries of the standard load.
        early = stack.enter_context(ThreadPoolExecutor(2, "datastd-early"))
        stack.callback(source.stop)  # before the threads are waited for
        planning = early.submit(source.plan)
        hashing = early.submit(hashed, source.tree, jobs) if path else None
        chosen = _standard(asked, source.format, where)
        others = {
            role: stack.enter_context(_open_input(role, Path(place), source, chosen))
            for role, place in ({**entry.inputs} | places).items()
        }
        listed = result(hashing) if hashing else None
        plan = _with_unhashed(result(planning), listed)
        case = _Case(source, plan, chosen, strictness, others, listed)
        try:
            fold = _examined(case, jobs)
            report = _report(case, fold, utf8(str(data)) if path else "<memory>")
        except pl.exceptions.PolarsError as error:
            if path:
                raise
            expected = f"columns of the types that {chosen.name} reads"
            raise UsageError("data", expected, str(error)) from None
        report.attach(fold.failing_of, proposed=asked is None)
        for one in (source, *others.values()) if path else ():
            one.tree.walk_again()
        return report, listed


def places_of(inputs: object) -> dict[str, str | Path]:
    """
    Paths by role, as the user gave them.

    Raises:
        UsageError: No mapping from roles to paths.
    """
    if inputs is None:
        return {}
    if not isinstance(inputs, Mapping):
        raise UsageError("inputs", "a mapping from roles to paths", f"a {type(inputs).__name__}")
    for role, place in inputs.items():
        if not isinstance(role, str) or not isinstance(place, str | Path):
            raise UsageError("inputs", "paths by role", f"{place!r} as {role!r}")
    return {**inputs}


def hashed(tree: Tree, jobs: int | None = None) -> Manifest:
    """Hash every file of *tree*, and show how far it is where that takes long."""
    with Bar("hashing", tree.size) as bar:
        return Manifest.of(tree, jobs=jobs or 2, seen=bar.advance)


def _standard(named: "str | Path | Standard | None", format_name: str, where: str) -> "Standard":
    """Load the standard that was named, or propose one; refuse one for other formats."""
    # Loaded here: these bring pandera and numba, which the threads above outrun.
    from datastd import standard as standards  # noqa: PLC0415

    chosen = standards.propose(format_name) if named is None else standards.load(named, where=where)
    if format_name not in (*chosen.formats, "memory"):
        raise UsageError(
            f"standard {chosen.name}", f"data of format {', '.join(chosen.formats)}",
            format_name,
        )  # fmt: skip
    kinds: list[type[Defect]] = [FileUnreadable]
    for name in {*chosen.formats} - {"memory"} if chosen.tolerates else ():
        kinds += reader(name).kinds
    for one in chosen.tolerates:
        if one.code not in {kind.code for kind in kinds}:
            expected = "codes of what cannot be read in its formats"
            raise UsageError(f"standard {chosen.name}: tolerates", expected, one.code)
    return chosen


def _in_memory(data: object) -> Source:
    from datastd.sources.memory import Memory  # noqa: PLC0415

    return Memory(data)


def _with_unhashed(plan: Plan, listed: Manifest | None) -> Plan:
    """Add a defect for each file that could not be read to be hashed."""
    known = {defect.path for defect in plan.defects if isinstance(defect, FileUnreadable)}
    more = [
        FileUnreadable(path, "", "a readable regular file", reason)
        for path, reason in (listed.unreadable if listed else ())
        if path not in known
    ]
    return replace(plan, defects=(*plan.defects, *more))


def _open_input(role: str, path: Path, like: Source, standard: "Standard") -> Source:
    """Open a dataset that a judgement needs, best *like* the data; one not sound is no input."""
    if role not in ROLES:
        raise UsageError("--input", f"one of {', '.join(ROLES)}", role)
    if role not in standard.roles:
        expected, hint = f"a role that {standard.name} looks at", "nothing would look at it"
        raise UsageError("--input", expected, role, hint)
    from datastd.engines.fold import refuse  # noqa: PLC0415

    tree = Tree(path)
    if like.recognises(tree):
        source = type(like)(tree)
    else:
        tree.close()
        source = open_source(path)
    try:
        plan = source.plan()
        for defect in plan.defects:
            refuse(f"{role}={path}", defect)
        if plan.samples == 0:
            raise UsageError(f"--input {role}={path}", "at least one sample", "none")
    except BaseException:
        source.close()
        raise
    return source


@dataclass(frozen=True, slots=True)
class _Case:
    """One judgement: what is judged, by what, and beside what."""

    source: Source
    plan: Plan
    standard: "Standard"
    profile: Profile
    inputs: Mapping[str, Source]
    listed: Manifest | None

    @property
    def required(self) -> list[str]:
        """Inputs by role that have to be there."""
        return sorted(self.standard.required(self.profile))

    @property
    def kinds(self) -> tuple[type[Defect], ...]:
        """Kinds of defect that may be met; no file can be hashed that cannot be read."""
        return (*self.source.kinds, *([FileUnreadable] if self.listed else []))

    @property
    def not_asked(self) -> tuple[NotAsked, ...]:
        """Rules that lack what they need, and that nobody requires to be asked."""
        given = {*self.inputs, *self.required, *(["files"] if self.listed else [])}
        return tuple(
            NotAsked(code=rule.code, needs=need)
            for rule in self.standard.rules
            for need in (*rule.needs, *(["files"] if rule.table == "files" else []))
            if need not in given
        )


def _examined(case: _Case, jobs: int | None) -> "Fold":
    """Let every rule look at everything."""
    from datastd.engines import tasks  # noqa: PLC0415
    from datastd.engines.fold import Fold  # noqa: PLC0415
    from datastd.engines.local import cores, run  # noqa: PLC0415

    fold, plan = Fold(case.standard), case.plan
    work = tasks(case.source, plan.shards, case.inputs)
    fold.add_defects(plan.defects)
    with Bar("checking", plan.samples) as bar:
        for part in run(work, case.standard, case.inputs, jobs=jobs or cores(), done=bar.advance):
            fold.add(part)
    if plan.samples not in {None, fold.read + fold.lost}:
        msg = f"{plan.samples} samples were planned and {fold.read + fold.lost} read"
        raise AssertionError(msg)
    if case.listed:
        fold.add_files(_files(case.listed, case.source))
    return fold


def _verdicts(case: _Case, fold: "Fold") -> Iterator[Verdict]:
    """Set what was found against its limits."""
    tried = {"files": case.plan.files, "samples": fold.read + fold.lost + case.plan.lost}
    yield from _defects(fold, case.kinds, tried)
    unasked = {one.code for one in case.not_asked}
    for rule, measured in fold.measurements(case.inputs):
        if rule.called[0] not in unasked:
            yield rule.judge(measured, case.standard.level(rule, case.profile))
    if case.required:
        yield _required(case.required, case.inputs)


def _report(case: _Case, fold: "Fold", path: str) -> Report:
    """What the judgement comes to, and what it is about."""
    listed, standard = case.listed, case.standard
    return Report(
        data=DataName(
            path=path,
            format=case.source.format,
            digest=listed.digest if listed and not listed.unreadable else None,
        ),
        standard=StandardName(name=standard.name, digest=standard.digest, profile=case.profile),
        complete=True,
        accounting=Accounting(
            files=len(listed.files) if listed else 0,
            bytes=sum(case.source.tree.stamps[file].size for file, _ in listed.files)
            if listed
            else 0,
            samples=fold.read + fold.lost + case.plan.lost,
            defective=fold.lost + case.plan.lost,
        ),
        splits=fold.splits(),
        verdicts=tuple(sorted(_verdicts(case, fold), key=lambda verdict: verdict.code)),
        inputs=tuple(
            InputName(role=role, path=utf8(str(one.tree.root)), digest=hashed(one.tree).digest)
            for role, one in case.inputs.items()
        ),
        not_asked=case.not_asked,
    )


def _required(roles: Sequence[str], given: Container[str]) -> Verdict:
    """Judge whether the inputs that must be there are."""
    from datastd.rules import fold  # noqa: PLC0415
    from datastd.rules.required_input import RequiredInput  # noqa: PLC0415

    rule = RequiredInput()
    rows = pl.DataFrame({"role": roles, "given": [role in given for role in roles]})
    return rule.judge(fold(rule, [rows]))


def _files(listed: Manifest, source: Source) -> pl.DataFrame:
    """The files table: one row per regular file that could be read."""
    schema = {"path": pl.String, "folded": pl.String, "sha256": pl.String, "bytes": pl.Int64,
              "paper": pl.Boolean, "origin": pl.String}  # fmt: skip
    rows = [
        (path, unicodedata.normalize("NFC", path).casefold(), sha256,
         source.tree.stamps[path].size, is_paper(path), DATA)
        for path, sha256 in listed.files
    ]  # fmt: skip
    return pl.DataFrame(rows, schema, orient="row")


def _defects(
    fold: "Fold", kinds: tuple[type[Defect], ...], tried: Mapping[str, int]
) -> Iterator[Verdict]:
    """Judge what could not be read: each kind is held to 0 unless it is tolerated."""
    known = {kind.code: kind for kind in kinds}
    if unlisted := {*fold.defects} - {*known}:
        msg = f"{sorted(unlisted)}: found by a source that does not list them in `kinds`"
        raise AssertionError(msg)
    for kind in known.values():
        found, first = fold.defects.get(kind.code, (0, []))
        tolerance = fold.standard.tolerance(kind.code)
        yield Verdict(
            code=kind.code,
            name=kind.name,
            level=kind.level,
            observed=found,
            limit=tolerance.limit if tolerance else 0,
            unit=kind.unit,
            checked=max(tried[kind.unit], found),
            failed=found,
            because=tolerance.because if tolerance else "",
            examples=tuple(
                Example(key=utf8(one.key), observed=1, detail=utf8(str(one))) for one in first
            ),
        )
