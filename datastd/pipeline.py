"""
The pipeline: read, measure, judge.

One dataset and one standard in, one report out, whoever asks: a notebook, a
command, a commit or a gate.
"""

import functools
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from datastd import claims, config, forks
from datastd.digest import Manifest
from datastd.disk import Tree, real, refuse_empty
from datastd.errors import UsageError
from datastd.inputs import COLUMNS, FILES, Given, Keyed
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
from datastd.sources.known import formats, reader
from datastd.sources.tabular import Tabular
from datastd.waiting import MOST, cores, result
from datastd.words import many, meant

if TYPE_CHECKING:
    from datastd.baseline import Accepted
    from datastd.card import Card
    from datastd.engines.crew import Crew
    from datastd.engines.fold import Fold
    from datastd.report.evidence import Evidence
    from datastd.rules import Rule
    from datastd.rules.norms import Heard
    from datastd.standard import Standard
    from datastd.trust import Trust
    from datastd.waivers import Waivers


_QUICK = frozenset({"cifar", "idx"})
"""Formats that are asked first whether a folder is theirs: they load no compiler to say so."""

_ANNOTATED = frozenset({"voc", "yolo"})
"""Those that are asked next: pictures with something beside them, which others take for less."""


def open_source(path: Path, named: str | None = None) -> Source:
    """
    Open a dataset's folder with the source of its format.

    Args:
        path: The folder.
        named: The format; with options of its own after a colon, ``image-folder:tiff``.

    Raises:
        UsageError: No folder, no such format, or none that recognises it.
    """
    tree = Tree(path)
    try:
        if named is not None:
            name, options = _asked(named)
            return reader(name).of(tree, options)
        for name in sorted(formats(), key=lambda n: (n not in _QUICK, n not in _ANNOTATED, n)):
            source = reader(name)
            if source.recognises(tree):
                return source(tree)
        found = f"{many(len(tree.stamps), 'file')} of none" if tree.stamps else "no files"
        raise UsageError(
            str(path), f"files of a known format ({', '.join(formats())})", found,
            "name it with --format",
        )  # fmt: skip
    except BaseException:
        tree.close()
        raise


def _asked(called: str) -> tuple[str, Sequence[str]]:
    """A format's name, and its options: what stands after a colon, parted by commas."""
    name, colon, options = called.partition(":")
    return name, options.split(",") if colon else ()


def check(  # noqa: PLR0913  -- one keyword per thing that a judgement depends on
    data: object,
    standard: "str | Path | Standard | None" = None,
    *,
    format: str | None = None,  # noqa: A002  -- the name of the command's option
    profile: str | None = None,
    inputs: Mapping[str, str | Path] | None = None,
    waivers: str | Path | None = None,
    baseline: str | Path | None = None,
    trust: str | Path | None = None,
    jobs: int | None = None,
) -> Report:
    """
    Judge a dataset by a standard.

    Args:
        data: The path of a folder; or, for a report that is never a certificate,
            a polars, pandas or Arrow table (its rows are records, and a column ``split``
            says in which split each is), a pair (images, labels) of arrays, or a mapping
            from splits to such pairs.
        standard: A name such as ``mnist/1``, the path of a ``.py`` file, or a
            `Standard`; none takes the one of `datastd.toml`, else a proposal.
        format: The format; none means whatever is found.
        profile: ``dev``, ``team`` or ``release``; none means ``dev``.
        inputs: Other datasets by role, such as ``{"evaluation": path}``; with the format before
            the path where it is not that of the data: ``"jsonl:question::benchmarks"``.
        waivers: A `waivers.toml`: what somebody answers for; none takes that of `datastd.toml`.
        baseline: A report, saved as JSON, whose failures are accepted, and no others; data that
            are judged so cannot be certified.
        trust: A `trust.toml` that says who may approve of waivers, which a profile above
            ``dev`` asks for; none takes that of `datastd.toml`.
        jobs: Threads; none means one per core.  The verdict does not depend on it.

    Raises:
        UsageError: The request cannot be carried out as it was put.
        DataChanged: The data changed while they were looked at.
    """
    return judge(
        data, standard, format=format, profile=profile, inputs=inputs, waivers=waivers,
        baseline=baseline, trust=trust, jobs=jobs,
    )[0]  # fmt: skip


