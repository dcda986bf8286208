"""What trust asks of a certificate beside its signatures: rank, age, waivers, and no withdrawal."""

import base64
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, NonNegativeInt, PositiveInt, ValidationError

from datastd import clock, digest, trust
from datastd.certificate.envelope import PAYLOAD_TYPE, Certificate
from datastd.certificate.refusals import (
    CertificateOutOfDate,
    CertificateWaiverInvalid,
    CertificateWithdrawn,
    StandardTooWeak,
)
from datastd.disk import publish, read_whole
from datastd.errors import NotTrusted, UsageError
from datastd.model import PROFILES, FrozenMapping, Model, Waiver, explain
from datastd.trust import MOST, Trust, Withdrawn
from datastd.waivers import Signature, refuse_unwaivable

_ELSEWHERE = "name a place to remember sequences with `seen` in the trust file"

M = TypeVar("M", bound=Model)

_LIST_TYPE = "application/vnd.datastd.withdrawals+json"


def refuse_low(known: Certificate, trusted: Trust | None) -> None:
    """
    Refuse a version or a profile below the least that trust accepts, and an age above the most.

    Raises:
        StandardTooWeak: The version or the profile.
        CertificateOutOfDate: The age.
    """
    of = known.statement.predicate.standard
    for least in trusted.minimum if trusted else ():
        if least.standard != of.name:
            continue
        if not of.version.isdecimal() or int(of.version) < least.version:
            raise StandardTooWeak(
                "standard", f"{least.standard}/{least.version} or later, as the trust file asks",
                of.called, "certify the data by that version",
            )  # fmt: skip
        if PROFILES.index(of.profile) < PROFILES.index(least.profile):
            raise StandardTooWeak(
                "profile", f"{least.profile}, as the trust file asks", of.profile,
                f"certify the data with --profile {least.profile}",
            )  # fmt: skip
    age = clock.now() - known.statement.predicate.verified
    if trusted and trusted.days is not None and age > timedelta(days=trusted.days):
        raise CertificateOutOfDate(
            "timeVerified", f"at most {trusted.days} days ago, as the trust file asks",
            f"{age.days} days", "certify the data again",
        )  # fmt: skip


def refuse_waivers(known: Certificate, trusted: Trust | None, unreadable: set[str]) -> None:
    """
    Refuse waivers that are over, that cannot be, or that nobody approved who had to.

    Above ``dev`` an approver of the trust file has to have signed the file that they are from,
    and none of those who signed the certificate is one of them.

    Args:
        known: The certificate.
        trusted: Who may approve.
        unreadable: Codes of bytes that cannot be read, in the format of the data.

    Raises:
        CertificateWaiverInvalid: A waiver does not count.
        NotTrusted: Approved, and nobody said by whom it may be.
    """
    predicate = known.statement.predicate
    if not predicate.waivers or predicate.approval is None:
        return
    try:
        refuse_unwaivable((one.code for one in predicate.waivers), unreadable, "waivers")
        stated = predicate.approval.waivers()
    except UsageError as error:
        raise CertificateWaiverInvalid(
            error.where, error.expected, error.found, "mend the data, and certify them again"
        ) from None
    for one in predicate.waivers:
        plain = Waiver(**{name: getattr(one, name) for name in Waiver.model_fields})
        if plain not in stated:
            raise CertificateWaiverInvalid(
                f"waiver of {one.code}", "one of the file that was approved", "another",
                "certify again",
            )  # fmt: skip
        if one.expires < clock.today():
            raise CertificateWaiverInvalid(
                f"waiver of {one.code}", f"a last day from {clock.today()} on", f"{one.expires}",
                "mend the data, or have it waived anew; then certify again",
            )  # fmt: skip
    if predicate.standard.profile == "dev":
        return
    if trusted is None:
        raise NotTrusted(
            "waivers", "a trust file that says who may approve of them", "none",
            "name it with --trust",
        )  # fmt: skip
    approvers = predicate.approval.approvers(trusted)
    signers = trust.signers(known.payload, PAYLOAD_TYPE, trusted.key, known.signatures)
    signers += trust.signers(known.payload, PAYLOAD_TYPE, trusted.approver, known.signatures)
    if not trust.distinct(approvers) - trust.distinct(signers):
        found = "none" if not approvers else "one who also signed the certificate"
        raise CertificateWaiverInvalid(
            "waivers", "an [[approver]] of the trust file who signed them, and not the certificate",
            found, "datastd approve waivers.toml --key KEY, by someone else; then certify again",
        )  # fmt: skip


