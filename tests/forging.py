"""What an attacker can do to a certificate, with and without keys."""

import base64
import hashlib
import json
from types import SimpleNamespace

from datastd import trust
from datastd.certificate.envelope import PAYLOAD_TYPE


def packed(payload, signatures, kind=PAYLOAD_TYPE):
    """An envelope in the one spelling of datastd's, whatever is in it."""
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadSha256": hashlib.sha256(payload).hexdigest(),
        "payloadType": kind,
        "signatures": [{"keyid": keyid, "sig": base64.b64encode(sig).decode()} for keyid, sig in signatures],
    }
    return json.dumps(envelope, indent=2).encode() + b"\n"


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


class Case(SimpleNamespace):
    """A dataset, its signed certificate and the trust of a trainer, to be attacked."""

    @property
    def envelope(self):
        return json.loads(self.signed.read_text())

    @property
    def payload(self):
        return base64.b64decode(self.envelope["payload"])

    @property
    def statement(self):
        return json.loads(self.payload)

    def write(self, content):
        self.signed.write_bytes(content)

    def rewrite(self, change, **options):
        """Change the envelope's JSON."""
        envelope = self.envelope
        change(envelope)
        self.write(json.dumps(envelope, indent=2, **options).encode() + b"\n")

    def resign(self, change=lambda _: None, *, payload=None, keys=("key",), names=None):
        """State something else, and sign it with true keys: as who has been talked round does."""
        stated = self.statement
        change(stated)
        payload = canonical(stated) if payload is None else payload
        made = [trust.sign(payload, PAYLOAD_TYPE, self.place / key) for key in keys]
        if names:
            made = [(name, sig) for name, (_, sig) in zip(names, made, strict=True)]
        self.write(packed(payload, made))

    def trusting(self, text):
        """Say more in the trainer's trust file: before its first table, or as a table."""
        before = self.trust.read_text()
        self.trust.write_text(f"{before}\n{text}" if text.startswith("[[") else f"{text}\n{before}")