def judge(  # noqa: PLR0913
    data: object,
    standard: "str | Path | Standard | None" = None,
    *,
    format: str | None = None,  # noqa: A002
    profile: str | None = None,
    inputs: Mapping[str, str | Path] | None = None,
    waivers: str | Path | None = None,
    baseline: str | Path | None = None,
    trust: str | Path | None = None,
    jobs: int | None = None,
) -> tuple[Report, Manifest | None]:
    """Judge as `check` does; also return the manifest of what was judged."""
    answers = _answers(data, waivers, baseline, trust)
    with opened(
        data, standard, format=format, profile=profile, inputs=inputs, jobs=jobs, answers=answers
    ) as case:
        return case.judged()


@dataclass(frozen=True, slots=True)
class Answers:
    """
    What somebody answers for.

    Attributes:
        waivers: The waivers.
        baseline: An earlier report, and the SHA-256 of its file.
        trusted: Who may approve of waivers.
    """

    waivers: "Waivers | None" = None
    baseline: "Accepted | None" = None
    trusted: "Trust | None" = None


def _answers(
    data: object,
    waivers: str | Path | None,
    baseline: str | Path | None,
    trust: str | Path | None,
) -> Answers:
    """
    Read what somebody answers for, as it is named here or in `datastd.toml`.

    Raises:
        UsageError: It cannot be read; it lies in the dataset; data in memory.
    """
    path = refuse_empty(data) if isinstance(data, str | Path) else None
    entry = config.entry_for(path) if path else config.Dataset(path="<memory>")
    named = entry.waivers if waivers is None else waivers
    trusted = entry.trust if trust is None else trust
    if path is None and (named is not None or baseline is not None):
        raise UsageError("data", "a folder, where there are waivers or a baseline", "a table")
    if path is None or (named is None and baseline is None and trust is None):
        return Answers()
    from datastd.baseline import Accepted  # noqa: PLC0415  -- few ask
    from datastd.trust import Trust  # noqa: PLC0415
    from datastd.waivers import Waivers, refuse_in_dataset  # noqa: PLC0415

    if named is not None:
        refuse_in_dataset(Path(named), path)
    return Answers(
        None if named is None else Waivers.read(named),
        None if baseline is None else Accepted.read(baseline),
        None if trusted is None or (named is None and trust is None) else Trust.read(trusted),
    )


@contextmanager
def opened(  # noqa: PLR0913
    data: object,
    standard: "str | Path | Standard | None" = None,
    *,
    format: str | None = None,  # noqa: A002
    profile: str | None = None,
    inputs: Mapping[str, str | Path] | None = None,
    jobs: int | None = None,
    answers: Answers = Answers(),
) -> "Iterator[Case]":
    """
    Open what `check` judges, and all that it is judged by; arguments and errors as there.

    Nothing of the samples is read before `Case.judged` is called.
    """
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
        expected = f"one of {', '.join(PROFILES)}"
        raise UsageError("--profile", expected, strictness, meant(strictness, PROFILES))
    with ExitStack() as stack:
        source, chosen = (
            (stack.enter_context(open_source(path, named)), None)
            if path
            else _in_memory(data, asked, where)
        )
        # Hash and unpack on threads while the libraries of the standard load.
        early = stack.enter_context(ThreadPoolExecutor(2, "datastd-early"))
        stack.callback(source.stop)  # before the threads are waited for
        planning = early.submit(source.plan)
        hashing = _hash_early(early, source, jobs) if path else None
        if path:
            _refuse_in_dataset(asked, path)
        chosen = chosen or _standard(asked, source.format, source.format, where)
        prepare(source, chosen)
        others: dict[str, Source | Given] = {}
        for role, place in ({**entry.inputs} | places).items():
            others[role] = _open_input(role, config.Place.of(place), source, chosen)
            stack.callback(others[role].close)
        listed = result(hashing) if hashing else None
        carded = claims.card(source.tree) if path else claims.Carded()
        yield Case(
            source, result(planning), chosen.of_card(carded.card), strictness, others, listed,
            path=utf8(str(data)) if path else "", proposed=asked is None, jobs=jobs,
            stated=claims.records(source.tree) if path else claims.Stated({}),
            carded=carded, answers=answers,
        )  # fmt: skip


def prepare(source: Source, standard: "Standard") -> Source:
    """
    Tell a source of records what a record must be.

    Raises:
        UsageError: A rule about annotations reads what the source's have not.
    """
    for code, missing in standard.unfilled(source.annotates).items():
        expected = "columns that annotations have, or that a measure fills"
        raise UsageError(f"standard {standard.name}: {code}", expected, ", ".join(missing))
    if isinstance(source, Tabular) and standard.records is not None:
        source.record = standard.records
    return source


