"""
The envelope around a certificate: DSSE, signed or not, and whose signature counts.

securesystemslib makes and checks signatures.  Three things it leaves open are
checked here: the payload type, one public key under two names, and an envelope
that is not byte for byte the one that was written.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError

from datastd import digest, trust
from datastd.certificate import keyless
from datastd.certificate.refusals import EnvelopeInvalid
from datastd.certificate.statement import Statement
from datastd.disk import publish, read_whole
from datastd.errors import NotCertified, NotTrusted
from datastd.model import Model, Sha256, explain
from datastd.trust import MOST, Trust
from datastd.words import many

PAYLOAD_TYPE = "application/vnd.in-toto+json"


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
            # Nothing but what `text` writes, no other type, digest, order or spelling: and that
            # before anything reads what may be no statement.
            if _text(payload, signatures) != content:
                raise ValueError(_ANOTHER)
            statement = Statement.from_plain(digest.strict_json(payload))
            certificate = cls(statement, payload, signatures)
            if cls.of(statement).payload != payload:
                raise ValueError(_ANOTHER)
        except ValidationError as error:
            raise _edited(path, explain(error)) from None
        except ValueError as error:
            raise _edited(path, str(error)) from None
        return certificate

    def text(self) -> bytes:
        """The certificate's file, byte for byte."""
        return _text(self.payload, self.signatures)

    def save(self, path: str | Path) -> None:
        """Write the certificate whole, or not at all."""
        publish(Path(path), self.text())

    def signed(self, key: Path) -> "Certificate":
        """
        Sign with a private key that `keygen` wrote; other signatures stay.

        Raises:
            UsageError: No key, or one that others may read.
        """
        keyid, signature = trust.sign(self.payload, PAYLOAD_TYPE, key)
        return self._with(keyid, signature)

    def signed_keyless(self) -> "Certificate":
        """
        Sign as whoever this process can prove to be (sigstore); other signatures stay.

        Raises:
            NotInstalled: The extra ``datastd[sign]`` is missing.
            UsageError: No issuer vouches for this process, or none can be reached.
        """
        return self._with(keyless.name(self.signatures), keyless.sign(self.payload))

    def _with(self, name: str, signature: bytes) -> "Certificate":
        return Certificate(self.statement, self.payload, {**self.signatures, name: signature})

    def signed_by(self, trusted: Trust | None) -> list[str]:
        """
        Return the trusted keys and identities that signed, as many as trust asks for or more.

        Raises:
            NotTrusted: Signed, and nobody said whose signature counts.
            NotCertified: Not signed by enough of those who are trusted.
            NotInstalled: An identity is trusted, and the extra ``datastd[sign]`` is missing.
        """
        if trusted is None:
            if self.signatures:
                raise NotTrusted(
                    "certificate", "a trust file that says whose signature counts",
                    f"{many(len(self.signatures), 'signature')} and none", "name it with --trust",
                )  # fmt: skip
            return []
        if not trusted.key and not trusted.identity and not self.signatures:
            return []
        predicate = self.statement.predicate
        name, since = predicate.standard.called, predicate.verified.date()

        def may(one: trust.TrustedKey | trust.TrustedIdentity) -> bool:
            named = not one.standards or name in one.standards
            return named and one.verifier in {"", predicate.verifier.id}

        keys = [key for key in trusted.key if may(key) and key.counts(since)]
        found = trust.signers(self.payload, PAYLOAD_TYPE, keys, self.signatures)
        people = keyless.signers(self.payload, filter(may, trusted.identity), self.signatures)
        if (count := len(trust.distinct(found)) + len(people)) < trusted.threshold:
            raise EnvelopeInvalid(
                "signatures", f"{trusted.threshold} of trusted keys", f"{count}",
                "have it signed by a key of the trust file, for this standard, in its time",
            )  # fmt: skip
        return [*(key.keyid for key in found), *people]


_ANOTHER = "the file is not byte for byte the one that was written"


def _text(payload: bytes, signatures: Mapping[str, bytes]) -> bytes:
    """The one spelling of an envelope."""
    envelope: dict[str, Any] = {
        "payload": base64.b64encode(payload).decode(),
        "payloadSha256": digest.of_bytes(payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [
            {"keyid": keyid, "sig": base64.b64encode(sig).decode()}
            for keyid, sig in signatures.items()
        ],
    }
    return json.dumps(envelope, indent=2).encode() + b"\n"


def _edited(path: str | Path, found: str) -> NotCertified:
    hint = "take the file as it was issued"
    return EnvelopeInvalid(str(path), "a certificate as datastd wrote it", found, hint)
