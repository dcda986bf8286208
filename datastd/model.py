"""The nouns of datastd: what is measured, and what is concluded from it."""

import copyreg
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from datastd import digest
from datastd.disk import read_whole
from datastd.errors import UsageError
from datastd.quiet import safe
from datastd.words import meant, nearest

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
"""A SHA-256, whole and in lower case."""

_ERRORS = 3  # of a model that does not load, said in words
EXAMPLES = 5  # a verdict names so many; `Report.failing` has them all


class Model(BaseModel):
    """Frozen, closed, strict and finite: what every public model has in common."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        validate_default=True,
        hide_input_in_errors=True,
    )

    @classmethod
    def of_tables(cls, given: Mapping[str, Any]) -> Self:
        """
        Build the model from the tables of a TOML file.

        Raises:
            ValidationError: It is no such model.
            ValueError: A number in it is not finite.
            RecursionError: Its tables are nested too deep.
        """
        # As JSON, whose strict reading takes a list for a tuple and text for a date.
        text = json.dumps(given, allow_nan=False, default=lambda day: day.isoformat())
        return cls.model_validate_json(text)

    @classmethod
    def of_toml(cls, given: Mapping[str, Any], where: str, what: str) -> Self:
        """
        Build the model from what a TOML file says.

        Raises:
            UsageError: It is no such model; the message names *where* and *what*.
        """
        try:
            return cls.of_tables(given)
        except ValidationError as error:
            raise UsageError(
                where, what, explain(error, given), _meant(cls, error, given)
            ) from None
        except ValueError:
            raise UsageError(where, f"{what} of finite numbers", "nan or inf") from None
        except RecursionError:  # a.a.a… nests without a bracket
            raise UsageError(where, what, "tables nested too deep") from None


Key = TypeVar("Key")
Value = TypeVar("Value")


def _frozen(given: Mapping[Key, Value]) -> MappingProxyType[Key, Value]:
    return MappingProxyType(dict(given))


FrozenMapping = Annotated[Mapping[Key, Value], AfterValidator(_frozen), PlainSerializer(dict)]
"""A mapping that stays as it was validated: a frozen model with a dict in it is not frozen."""

# Models travel between processes, and Python does not say how such a mapping does.
copyreg.pickle(MappingProxyType, lambda known: (_frozen, (dict(known),)))


class Stated(Model):
    """
    A model whose JSON also states what its numbers imply.

    Conclusions are properties, listed in `derived`; `inner` names the fields that hold
    such models themselves.  Loading leaves conclusions aside, derives them again, and
    refuses a text that states anything else.
    """

    derived: ClassVar[tuple[str, ...]] = ()
    inner: ClassVar[Mapping[str, "type[Stated]"]] = {}

    @model_serializer(mode="wrap")
    def _with_conclusions(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {**dump(self), **{name: getattr(self, name) for name in self.derived}}

    def plain(self) -> dict[str, Any]:
        """The model as JSON objects and lists, conclusions included."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_plain(cls, stated: object) -> Self:
        """
        Build the model from what `plain` gave.

        Raises:
            ValueError: Not such a model, or a stated conclusion does not follow.
        """
        try:
            model = cls.model_validate_json(digest.canonical(_bare(cls, stated)))
        except ValidationError as error:
            raise ValueError(explain(error)) from None
        if digest.canonical(model.plain()) != digest.canonical(stated):
            msg = "what is concluded does not follow from the numbers beside it"
            raise ValueError(msg)
        return model


def _bare(model: type[Stated], stated: object) -> object:
    """Leave the conclusions of *model*, and of those in it, out of *stated*."""
    if isinstance(stated, list):
        return [_bare(model, one) for one in stated]
    if not isinstance(stated, Mapping):
        return stated
    return {
        key: _bare(model.inner[key], value) if key in model.inner else value
        for key, value in stated.items()
        if key not in model.derived
    }


def explain(error: ValidationError, given: Mapping[str, Any] | None = None) -> str:
    """
    Say what is wrong and where, and how much more is, without repeating what was given.

    Places are those in *given*, where it is stated: without what pydantic calls one of several
    models that may stand there.
    """
    shown = [
        safe(f"{'.'.join(map(str, _place(one['loc'], given))) or 'content'}: {one['msg']}")
        for one in error.errors()[:_ERRORS]
    ]
    more = error.error_count() - len(shown)
    return "; ".join([*shown, *([f"and {more:,} more"] if more else [])])


def _place(loc: Sequence[int | str], given: Any) -> Iterator[int | str]:  # noqa: ANN401
    """The parts of a place that keys and numbers of what was given are, and the last."""
    if given is None:
        yield from loc
        return
    for number, part in enumerate(loc, 1):
        is_key = isinstance(given, Mapping) and part in given
        if is_key or (isinstance(given, list) and isinstance(part, int)):
            given = given[part]
        elif number < len(loc):
            continue
        yield part