def _hash_early(
    early: ThreadPoolExecutor, source: Source, jobs: int | None
) -> Future[Manifest | None]:
    """Begin to hash all files; of those that workers read and hash, start their server."""
    if source.isolated:
        early.submit(_warm)  # it takes as long as the server takes to load
        return early.submit(forks.serve)
    return early.submit(hashed, source.tree, jobs)


def _warm() -> None:
    """Have the loops over hashes ready before the last picture is: numba takes its time."""
    from datastd import kernels  # noqa: PLC0415

    kernels.warm()


def _compare(others: Mapping[str, Source | Given], *, lost: int) -> None:
    """Refuse inputs that changed, and tables about other data."""
    for one in others.values():
        if isinstance(one, Keyed):
            one.refuse_strangers(lost)
        if isinstance(one, Given):
            one.compare()
        else:
            one.tree.walk_again()


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


def hashed(tree: Tree, jobs: int | None = None, known: Mapping[str, str] | None = None) -> Manifest:
    """Hash every file of *tree* that is not *known*, and show how far it is where that is long."""
    there = known or {}
    size = sum(stamp.size for path, stamp in tree.stamps.items() if path not in there)
    with Bar("hashing", size) as bar:
        return Manifest.of(tree, jobs=jobs or 2, seen=bar.advance, known=there)


def _refuse_in_dataset(asked: object, path: Path) -> None:
    """Refuse a standard that the data bring along."""
    from datastd import standard as standards  # noqa: PLC0415  -- brings pandera and numba

    standards.refuse_in_dataset(asked, path)


def _standard(
    named: "str | Path | Standard | None", format_name: str, like: str, where: str
) -> "Standard":
    """Load the standard that was named, or propose that of a format *like* it; refuse others."""
    # Loaded here: these bring pandera and numba, which the threads above outrun.
    from datastd import standard as standards  # noqa: PLC0415

    chosen = standards.propose(like) if named is None else standards.load(named, where=where)
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


def _in_memory(
    data: object, asked: "str | Path | Standard | None", where: str
) -> "tuple[Source, Standard]":
    """Data in memory, and the standard for them: a table may be of records, as a file is."""
    from datastd.sources.memory import Memory, table_of  # noqa: PLC0415
    from datastd.sources.tables import Table  # noqa: PLC0415

    table = table_of(data)
    if table is None:
        source = Memory(data)
        return source, _standard(asked, source.format, source.format, where)
    like = "parquet" if "text" in table.columns else "csv"
    chosen = _standard(asked, Memory.format, like, where)
    is_of_records = chosen.records is not None or (
        Memory.format not in chosen.formats
        and any(issubclass(reader(name), Tabular) for name in chosen.formats)
    )
    return Table(table) if is_of_records else Memory(table), chosen


def _as_named(place: config.Place, where: str) -> Source:
    """A dataset in the format that the user names."""
    try:
        return open_source(place.path, place.format)
    except UsageError as error:
        if error.where != "--format":
            raise
        raise UsageError(where, error.expected, error.found, error.hint) from None


def _alike(path: Path, like: Source) -> Source:
    """A dataset in the format of the data, with its options, if it may be of it; else as found."""
    tree = Tree(path)
    if like.recognises(tree):
        return type(like).of(tree, _asked(like.called)[1])
    tree.close()
    return open_source(path)


def _unhashed(case: "Case", listed: Manifest) -> Iterator[Defect]:
    """Name each file that could not be read to be hashed, and that nobody else has named."""
    named = {one.path for one in case.plan.defects if isinstance(one, FileUnreadable)}
    named |= case.source.payloads
    for path, reason in listed.unreadable:
        if path not in named:
            yield FileUnreadable(path, "", "a readable regular file", reason)


def digest_of_input(role: str, path: Path) -> str:
    """
    The digest of an input: of the manifest of a dataset, or of a file's bytes.

    Raises:
        UsageError: There is no such input.
    """
    if role in FILES:
        with Given(role, path) as file:
            return file.digest
    with Tree(path) as tree:
        return hashed(tree).digest


