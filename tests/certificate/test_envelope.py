"""An envelope is byte for byte the one that was written, and a signature counts if trusted."""

import base64
import dataclasses
import json
import random
import shutil
from datetime import date

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from datastd import trust
from datastd.certificate import Certificate, Trust, keygen
from datastd.digest import of_bytes
from datastd.errors import NotCertified, NotTrusted, UsageError
from datastd.trust import TrustedKey

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def test_a_certificate_survives_its_file(certified, tmp_path):
    for name in ("plain.json", "signed.json"):
        one = Certificate.load(certified / name)
        one.save(tmp_path / name)
        assert (tmp_path / name).read_bytes() == (certified / name).read_bytes()
        again = Certificate.load(tmp_path / name)
        assert again == one
        assert again.digest == one.digest == of_bytes(one.payload)
    assert Certificate.load(certified / "plain.json").signatures == {}
    assert len(Certificate.load(certified / "signed.json").signatures) == 1


def test_the_file_is_a_dsse_envelope_that_can_be_read(certified):
    text = (certified / "signed.json").read_text()
    assert [line[:6].rstrip() for line in text.splitlines()] == [
        "{", '  "pay', '  "pay', '  "pay', '  "sig', "    {", "", "", "    }", "  ]", "}"
    ]  # fmt: skip
    envelope = json.loads(text)
    assert {*envelope} == {"payload", "payloadSha256", "payloadType", "signatures"}
    assert envelope["payloadType"] == "application/vnd.in-toto+json"


def test_a_certificate_stays_as_it_was_made(certified):
    one = Certificate.load(certified / "plain.json")
    assert Certificate.of(one.statement) == one
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.payload = b""
    assert not hasattr(one, "__dict__")


@pytest.mark.parametrize("name", ["plain.json", "signed.json"])
def test_no_byte_of_the_file_can_be_changed(name, certified, tmp_path):
    content = (certified / name).read_bytes()
    draw = random.Random(0)
    places = {0, 1, len(content) - 1, *range(0, len(content), 97), *range(len(content) - 300, len(content))}
    for place in sorted(places):
        edited = bytearray(content)
        edited[place] ^= draw.choice([1, 2, 4, 32, 128])
        (tmp_path / "c.json").write_bytes(bytes(edited))
        try:
            found = Certificate.load(tmp_path / "c.json")
        except NotCertified:
            continue
        # Only the signature can still be one, and then nobody has made it.
        assert found.payload == Certificate.load(certified / name).payload
        with pytest.raises(NotCertified):
            found.signed_by(Trust.read(certified / "trust.toml"))


@pytest.mark.parametrize("length", [0, 1, 100, -1])
def test_a_certificate_that_was_cut_or_grew_is_none(length, certified, tmp_path):
    content = (certified / "plain.json").read_bytes()
    for text in (content[:length], content + b"\n", content + b" ", b"\n" + content, content[:-1]):
        (tmp_path / "c.json").write_bytes(text)
        with pytest.raises(NotCertified, match="a certificate as datastd wrote it"):
            Certificate.load(tmp_path / "c.json")


def rewrite(path, change):
    envelope = json.loads(path.read_text())
    change(envelope)
    path.write_text(json.dumps(envelope, indent=2) + "\n")


