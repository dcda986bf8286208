"""
A standard: named, versioned, and nothing but measures, limits and rules.

Standards are Python modules.  One that ships with datastd is loaded by its name
(``mnist/1``), any other by the path of a file that the *user* names; nothing in a
dataset is ever executed.
"""

import functools
import importlib
import importlib.util
import os
import pkgutil
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import (
    ConfigDict,
    Field,
    NonNegativeFloat,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from datastd import digest
from datastd.disk import read_whole, real, refuse_inside
from datastd.errors import UsageError
from datastd.inputs import COLUMNS
from datastd.measures import Measure, Over, Probe, intermediates, probes, takers
from datastd.model import PROFILES, ROLES, Level, Model, Profile, Role, explain, reaches
from datastd.records import Record, columns
from datastd.rules import Rule
from datastd.rules.row_limits import RowLimit, RowLimits
from datastd.sources import PAYLOADS
from datastd.sources.known import formats, reader
from datastd.words import meant

if TYPE_CHECKING:
    from datastd.card import Card  # loaded where there is one

REQUIRED: Mapping[Profile, tuple[Role, ...]] = {
    "dev": (),
    "team": (),
    "release": ("evaluation",),
}
"""Inputs that a profile requires of every standard."""

CARDED: frozenset[Profile] = frozenset({"team", "release"})
"""
Profiles that require a data card: without one, what asks for it is unknown.

From `team` on norms block (A3 has 55 of them as errors there): to take the card away must not
open what they shut.
"""

GIVEN = frozenset({"key", "origin", "split", "label", "coarse", "digest", "path", "folded",
                   "sha256", "bytes", "paper", "class_name", "samples", "is_document",
                   "documents_stated", "tokens_stated", "found", "stated", "data",
                   "records", "code", "wrong", "seen", "odd", "open_to_all", "linked"})  # fmt: skip
"""Columns that the tables have without a measure."""

PLACED = frozenset({"key", "origin", "split", "digest", "separators", "tokens"})
"""Columns by which rows are told apart, or that a format fills: no field of a record may."""

OF_ANNOTATIONS = frozenset({"key", "sample", "annotation", "split", "origin"})
"""Columns that the table of annotations has, whatever they are."""

OF_NO_SHARD = frozenset({"files", "classes", "manifest", "splits", "card", "paper"})
"""Tables that are of the dataset as a whole; not each has all of them."""

PLAIN = OF_NO_SHARD | {"samples", "annotations"}
"""Tables that are there without a measure."""

_MOST = 1 << 20  # bytes of a standard's file


class Tolerance(Model):
    """
    How many defects of one kind a standard tolerates, and why.

    Attributes:
        code: The code of the defect, as its source names it.
        limit: The most that still passes, in the unit of the defect.
        because: Why, with a source.
    """

    code: str
    limit: NonNegativeFloat
    because: str = Field(min_length=1)


class Standard(Model):
    """
    What a dataset of one kind has to satisfy.

    Attributes:
        name: ``<name>/<version>``.
        about: What the standard is for, in a sentence or two.
        formats: The formats of the datasets that it is for.
        measures: The instruments to apply; nothing else is computed.
        records: What a record must be, where the formats are of records; none means a `Document`.
        rows: A pandera model over the samples table, each field a `limit`.
        annotations: Likewise, over the table of annotations.
        rules: The rules that need more than one row, or a reason of their own.
        tolerates: Defects that are tolerated; all others are held to 0.
        requires: Inputs by role without which the verdict is unknown.
        proposed: The formats that `check` proposes it for when no standard is named.

    Raises:
        ValidationError: A code twice; a rule that reads a column nobody fills.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = Field(pattern=r"^[a-z0-9]+([-.][a-z0-9]+)*/[0-9]+$")
    about: str = Field(min_length=1)
    formats: tuple[str, ...] = Field(min_length=1)
    measures: tuple[Measure, ...] = ()
    records: type[Record] | None = None
    rows: type[Any] | None = None
    annotations: type[Any] | None = None
    rules: tuple[Rule, ...] = ()
    tolerates: tuple[Tolerance, ...] = ()
    requires: tuple[Role, ...] = ()
    proposed: tuple[str, ...] = ()

    _file: str = PrivateAttr(default="")
    _place: str = PrivateAttr(default="")
    _plain: "Standard | None" = PrivateAttr(default=None)

    @property
    def place(self) -> str:
        """The file that it was loaded from; empty for one that is shipped, or made here."""
        return self._place

    @cached_property
    def doors(self) -> dict[Over, RowLimits]:
        """The row limits by table, as pandera checks them."""
        models: dict[Over, type[Any] | None] = {
            "samples": self.rows, "annotations": self.annotations,
        }  # fmt: skip
        return {
            table: RowLimits(
                model,
                {
                    m.column: (m.code, m.name, m.level, m.unit)
                    for m in self.measures
                    if m.over == table
                },
                table,
            )
            for table, model in models.items()
            if model is not None
        }

    @property
    def door(self) -> RowLimits | None:
        """The row limits on samples."""
        return self.doors.get("samples")

    @property
    def limits(self) -> dict[str, RowLimit]:
        """The row limits on samples by column, each a rule of its own."""
        return self.door.limits if self.door else {}

    @property
    def judged(self) -> tuple[Rule, ...]:
        """Every rule, those about single values included: of samples, and of annotations."""
        limits = (one for door in self.doors.values() for one in door.limits.values())
        return (*self.rules, *limits)

    @cached_property
    def told(self) -> dict[str, Any]:
        """What the rules know and measures take by name, such as the vocabulary."""
        return {name: getattr(rule, name) for rule in reversed(self.rules) for name in rule.tells}

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        """What its measures take of inputs."""
        return probes(self.measures)

    @property
    def roles(self) -> frozenset[str]:
        """Inputs that a rule, a measure or a probe looks at."""
        known = {need for rule in self.rules for need in rule.needs}
        known |= {one.role for one in self.probes}
        return frozenset(known.union(*(one.needs for one in self.measures))) & {*ROLES}

    def of_card(self, card: "Card | None") -> Self:
        """The same, of a dataset with this card: of the same digest, for it asks the same."""
        rules = tuple(rule.of_card(card) for rule in self.rules)
        if all(one is other for one, other in zip(rules, self.rules, strict=True)):
            return self
        made = self.model_copy(update={"rules": rules})
        made._plain = self.plain  # noqa: SLF001  -- of its own class
        return made

    @property
    def plain(self) -> "Standard":
        """It as it was loaded, before anybody told it of a card."""
        return self._plain or self

    def required(self, profile: Profile) -> frozenset[Role]:
        """Inputs by role without which the verdict is unknown under a profile."""
        return frozenset({*self.requires, *REQUIRED[profile]})

    @staticmethod
    def needs_card(profile: Profile) -> bool:
        """Whether the verdict is unknown without a data card under a profile."""
        return profile in CARDED

    def asked(self, profile: Profile) -> tuple[Rule, ...]:
        """The rules, less those that only a stricter profile asks."""
        return tuple(one for one in self.rules if reaches(profile, one.asked_from))

    @staticmethod
    def level(rule: Rule, profile: Profile) -> Level:
        """The level of a rule under a profile, which raises it and never lowers it."""
        raised = rule.error_from is not None and reaches(profile, rule.error_from)
        return Level.ERROR if raised else rule.level

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if not self.rules and not self.doors:
            msg = "expected at least one rule or one row limit, found none"
            raise ValueError(msg)
        codes = [rule.called[0] for rule in self.judged] + [one.code for one in self.tolerates]
        for code in codes:
            if codes.count(code) > 1:
                msg = f"{code}: expected each code once, found it {codes.count(code)} times"
                raise ValueError(msg)
        if strange := sorted({*self.requires} - self.roles):
            msg = f"requires: expected roles that a rule or a measure needs, found {strange}"
            raise ValueError(msg)
        stated = {*self.records.model_fields} if self.records else set[str]()
        fields = columns(self.records) if self.records else ()
        no_columns = {one.name for one in fields if one.dtype is None}
        applied = [*self.measures, *self.probes]
        taken = {*self.told, *(one.column for one in applied), *intermediates(applied)}
        taken |= (
            PLACED
            | PAYLOADS - {"text"}
            | {need for one in applied for need in one.needs} & {*ROLES}
        )
        if twice := sorted(stated & taken):
            # What the data say of themselves would stand in the place of what is measured.
            msg = f"records: expected fields of names that are not taken, found {twice}"
            raise ValueError(msg)
        filled = GIVEN | stated
        filled |= {one.column for one in self.measures if one.over == "samples"}
        for rule in self.rules:
            tables = PLAIN | {one.column for one in self.measures}
            if rule.table not in tables:
                msg = f"{rule.code}: expected a measure that fills {rule.table}, found none"
                raise ValueError(msg)
            given = {COLUMNS[role] for role in rule.needs if role in COLUMNS}
            wanted = {*rule.reads, *filter(None, [rule.meets_on])} - {*rule.brings}
            missing = _unfilled(wanted - filled - given - {*rule.asks}, self.formats)
            if rule.table == "samples" and (several := sorted(wanted & no_columns)):
                msg = f"{rule.code}: expected one value a record for each of {several}"
                raise ValueError(f"{msg}, found lists or objects, which are no columns")
            # What annotations have beside measures, their format says: `unfilled` asks for it.
            if rule.table in PLAIN - {"annotations"} and missing:
                msg = f"{rule.code}: expected a measure for each of {sorted(missing)}"
                raise ValueError(f"{msg}, found none; add it to `measures`")
        return self

    @model_validator(mode="after")
    def _asks_numbers_of_numbers(self) -> Self:
        fields = columns(self.records) if self.records else ()
        others = {one.name for one in fields if one.dtype and not one.dtype.is_numeric()}
        for rule in self.rules:
            if rule.numeric and (several := sorted(others & {*rule.reads})):
                msg = f"{rule.code}: expected numbers as {several}, found other fields of records"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _tells_one_thing(self) -> Self:
        for rule in self.rules:
            for name in rule.tells:
                if getattr(rule, name) != self.told[name]:
                    msg = f"{rule.code}: expected the {name} of the other rules, found another"
                    raise ValueError(msg)
        return self

    def tolerance(self, code: str) -> Tolerance | None:
        """What is tolerated of a defect; none means nothing is."""
        return next((one for one in self.tolerates if one.code == code), None)

    def unfilled(self, fields: Iterable[str]) -> dict[str, list[str]]:
        """What rules about annotations, which have these *fields*, read and nobody fills."""
        filled = {*OF_ANNOTATIONS, *fields}
        filled |= {one.column for one in self.measures if one.over == "annotations"}
        lacks = {}
        for rule in self.judged:
            reads = {rule.column} if isinstance(rule, RowLimit) else {*rule.reads} - {*rule.asks}
            if rule.table == "annotations" and (missing := sorted(reads - filled)):
                lacks[rule.called[0]] = missing
        return lacks

    def without(self, names: Iterable[str]) -> list[str]:
        """Codes of the rules that read what measures make of columns of these *names*."""
        lost = takers(self.measures, {*names})
        return [
            rule.called[0] for rule in self.judged
            if lost & ({rule.column} if isinstance(rule, RowLimit) else {rule.table, *rule.reads})
        ]  # fmt: skip

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything in it that decides a verdict: what a certificate promises."""
        return digest.of_bytes(digest.canonical(self.described()))

    def described(self) -> dict[str, Any]:
        """The standard in plain values, in the order that it was written."""
        return {
            "name": self.name,
            "formats": self.formats,
            "requires": self.requires,
            "profiles": {
                profile: (*REQUIRED[profile], *(["card"] if profile in CARDED else []))
                for profile in PROFILES
            },
            "measures": [
                [m.function.__module__, m.column, m.code, m.name, m.unit, m.level, m.version,
                 *([] if m.over == "samples" else [m.over])]
                for m in self.measures
            ],
            "rows": self._limits_of("samples"),
            "rules": [
                [r.code, type(r).__module__, type(r).__qualname__, r.name, r.unit, r.version,
                 r.model_dump(mode="json")]
                for r in self.rules
            ],
            "tolerates": [one.model_dump(mode="json") for one in self.tolerates],
            **({"annotations": self._limits_of("annotations")} if self.annotations else {}),
            **({"records": self.records.model_json_schema()} if self.records else {}),
            # Measures and rules of a file are not told apart by their names.
            **({"file": self._file} if self._file else {}),
        }  # fmt: skip

    def _limits_of(self, table: Over) -> list[dict[str, Any]]:
        door = self.doors.get(table)
        return [one.model_dump(mode="json") for one in door.limits.values()] if door else []


def _unfilled(wanted: Iterable[str], names: Iterable[str]) -> set[str]:
    """Columns that no format of these *names* fills; no source is loaded where none is wanted."""
    left = {*wanted}
    return left.difference(*map(_columns_of, names)) if left else left


@functools.cache
def _columns_of(name: str) -> frozenset[str]:
    """Columns that samples and classes of a format have; of one that is not shipped, none."""
    if name not in formats():
        return frozenset()
    source = reader(name)
    return frozenset({*source.columns, *source.lists}) - PAYLOADS


def shipped() -> dict[str, tuple[str, ...]]:
    """Each shipped standard with every digest that it ever had, oldest first."""
    text = resources.files("datastd.schemas").joinpath("digests.toml").read_bytes()
    return {name: tuple(known) for name, known in tomllib.loads(text.decode()).items()}


def refuse_in_dataset(named: object, data: Path) -> None:
    """
    Refuse the file of a standard that lies in the dataset: nothing there is ever executed.

    Raises:
        UsageError: It does.
    """
    if not (isinstance(named, str | Path) and str(named).endswith(".py")):
        return
    try:
        refuse_inside(Path(named), data)
    except UsageError:
        raise UsageError(
            str(named), "a standard outside of the dataset", "a file in it",
            "the data would choose their judge, and be run: move it into your project",
        ) from None  # fmt: skip


def load(named: str | Path | Standard, *, where: str = "--standard") -> Standard:
    """
    Load a standard by name (``mnist/1``), or from a file that the user names.

    Errors name *where* the user named it.

    Raises:
        UsageError: No such standard, a file that is none, or one that bears the
            name of a shipped standard and is not it.
    """
    if isinstance(named, Standard):
        standard = named.plain
    elif str(named).endswith(".py"):
        standard = _from_file(Path(named))
    else:
        standard = _by_name(str(named), where)
    known = shipped().get(standard.name)
    if known is None:
        return standard
    # Not by its digest alone: what a file defines may bear the names of what is shipped.
    if standard.digest not in known or not any(standard is one for one in every(standard.name)):
        raise UsageError(
            f"standard {standard.name}", "the standard of that name that datastd ships",
            f"another, of digest {standard.digest}", "give your standard its own name",
        )  # fmt: skip
    return standard


def every(name: str = "") -> Iterator[Standard]:
    """Each shipped standard, by module name; that of the module that is called so comes first."""
    package = importlib.import_module("datastd.schemas")
    called = name.partition("/")[0].replace("-", "_")
    modules = [module.name for module in pkgutil.iter_modules(package.__path__)]
    for module in sorted(modules, key=lambda one: one != called):
        for value in vars(importlib.import_module(f"datastd.schemas.{module}")).values():
            if isinstance(value, Standard):
                yield value


def propose(format_name: str) -> Standard:
    """
    The standard for datasets of a format, where the user named none.

    Raises:
        UsageError: No shipped standard is for this format.
    """
    for standard in every():
        if format_name in standard.proposed:
            return standard
    raise UsageError("--standard", f"a standard for {format_name}", "none named")


def _by_name(name: str, where: str) -> Standard:
    names = shipped()
    if name in names:
        for standard in every(name):
            if standard.name == name:
                return standard
    hint = meant(name, names, f"there are {', '.join(names)}")
    found = name or "an empty name"
    raise UsageError(where, "the name of a standard, or a .py file", found, hint)


def _from_file(path: Path) -> Standard:
    """Run a file that the user named, and take the one standard that it defines."""
    content = read_whole(path, most=_MOST, what="a standard")
    name = f"datastd_user_standard_{digest.of_bytes(os.fsencode(real(path)))[:12]}"
    spec = importlib.util.spec_from_loader(name, loader=None, origin=str(path))
    if spec is None:  # pragma: no cover  -- importlib gives one for any name
        raise AssertionError(name)
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    sys.modules[name] = module
    try:
        exec(compile(content, str(path), "exec"), vars(module))  # noqa: S102
    except ValidationError as error:
        raise UsageError(str(path), "a standard", explain(error)) from None
    except UsageError:
        raise
    except (Exception, SystemExit) as error:  # exit 0 would read as a pass
        found = f"{type(error).__name__}: {error}"
        raise UsageError(str(path), "a file that runs", found) from error
    known = vars(module)
    one = known.get("standard")  # another may be there that it was built upon
    standards = [v for v in known.values() if isinstance(v, Standard)]
    if not isinstance(one, Standard):
        if len(standards) != 1:
            expected = "one Standard, or one that is called `standard`"
            raise UsageError(str(path), expected, f"{len(standards)}")
        one = standards[0]
    if not any(one is other for other in every()):
        one = one.model_copy()  # validated already, and its digest not yet taken
        one._file, one._place = digest.of_bytes(content), str(real(path))  # noqa: SLF001
    return one