def _open_input(
    role: str, place: config.Place, like: Source, standard: "Standard"
) -> Source | Given:
    """
    Open what a judgement needs: a file, or a dataset, best *like* the data.

    Raises:
        UsageError: Nothing would look at it, or it is not sound.
    """
    path, where = place.path, f"--input {role}={place}"
    if role not in ROLES:
        raise UsageError("--input", f"one of {', '.join(ROLES)}", role, meant(role, ROLES))
    if role not in standard.roles:
        expected, hint = f"a role that {standard.name} looks at", "nothing would look at it"
        raise UsageError("--input", expected, role, hint)
    if role in FILES and place.format:
        raise UsageError(where, "a file, which has no other format", place.format)
    if role in COLUMNS:
        return Keyed(role, path)
    if role == "tokenizer":
        from datastd.tokenizer import Tokenizer  # noqa: PLC0415  -- brings numba

        return Tokenizer(role, path)
    if role in FILES:
        from datastd.ngrams import Ngrams  # noqa: PLC0415  -- likewise

        return Ngrams(role, path)
    from datastd.engines.defects import refuse, tabled  # noqa: PLC0415

    source = _as_named(place, where) if place.format else _alike(path, like)
    try:
        prepare(source, standard)
        plan = source.plan()
        refuse(f"{role}={place}", tabled(plan.defects), source.kinds)
        if plan.samples == 0:
            raise UsageError(where, "at least one sample", "none")
    except BaseException:
        source.close()
        raise
    return source


@dataclass(frozen=True, slots=True)
class Case:
    """
    One judgement: what is judged, by what, and beside what.

    Attributes:
        source: The data.
        plan: What the source found.
        standard: What they are judged by.
        profile: How strictly.
        inputs: Other datasets by role.
        listed: The manifest, where the files were hashed before they were read.
        path: The folder, as a report names it; empty for data in memory.
        proposed: Whether nobody named the standard.
        jobs: Threads; none means one per core.
        stated: Records of each split, as files beside the data state them, and what of it is not
            known.
        carded: The dataset's card, as far as there is one.
        answers: What somebody answers for.
    """

    source: Source
    plan: Plan
    standard: "Standard"
    profile: Profile
    inputs: Mapping[str, Source | Given]
    listed: Manifest | None
    path: str
    proposed: bool
    jobs: int | None
    stated: claims.Stated
    carded: claims.Carded
    answers: Answers = Answers()

    @property
    def on_disk(self) -> bool:
        """Whether there are files."""
        return bool(self.path)

    def judged(self) -> tuple[Report, Manifest | None]:
        """
        Look at everything, and judge; also give the manifest of what was judged.

        Raises:
            DataChanged: The data changed while they were looked at.
            UsageError: Data in memory that cannot be judged by this standard.
        """
        from datastd.engines.defects import tabled  # noqa: PLC0415
        from datastd.engines.local import hired  # noqa: PLC0415
        from datastd.engines.telling import tell  # noqa: PLC0415

        listed, jobs, files = self.listed, self.jobs or cores(), None
        lacking: dict[str, str] = {}
        try:
            with hired(self.standard) as crew:
                fold = _examined(self, jobs, crew)
                if self.on_disk:
                    listed = listed or hashed(self.source.tree, self.jobs, fold.hashes)
                    fold.add_defects(tabled([*_unhashed(self, listed)]))
                    files = _files(listed, self.source)
                    fold.add_table("files", files)
                    if (beside := claims.manifest(self.source.tree, listed)) is not None:
                        fold.add_table("manifest", beside)
                    lacking = _add_norms(self, fold, listed)
                tell(fold, self.source, crew)
                report = _report(self, fold, listed, files, lacking)
        except pl.exceptions.PolarsError as error:
            if self.on_disk:
                raise
            expected = f"columns of the types that {self.standard.name} reads"
            raise UsageError("data", expected, str(error)) from None
        report.attach(fold.failing_of, proposed=self.proposed, evidence=_evidence(self, fold))
        if self.on_disk:
            self.source.tree.walk_again()
        _compare(self.inputs, lost=fold.lost + self.plan.lost)
        return report, listed

    @property
    def classes(self) -> pl.DataFrame | None:
        """The table of named classes, where the format has it."""
        return self.source.classes()

    @property
    def datasets(self) -> dict[str, Source]:
        """The inputs that are datasets."""
        return {role: one for role, one in self.inputs.items() if isinstance(one, Source)}

    @property
    def required(self) -> list[str]:
        """Inputs by role that have to be there."""
        return sorted(self.standard.required(self.profile))

    @property
    def kinds(self) -> tuple[type[Defect], ...]:
        """Kinds of defect that may be met; no file can be hashed that cannot be read."""
        return (*self.source.kinds, *([FileUnreadable] if self.on_disk else []))

    @property
    def has_card(self) -> bool:
        """Whether the dataset has a card, which may be none that loads."""
        return bool(self.carded.card or self.carded.wrong)

    @property
    def needs_card(self) -> bool:
        """Whether what asks for a card is unknown without one, as a release has it."""
        return self.on_disk and self.standard.needs_card(self.profile)

    @property
    def asked(self) -> tuple["Rule", ...]:
        """The rules of the standard, less those that only a stricter profile asks."""
        return self.standard.asked(self.profile)

    @property
    def not_asked(self) -> tuple[NotAsked, ...]:
        """Rules that lack what they need, and that nobody requires to be asked."""
        from datastd import standard as standards  # noqa: PLC0415

        tables = [
            *(["files"] if self.on_disk else []),
            *([] if self.classes is None else ["classes"]),
            *(["manifest"] if self.on_disk and claims.has_manifest(self.source.tree) else []),
            *(["splits"] if self.stated.records else []),
            *(["paper"] if self.has_card or self.needs_card else []),
            *(["card"] if self.carded.card or self.needs_card else []),
        ]
        stated = self.source.stated
        given = {*self.inputs, *self.required, *tables, *stated, *self.source.annotates}
        told = {"splits": "configurations"} if self.stated.is_apart else {}
        card = ("card that loads" if self.has_card else "card") if self.on_disk else "files"
        told |= {"card": card, "paper": card}
        unstated = {*self.source.columns} - stated
        return (
            *(
                NotAsked(code=rule.code, needs=told.get(need, need))
                for rule in self.asked
                for need in (*rule.needs, *rule.asks, *({rule.table} & standards.OF_NO_SHARD))
                if need not in given
            ),
            *(
                NotAsked(code=rule.code, needs=rule.lacks_card if self.carded.card else card)
                for rule in self.asked
                if rule.lacks_card and {*rule.asks} <= given
            ),
            # Pictures that are elsewhere: who opened the data so said that none is looked at.
            *(
                NotAsked(code=code, needs="image")
                for code in (self.standard.without(unstated) if "image" in unstated else ())
            ),
        )


