"""A signature without a key is of who the issuer says, over these bytes, in the log; or it is of nobody."""

import inspect
import json

import pytest

sigstore = pytest.importorskip("sigstore", reason="needs the extra datastd[sign]")

from importlib import import_module  # noqa: E402

from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: E402
from sigstore_files import BY, NOW, WHO, Sigstore, b64, minutes  # noqa: E402

from datastd.certificate import keyless  # noqa: E402
from datastd.errors import UsageError  # noqa: E402
from datastd.trust import TrustedIdentity  # noqa: E402

PAYLOAD = b'{"_type": "https://in-toto.io/Statement/v1"}'
OURS = Sigstore()
ADA = TrustedIdentity(identity=WHO, issuer=BY)


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    """The root of trust is ours, and nothing is asked of a network."""
    models, verify = import_module("sigstore.models"), import_module("sigstore.verify")
    (tmp_path / "root.json").write_text(OURS.trusted())
    made = verify.Verifier(trusted_root=models.TrustedRoot.from_file(str(tmp_path / "root.json")))

    def production(*, offline):
        assert offline
        return made

    monkeypatch.setattr(verify.Verifier, "production", production)


def signers(bundle, payload=PAYLOAD, trusted=(ADA,)):
    content = bundle if isinstance(bundle, bytes) else json.dumps(bundle).encode()
    return keyless.signers(payload, trusted, {"sigstore:0": content})


def test_who_signed_is_told():
    assert signers(OURS.bundle(PAYLOAD)) == [f"{WHO} ({BY})"]


@pytest.mark.parametrize(("called", "name", "asked"), [
    ("oidc", "detect_credential", []), ("oidc", "IdentityToken", ["raw_token"]), ("sign", "SigningContext.from_trust_config", ["trust_config"]),
    ("sign", "SigningContext.signer", ["identity_token"]), ("sign", "Signer.sign_dsse", ["input_"]), ("dsse", "Statement", ["contents"]),
    ("models", "ClientTrustConfig.production", []), ("models", "Bundle.from_json", ["raw"]), ("models", "Bundle.to_json", []),
    ("verify", "Verifier.__init__", ["trusted_root"]), ("verify", "Verifier.verify_dsse", ["bundle", "policy"]),
    ("verify.policy", "Identity", ["identity", "issuer"]),
])  # fmt: skip
def test_what_is_called_is_there_and_takes_what_it_is_given(called, name, asked):
    there = import_module(f"sigstore.{called}")
    for part in name.split("."):
        there = getattr(there, part)
    known = inspect.signature(there).parameters
    assert {*asked} <= {*known}
    needed = {n for n, one in known.items() if one.default is one.empty and one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD}}
    assert needed - {"self"} <= {*asked}


@pytest.mark.parametrize("one", [
    TrustedIdentity(identity="eve@example.org", issuer=BY), TrustedIdentity(identity=WHO, issuer="https://other.example.org"),
])  # fmt: skip
def test_another_identity_is_not_who_signed(one):
    assert signers(OURS.bundle(PAYLOAD), trusted=[one]) == []


def at(path, value):
    def change(bundle):
        *above, last = path
        here = bundle
        for part in above:
            here = here[part]
        if value is None:
            del here[last]
        else:
            here[last] = value(here[last]) if callable(value) else value
        return bundle

    return change


def flipped(text):
    return f"{'B' if text[40] != 'B' else 'C'}".join([text[:40], text[41:]])