def read_toml(path: Path, *, most: int, what: str) -> dict[str, Any]:
    """
    Read a TOML file of the user's, of at most *most* bytes.

    Raises:
        UsageError: No such file, or no TOML.
    """
    content = read_whole(path, most=most, what=what)
    try:
        return parse_toml(content.decode())
    except ValueError as error:
        raise UsageError(str(path), f"{what}, in TOML", str(error)) from None


def parse_toml(text: str) -> dict[str, Any]:
    """
    Parse TOML.

    Raises:
        ValueError: It is none, or nested beyond all use.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        msg = "nested too deep"
        raise ValueError(msg) from None


def parse_value(text: str) -> object:
    """
    Parse a value as TOML has it behind a key.

    Raises:
        ValueError: It is none, or there is more.
    """
    given = parse_toml(f"value = {text}")
    if [*given] != ["value"]:
        raise ValueError(text)  # a line more, with a key of its own
    return given["value"]


Profile = Literal["dev", "team", "release"]
"""How strict a judgement is, from lax to strict."""

PROFILES: tuple[Profile, ...] = get_args(Profile)


def reaches(profile: Profile, other: Profile) -> bool:
    """Say whether a profile is as strict as another, or stricter."""
    return PROFILES.index(profile) >= PROFILES.index(other)


Role = Literal["evaluation", "reference", "tokenizer", "predictions", "embeddings", "ngrams"]
"""What else a judgement may need besides the data."""

ROLES: tuple[Role, ...] = get_args(Role)

DATA = "data"
"""Origin of the judged samples; every other origin is the role of an input."""


def _meant(model: type[BaseModel], error: ValidationError, given: Mapping[str, Any]) -> str:
    """Name the key that an unknown one is nearest to, with its table where that is another."""
    known = sorted(_keys(model), key=len)
    for one in error.errors():
        if one["type"] == "extra_forbidden":
            *tables, key = (part for part in _place(one["loc"], given) if isinstance(part, str))
            every = {path[-1] for path in known}
            beside = sorted(path[-1] for path in known if [*path[:-1]] == tables)
            near = key if key in every else nearest(key, beside) or nearest(key, sorted(every))
            if not near:
                return ""
            places = [path for path in known if path[-1] == near]
            return f"did you mean {near if (*tables, near) in places else '.'.join(places[0])}?"
        if one["type"] == "union_tag_invalid":
            tag, tags = (
                str(one["ctx"]["tag"]),
                re.findall(r"'([^']+)'", one["ctx"]["expected_tags"]),
            )
            return meant(tag, tags)
    return ""


def _keys(kind: object, tables: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Names of the fields of a model, and of those in it: each behind those of its tables."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield (*tables, field.alias or name)
            yield from _keys(field.annotation, (*tables, field.alias or name))
    for part in get_args(kind):
        yield from _keys(part, tables)


class Level(StrEnum):
    """What a limit that does not hold means: `error` blocks, `warn` does not."""

    WARN = "warn"
    ERROR = "error"


class Outcome(StrEnum):
    """How a judgement ended.  A gate opens for `PASS`, `WARN`, `WAIVED`, for nothing else."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    WAIVED = "waived"
    UNKNOWN = "unknown"

    @property
    def opens(self) -> bool:
        """Whether data with this outcome may be certified."""
        return self in {Outcome.PASS, Outcome.WARN, Outcome.WAIVED}

    @property
    def exit_code(self) -> int:
        """Exit code of a command whose work came to this."""
        return {Outcome.FAIL: 1, Outcome.UNKNOWN: 3}.get(self, 0)


WORST_FIRST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.WAIVED, Outcome.WARN, Outcome.PASS)


class Example(Model):
    """
    One sample or file that shows a defect.

    Attributes:
        key: The sample, or the file.
        observed: The value there; none where it is no finite number.
        detail: Where in it, what was expected and what was found.
    """

    key: str
    observed: float | None
    detail: str = ""

    @property
    def says(self) -> str:
        """What was found there, in words."""
        if self.detail:
            return self.detail
        return "no finite number" if self.observed is None else f"observed {self.observed:g}"


def _refuse_more(failed: int, checked: int) -> None:
    """Refuse more rows that fail than were looked at."""
    if failed > checked:
        msg = f"failed: expected at most {checked}, found {failed}"
        raise ValueError(msg)