def repack(envelope, payload):
    """Put another payload into the envelope, its digest made to fit."""
    import hashlib

    raw = json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()
    envelope["payload"] = base64.b64encode(raw).decode()
    envelope["payloadSha256"] = hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        lambda e: e.update(payloadType="application/json"),
        lambda e: e.update(payloadSha256="0" * 64),
        lambda e: e.update(payload=e["payload"][:-4]),
        lambda e: e.update(payload=e["payload"] + "!"),
        lambda e: e.update(payload="\n" + e["payload"]),
        lambda e: e.update(more=1),
        lambda e: e.pop("signatures"),
        lambda e: e.update(signatures=None),
        lambda e: e.update(signatures=[{"keyid": "", "sig": "x"}]),
        lambda e: e.update(signatures=[{"keyid": "a", "sig": ""}]),
        lambda e: e.update(signatures=[{"keyid": "a", "sig": "x"}] * 2),
        lambda e: e.update(signatures=[{"keyid": "a", "sig": "x", "cert": "y"}]),
        lambda e: repack(e, {}),
        lambda e: repack(e, []),
        lambda e: repack(e, json.loads(base64.b64decode(e["payload"])) | {"more": 1}),
    ],
)
def test_an_envelope_of_another_make_is_refused(change, copy):
    rewrite(copy.plain, change)
    with pytest.raises(NotCertified):
        Certificate.load(copy.plain)


def test_a_signature_of_any_length_is_loaded_and_counts_for_nothing(copy):
    rewrite(copy.plain, lambda e: e.update(signatures=[{"keyid": "a", "sig": "eA=="}]))
    assert Certificate.load(copy.plain).signatures == {"a": b"x"}


def test_a_payload_that_is_not_canonical_is_refused(copy):
    def spread(envelope):
        import hashlib

        raw = json.dumps(json.loads(base64.b64decode(envelope["payload"])), indent=1).encode()
        envelope["payload"] = base64.b64encode(raw).decode()
        envelope["payloadSha256"] = hashlib.sha256(raw).hexdigest()

    rewrite(copy.plain, spread)
    with pytest.raises(NotCertified) as refused:
        Certificate.load(copy.plain)
    assert str(refused.value) == (
        f"{copy.plain}: expected a certificate as datastd wrote it, "
        "found the file is not byte for byte the one that was written; take the file as it was issued (N401)"
    )


def test_what_is_wrong_with_an_envelope_is_said(copy):
    rewrite(copy.plain, lambda e: e.update(more=1))
    with pytest.raises(NotCertified) as refused:
        Certificate.load(copy.plain)
    assert str(refused.value) == (
        f"{copy.plain}: expected a certificate as datastd wrote it, "
        "found more: Extra inputs are not permitted; take the file as it was issued (N401)"
    )


def test_a_file_is_as_large_as_a_certificate_may_be_and_no_larger(tmp_path):
    for name, load in (("a certificate", Certificate.load), ("a trust file", Trust.read)):
        (tmp_path / "large").write_bytes(b"\0" * (8 << 20))
        with pytest.raises((NotCertified, UsageError)) as refused:
            load(tmp_path / "large")
        assert "at most" not in str(refused.value)
        (tmp_path / "large").write_bytes(b"\0" * ((8 << 20) + 1))
        with pytest.raises(UsageError) as refused:
            load(tmp_path / "large")
        assert str(refused.value) == f"{tmp_path}/large: expected at most 8388608 bytes of {name}, found more"


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "[" * 3000, '{"payload":1,"payload":2}', "\xff"])
def test_what_is_no_certificate_is_refused(text, tmp_path):
    (tmp_path / "c.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(NotCertified):
        Certificate.load(tmp_path / "c.json")
    with pytest.raises(UsageError, match="a file with a certificate, found nothing"):
        Certificate.load(tmp_path / "absent.json")


def test_the_signature_is_the_one_of_the_dsse_protocol(certified):
    """Checked with nothing but Ed25519: PAE(type, payload) of the specification."""
    one = Certificate.load(certified / "signed.json")
    (key,) = Trust.read(certified / "trust.toml").key
    kind = b"application/vnd.in-toto+json"
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(one.payload), one.payload)
    load_pem_public_key(key.public.encode()).verify(one.signatures[key.keyid], pae)


