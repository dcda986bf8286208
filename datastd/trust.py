"""
Whose signature counts, and for what: a `trust.toml`, keys, and signatures over bytes.

Trust lies with who trains, never in a dataset.  Signatures are DSSE's, made and checked
by securesystemslib; one public key under two names counts once.
"""

import os
import stat
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

from pydantic import Field, PositiveInt, model_validator

from datastd import clock
from datastd.disk import publish, read_whole
from datastd.errors import UsageError
from datastd.model import Model, Profile, Sha256, read_toml

MOST = 8 << 20  # bytes of a certificate, of a trust file and of what else is signed

Kind: TypeAlias = Literal["ed25519", "ecdsa"]


class TrustedKey(Model):
    """
    A public key whose signature counts.

    Attributes:
        keyid: Its identifier, as `keygen` printed it.
        public: Its PEM text.
        standards: Names of standards that it may sign for; empty means all.
        verifier: Who has to have judged, as the certificate names it; empty means anyone.
        not_before: First day on which its signatures count.
        not_after: Last day, likewise.
    """

    keyid: str
    public: str
    standards: tuple[str, ...] = ()
    verifier: str = ""
    not_before: date | None = None
    not_after: date | None = None

    @model_validator(mode="after")
    def _counts_on_some_day(self) -> Self:
        if self.not_before and self.not_after and self.not_after < self.not_before:
            msg = f"not_after: expected {self.not_before} or later, found {self.not_after}"
            raise ValueError(msg)
        return self

    def counts(self, since: date) -> bool:
        """Say whether a signature of that day counts, and still does today."""
        last = max(since, clock.today())
        early = self.not_before is not None and since < self.not_before
        return not early and (self.not_after is None or last <= self.not_after)


class TrustedIdentity(Model):
    """
    Who may sign without a key: an identity that an issuer vouched for (sigstore).

    Attributes:
        identity: A mail address, or the URI of a workflow.
        issuer: Who vouched for it, by URI.
        standards: As for `TrustedKey`.
        verifier: As for `TrustedKey`.
    """

    identity: str = Field(min_length=1)
    issuer: str = Field(min_length=1)
    standards: tuple[str, ...] = ()
    verifier: str = ""


class TrustedStandard(Model):
    """A standard from a file, accepted under its digest."""

    name: str
    digest: Sha256


class Minimum(Model):
    """
    The least that is accepted of a standard.

    Attributes:
        standard: Its name without a version.
        version: The oldest version.
        profile: The laxest profile.
    """

    standard: str = Field(min_length=1)
    version: PositiveInt = 1
    profile: Profile = "dev"


class Withdrawn(Model):
    """A certificate, or data, that count no more: by the digest of either."""

    digest: Sha256
    reason: str = ""


