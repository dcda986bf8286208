"""
What a certificate says: an in-toto Statement with a predicate of datastd's own.

Field names follow SLSA's verification summary, so that its readers know them.
Everything in it that follows from something else in it is derived again when it
is loaded.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import quote

from pydantic import (
    AfterValidator,
    Field,
    NonNegativeInt,
    PositiveInt,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from datastd import clock, digest
from datastd.digest import Manifest
from datastd.model import (
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
from datastd.report import InputName, NotAsked, Report, Split, refuse_unanswered
from datastd.sources import CARD
from datastd.versions import versions
from datastd.waivers import Approval

VERIFIER = "urn:datastd"
"""Who judged, where nobody says more."""

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_PACKAGES = ("datastd", "numba", "numpy", "pandera", "polars", "pydantic")


def parse_time(text: str) -> datetime:
    """Read a time of a certificate: UTC, to the second."""
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC)


def _is_a_time(text: str) -> str:
    parse_time(text)
    return text


Time = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"), AfterValidator(_is_a_time)
]


class Digests(Model):
    """One digest, of one kind: a reader that takes any of several takes the weakest."""

    sha256: Sha256


class Subject(Model):
    """The dataset: its name, and the digest of its canonical manifest."""

    name: str
    digest: Digests


class Verifier(Model):
    """Who judged, with which versions."""

    id: str
    version: FrozenMapping[str, str]


class Policy(Model):
    """The standard, by the digest of everything in it that decides a verdict."""

    uri: str
    digest: Digests


class StandardLevel(Model):
    """The standard's name and version, and how strictly it was asked."""

    name: str
    version: str
    profile: Profile

    @property
    def called(self) -> str:
        """As a standard is named: ``<name>/<version>``."""
        return f"{self.name}/{self.version}"


class Coverage(Model):
    """How much was looked at.  A sample of the data is never certified."""

    mode: Literal["full"] = "full"
    files: NonNegativeInt
    bytes: NonNegativeInt
    records: PositiveInt


