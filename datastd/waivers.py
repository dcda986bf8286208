"""
Waivers: what of a dataset's defects somebody answers for, until a day, up to a number.

They lie in the user's project as a `waivers.toml`, outside every dataset.  A finding that
is waived stays in every report and in the certificate; what is wrong with a waiver is a
finding itself (N411 to N415).
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Self

import polars as pl
from pydantic import Field, ValidationError

from datastd import clock, digest, trust
from datastd.digest import Manifest
from datastd.disk import publish, read_whole, refuse_inside
from datastd.errors import UsageError
from datastd.model import (
    Amount,
    Model,
    Profile,
    Scope,
    Verdict,
    Waived,
    Waiver,
    explain,
    parse_toml,
)
from datastd.report import Report
from datastd.rules import Rule, fold
from datastd.rules.waivers.waiver_expired import WaiverExpired
from datastd.rules.waivers.waiver_over_budget import WaiverOverBudget
from datastd.rules.waivers.waiver_too_broad import WaiverTooBroad
from datastd.rules.waivers.waiver_unused import WaiverUnused
from datastd.rules.waivers.waivers_unapproved import WaiversUnapproved
from datastd.sources.known import formats, reader
from datastd.standard import Standard
from datastd.trust import Trust

NAME = "waivers.toml"
PAYLOAD_TYPE = "application/vnd.datastd.waivers+toml"
_MOST = 1 << 20  # bytes
_WHAT = "waivers, each a [[waiver]]"

NEVER = frozenset({"C099", "F005", "F006", "F008", "N179", "N308", "N416"})
"""Codes that nobody can waive: paths that are not safe, what runs, what nobody screened."""

LONGEST = timedelta(days=366)
"""From today to the last day of a waiver, at most: what is assessed counts for a year (I14)."""

_CODE = re.compile(r"[A-Za-z0-9_-]+(\..+)?")  # with the column that it is about
_KEYED = r"(?s)#\d+(?:@.*)?$"
_ALL = "**"


def refuse_unwaivable(codes: Iterable[str], unreadable: Iterable[str], where: str) -> None:
    """
    Refuse waivers of what cannot be waived.

    Args:
        codes: What is waived.
        unreadable: Codes of bytes that cannot be read, in this format.
        where: Who waives it.

    Raises:
        UsageError: One of the codes is of those.
    """
    for code in codes:
        if code in NEVER or code in {*unreadable} or code.startswith("N4"):
            raise UsageError(
                where, "codes that can be waived", code,
                "unsafe paths, unreadable bytes and attestation cannot: mend the data",
            )  # fmt: skip


class _File(Model):
    """All that a `waivers.toml` says."""

    waiver: tuple[Waiver, ...] = ()


class Signature(Model):
    """A signature in base64, and the identifier of the key that made it."""

    keyid: str = Field(min_length=1)
    sig: str = Field(min_length=1)

    @property
    def content(self) -> bytes:
        """The signature's bytes; none where it is no base64."""
        try:
            return base64.b64decode(self.sig, validate=True)
        except ValueError:
            return b""