def test_a_signature_counts_if_its_key_is_trusted(certified):
    trust = Trust.read(certified / "trust.toml")
    signed, plain = Certificate.load(certified / "signed.json"), Certificate.load(certified / "plain.json")
    assert signed.signed_by(trust) == [trust.key[0].keyid]
    with pytest.raises(NotTrusted) as refused:
        signed.signed_by(None)
    assert str(refused.value) == (
        "certificate: expected a trust file that says whose signature counts, "
        "found 1 signature and none; name it with --trust"
    )
    assert plain.signed_by(None) == []
    with pytest.raises(NotCertified) as refused:
        plain.signed_by(trust)
    assert str(refused.value).startswith("signatures: expected 1 of trusted keys, found 0; have it signed")


def trusting(certified, **changes):
    (key,) = Trust.read(certified / "trust.toml").key
    return Trust(key=(type(key)(**{**dict(key), **changes}),))


@pytest.mark.parametrize(
    "changes",
    [
        {"standards": ("mnist/1",)},
        {"not_before": "2100-01-01"},
        {"not_after": "2001-01-01"},
        {"keyid": "another"},
    ],
)
def test_a_key_counts_for_its_standards_and_its_time_only(changes, certified):
    from datetime import date

    changes = {k: date.fromisoformat(v) if k.startswith("not_") else v for k, v in changes.items()}
    with pytest.raises(NotCertified):
        Certificate.load(certified / "signed.json").signed_by(trusting(certified, **changes))


def test_a_key_counts_on_its_first_and_its_last_day(certified):
    from datetime import UTC, datetime

    one = Certificate.load(certified / "signed.json")
    day = one.statement.predicate.verified.date()
    trust = trusting(certified, not_before=day, not_after=max(day, datetime.now(UTC).date()),
                     standards=("idx-images/1", "mnist/1"))  # fmt: skip
    assert len(one.signed_by(trust)) == 1


@pytest.fixture
def second(tmp_path):
    """Another key, and a trust file for it."""
    (tmp_path / "trust2.toml").write_text(keygen(tmp_path / "key2"))
    return tmp_path / "key2", Trust.read(tmp_path / "trust2.toml").key[0]


def test_the_signature_of_another_key_under_the_known_name_does_not_count(certified, second):
    key, known = second
    forged = Certificate.load(certified / "plain.json").signed(key)
    (name,) = Trust.read(certified / "trust.toml").key
    swapped = Certificate(forged.statement, forged.payload, {name.keyid: forged.signatures[known.keyid]})
    for one in (forged, swapped):
        with pytest.raises(NotCertified):
            one.signed_by(Trust.read(certified / "trust.toml"))


def test_as_many_keys_as_the_threshold_says(certified, second):
    key, known = second
    first = Trust.read(certified / "trust.toml").key[0]
    one = Certificate.load(certified / "signed.json")
    both = one.signed(key)
    two = Trust(threshold=2, key=(first, known))
    assert {*both.signed_by(two)} == {first.keyid, known.keyid}
    with pytest.raises(NotCertified, match="2 of trusted keys, found 1"):
        one.signed_by(two)
    assert len(both.signed_by(Trust(threshold=1, key=(known,)))) == 1


def test_one_key_under_two_names_counts_once(certified):
    (key,) = Trust.read(certified / "trust.toml").key
    one = Certificate.load(certified / "signed.json")
    sig = one.signatures[key.keyid]
    doubled = Certificate(one.statement, one.payload, {key.keyid: sig, "alias": sig})
    alias = type(key)(**{**dict(key), "keyid": "alias"})
    with pytest.raises(NotCertified, match="2 of trusted keys, found 1"):
        doubled.signed_by(Trust(threshold=2, key=(key, alias)))
    assert doubled.signed_by(Trust(key=(alias,))) == ["alias"]


def test_a_trust_file_without_keys_trusts_no_signature(certified):
    empty = Trust()
    assert Certificate.load(certified / "plain.json").signed_by(empty) == []
    with pytest.raises(NotCertified):
        Certificate.load(certified / "signed.json").signed_by(empty)