class Measurement(Model):
    """
    How much of one defect there is, before anyone asks how much is allowed.

    Attributes:
        observed: The amount, in the unit of the rule.  Less is better.
        checked: Rows looked at.
        failed: Rows that show the defect.
        examples: The first few of them, in key order.
    """

    observed: NonNegativeFloat
    checked: NonNegativeInt
    failed: NonNegativeInt
    examples: tuple[Example, ...] = Field(default=(), max_length=EXAMPLES)

    @model_validator(mode="after")
    def _fails_no_more_than_it_looked_at(self) -> Self:
        _refuse_more(self.failed, self.checked)
        return self


class Verdict(Stated):
    """
    One rule's conclusion: a measurement against a limit.

    The outcome is derived, so no verdict can claim to pass while its own numbers
    say otherwise.

    Attributes:
        code: The rule, as in the catalogue.
        name: The defect it meters.
        level: What it means if the limit does not hold.
        observed: The amount, in `unit`.  Less is better.
        limit: The most that still holds.
        warn: The most that holds without a warning; none means `limit`.
        checked: Rows looked at.
        failed: Rows that show the defect.
        because: Why any of it is tolerated.
        examples: The first few rows that show it.
        waived: How many of the failing rows somebody answers for, in a waiver or a baseline;
            none where nobody answers for any.
    """

    derived: ClassVar[tuple[str, ...]] = ("outcome",)

    code: str
    name: str
    level: Level
    observed: NonNegativeFloat
    limit: NonNegativeFloat
    warn: NonNegativeFloat | None = None
    unit: str
    checked: NonNegativeInt
    failed: NonNegativeInt
    because: str = ""
    examples: tuple[Example, ...] = ()
    waived: NonNegativeInt | None = None

    @model_serializer(mode="wrap")
    def _with_conclusions(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Where nothing is waived there is no such key: as in all that was written before.
        plain = super()._with_conclusions(dump)
        return {key: plain[key] for key in plain if key != "waived" or plain[key] is not None}

    @model_validator(mode="after")
    def _fails_no_more_than_it_looked_at(self) -> Self:
        _refuse_more(self.failed, self.checked)
        if self.waived is not None and self.waived > self.failed:
            msg = f"waived: expected at most {self.failed}, found {self.waived}"
            raise ValueError(msg)
        return self

    @property
    def outcome(self) -> Outcome:
        """What follows from the numbers."""
        if self.checked == 0:
            return Outcome.UNKNOWN  # nothing was looked at; that is not a pass
        if self.observed > self.limit:
            if self.waived == self.failed:  # all of it, or the gate stays shut
                return Outcome.WAIVED
            return Outcome.FAIL if self.level is Level.ERROR else Outcome.WARN
        if self.warn is not None and self.observed > self.warn:
            return Outcome.WARN
        return Outcome.PASS

    @property
    def turn(self) -> tuple[int, int]:
        """When people look at it: the worst first, and of these what most rows show."""
        return WORST_FIRST.index(self.outcome), -self.failed


def worst(outcomes: list[Outcome]) -> Outcome:
    """
    What a whole comes to: nothing judged is unknown, and unknown is no pass.

    A failure is reported before an unknown: it is what can be acted on.
    """
    return next((one for one in WORST_FIRST if one in outcomes), Outcome.UNKNOWN)


def _seen(text: str) -> str:
    """
    Take a text of which something is seen.

    Raises:
        ValueError: There are nothing but spaces, and characters without a width.
    """
    from datastd.names import folded  # noqa: PLC0415  -- brings polars, and few people wrote texts

    if not folded(text):
        msg = "expected a text, found nothing that is seen"
        raise ValueError(msg)
    return text


Text = Annotated[str, Field(min_length=3, max_length=400), AfterValidator(_seen)]
"""What a person says, on a line or two."""


class Scope(Model):
    """
    What of a dataset a waiver is about.

    Attributes:
        glob: Paths below the dataset's folder: ``*`` is any run of characters within a part,
            ``**`` any at all, ``?`` one.
        digest: SHA-256 of the dataset's manifest, or of the file that the samples are in.
    """

    glob: str = Field(min_length=1, max_length=1024)
    digest: Sha256 | None = None


class Amount(Model):
    """So many failing rows, in files of so many bytes together."""

    samples: NonNegativeInt
    bytes: NonNegativeInt


class Waiver(Model):
    """
    A person's word that a defect is known, and may stay for a while.

    Attributes:
        code: The rule.
        scope: Where.
        owner: Who answers for it.
        reason: Why it may stay.
        expires: The last day on which it counts.
        budget: The most that it covers: failing rows, and bytes of the files that they are in.
    """

    code: str = Field(min_length=1, max_length=400)
    scope: Scope
    owner: Text
    reason: Text
    expires: date
    budget: Amount


class Waived(Waiver):
    """
    A waiver that was used.

    Attributes:
        used: What it covered.
        approved_by: Keys of the approvers who signed it; empty where none was asked for.
    """

    used: Amount
    approved_by: tuple[str, ...] = ()