class Approval(Model):
    """
    A `waivers.toml` as approvers signed it, whole: who has it needs nothing else.

    Attributes:
        text: The file's text.
        signatures: Those of approvers, over its bytes (DSSE).
    """

    text: str
    signatures: tuple[Signature, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return digest.of_bytes(self.text.encode())

    def approvers(self, trusted: Trust | None) -> list[trust.TrustedKey]:
        """The approvers of a trust file who signed it, and whose word counts today."""
        keys = [key for key in (trusted.approver if trusted else ()) if key.counts(clock.today())]
        signatures = {one.keyid: one.content for one in self.signatures}
        return trust.signers(self.text.encode(), PAYLOAD_TYPE, keys, signatures)

    def waivers(self) -> tuple[Waiver, ...]:
        """
        What was signed.

        Raises:
            UsageError: No waivers.
        """
        return _parsed(self.text, NAME).waiver


@dataclass(frozen=True, slots=True)
class Waivers:
    """
    A `waivers.toml`, and who approved of it.

    Attributes:
        path: The file.
        approval: Its text, and the signatures that lie beside it.
        waivers: What it says.
    """

    path: Path
    approval: Approval
    waivers: tuple[Waiver, ...]

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """
        Read a `waivers.toml`, and the approval beside it if there is one.

        Raises:
            UsageError: No such file, or no waivers.
        """
        place = Path(path)
        content = read_whole(place, most=_MOST, what=_WHAT)
        try:
            text = content.decode()
        except UnicodeDecodeError:
            raise UsageError(str(place), f"{_WHAT}, in TOML", "bytes that are no UTF-8") from None
        return cls(place, Approval(text=text, signatures=_beside(place)),
                   _parsed(text, str(place)).waiver)  # fmt: skip


def _parsed(text: str, where: str) -> _File:
    try:
        given = parse_toml(text)
    except ValueError as error:
        raise UsageError(where, f"{_WHAT}, in TOML", str(error)) from None
    return _File.of_toml(given, where, _WHAT)


def approval_of(path: Path) -> Path:
    """Where the signatures over a `waivers.toml` are: beside it."""
    return path.with_name(f"{path.name}.approval.json")


class _Approvals(Model):
    """The file of signatures."""

    signatures: tuple[Signature, ...]


def _beside(path: Path) -> tuple[Signature, ...]:
    place = approval_of(path)
    if not place.exists():
        return ()
    content = read_whole(place, most=_MOST, what="signatures of approvers")
    try:
        stated = digest.canonical(digest.strict_json(content))
        return _Approvals.model_validate_json(stated).signatures
    except ValidationError as error:
        raise UsageError(str(place), "signatures of approvers", explain(error)) from None
    except ValueError as error:
        raise UsageError(str(place), "signatures of approvers", str(error)) from None


def approve(path: Path, key: Path) -> Path:
    """
    Sign a `waivers.toml` as an approver; give the place of the signatures.

    Signatures over an earlier text of it go: they would count for nothing.

    Raises:
        UsageError: No waivers, or no key.
    """
    known = Waivers.read(path)
    payload = known.approval.text.encode()
    keyid, signature = trust.sign(payload, PAYLOAD_TYPE, key)
    mine = Signature(keyid=keyid, sig=base64.b64encode(signature).decode())
    others = [one for one in known.approval.signatures if one.keyid != keyid]
    signed = _Approvals(signatures=(*others, mine)).model_dump_json(indent=2)
    place = approval_of(path)
    publish(place, signed.encode() + b"\n")
    return place


@dataclass(slots=True)
class Applied:
    """
    What waivers come to.

    Attributes:
        verdicts: Every verdict, those of the waivers themselves included.
        waived: The waivers that were used.
    """

    verdicts: list[Verdict]
    waived: tuple[Waived, ...]


@dataclass(slots=True)
class _State:
    """
    One waiver while it is applied.

    Attributes:
        waiver: What it says.
        broad: Why it is too broad; empty where it is not.
        expired: Whether its day is over.
        unapproved: Whether nobody approved of it who had to.
        over: What was asked beyond its budget; empty where nothing was.
        used: Rows and bytes that it covers; none where it covers nothing.
    """

    waiver: Waiver
    broad: str
    expired: bool
    unapproved: bool
    over: str = ""
    used: Amount | None = None

    @property
    def counts(self) -> bool:
        """Whether it may cover anything."""
        return not (self.broad or self.expired or self.unapproved)


@dataclass(frozen=True, slots=True)
class Ground:
    """
    What waivers are held against.

    Attributes:
        listed: The manifest of the data.
        sizes: Bytes of each file.
        failing: Gives every failing row of a code, with its ``key``.
        profile: How strictly the data are judged.
        trusted: Who may approve.
        unreadable: Codes of bytes that cannot be read.
        day: Today.
    """

    listed: Manifest
    sizes: Mapping[str, int]
    failing: Callable[[str], pl.DataFrame]
    profile: Profile
    trusted: Trust | None
    unreadable: frozenset[str]
    day: date = field(default_factory=clock.today)


def apply(known: Waivers, verdicts: Sequence[Verdict], ground: Ground) -> Applied:
    """
    Hold waivers against verdicts; judge the waivers, too.

    A verdict is waived where waivers cover all of its failing rows: each row goes to the
    first that has it in its scope.  What names no row is covered by a waiver of all the data
    (``**``, and their digest) alone.

    Raises:
        UsageError: A waiver of what cannot be waived.
    """
    refuse_unwaivable((one.code for one in known.waivers), ground.unreadable, str(known.path))
    approvers = known.approval.approvers(ground.trusted) if ground.profile != "dev" else []
    states = [
        _State(
            one, _too_broad(one, ground.day), one.expires < ground.day,
            unapproved=ground.profile != "dev" and not approvers,
        )
        for one in known.waivers
    ]  # fmt: skip
    judged = [_waived(verdict, states, ground) for verdict in verdicts]
    by = tuple(key.keyid for key in approvers)
    used = tuple(
        Waived(**dict(one.waiver), used=one.used, approved_by=by) for one in states if one.used
    )
    return Applied([*judged, *_findings(states, ground.profile)], used)


def _too_broad(one: Waiver, day: date) -> str:
    """Why a waiver is for more than somebody can have looked at on a day; empty if it is not."""
    if not _CODE.fullmatch(one.code):
        return f"expected one code, found {one.code}"
    if one.scope.digest is None and one.scope.glob.lstrip("./")[:1] in {"", *"*?["}:
        expected = "a digest of the data, or a path that begins with a name"
        return f"expected {expected}, found {one.scope.glob}"
    if one.expires - day > LONGEST:
        return f"expected a last day within {LONGEST.days} days, found {one.expires}"
    return ""


def _waived(verdict: Verdict, states: Sequence[_State], ground: Ground) -> Verdict:
    """A verdict with what waivers cover of it."""
    mine = [one for one in states if one.waiver.code == verdict.code and one.counts]
    if not mine or not verdict.checked or verdict.observed <= verdict.limit:
        return verdict
    rows = ground.failing(verdict.code)
    if not rows.height or rows.height < verdict.failed:  # it names no rows, or not all of them
        covered = any(_covers_all(one, verdict, ground) for one in mine)
        return _with(verdict, verdict.failed) if covered else verdict
    keys = rows.select(file=_file_of(pl.col("key"), ground.sizes))
    free = pl.repeat(value=True, n=rows.height, eager=True)
    for one in mine:
        free &= ~_cover(one, keys, free, ground)
    left = int(free.sum())
    if not left:
        return _with(verdict, verdict.failed)
    covered_ = min(rows.height - left, verdict.failed - 1)
    return _with(verdict, covered_) if covered_ > 0 else verdict


def _with(verdict: Verdict, waived: int) -> Verdict:
    return Verdict.model_validate({**dict(verdict), "waived": waived})


def _file_of(key: pl.Expr, sizes: Mapping[str, int]) -> pl.Expr:
    """The file that a row's key is in: what stands before the number, where that is a file."""
    file = key.str.replace(_KEYED, "")
    return pl.when(file.is_in([*sizes])).then(file).otherwise(key)


def _covers_all(one: _State, verdict: Verdict, ground: Ground) -> bool:
    """Let a waiver of all the data cover a verdict that names no rows, within its budget."""
    scope = one.waiver.scope
    if scope.glob != _ALL or scope.digest != ground.listed.digest:
        return False
    return _spend(one, verdict.failed, sum(ground.sizes.values()))


def _cover(one: _State, keys: pl.DataFrame, free: pl.Series, ground: Ground) -> pl.Series:
    """Say which of the rows that are still free a waiver covers, within its budget."""
    scope = one.waiver.scope
    mine = free & keys.get_column("file").str.contains(_pattern(scope.glob))
    if scope.digest not in {None, ground.listed.digest}:
        there = [path for path, sha256 in ground.listed.files if sha256 == scope.digest]
        mine &= keys.get_column("file").is_in(there)
    files = keys.filter(mine).get_column("file").unique()
    size = sum(ground.sizes.get(file, 0) for file in files)
    count = int(mine.sum())
    none = pl.repeat(value=False, n=len(mine), eager=True)
    return mine if count and _spend(one, count, size) else none


def _spend(one: _State, samples: int, size: int) -> bool:
    """Take so much of a waiver's budget; nothing of it where there is not as much."""
    budget = one.waiver.budget
    if samples > budget.samples or size > budget.bytes:
        one.over = (
            f"expected at most {budget.samples} samples and {budget.bytes} bytes, "
            f"found {samples} and {size}"
        )
        return False
    one.used = Amount(samples=samples, bytes=size)
    return True


def _pattern(glob: str) -> str:
    """A glob as a regular expression, which polars runs in linear time."""
    parts = re.split(r"(\*\*|\*|\?)", glob)
    known = {_ALL: ".*", "*": "[^/]*", "?": "[^/]"}
    return "(?s)^" + "".join(known.get(part) or _quoted(part) for part in parts) + "$"


def _quoted(text: str) -> str:
    return "".join(c if c.isalnum() or c in "/_-" else f"\\x{{{ord(c):x}}}" for c in text)


_RULES: tuple[Rule, ...] = (
    WaiverExpired(), WaiverUnused(), WaiverTooBroad(), WaiverOverBudget(), WaiversUnapproved(),
)  # fmt: skip


def _findings(states: Sequence[_State], profile: Profile) -> list[Verdict]:
    """Judge the waivers themselves; where there is none, there is nothing to say."""
    if not states:
        return []
    rows = [
        {
            "key": f"{one.waiver.code} {one.waiver.scope.glob} (waiver {number})",
            "expired": one.expired,
            "expired_says": f"expected a last day that is not over, found {one.waiver.expires}",
            "unused": one.used is None and one.counts and not one.over,
            "unused_says": "expected failing rows in its scope, found none",
            "broad": bool(one.broad),
            "broad_says": one.broad,
            "over": bool(one.over),
            "over_says": one.over,
            "unapproved": one.unapproved,
            "unapproved_says": "expected the signature of an [[approver]] of the trust file, "
            "found none that counts",
        }
        for number, one in enumerate(states, 1)
    ]
    table = pl.DataFrame(rows)
    return [rule.judge(fold(rule, [table]), Standard.level(rule, profile)) for rule in _RULES]


def refuse_in_dataset(path: Path, data: Path) -> None:
    """
    Refuse waivers that lie in the dataset.

    Raises:
        UsageError: They do.
    """
    try:
        refuse_inside(path, data)
    except UsageError:
        raise UsageError(
            str(path), "waivers outside the dataset", "a file in it",
            "the data would choose what is asked of them: move it into your project",
        ) from None  # fmt: skip


def waive(  # noqa: PLR0913
    report: Report, code: str, *, owner: str, reason: str, until: date, out: Path
) -> Waiver:
    """
    Write a waiver for what a report says of a code, and keep those that are there.

    Its scope is the data of the report, by their digest, and its budget what fails in them.

    Raises:
        UsageError: Nothing that fails under this code, or that can be waived; a day that is
            over, or too far off; another file at *out*; or it lies in the dataset.
    """
    where = f"--code {code}"
    verdict = next((one for one in report.verdicts if one.code == code), None)
    if verdict is None or verdict.observed <= verdict.limit or not verdict.checked:
        fails = [one.code for one in report.verdicts if not one.outcome.opens and one.checked]
        raise UsageError(where, f"a code that fails ({', '.join(fails) or 'none does'})", code)
    if report.data.digest is None:
        raise UsageError("report", "one of data on disk, all of it readable", "another")
    refuse_unwaivable([code], _unreadable(report.data.format), where)
    if until < clock.today():
        raise UsageError("--until", f"a day from {clock.today()} on", f"{until}")
    if until - clock.today() > LONGEST:
        raise UsageError("--until", f"a day until {clock.today() + LONGEST}", f"{until}")
    refuse_in_dataset(out, Path(report.data.path))
    try:
        made = Waiver(
            code=code, scope=Scope(glob=_ALL, digest=report.data.digest), owner=owner,
            reason=reason, expires=until,
            budget=Amount(samples=_rows(report, verdict), bytes=report.accounting.bytes),
        )  # fmt: skip
    except ValidationError as error:
        raise UsageError(where, "an owner and a reason", explain(error)) from None
    known = Waivers.read(out).approval.text if out.exists() else ""
    text = f"{known.rstrip()}\n\n{_toml(made)}" if known.strip() else _toml(made)
    _parsed(text, str(out))  # never leave a file that cannot be read again
    publish(out, text.encode())
    return made


def _unreadable(called: str) -> frozenset[str]:
    """Codes of bytes that cannot be read, in a format; `check` knows those of others' modules."""
    name = called.partition(":")[0]
    return frozenset(kind.code for kind in reader(name).kinds) if name in formats() else frozenset()


def _rows(report: Report, verdict: Verdict) -> int:
    """Failing rows: groups may have several, and never more than there are samples."""
    grouped = verdict.unit not in {"samples", "files", "fraction of samples"}
    return max(verdict.failed, report.accounting.samples if grouped else 0)


def _toml(one: Waiver) -> str:
    """A waiver as a table of TOML."""
    scope = f"glob = {_text(one.scope.glob)}, digest = {_text(one.scope.digest or '')}"
    return (
        f"[[waiver]]\ncode = {_text(one.code)}\nscope = {{ {scope} }}\n"
        f"owner = {_text(one.owner)}\nreason = {_text(one.reason)}\n"
        f"expires = {one.expires.isoformat()}\n"
        f"budget = {{ samples = {one.budget.samples}, bytes = {one.budget.bytes} }}\n"
    )


def _text(value: str) -> str:
    """A basic string of TOML: JSON's, but for the one character that JSON lets stand."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
