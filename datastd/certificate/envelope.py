"""
The envelope around a certificate: DSSE, signed or not, and whose signature counts.

securesystemslib makes and checks signatures.  Three things it leaves open are
checked here: the payload type, one public key under two names, and an envelope
that is not byte for byte the one that was written.
"""

import base64
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import Field, PositiveInt, ValidationError

from datastd import digest
from datastd.certificate.statement import Sha256, Statement
from datastd.disk import publish, read_whole
from datastd.errors import NotCertified, NotTrusted, UsageError
from datastd.model import Model, explain, read_toml

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MOST = 8 << 20  # bytes of a certificate or of a trust file


class Signature(Model):
    """A signature over the payload, in base64, and the identifier of the key that made it."""

    keyid: str = Field(min_length=1)
    sig: str = Field(min_length=1)


class _Envelope(Model):
    """The JSON of a certificate's file."""

    payload: str
    payload_type: str = Field(alias="payloadType")
    payload_sha256: Sha256 = Field(alias="payloadSha256")
    signatures: tuple[Signature, ...]


class TrustedKey(Model):
    """
    A public key whose signature counts.

    Attributes:
        keyid: Its identifier, as `keygen` printed it.
        public: Its PEM text.
        standards: Names of standards that it may sign for; empty means all.
        not_before: First day on which its signatures count.
        not_after: Last day, likewise.
    """

    keyid: str
    public: str
    standards: tuple[str, ...] = ()
    not_before: date | None = None
    not_after: date | None = None


class TrustedStandard(Model):
    """A standard from a file, accepted under its digest."""

    name: str
    digest: Sha256


class Trust(Model):
    """
    Whose signature counts, and which standards from files: a `trust.toml`.

    Lies with the trainer, never in a dataset.

    Attributes:
        threshold: How many different keys must have signed.
        key: The keys.
        standard: Standards from files, by digest.
    """

    threshold: PositiveInt = 1
    key: tuple[TrustedKey, ...] = ()
    standard: tuple[TrustedStandard, ...] = ()

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """
        Read a `trust.toml`.

        Raises:
            UsageError: No such file, or no trust file.
        """
        given = read_toml(Path(path), most=MOST, what="a trust file")
        return cls.of_toml(given, str(path), "a trust file")