class _List(Model):
    """A list of what is withdrawn, as it is signed."""

    type_: Literal["datastd-withdrawals/1"] = Field("datastd-withdrawals/1", alias="type")
    sequence: PositiveInt
    expires: date
    withdrawn: tuple[Withdrawn, ...]


class _Signed(Model):
    """The file of such a list."""

    payload: str
    payload_type: Literal["application/vnd.datastd.withdrawals+json"] = Field(alias="payloadType")
    signatures: tuple[Signature, ...] = Field(min_length=1)


class Seen(Model):
    """
    What a trainer has seen: the greatest sequence by dataset and standard, and of the list.

    Attributes:
        sequences: By name of the data and of the standard.
        withdrawals: Of the list of what is withdrawn.
    """

    schema_: Literal["datastd-seen/1"] = Field("datastd-seen/1", alias="schema")
    sequences: FrozenMapping[str, NonNegativeInt] = Field(default_factory=dict)
    withdrawals: NonNegativeInt = 0

    @classmethod
    def read(cls, path: Path) -> "Seen":
        """
        Read it; where there is no file, nothing was seen.

        Raises:
            UsageError: Another file: what was seen is not known, and no certificate is trusted.
        """
        if not os.path.lexists(path):
            return cls()
        what = "sequences last seen"
        return _loaded(cls, read_whole(path, most=MOST, what=what), path, what)


def refuse_withdrawn(known: Certificate, trusted: Trust | None) -> None:
    """
    Refuse what is withdrawn, and what a later certificate took the place of.

    Raises:
        CertificateWithdrawn: It is.
        NotTrusted: The list of what is withdrawn is not signed, is over, or is an older one.
        UsageError: No such list, or no such memory of what was seen.
    """
    if trusted is None:
        return
    seen = Seen.read(Path(trusted.seen)) if trusted.seen else Seen()
    listed = _listed(trusted, known.statement.predicate.standard.profile, seen)
    of = {known.digest, known.statement.subject[0].digest.sha256}
    for one in (*trusted.withdrawn, *(listed.withdrawn if listed else ())):
        if one.digest in of:
            raise CertificateWithdrawn(
                "certificate", "one that counts", f"one that was withdrawn: {one.reason or '—'}",
                "take the latest certificate of the data, or other data",
            )  # fmt: skip
    latest = seen.sequences.get(_name(known), 0)
    if _sequence(known) < latest:
        raise CertificateWithdrawn(
            "sequence", f"{latest} or later, as was seen before", f"{_sequence(known)}",
            "take the latest certificate of the data",
        )  # fmt: skip


def remember(known: Certificate, trusted: Trust | None) -> None:
    """
    Keep the sequence of a certificate that held, whole or not at all.

    Raises:
        UsageError: It cannot be written: name another place in the trust file, ``seen``.
    """
    if trusted is None or trusted.seen is None or not (trusted.key or trusted.identity):
        return
    path = Path(trusted.seen)
    with _locked(path.parent):
        seen = Seen.read(path)
        listed = _listed(trusted, "dev", seen)
        news = Seen(
            sequences={**seen.sequences, _name(known): max(
                _sequence(known), seen.sequences.get(_name(known), 0)
            )},
            withdrawals=max(seen.withdrawals, listed.sequence if listed else 0),
        )  # fmt: skip
        if news == seen:
            return
        try:
            publish(path, news.model_dump_json(by_alias=True, indent=2).encode() + b"\n")
        except UsageError as error:
            raise UsageError(error.where, error.expected, error.found, _ELSEWHERE) from None