class Trust(Model):
    """
    Whose signature counts, and which standards from files: a `trust.toml`.

    Lies with the trainer, never in a dataset.

    Attributes:
        threshold: How many different keys must have signed.
        days: The greatest age of a certificate; none means until it expires.
        seen: Where the sequence last seen is kept, relative to this file; none means beside
            it, under its name and ``.seen.json``.
        withdrawals: A signed list of what is withdrawn, relative to this file.
        key: The keys.
        identity: Who may sign without a key.
        approver: Keys of those who may approve of waivers, and may not have signed beside.
        standard: Standards from files, by digest.
        minimum: The least that is accepted of a standard.
        withdrawn: What counts no more.
    """

    threshold: PositiveInt = 1
    days: PositiveInt | None = None
    seen: str | None = Field(None, min_length=1)
    withdrawals: str | None = Field(None, min_length=1)
    key: tuple[TrustedKey, ...] = ()
    identity: tuple[TrustedIdentity, ...] = ()
    approver: tuple[TrustedKey, ...] = ()
    standard: tuple[TrustedStandard, ...] = ()
    minimum: tuple[Minimum, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """
        Read a `trust.toml`; paths in it come out relative to the working folder.

        Raises:
            UsageError: No such file, or no trust file.
        """
        given = read_toml(Path(path), most=MOST, what="a trust file")
        known = cls.of_toml(given, str(path), "a trust file")
        around = Path(path).parent
        places = {"seen": known.seen or f"{Path(path).name}.seen.json"}
        places |= {"withdrawals": known.withdrawals} if known.withdrawals else {}
        beside = {name: str(around / place) for name, place in places.items()}
        return cls.model_validate({**dict(known), **beside})


def holds(payload: bytes, kind: str, key: TrustedKey, signature: bytes) -> bool:
    """Say whether *key* made the signature over a payload of this *kind*."""
    from securesystemslib.dsse import Envelope  # noqa: PLC0415  -- only who verifies pays
    from securesystemslib.exceptions import VerificationError  # noqa: PLC0415
    from securesystemslib.signer import Signature as Signed  # noqa: PLC0415

    known = _known(key)
    try:
        signed = Signed(key.keyid, signature.hex())
        Envelope(payload, kind, {key.keyid: signed}).verify([known], 1)
    except (VerificationError, ValueError):
        return False
    return True


def signers(
    payload: bytes, kind: str, keys: Iterable[TrustedKey], signatures: Mapping[str, bytes]
) -> list[TrustedKey]:
    """Those of some keys that made one of the signatures."""
    return [
        key
        for key in keys
        if key.keyid in signatures and holds(payload, kind, key, signatures[key.keyid])
    ]


def distinct(keys: Iterable[TrustedKey]) -> set[str]:
    """The keys themselves: one under two names is one."""
    return {str(_known(key).keyval["public"]) for key in keys}


def sign(payload: bytes, kind: str, key: Path) -> tuple[str, bytes]:
    """
    Sign with a private key that `keygen` wrote; give its identifier and the signature.

    Raises:
        UsageError: No key, or one that others may read.
    """
    from securesystemslib.dsse import Envelope  # noqa: PLC0415  -- only signers pay

    signature = Envelope(payload, kind, {}).sign(_signer(key))
    return signature.keyid, bytes.fromhex(signature.signature)


def public_of(key: Path) -> str:
    """
    The public half of a private key, as `distinct` gives it.

    Raises:
        UsageError: As for `sign`.
    """
    return str(_signer(key).public_key.keyval["public"])


def _known(key: TrustedKey) -> Any:  # noqa: ANN401  -- securesystemslib's SSlibKey
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        load_pem_public_key,
    )
    from securesystemslib.signer import SSlibKey  # noqa: PLC0415

    try:
        return SSlibKey.from_crypto(load_pem_public_key(key.public.encode()), key.keyid)
    except (ValueError, UnsupportedAlgorithm):  # no PEM, or of a kind that signs nothing here
        expected = "a public key in PEM, of Ed25519, ECDSA or RSA"
        raise UsageError(f"key {key.keyid}", expected, "none") from None


def _signer(path: Path) -> Any:  # noqa: ANN401  -- securesystemslib's CryptoSigner
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        load_pem_private_key,
    )
    from securesystemslib.signer import CryptoSigner  # noqa: PLC0415

    content = read_whole(path, most=1 << 16, what="a private key")
    refuse_no_key(path)
    try:
        return CryptoSigner(load_pem_private_key(content, None))
    except (ValueError, TypeError):
        raise UsageError(str(path), "an unencrypted private key in PEM", "none") from None


def refuse_no_key(path: Path) -> None:
    """
    Refuse, without a look at it, a private key that is not there, or that others may read.

    Raises:
        UsageError: It is so.
    """
    if not path.is_file():
        found = "something else" if path.exists() else "nothing"
        raise UsageError(str(path), "a file with a private key", found)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise UsageError(
            str(path), "a private key that only you can read (mode 0600)",
            f"mode {mode:04o}", f"chmod 600 {path}",
        )  # fmt: skip


def keygen(out: Path, kind: str = "ed25519") -> str:
    """
    Make a key pair: the private key at *out*, mode 0600.

    Args:
        out: Where the private key goes.
        kind: ``ed25519``, or ``ecdsa`` of the curve P-256.

    Returns:
        A `trust.toml` that trusts the key.

    Raises:
        UsageError: There is a file at *out*, or none can be written there; no such kind.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from securesystemslib.signer import CryptoSigner  # noqa: PLC0415

    makers = {"ed25519": CryptoSigner.generate_ed25519, "ecdsa": CryptoSigner.generate_ecdsa}
    if kind not in makers:
        raise UsageError("--kind", f"one of {', '.join(makers)}", kind)
    if os.path.lexists(out):
        raise UsageError(str(out), "a path where nothing is yet", "a file")
    signer = makers[kind]()
    publish(out, signer.private_bytes, mode=0o600)
    public = signer._private_key.public_key().public_bytes(  # noqa: SLF001
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f'[[key]]\nkeyid = "{signer.public_key.keyid}"\npublic = """\n{public.decode()}"""\n'