@pytest.mark.parametrize(
    "spell",
    [
        lambda sig: f"{sig[:4]}!{sig[4:]}",
        lambda sig: f"{sig[:4]}\n{sig[4:]}",
        lambda sig: sig + "AA==",
        # The last letter before "==" has four bits that say nothing.
        *(lambda sig, bit=bit: sig[:-3] + LETTERS[LETTERS.index(sig[-3]) ^ bit] + "==" for bit in (1, 2, 4, 8)),
    ],
)
def test_a_signature_has_one_spelling(spell, copy):
    rewrite(copy.signed, lambda e: e["signatures"][0].update(sig=spell(e["signatures"][0]["sig"])))
    with pytest.raises(NotCertified, match="not byte for byte the one that was written"):
        Certificate.load(copy.signed)


@pytest.mark.parametrize("sig", [b"", b"!", bytes(63), bytes(64), bytes(65)])
def test_a_signature_that_is_none_does_not_count(sig, certified):
    (key,) = Trust.read(certified / "trust.toml").key
    one = Certificate.load(certified / "plain.json")
    with pytest.raises(NotCertified):
        Certificate(one.statement, one.payload, {key.keyid: sig}).signed_by(Trust(key=(key,)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("threshold = 0", "a trust file, found threshold: Input should be greater than 0"),
        ("keys = []", "a trust file, found keys: Extra inputs are not permitted"),
        ("[[key]]\nkeyid='a'", "a trust file, found key.0.public: Field required"),
        ("[[key]]\nkeyid='a'\npublic='x'\nstandard='y'",
         "a trust file, found key.0.standard: Extra inputs are not permitted"),
        ("key = 3", "a trust file, found key: Input should be a valid array"),
        ("key = [1]", "a trust file, found key.0: Input should be an object"),
        ("threshold = inf", "a trust file of finite numbers, found nan or inf"),
        ("a = ", "a trust file, in TOML, found Invalid value (at end of document)"),
        ("\xff", "a trust file, in TOML, found 'utf-8' codec can't decode byte 0xff"),
        ("[[standard]]\nname='a'\ndigest='b'",
         "a trust file, found standard.0.digest: String should match pattern '^[0-9a-f]{64}$'"),
        ("[[key]]\nkeyid='a'\npublic='x'\nnot_before='soon'",
         "a trust file, found key.0.not_before: Input should be a valid date"),
    ],
)  # fmt: skip
def test_what_is_no_trust_file_is_refused(text, says, tmp_path):
    (tmp_path / "trust.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError) as refused:
        Trust.read(tmp_path / "trust.toml")
    assert str(refused.value).startswith(f"{tmp_path}/trust.toml: expected {says}")


def test_a_trust_file_says_all_that_it_can(certified, tmp_path):
    text = (certified / "trust.toml").read_text()
    more = 'standards = ["idx-images/1"]\nnot_before = 2020-01-01\nnot_after = 2100-01-01\n'
    (tmp_path / "t.toml").write_text(f"threshold = 1\n{text}{more}[[standard]]\nname='a/1'\ndigest='{'0' * 64}'\n")
    trust = Trust.read(tmp_path / "t.toml")
    assert trust.standard[0].name == "a/1"
    assert len(Certificate.load(certified / "signed.json").signed_by(trust)) == 1


def test_a_public_key_that_is_none_is_a_usage_error(certified):
    trust = trusting(certified, public="x")
    with pytest.raises(UsageError) as refused:
        Certificate.load(certified / "signed.json").signed_by(trust)
    assert str(refused.value) == f"key {trust.key[0].keyid}: expected a public key in PEM, of Ed25519, ECDSA or RSA, found none"


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    trust = keygen(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE KEY" in (tmp_path / "key").read_bytes()
    assert "PRIVATE" not in trust
    with pytest.raises(UsageError) as refused:
        keygen(tmp_path / "key")
    assert str(refused.value) == f"{tmp_path}/key: expected a path where nothing is yet, found a file"
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(UsageError):
        keygen(tmp_path / "link")
    with pytest.raises(UsageError):
        keygen(tmp_path / "absent" / "key")


def pem(key, password=None):
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


@pytest.mark.parametrize(
    "content",
    [b"", b"x", pem(ec.generate_private_key(ec.SECP256R1()), b"secret"),
     rsa.generate_private_key(65537, 2048).public_key().public_bytes(
         serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)],
)  # fmt: skip
def test_what_is_no_private_key_is_refused(content, certified, tmp_path):
    key = tmp_path / "key"
    key.write_bytes(content)
    key.chmod(0o600)
    with pytest.raises(UsageError) as refused:
        Certificate.load(certified / "plain.json").signed(key)
    assert str(refused.value) == f"{key}: expected an unencrypted private key in PEM, found none"


def test_a_key_is_a_small_file_and_there(certified, tmp_path):
    one, key = Certificate.load(certified / "plain.json"), tmp_path / "key"
    with pytest.raises(UsageError, match="a file with a private key, found nothing"):
        one.signed(key)
    key.write_bytes(b"\0" * (1 << 16))
    key.chmod(0o600)
    with pytest.raises(UsageError, match="private key in PEM"):
        one.signed(key)
    key.write_bytes(b"\0" * ((1 << 16) + 1))
    with pytest.raises(UsageError, match="at most 65536 bytes of a private key, found more"):
        one.signed(key)


def test_a_key_of_a_curve_signs_as_well(certified, tmp_path):
    private = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "key").write_bytes(pem(private))
    (tmp_path / "key").chmod(0o600)
    one = Certificate.load(certified / "plain.json").signed(tmp_path / "key")
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (keyid,) = one.signatures
    (known,) = Trust.read(certified / "trust.toml").key
    key = type(known)(keyid=keyid, public=public.decode())
    assert one.signed_by(Trust(key=(key,))) == [keyid]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(mode, certified, tmp_path):
    shutil.copy(certified / "key", tmp_path / "key")
    (tmp_path / "key").chmod(mode)
    with pytest.raises(UsageError) as refused:
        Certificate.load(certified / "plain.json").signed(tmp_path / "key")
    assert str(refused.value) == (
        f"{tmp_path}/key: expected a private key that only you can read (mode 0600), "
        f"found mode {mode:04o}; chmod 600 {tmp_path}/key"
    )


def test_a_key_counts_for_the_signature_that_it_made_itself(certified, second):
    """Not for one that another key of the same identifier made."""
    _, other = second
    (key,) = Trust.read(certified / "trust.toml").key
    one = Certificate.load(certified / "signed.json")
    namesake = type(key)(**{**dict(other), "keyid": key.keyid})
    assert one.signed_by(Trust(key=(namesake, key))) == [key.keyid]
    with pytest.raises(NotCertified, match="2 of trusted keys, found 1"):
        one.signed_by(Trust(threshold=2, key=(key, namesake)))


@pytest.mark.parametrize("made", [x25519.X25519PrivateKey.generate, ed448.Ed448PrivateKey.generate, lambda: ec.generate_private_key(ec.SECP256K1())])
def test_a_key_of_a_kind_that_signs_nothing_here_is_refused(made):
    public = made().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    key = TrustedKey(keyid="a", public=public)
    with pytest.raises(UsageError, match="key a: expected a public key in PEM, of Ed25519, ECDSA or RSA"):
        trust.distinct([key])
    with pytest.raises(UsageError, match="key a: expected a public key"):
        trust.holds(b"x", "kind", key, bytes(64))


def test_a_key_that_counts_on_no_day_is_refused():
    with pytest.raises(ValueError, match="not_after: expected 2026-02-01 or later, found 2026-01-31"):
        TrustedKey(keyid="a", public="b", not_before=date(2026, 2, 1), not_after=date(2026, 1, 31))
    assert TrustedKey(keyid="a", public="b", not_before=date(2026, 2, 1), not_after=date(2026, 2, 1)).not_after