def _examined(case: Case, jobs: int, crew: "Crew") -> "Fold":
    """Let every rule look at everything."""
    from datastd.engines import tasks  # noqa: PLC0415
    from datastd.engines.defects import tabled  # noqa: PLC0415
    from datastd.engines.fold import Fold  # noqa: PLC0415
    from datastd.engines.local import run  # noqa: PLC0415
    from datastd.engines.probing import probed  # noqa: PLC0415

    fold, plan = Fold(case.standard), case.plan
    crew.tell(case.standard.told)
    found = probed(case.standard, case.datasets, crew.look)
    crew.tell({**case.standard.told, **found})
    given = {**case.inputs, **found}
    work = tasks(case.source, plan.shards, case.datasets)
    fold.add_defects(tabled(plan.defects))
    with Bar("checking", plan.samples) as bar:
        for part in run(work, case.standard, given, jobs=jobs, done=bar.advance, crew=crew):
            fold.add(part)
    if plan.samples not in {None, fold.read + fold.lost}:
        msg = f"{plan.samples} samples were planned and {fold.read + fold.lost} read"
        raise AssertionError(msg)
    if case.classes is not None:
        fold.add_table("classes", case.classes)
    if case.stated.records:
        fold.add_table("splits", fold.records(case.stated.records))
    return fold


def _add_norms(case: Case, fold: "Fold", listed: Manifest) -> dict[str, str]:
    """
    Let the norms look at the card, and at what it is about.

    Returns:
        By code, what it takes to ask those that cannot be asked of these data.
    """
    from datastd.rules import norms  # noqa: PLC0415

    if case.has_card:
        fold.add_table("paper", norms.paper(case.carded.wrong))
    if (card := case.carded.card) is None:
        return {}
    sizes, earlier = case.source.tree.stamps, case.inputs.get("reference")
    counted = fold.records({}).filter(pl.col("records") > 0)
    whole = {} if fold.lost or case.plan.lost else fold.splits()
    facts = norms.Facts(
        card=card,
        files={path: norms.Held(sha256, sizes[path].size) for path, sha256 in listed.files},
        format=case.source.format,
        splits=dict(counted.select("split", "records").rows()),
        digests={name: one.record_digest for name, one in whole.items()},
        found=fold.measured([*norms.PERSONAL, norms.FORM]),
        papers=[path for path in case.source.tree.stamps if is_paper(path)],
        classes=() if case.classes is None else tuple(case.classes["class_name"].unique()),
        heard=_heard(case, card),
        tokens="tokens" in case.source.columns,
        sums=claims.domains(case.source.tree, card),
        before=claims.card(earlier.tree).card if isinstance(earlier, Source) else None,
    )
    looks = norms.looked(case.asked, facts)
    fold.add_table("card", norms.table(looks))
    return norms.lacking(looks)