MATERIAL, ENTRY = ("verificationMaterial",), ("verificationMaterial", "tlogEntries", 0)
WRONG = {
    "of another statement": lambda: OURS.bundle(PAYLOAD + b" "),
    "payload exchanged": lambda: at(("dsseEnvelope", "payload"), b64(PAYLOAD))(OURS.bundle(PAYLOAD + b" ")),
    "no statement": lambda: OURS.bundle(PAYLOAD, kind="text/plain"),
    "signature": lambda: at(("dsseEnvelope", "signatures", 0, "sig"), flipped)(OURS.bundle(PAYLOAD)),
    "no signature": lambda: at(("dsseEnvelope", "signatures"), [])(OURS.bundle(PAYLOAD)),
    "no envelope": lambda: at(("dsseEnvelope",), None)(OURS.bundle(PAYLOAD)),
    "another authority": lambda: Sigstore().bundle(PAYLOAD),
    "certificate exchanged": lambda: at((*MATERIAL, "certificate"), OURS.bundle(PAYLOAD)["verificationMaterial"]["certificate"])(OURS.bundle(PAYLOAD)),
    "certificate of no bytes": lambda: at((*MATERIAL, "certificate", "rawBytes"), "AAAA")(OURS.bundle(PAYLOAD)),
    "certificate over": lambda: OURS.bundle(PAYLOAD, at=NOW + minutes(9)),
    "not for signing": lambda: OURS.bundle(PAYLOAD, usage=False),
    "for servers": lambda: OURS.bundle(PAYLOAD, purpose=ExtendedKeyUsageOID.SERVER_AUTH),
    "certificate not logged": lambda: OURS.bundle(PAYLOAD, listed=False),
    "not logged": lambda: at((*MATERIAL, "tlogEntries"), [])(OURS.bundle(PAYLOAD)),
    "another logged": lambda: OURS.bundle(PAYLOAD, logged=b"another"),
    "log of another": lambda: at((*ENTRY, "logId", "keyId"), flipped)(OURS.bundle(PAYLOAD)),
    "promise": lambda: at((*ENTRY, "inclusionPromise", "signedEntryTimestamp"), flipped)(OURS.bundle(PAYLOAD)),
    "no proof": lambda: at((*ENTRY, "inclusionProof"), None)(OURS.bundle(PAYLOAD)),
    "proof of another": lambda: at((*ENTRY, "inclusionProof"), OURS.bundle(PAYLOAD)["verificationMaterial"]["tlogEntries"][0]["inclusionProof"])(OURS.bundle(PAYLOAD)),
    "checkpoint": lambda: at((*ENTRY, "inclusionProof", "checkpoint", "envelope"), "log.example.org\n1\n")(OURS.bundle(PAYLOAD)),
    "time": lambda: at((*ENTRY, "integratedTime"), str(int((NOW + minutes(1)).timestamp())))(OURS.bundle(PAYLOAD)),
    "kind of entry": lambda: at((*ENTRY, "kindVersion", "kind"), "hashedrekord")(OURS.bundle(PAYLOAD)),
    "body": lambda: at((*ENTRY, "canonicalizedBody"), b64(b"{}"))(OURS.bundle(PAYLOAD)),
    "layout": lambda: at(("mediaType",), "application/json")(OURS.bundle(PAYLOAD)),
    "cut": lambda: json.dumps(OURS.bundle(PAYLOAD)).encode()[:-9],
    "list": lambda: [OURS.bundle(PAYLOAD)],
    "nothing": lambda: b"",
    "no UTF-8": lambda: b"\xff\xfe",
    "deep": lambda: b"[" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("made", WRONG.values(), ids=WRONG)
def test_a_bundle_that_is_wrong_in_one_thing_is_of_nobody(made):
    assert signers(made()) == []


def test_one_that_is_wrong_hides_none_that_is_right():
    right, wrong = json.dumps(OURS.bundle(PAYLOAD)).encode(), b"{}"
    assert keyless.signers(PAYLOAD, [ADA], {"sigstore:0": wrong, "sigstore:1": right, "other": right}) == [f"{WHO} ({BY})"]
    assert keyless.signers(PAYLOAD, [ADA], {"other": right}) == []


@pytest.mark.parametrize("where", ["sigstore.oidc.detect_credential", "sigstore.models.ClientTrustConfig.production"])
@pytest.mark.parametrize("error", [ConnectionError("no route\nto host \x1b[31m"), TimeoutError()])
def test_without_a_network_it_is_one_line_that_says_what_to_do(where, error, monkeypatch):
    def lost(*_):
        raise error

    monkeypatch.setattr("sigstore.oidc.detect_credential", lambda: "token")
    monkeypatch.setattr(where, lost)
    with pytest.raises(UsageError) as refused:
        keyless.sign(PAYLOAD)
    said = str(refused.value)
    assert "\n" not in said
    assert said.endswith("let this process reach sigstore's servers and its CI's issuer, or sign with --key")
