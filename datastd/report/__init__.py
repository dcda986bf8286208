"""
The report: every verdict of one standard on one dataset, and its faces.

A report decides nothing: its outcome follows from its verdicts, and theirs from
their numbers.  The faces, one module each, only show it.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import (
    Field,
    NonNegativeInt,
    PositiveInt,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from datastd import digest
from datastd.disk import publish, read_whole, refuse_inside
from datastd.errors import NotInstalled, UsageError
from datastd.model import (
    ROLES,
    FrozenMapping,
    Model,
    Outcome,
    Profile,
    Sha256,
    Stated,
    Verdict,
    Waived,
    worst,
)
from datastd.words import meant

if TYPE_CHECKING:
    import polars as pl

    from datastd.report.evidence import Evidence

MOST = 64 << 20  # bytes of a report's file


_FACES = {
    ".json": "text", ".html": "html", ".sarif": "sarif", ".xml": "junit", ".md": "markdown",
    ".parquet": "table", ".csv": "table",
}  # fmt: skip
_SELDOM = frozenset({"baseline", "drawn", "recorded", "sha256"})
_BRINGS = {"html": "jinja2"}  # what a face needs that the core does without

SUFFIXES = ", ".join(_FACES)
"""Every ending of a name under which a report can be saved, to be read."""


def face(path: str | Path) -> str:
    """
    Name the module that writes a report to a file of this name.

    Modules, not functions: a face brings libraries that a check can do without.

    Raises:
        UsageError: No report is written under such a name.
        NotInstalled: Its face needs an extra.
    """
    suffix = Path(path).suffix
    if suffix not in _FACES:
        hint = meant(suffix, _FACES) if suffix else ""
        raise UsageError(f"report {path}", f"a name ending in {SUFFIXES}", suffix or "none", hint)
    needs = _BRINGS.get(_FACES[suffix])
    if needs and importlib.util.find_spec(needs) is None:
        hint = 'pip install "datastd[report]"'
        raise NotInstalled(f"report {path}", needs, f"no {needs}", hint)
    return _FACES[suffix]


class DataName(Model):
    """
    What was judged.

    Attributes:
        path: The folder, as the user named it.
        format: The format that it was read as.
        digest: SHA-256 of its manifest; none for data in memory.
    """

    path: str
    format: str
    digest: str | None


class StandardName(Model):
    """
    What it was judged by.

    Attributes:
        name: ``<name>/<version>``.
        digest: SHA-256 of everything in the standard that decides a verdict.
        profile: How strictly: ``dev``, ``team`` or ``release``.
    """

    name: str
    digest: str
    profile: Profile


class Accounting(Model):
    """
    Everything that was seen; nothing is dropped silently.

    Attributes:
        files: Files in the folder.
        bytes: Their size.
        samples: Samples seen, those that cannot be read included.
        defective: Samples that cannot be read.
    """

    files: NonNegativeInt
    bytes: NonNegativeInt
    samples: NonNegativeInt
    defective: NonNegativeInt

    @model_validator(mode="after")
    def _loses_no_more_than_it_saw(self) -> Self:
        if self.defective > self.samples:
            msg = f"defective: expected at most {self.samples}, found {self.defective}"
            raise ValueError(msg)
        return self


class Split(Model):
    """
    One split, as the reader returns it.

    Attributes:
        records: Samples that could be read.
        record_digest: SHA-256 over content and label of each, in order: the same for
            everyone who reads the same samples.
    """

    records: NonNegativeInt
    record_digest: str = Field(alias="recordDigest")


class Drawn(Model):
    """
    Which samples were looked at, where it was not all of the data.

    Attributes:
        samples: How many.
        of: How many there are in these splits.
        splits: The splits that they were drawn from.
        seed: What drew them.
    """

    samples: PositiveInt
    of: PositiveInt
    splits: tuple[str, ...] = Field(min_length=1)
    seed: NonNegativeInt

    def __str__(self) -> str:
        count = "all" if self.samples == self.of else f"{self.samples:,} drawn by seed {self.seed}"
        return f"{count} of the {self.of:,} samples of {', '.join(self.splits)}"

    @model_validator(mode="after")
    def _draws_no_more_than_there_are(self) -> Self:
        if self.samples > self.of:
            msg = f"samples: expected at most {self.of}, found {self.samples}"
            raise ValueError(msg)
        return self


class Baseline(Model):
    """
    An earlier report, whose recorded failures were accepted.

    Attributes:
        path: The report's file, as the user named it.
        digest: SHA-256 of the file.
        accepted: By code, failing rows that it has, too: all that there are.
        new: By code, failing rows that it does not have; 0 where there are none, and the amount
            has grown.  The first of them are the examples of the verdict.
    """

    path: str
    digest: str
    accepted: FrozenMapping[str, NonNegativeInt]
    new: FrozenMapping[str, NonNegativeInt] = Field(default_factory=dict)

    @model_serializer(mode="wrap")
    def _with_what_is_new(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Where nothing is new there is no such key: as in all that was written before.
        return {key: value for key, value in dump(self).items() if value or key != "new"}


def refuse_unanswered(
    verdicts: Sequence[Verdict], waivers: Sequence[Waived], *, accepted: bool = False
) -> None:
    """
    Refuse verdicts that say waived, and no waiver that covers as much.

    Args:
        verdicts: What was concluded.
        waivers: Those that were used.
        accepted: Whether a baseline accepts some of it.

    Raises:
        ValueError: Nobody answers for a failure.
    """
    for verdict in verdicts:
        mine = [one.used.samples for one in waivers if one.code == verdict.code]
        if verdict.waived is None or accepted or (mine and sum(mine) >= verdict.waived):
            continue
        msg = f"{verdict.code}: expected waivers of {verdict.waived}, found them of {sum(mine)}"
        raise ValueError(msg)


class InputName(Model):
    """What a judgement was given besides the data: role, path and digest."""

    role: str
    path: str
    digest: str


class NotAsked(Model):
    """A rule that was not asked, because an input that it needs was not given."""

    code: str
    needs: str

    @property
    def give(self) -> str:
        """What to give so that it is asked."""
        if self.needs in ROLES:
            return give(self.needs)
        return _GIVE.get(self.needs, f"a standard whose record has the column {self.needs}")


_GIVE = {
    "files": "a folder in place of a table",
    "classes": "data that say which classes there are",
    "manifest": "a dataset with a manifest-sha256.txt",
    "splits": "a dataset_info.json that states how many records a split has",
    "texts": "texts in the data: numbers that stand for them are none",
    "content period": "a data card that says of each source which time it is about",
    "personal data": "a standard that looks for personal data, such as text-pretraining/1",
    "configurations": "a folder for each configuration that dataset_infos.json names",
    "card": "a data card, as `datastd init DATA` drafts it",
    "card that loads": "a data card without an error",
    "classes_stated": "a list of classes, or a standard that says how many there are",
    "image": "the pictures in the folder",
    "instance_mask": "masks of instances beside masks of classes",
    "documents_stated": "token files that say where documents begin",
    "tokens_stated": "token files that state how many tokens they hold",
    "pipeline.classes": "Pipeline(classes=…)",
    "pipeline.vocabulary": "Pipeline(vocabulary=…)",
    "pipeline.collate": "Pipeline(collate=…)",
    "pipeline.pad": "Pipeline(pad=…)",
    "pipeline.decode": "Pipeline(decode=…)",
}


def give(role: str) -> str:
    """How an input is given."""
    return f"--input {role}=PATH"


def digest_of(plain: Mapping[str, Any]) -> str:
    """SHA-256 of a report as JSON objects and lists, but for what it says of this digest."""
    return digest.of_bytes(digest.canonical({key: plain[key] for key in plain if key != "sha256"}))


class Report(Stated):
    """
    Every verdict of one standard on one dataset; of a preview, on some of its samples (`drawn`).

    ``report["L101"]`` is a verdict, ``report.failing("L101")`` the table of all
    samples that show the defect; in a notebook the report shows itself.

    `waivers` are those that were used, `baseline` is what was accepted of an earlier report;
    `recorded` has, in a saved report, a hash of every failing key by code, for the next one to
    be compared with, and `sha256` is that of all else in the file: one that was changed since is
    refused.
    """

    derived: ClassVar[tuple[str, ...]] = ("outcome",)
    inner: ClassVar[Mapping[str, type[Stated]]] = {"verdicts": Verdict}

    schema_: Literal["datastd-report/1"] = Field("datastd-report/1", alias="schema")
    data: DataName
    standard: StandardName
    complete: bool
    accounting: Accounting
    splits: FrozenMapping[str, Split]
    verdicts: tuple[Verdict, ...] = Field(min_length=1)
    inputs: tuple[InputName, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()
    waivers: tuple[Waived, ...] = ()
    baseline: Baseline | None = None
    recorded: FrozenMapping[str, str] = Field(default_factory=dict)
    drawn: Drawn | None = None
    sha256: Sha256 | None = None

    _failing: Callable[[str], "pl.DataFrame"] | None = PrivateAttr(default=None)
    _proposed: bool = PrivateAttr(default=False)
    _evidence: "Evidence | None" = PrivateAttr(default=None)

    @model_serializer(mode="wrap")
    def _with_conclusions(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # In a report on all of the data, that nothing is compared with, there are no such keys.
        plain = super()._with_conclusions(dump)
        return {key: plain[key] for key in plain if plain[key] or key not in _SELDOM}

    @model_validator(mode="after")
    def _is_as_it_was_saved(self) -> Self:
        if self.sha256 is not None and self.sha256 != digest_of(self.plain()):
            msg = "sha256: expected that of the rest of the report, found another"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _waives_what_waivers_cover(self) -> Self:
        refuse_unanswered(self.verdicts, self.waivers, accepted=self.baseline is not None)
        return self

    @property
    def outcome(self) -> Outcome:
        """The worst of the verdicts; unknown if anything was left unlooked at."""
        found = [verdict.outcome for verdict in self.verdicts]
        return worst([*found, *([] if self.complete else [Outcome.UNKNOWN])])

    @property
    def worst(self) -> Verdict:
        """The verdict to look at first."""
        return min(self.verdicts, key=lambda verdict: verdict.turn)

    @property
    def passed(self) -> bool:
        """Whether the data may be certified: what only a baseline accepts is no promise."""
        return self.outcome.opens and self.baseline is None

    def __getitem__(self, code: str) -> Verdict:
        """
        Return the verdict of a rule.

        Raises:
            KeyError: The standard has no such rule.
        """
        for verdict in self.verdicts:
            if verdict.code == code:
                return verdict
        known = sorted(verdict.code for verdict in self.verdicts)
        msg = f"expected one of {', '.join(known)}, found {code}; {meant(code, known)}".rstrip("; ")
        raise KeyError(msg)

    def failing(self, code: str) -> "pl.DataFrame":
        """
        List every sample that shows a defect, in key order.

        Returns:
            Columns ``key``, ``split``, ``observed``, ``limit``: both sides of a
            pair, and no row where the code names no sample.

        Raises:
            KeyError: The standard has no such rule.
            UsageError: The report was loaded from a file, which holds examples only.
        """
        return self.details(code).drop("detail")

    def details(self, code: str) -> "pl.DataFrame":
        """
        List as `failing` does, with a column ``detail``: where in it, expected and found.

        Raises:
            KeyError: As for `failing`.
            UsageError: As for `failing`.
        """
        return self.grouped(code).drop("group", strict=False)

    def grouped(self, code: str) -> "pl.DataFrame":
        """
        List as `details` does, with a text ``group``: equal for samples about each other.

        Raises:
            KeyError: As for `failing`.
            UsageError: As for `failing`.
        """
        verdict = self[code]
        if self._failing is None:
            raise UsageError(
                f"failing({code})", "a report made in this process",
                f"one from a file, with {len(verdict.examples)} examples", "check again",
            )  # fmt: skip
        return self._failing(code)

    def attach(
        self,
        failing: Callable[[str], "pl.DataFrame"],
        *,
        proposed: bool = False,
        evidence: "Evidence | None" = None,
    ) -> None:
        """
        Let `failing` list every row: the engine that made the report knows them.

        Args:
            failing: Gives the rows of a code.
            proposed: Whether nobody named the standard, which the faces say.
            evidence: What else the faces may show; data in memory are held by it.
        """
        self._failing, self._proposed, self._evidence = failing, proposed, evidence

    @property
    def is_fresh(self) -> bool:
        """Whether all of the data were judged by this process, which knows every failing row."""
        return self._failing is not None and self.drawn is None

    @property
    def evidence(self) -> "Evidence | None":
        """What lies behind the numbers; none for a report that was loaded."""
        return self._evidence

    @property
    def advice(self) -> str:
        """What to do about a standard that nobody named; empty where one was."""
        if not self._proposed:
            return ""
        return f"{self.standard.name} is proposed: name one with --standard, or in datastd.toml"

    def save(self, path: str | Path) -> None:
        """
        Write the report, in the form that the name asks for.

        ``.json`` is the report itself, and can be loaded; ``.html`` is a page to look at;
        ``.sarif``, ``.xml`` (JUnit) and ``.md`` are for other tools; ``.parquet`` and
        ``.csv`` have one row per failing sample.

        Raises:
            UsageError: Another suffix; a place that cannot be written to, or one in
                the dataset.
            NotInstalled: The page needs the extra ``datastd[report]``.
        """
        if self.data.format != "memory":
            refuse_inside(Path(path), Path(self.data.path))
        render = importlib.import_module(f"datastd.report.{face(path)}").RENDER
        publish(Path(path), render[Path(path).suffix](self))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """
        Read a report that was saved as JSON, and derive its outcome again.

        Raises:
            UsageError: No report, or one whose numbers say something else.
        """
        content = read_whole(Path(path), most=MOST, what="a report")
        return cls.parse(content, str(path))

    @classmethod
    def parse(cls, content: bytes, where: str) -> Self:
        """
        Read what was saved as JSON, as `load` does; errors name *where* it was.

        Raises:
            UsageError: As for `load`.
        """
        try:
            return cls.from_plain(digest.strict_json(content))
        except ValueError as error:
            raise UsageError(where, "a report of datastd", str(error)) from None

    def __repr__(self) -> str:
        return f"<Report: {self.data.path} against {self.standard.name}, {self.outcome}>"

    def __str__(self) -> str:
        return self._face("text").plain_text(self)  # type: ignore[no-any-return]

    def _repr_html_(self) -> str:
        return self._face("notebook").fragment(self)  # type: ignore[no-any-return]

    @staticmethod
    def _face(name: str) -> Any:  # noqa: ANN401
        return importlib.import_module(f"datastd.report.{name}")