def _name(known: Certificate) -> str:
    return f"{known.statement.subject[0].name} {known.statement.predicate.standard.name}"


def _sequence(known: Certificate) -> int:
    return known.statement.predicate.sequence or 0


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time: what two have seen is kept of both."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(
            str(folder), "a folder for the sequences last seen", error.strerror or "an error",
            _ELSEWHERE,
        ) from None  # fmt: skip
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _listed(trusted: Trust, profile: str, seen: Seen) -> _List | None:
    """The list of what is withdrawn, if trust names one: signed, not over, not an older one."""
    if trusted.withdrawals is None:
        return None
    path, what = Path(trusted.withdrawals), "a list of what is withdrawn"
    signed = _loaded(_Signed, read_whole(path, most=MOST, what=what), path, what)
    try:
        payload = base64.b64decode(signed.payload, validate=True)
    except ValueError:
        raise UsageError(str(path), what, "no base64") from None
    signatures = {one.keyid: one.content for one in signed.signatures}
    keys = [key for key in trusted.key if key.counts(clock.today())]
    made = trust.distinct(trust.signers(payload, _LIST_TYPE, keys, signatures))
    if len(made) < trusted.threshold:
        raise NotTrusted(
            str(path), f"{trusted.threshold} signatures of trusted keys", f"{len(made)}",
            "fetch it again from who issues it",
        )  # fmt: skip
    known = _loaded(_List, payload, path, what)
    if known.sequence < seen.withdrawals:
        raise NotTrusted(
            str(path), f"sequence {seen.withdrawals} or later, as was seen before",
            f"{known.sequence}", "fetch the latest list",
        )  # fmt: skip
    if profile != "dev" and known.expires < clock.today():
        raise NotTrusted(
            str(path), f"a list that counts until {clock.today()} or later", f"{known.expires}",
            "fetch the latest list",
        )  # fmt: skip
    return known


def _loaded(model: type[M], content: bytes, path: Path, what: str) -> M:
    """
    Read a closed model from JSON that says everything once.

    Raises:
        UsageError: It is no such file.
    """
    try:
        return model.model_validate_json(digest.canonical(digest.strict_json(content)))
    except ValidationError as error:
        raise UsageError(str(path), what, explain(error)) from None
    except ValueError as error:
        raise UsageError(str(path), what, str(error)) from None


def withdraw(digests: Mapping[str, str], *, until: date, out: Path, key: Path) -> int:
    """
    Withdraw certificates or data: write the next list, with all that was withdrawn before.

    Args:
        digests: Reasons by digest.
        until: The last day on which the list counts; the next one has to be there by then.
        out: The list; one that is there is gone on with.
        key: Signs it.

    Returns:
        Its sequence.

    Raises:
        UsageError: Another file at *out*; no key; a day that is over.
    """
    if until < clock.today():
        raise UsageError("--until", f"a day from {clock.today()} on", f"{until}")
    before: tuple[Withdrawn, ...] = ()
    sequence, what = 1, "a list of what is withdrawn"
    if os.path.lexists(out):
        there = _loaded(_Signed, read_whole(out, most=MOST, what=what), out, what)
        listed = _loaded(_List, base64.b64decode(there.payload), out, what)
        before, sequence = listed.withdrawn, listed.sequence + 1
    new = tuple(Withdrawn(digest=one, reason=why) for one, why in digests.items())
    kept = tuple(one for one in before if one.digest not in digests)
    known = _List(sequence=sequence, expires=until, withdrawn=(*kept, *new))
    payload = digest.canonical(known.model_dump(mode="json", by_alias=True))
    keyid, signature = trust.sign(payload, _LIST_TYPE, key)
    envelope = {
        "payload": base64.b64encode(payload).decode(), "payloadType": _LIST_TYPE,
        "signatures": [{"keyid": keyid, "sig": base64.b64encode(signature).decode()}],
    }  # fmt: skip
    publish(out, json.dumps(envelope, indent=2).encode() + b"\n")
    return sequence