@dataclass(frozen=True, slots=True)
class Certificate:
    """
    The promise that certain bytes met a certain standard.

    There is none of a failure: a statement about data that did not pass cannot be
    built, and does not load.

    Attributes:
        statement: What is promised.
        payload: The statement's bytes, as they were signed.
        signatures: By key identifier, as bytes: base64 can spell one in many ways.
    """

    statement: Statement
    payload: bytes
    signatures: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 of the payload: what a checkpoint names."""
        return digest.of_bytes(self.payload)

    @classmethod
    def of(cls, statement: Statement) -> Self:
        """Wrap a statement, unsigned."""
        return cls(statement, digest.canonical(statement.plain()), {})

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """
        Read a certificate; whether it is signed by someone is for `signed_by` to say.

        Raises:
            UsageError: No such file.
            NotCertified: No certificate, or one that was edited.
        """
        content = read_whole(Path(path), most=MOST, what="a certificate")
        try:
            envelope = _Envelope.model_validate_json(digest.canonical(digest.strict_json(content)))
            payload = base64.b64decode(envelope.payload)
            signatures = {one.keyid: base64.b64decode(one.sig) for one in envelope.signatures}
            statement = Statement.from_plain(digest.strict_json(payload))
            certificate = cls(statement, payload, signatures)
            # Nothing but what `text` writes: no other type, digest, order or spelling.
            if (certificate.text(), cls.of(statement).payload) != (content, payload):
                msg = "the file is not byte for byte the one that was written"
                raise ValueError(msg)
        except ValidationError as error:
            raise _edited(path, explain(error)) from None
        except ValueError as error:
            raise _edited(path, str(error)) from None
        return certificate

    def text(self) -> bytes:
        """The certificate's file, byte for byte."""
        envelope: dict[str, Any] = {
            "payload": base64.b64encode(self.payload).decode(),
            "payloadSha256": digest.of_bytes(self.payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [
                {"keyid": keyid, "sig": base64.b64encode(sig).decode()}
                for keyid, sig in self.signatures.items()
            ],
        }
        return json.dumps(envelope, indent=2).encode() + b"\n"

    def save(self, path: str | Path) -> None:
        """Write the certificate whole, or not at all."""
        publish(Path(path), self.text())

    def signed(self, key: Path) -> "Certificate":
        """
        Sign with a private key that `keygen` wrote.

        Raises:
            UsageError: No key, or one that others may read.
        """
        from securesystemslib.dsse import Envelope  # noqa: PLC0415  -- only signers pay

        envelope = Envelope(self.payload, PAYLOAD_TYPE, {})
        signature = envelope.sign(_signer(key))
        sig = bytes.fromhex(signature.signature)
        return Certificate(self.statement, self.payload, {**self.signatures, signature.keyid: sig})

    def signed_by(self, trust: Trust | None) -> list[str]:
        """
        Return the trusted keys that signed, at least as many as trust asks for.

        Raises:
            NotTrusted: Signed, and nobody said whose signature counts.
            NotCertified: Not signed by enough of the trusted keys.
        """
        if trust is None:
            if self.signatures:
                raise NotTrusted(
                    "certificate", "a trust file that says whose signature counts",
                    f"{len(self.signatures)} signatures and none", "name it with --trust",
                )  # fmt: skip
            return []
        if not trust.key and not self.signatures:
            return []
        found = [key for key in trust.key if self._holds(key)]
        distinct = {_public(key) for key in found}
        if len(distinct) < trust.threshold:
            raise NotCertified(
                "signatures", f"{trust.threshold} of trusted keys", f"{len(distinct)}"
            )
        return [key.keyid for key in found]

    def _holds(self, key: TrustedKey) -> bool:
        """Say whether *key* signed this, may sign it, and did so in its time."""
        from securesystemslib.dsse import Envelope  # noqa: PLC0415
        from securesystemslib.exceptions import VerificationError  # noqa: PLC0415
        from securesystemslib.signer import Signature as Signed  # noqa: PLC0415
        from securesystemslib.signer import SSlibKey  # noqa: PLC0415

        predicate = self.statement.predicate
        name = predicate.standard.called
        today = predicate.verified.date()
        if (
            key.keyid not in self.signatures
            or (key.standards and name not in key.standards)
            or (key.not_before and today < key.not_before)
            or (key.not_after and max(today, datetime.now(UTC).date()) > key.not_after)
        ):
            return False
        try:
            signed = Signed(key.keyid, self.signatures[key.keyid].hex())
            known = SSlibKey.from_crypto(_load_public(key), key.keyid)
            Envelope(self.payload, PAYLOAD_TYPE, {key.keyid: signed}).verify([known], 1)
        except (VerificationError, ValueError):
            return False
        return True


def _edited(path: str | Path, found: str) -> NotCertified:
    return NotCertified(str(path), "a certificate as datastd wrote it", found)


def _public(key: TrustedKey) -> str:
    """The key itself: one under two names counts once."""
    from securesystemslib.signer import SSlibKey  # noqa: PLC0415

    return str(SSlibKey.from_crypto(_load_public(key)).keyval["public"])


def _load_public(key: TrustedKey) -> Any:  # noqa: ANN401  -- one of cryptography's
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        load_pem_public_key,
    )

    try:
        return load_pem_public_key(key.public.encode())
    except ValueError:
        raise UsageError(f"key {key.keyid}", "a public key in PEM", "none") from None


def _signer(path: Path) -> Any:  # noqa: ANN401  -- securesystemslib's CryptoSigner
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        load_pem_private_key,
    )
    from securesystemslib.signer import CryptoSigner  # noqa: PLC0415

    content = read_whole(path, most=1 << 16, what="a private key")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise UsageError(
            str(path), "a private key that only you can read (mode 0600)",
            f"mode {mode:04o}", f"chmod 600 {path}",
        )  # fmt: skip
    try:
        return CryptoSigner(load_pem_private_key(content, None))
    except (ValueError, TypeError):
        raise UsageError(str(path), "an unencrypted private key in PEM", "none") from None


def keygen(out: Path) -> str:
    """
    Make an Ed25519 key pair: the private key at *out*, mode 0600.

    Returns:
        A `trust.toml` that trusts the key.

    Raises:
        UsageError: There is a file at *out*, or none can be written there.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from securesystemslib.signer import CryptoSigner  # noqa: PLC0415

    if os.path.lexists(out):
        raise UsageError(str(out), "a path where nothing is yet", "a file")
    signer = CryptoSigner.generate_ed25519()
    publish(out, signer.private_bytes, mode=0o600)
    public = signer._private_key.public_key().public_bytes(  # noqa: SLF001
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f'[[key]]\nkeyid = "{signer.public_key.keyid}"\npublic = """\n{public.decode()}"""\n'