def _heard(case: Case, card: "Card") -> "Heard | None":
    """The texts of the data, as far as the card says what a norm sets against them."""
    from datastd.engines.heard import heard  # noqa: PLC0415
    from datastd.rules.norms.language_differs import LanguageDiffers  # noqa: PLC0415
    from datastd.rules.norms.normalisation_undeclared import (  # noqa: PLC0415
        NormalisationUndeclared,
    )

    kinds = {type(one) for one in case.asked}
    tells = bool(card.identity.languages) and LanguageDiffers in kinds
    written = card.processing.normalisation if NormalisationUndeclared in kinds else None
    if not (tells or written):
        return None
    form = written.unicode if written and written.unicode != "none" else None
    return heard(case.source, case.plan.shards, form, tells=tells)


def _verdicts(case: Case, fold: "Fold", not_asked: Sequence[NotAsked]) -> Iterator[Verdict]:
    """Set what was found against its limits, but for what was not asked."""
    tried = {"files": case.plan.files, "samples": fold.read + fold.lost + case.plan.lost}
    yield from _defects(fold, case.kinds, tried)
    asked = {rule.called[0] for rule in case.asked}
    unasked = {one.code for one in not_asked}
    unasked |= {rule.called[0] for rule in case.standard.rules} - asked
    for rule, measured in fold.measurements(case.inputs, case.jobs or cores()):
        if rule.called[0] not in unasked:
            yield rule.judge(measured, case.standard.level(rule, case.profile))
    if case.required:
        yield _required(case)


def _report(
    case: Case,
    fold: "Fold",
    listed: Manifest | None,
    files: pl.DataFrame | None,
    lacking: Mapping[str, str],
) -> Report:
    """
    What the judgement comes to, and what it is about.

    Args:
        case: What was judged.
        fold: What was found.
        listed: The manifest.
        files: Their table.
        lacking: By code, what it takes to ask what only a look at the data could say is not asked.
    """
    not_asked = [
        *case.not_asked,
        *(NotAsked(code=code, needs=needs) for code, needs in lacking.items()),
    ]
    verdicts = [*_verdicts(case, fold, not_asked)]
    if files is not None:
        verdicts += _unasked(files, case.profile)
    verdicts, answered = _answered(case, fold, listed, verdicts)
    return Report(
        data=DataName(
            path=case.path or "<memory>",
            format=case.source.called,
            digest=listed.digest if listed and not listed.unreadable else None,
        ),
        standard=_standard_name(case),
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
        verdicts=tuple(sorted(verdicts, key=lambda verdict: verdict.code)),
        inputs=tuple(_named(role, one, case.source) for role, one in case.inputs.items()),
        not_asked=tuple(sorted(not_asked, key=lambda one: (one.code, one.needs))),
        **answered,
    )


def _standard_name(case: Case) -> StandardName:
    """What the data are judged by, and how strictly."""
    known = case.standard
    return StandardName(name=known.name, digest=known.digest, profile=case.profile)


def _answered(
    case: Case, fold: "Fold", listed: Manifest | None, verdicts: list[Verdict]
) -> tuple[list[Verdict], dict[str, Any]]:
    """Every verdict, with what somebody answers for; and what a report says of that."""
    answers = case.answers
    said: dict[str, Any] = {}
    if listed and answers.waivers:
        from datastd.waivers import Ground, apply  # noqa: PLC0415

        sizes = {path: case.source.tree.stamps[path].size for path, _ in listed.files}
        unreadable = frozenset(kind.code for kind in case.kinds)
        ground = Ground(
            listed, sizes, fold.failing_of, case.profile, answers.trusted, unreadable
        )  # fmt: skip
        applied = apply(answers.waivers, verdicts, ground)
        verdicts, said["waivers"] = applied.verdicts, applied.waived
    if answers.baseline:
        verdicts, said["baseline"] = answers.baseline.accept(
            verdicts, fold.failing_of, _standard_name(case)
        )
    return verdicts, said


