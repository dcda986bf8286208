"""
The summary of a certificate for other tools: in-toto's SVR v0.2, in an envelope of DSSE.

Tools that know no data read it: who verified what, by which policy, when, and which
properties it has.  No gate of datastd reads it.
"""

import base64
import json
from pathlib import Path

from datastd import digest, trust
from datastd.certificate.envelope import PAYLOAD_TYPE, Certificate

PREDICATE_TYPE = "https://in-toto.io/attestation/svr/v0.2"


def summary(certificate: Certificate) -> dict[str, object]:
    """The statement: the subject of the certificate, and its levels as properties."""
    known = certificate.statement
    said = known.predicate
    return {
        "_type": known.type_,
        "subject": [one.model_dump(mode="json") for one in known.subject],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "verifier": {
                "id": said.verifier.id,
                "policies": [{
                    "uri": said.policy.uri,
                    "digest": {"sha256": said.policy.digest.sha256},
                }],
            },
            "timeCreated": said.time_verified,
            "properties": said.verifiedLevels,
        },
    }  # fmt: skip


def enveloped(certificate: Certificate, key: Path | None) -> bytes:
    """
    The envelope, on one line, as files ``.intoto.jsonl`` have it; signed where there is a key.

    Raises:
        UsageError: No key, or one that others may read.
    """
    payload = digest.canonical(summary(certificate))
    signed = [trust.sign(payload, PAYLOAD_TYPE, key)] if key else []
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [
            {"keyid": keyid, "sig": base64.b64encode(sig).decode()} for keyid, sig in signed
        ],
    }
    return json.dumps(envelope).encode() + b"\n"