class Predicate(Stated):
    """
    What was found, by whom, when, and until when it counts.

    Attributes:
        format: The reader that the trainer must use too.
        splits: Length and record digest of each split as that reader returns it.
        verdicts: Every verdict, without the names of samples.
        waivers: Those that were used, each with what it covered.
        approval: The file that they are from, with the signatures of its approvers.
        sequence: How many certificates of these data by this standard there were, with this one.
        supersedes: Digest of the one before.
        evidence: SHA-256 of the report, of the manifest, and of the card if there is one.
    """

    derived: ClassVar[tuple[str, ...]] = ("verificationResult", "verifiedLevels", "checks")
    inner: ClassVar[Mapping[str, type[Stated]]] = {"verdicts": Verdict}

    verifier: Verifier
    time_verified: Time = Field(alias="timeVerified")
    time_expires: Time = Field(alias="timeExpires")
    resource_uri: str = Field(alias="resourceUri")
    policy: Policy
    standard: StandardLevel
    format: str
    coverage: Coverage
    splits: FrozenMapping[str, Split] = Field(min_length=1)
    verdicts: tuple[Verdict, ...]
    inputs: tuple[InputName, ...]
    not_asked: tuple[NotAsked, ...] = Field(alias="notAsked")
    waivers: tuple[Waived, ...] = ()
    approval: Approval | None = None
    sequence: PositiveInt | None = None
    supersedes: Sha256 | None = None
    evidence: FrozenMapping[str, Sha256]

    @model_serializer(mode="wrap")
    def _with_conclusions(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Certificates that were written before there were these keys still verify.
        plain = super()._with_conclusions(dump)
        left_out = {"approval"} if self.approval is None else set[str]()
        left_out |= {"sequence", "supersedes"} if self.sequence is None else set()
        return {key: plain[key] for key in plain if key not in left_out}

    @property
    def verificationResult(self) -> str:  # noqa: N802  -- the field's name in JSON
        """Nothing else: of data that did not pass there is no certificate."""
        return "PASSED"

    @property
    def verifiedLevels(self) -> list[str]:  # noqa: N802
        """The level that was reached, as outside tools compare it: one word, upper case."""
        of = self.standard
        word = f"datastd_{of.name}_{of.version}_{of.profile}".upper()
        return [re.sub(r"[^A-Z0-9]", "_", word)]

    @property
    def checks(self) -> dict[str, int]:
        """How many rules ended how."""
        found = [verdict.outcome for verdict in self.verdicts]
        return {
            "total": len(found),
            "passed": found.count(Outcome.PASS),
            "warned": found.count(Outcome.WARN),
            "waived": found.count(Outcome.WAIVED),
            "skipped": len(self.not_asked),
        }

    @model_validator(mode="after")
    def _is_of_data_that_passed(self) -> Self:
        if not worst([verdict.outcome for verdict in self.verdicts]).opens:
            flaws = [v.code for v in self.verdicts if not v.outcome.opens]
            msg = f"expected verdicts that pass, found flaws in {', '.join(flaws)}"
            raise ValueError(msg)
        refuse_unanswered(self.verdicts, self.waivers)
        for one in self.waivers:
            if one.used.samples > one.budget.samples or one.used.bytes > one.budget.bytes:
                msg = f"waiver of {one.code}: expected its budget, found more"
                raise ValueError(msg)
        if bool(self.waivers) != (self.approval is not None):
            msg = "expected waivers with the file that they are from, found one of both"
            raise ValueError(msg)
        records = sum(split.records for split in self.splits.values())
        if records != self.coverage.records:
            msg = f"expected {self.coverage.records} records in all splits, found {records}"
            raise ValueError(msg)
        return self

    @property
    def verified(self) -> datetime:
        """When the data were judged."""
        return parse_time(self.time_verified)

    @property
    def expires(self) -> datetime:
        """Until when the certificate counts."""
        return parse_time(self.time_expires)


class Statement(Stated):
    """An in-toto Statement about exactly one subject."""

    inner: ClassVar[Mapping[str, type[Stated]]] = {"predicate": Predicate}

    type_: Literal["https://in-toto.io/Statement/v1"] = Field(
        "https://in-toto.io/Statement/v1", alias="_type"
    )
    subject: Annotated[tuple[Subject, ...], Field(min_length=1, max_length=1)]
    predicate_type: Literal["urn:datastd:conformance:v1"] = Field(
        "urn:datastd:conformance:v1", alias="predicateType"
    )
    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Terms:
    """
    What a certificate says beside what the report does.

    Attributes:
        days: How long it counts; a waiver that ends before ends it.
        verifier: Who judged, by URI.
        approval: The file of the waivers that were used, and who signed it.
        sequence: Its place among the certificates of these data by this standard.
        supersedes: Digest of the one before.
    """

    days: float
    verifier: str = VERIFIER
    approval: Approval | None = None
    sequence: int = 1
    supersedes: str | None = None


def issue(report: Report, manifest: Manifest, name: str, terms: Terms) -> Statement:
    """
    Say of a report that passed what a certificate says.

    Raises:
        ValueError: The report did not pass, or is not of these bytes.
    """
    if not report.passed or report.drawn or report.data.digest != manifest.digest:
        seen = f", of {report.drawn}" if report.drawn else ""
        msg = f"expected a report of these bytes that passed, found {report.outcome}{seen}"
        raise ValueError(msg)
    now = clock.now()
    ends = [now + timedelta(days=terms.days)]
    ends += [datetime.combine(one.expires, time.max, UTC) for one in report.waivers]
    standard, _, version = report.standard.name.partition("/")
    bare = [Verdict.from_plain(verdict.plain() | {"examples": []}) for verdict in report.verdicts]
    predicate = Predicate(
        verifier=Verifier(id=terms.verifier, version=versions(*_PACKAGES)),
        timeVerified=now.strftime(_TIME),
        timeExpires=min(ends).strftime(_TIME),
        resourceUri=f"pkg:generic/{quote(name, safe='')}",
        policy=Policy(
            uri=f"datastd:standard/{report.standard.name}",
            digest=Digests(sha256=report.standard.digest),
        ),
        standard=StandardLevel(
            name=standard, version=version, profile=report.standard.profile
        ),
        format=report.data.format,
        coverage=Coverage(
            files=len(manifest.files),
            bytes=report.accounting.bytes,
            records=report.accounting.samples - report.accounting.defective,
        ),
        splits=report.splits,
        verdicts=tuple(bare),
        inputs=report.inputs,
        notAsked=report.not_asked,
        waivers=report.waivers,
        approval=terms.approval,
        sequence=terms.sequence,
        supersedes=terms.supersedes,
        evidence={
            "manifest": manifest.digest,
            "report": digest.of_bytes(digest.canonical(report.plain())),
            **({"waivers": terms.approval.digest} if terms.approval else {}),
            **({"card": card} if (card := dict(manifest.files).get(CARD)) else {}),
        },
    )  # fmt: skip
    return Statement(
        subject=(Subject(name=name, digest=Digests(sha256=manifest.digest)),),
        predicate=predicate,
    )