def _unasked(files: pl.DataFrame, profile: Profile) -> Iterator[Verdict]:
    """What no standard asks, and is said wherever it is found: names that deceive, and waivers."""
    from datastd.rules import fold  # noqa: PLC0415
    from datastd.rules.files.filename_deceptive import FilenameDeceptive  # noqa: PLC0415
    from datastd.rules.waivers.waivers_in_dataset import WaiversInDataset  # noqa: PLC0415
    from datastd.standard import Standard  # noqa: PLC0415

    for rule in (FilenameDeceptive(), WaiversInDataset()):
        found = fold(rule, [files])
        if found.failed:
            yield rule.judge(found, Standard.level(rule, profile))


def _named(role: str, one: Source | Given, like: Source) -> InputName:
    """An input, with its format where that is not the data's."""
    if isinstance(one, Given):
        return InputName(role=role, path=utf8(str(one.path)), digest=one.digest)
    form = one.called if one.called != like.called else None
    place = config.Place(Path(one.tree.root), form)
    return InputName(role=role, path=utf8(str(place)), digest=hashed(one.tree).digest)


def _evidence(case: Case, fold: "Fold") -> "Evidence":
    """What the faces of the report may show beyond it."""
    from datastd.engines.evidence import gather  # noqa: PLC0415

    source = case.source
    if not case.on_disk:
        return gather(fold, case.kinds, lambda: source, None)
    # By then the user may be in another folder.
    place, called = real(source.tree.root), source.called
    again = functools.partial(open_source, place, called)
    return gather(
        fold, case.kinds, lambda: prepare(again(), case.standard), source.tree.stamps
    )  # fmt: skip


def _required(case: Case) -> Verdict:
    """Judge whether the inputs that must be there are; which it may be that nothing looks at."""
    from datastd.rules import fold  # noqa: PLC0415
    from datastd.rules.required_input import RequiredInput  # noqa: PLC0415

    rule = RequiredInput()
    rows = [
        (role, role in case.inputs, "" if role in case.standard.roles else _blind(case, role))
        for role in case.required
    ]
    table = pl.DataFrame(rows, [*rule.reads], orient="row")
    return rule.judge(fold(rule, [table]))


def _blind(case: Case, role: str) -> str:
    """The standard, which does not look at an input; and those that do, for such data."""
    from datastd import standard as standards  # noqa: PLC0415

    form = case.source.format
    others = [one.name for one in standards.every() if role in one.roles and form in one.formats]
    return f"{case.standard.name} ({', '.join(others) or 'none is shipped'} for {form})"


def _files(listed: Manifest, source: Source) -> pl.DataFrame:
    """The files table: one row per regular file that could be read."""
    schema = {"path": pl.String, "folded": pl.String, "sha256": pl.String, "bytes": pl.Int64,
              "paper": pl.Boolean, "open_to_all": pl.Boolean, "linked": pl.Boolean,
              "origin": pl.String}  # fmt: skip
    rows = [
        (path, unicodedata.normalize("NFC", path).casefold(), sha256,
         source.tree.stamps[path].size, is_paper(path), path in source.tree.unguarded,
         path in source.tree.linked, DATA)
        for path, sha256 in listed.files
    ]  # fmt: skip
    return pl.DataFrame(rows, schema, orient="row")


def _defects(
    fold: "Fold", kinds: tuple[type[Defect], ...], tried: Mapping[str, int]
) -> Iterator[Verdict]:
    """Judge what could not be read: each kind is held to 0 unless it is tolerated."""
    from datastd.engines.defects import said  # noqa: PLC0415
    from datastd.engines.fold import Found  # noqa: PLC0415

    known = {kind.code: kind for kind in kinds}
    if unlisted := {*fold.defects} - {*known}:
        msg = f"{sorted(unlisted)}: found by a source that does not list them in `kinds`"
        raise AssertionError(msg)
    for kind in known.values():
        times, samples, first = fold.defects.get(kind.code, Found())
        found = samples if kind.unit == "samples" else times
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
                Example(key=key, observed=1, detail=detail)
                for key, detail in (first.select("key", said()).rows() if times else ())
            ),
        )
