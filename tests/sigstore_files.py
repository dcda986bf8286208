"""
A sigstore of our own, in memory: an authority, a log of certificates and one of signatures.

What it makes is what Fulcio and Rekor would give to who signs: a bundle, and the root of trust that
its keys are from.  Each step can be left out or done otherwise, so that a bundle is wrong in one thing.
"""

import base64
import datetime as dt
import hashlib
import json

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
KIND = "application/vnd.in-toto+json"
WHO, BY = "ada@example.org", "https://issuer.example.org"
ISSUER, SCTS = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1"), x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")


def b64(content):
    return base64.b64encode(content).decode()


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def signed(key, content):
    return key.sign(content, ec.ECDSA(hashes.SHA256()))


def new():
    return ec.generate_private_key(ec.SECP256R1())


def minutes(count):
    return dt.timedelta(minutes=count)


class Sigstore:
    """Keys of an authority and of its two logs."""

    def __init__(self):
        self.authority, self.certificates, self.log = new(), new(), new()
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        builder = x509.CertificateBuilder(self.name, self.name, self.authority.public_key(), 1, NOW - minutes(9**6), NOW + minutes(9**6))
        usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False)
        self.usage = usage
        self.root = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.KeyUsage(digital_signature=False, key_cert_sign=True, crl_sign=True, **usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.authority.public_key()), critical=False)
            .sign(self.authority, hashes.SHA256())
        )

    def trusted(self):
        """The root of trust, as sigstore has it in JSON."""
        start = {"start": "2020-01-01T00:00:00Z"}

        def log(key):
            known = {"rawBytes": b64(spki(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": start}
            return {"baseUrl": "https://log.example.org", "hashAlgorithm": "SHA2_256", "publicKey": known,
                    "logId": {"keyId": b64(hashlib.sha256(spki(key)).digest())}}  # fmt: skip

        chain = [{"rawBytes": b64(self.root.public_bytes(serialization.Encoding.DER))}]
        return json.dumps({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1", "tlogs": [log(self.log)], "ctlogs": [log(self.certificates)],
            "certificateAuthorities": [{"subject": {"organization": "o", "commonName": "authority"}, "uri": "https://ca.example.org",
                                        "certChain": {"certificates": chain}, "validFor": start}], "timestampAuthorities": [],
        })  # fmt: skip

    def leaf(self, key, *, who=WHO, by=BY, at=NOW, usage=True, purpose=ExtendedKeyUsageOID.CODE_SIGNING, listed=True):
        """A certificate of who signs, of ten minutes."""
        of = self.authority.public_key()
        builder = x509.CertificateBuilder(self.name, x509.Name([]), key.public_key(), 2, at - minutes(5), at + minutes(5))
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        if usage:
            allowed = x509.KeyUsage(digital_signature=True, key_cert_sign=False, crl_sign=False, **self.usage)
            builder = builder.add_extension(allowed, critical=True)
        builder = (
            builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(who)]), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(of), critical=False)
            .add_extension(x509.UnrecognizedExtension(ISSUER, by.encode()), critical=False)
        )
        tbs = builder.sign(self.authority, hashes.SHA256()).tbs_certificate_bytes
        stamp = int(at.timestamp() * 1000).to_bytes(8, "big")
        content = b"\0\0" + stamp + b"\0\1" + hashlib.sha256(spki(self.authority)).digest() + len(tbs).to_bytes(3, "big") + tbs + b"\0\0"
        proof = signed(self.certificates, content)
        one = b"\0" + hashlib.sha256(spki(self.certificates)).digest() + stamp + b"\0\0" + b"\4\3" + len(proof).to_bytes(2, "big") + proof
        several = len(one).to_bytes(2, "big") + one
        several = len(several).to_bytes(2, "big") + several
        if listed:
            builder = builder.add_extension(x509.UnrecognizedExtension(SCTS, bytes([4, len(several)]) + several), critical=False)
        return builder.sign(self.authority, hashes.SHA256())

    def bundle(self, payload, *, kind=KIND, at=NOW, logged=None, **asked):
        """What who signs is given, as JSON; *logged* is what the log has in place of the payload."""
        key = new()
        leaf = self.leaf(key, **asked)
        before = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode()
        proof = signed(key, before + payload)
        pem = leaf.public_bytes(serialization.Encoding.PEM)
        spec = {"envelopeHash": {"algorithm": "sha256", "value": "0" * 64},
                "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload if logged is None else logged).hexdigest()},
                "signatures": [{"signature": b64(proof), "verifier": b64(pem)}]}  # fmt: skip
        body = json.dumps({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}, separators=(",", ":"), sort_keys=True).encode()
        number, name = hashlib.sha256(spki(self.log)).digest(), "log.example.org"
        root = b64(hashlib.sha256(b"\0" + body).digest())
        note = f"{name}\n1\n{root}\n"
        mark = b64(number[:4] + signed(self.log, note.encode()))
        said = {"body": b64(body), "integratedTime": int(at.timestamp()), "logID": number.hex(), "logIndex": 0}
        promise = signed(self.log, json.dumps(said, separators=(",", ":"), sort_keys=True).encode())
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {
                "certificate": {"rawBytes": b64(leaf.public_bytes(serialization.Encoding.DER))},
                "tlogEntries": [{
                    "logIndex": "0", "logId": {"keyId": b64(number)}, "kindVersion": {"kind": "dsse", "version": "0.0.1"},
                    "integratedTime": str(said["integratedTime"]), "inclusionPromise": {"signedEntryTimestamp": b64(promise)},
                    "inclusionProof": {"logIndex": "0", "rootHash": root, "treeSize": "1", "hashes": [],
                                       "checkpoint": {"envelope": f"{note}\n\u2014 {name} {mark}\n"}},
                    "canonicalizedBody": b64(body),
                }],
            },
            "dsseEnvelope": {"payload": b64(payload), "payloadType": kind, "signatures": [{"sig": b64(proof)}]},
        }  # fmt: skip
