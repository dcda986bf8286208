"""Certificates, complete: keys of two kinds, several signers, waivers, the one before, a summary."""

import base64
import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from support import samples, write_idx
from whole_card import put_card

import datastd
from datastd import clock, trust
from datastd.certificate import Certificate, cosign, gate, keygen, keyless, svr, verify
from datastd.certificate.envelope import PAYLOAD_TYPE
from datastd.cli import main
from datastd.errors import NotCertified, NotInstalled, NotTrusted, UsageError
from datastd.trust import Trust, TrustedIdentity
from datastd.waivers import approve, waive

OLD = Path(__file__).parents[1] / "data" / "certificates"


@pytest.mark.parametrize("name", sorted(p.name for p in OLD.iterdir() if (p / "plain.json").exists()))
def test_every_certificate_ever_written_verifies_at_its_own_time(name, tmp_path, monkeypatch):
    shutil.copytree(OLD, tmp_path / "old")
    place = tmp_path / "old" / name
    data = place / "data" if (place / "data").exists() else tmp_path / "old/data"
    for file, trusted in (("plain.json", None), ("signed.json", place / "trust.toml")):
        ends = Certificate.load(place / file).statement.predicate.expires
        monkeypatch.setattr(clock, "now", lambda ends=ends: ends.replace(hour=0))
        assert verify(data, place / file, trust=trusted)
    monkeypatch.setattr(clock, "now", lambda: datetime(2199, 1, 1, tzinfo=UTC))
    with pytest.raises(NotCertified, match=r"N40[68]"):  # itself, or its waivers
        verify(data, place / "plain.json")


def test_there_are_certificates_of_every_format_that_was_written():
    assert len([*OLD.glob("*/signed.json")]) >= 3


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_key_of_each_kind_signs(kind, copy, capsys):
    key = copy.place / "new"
    assert main(["keygen", "--out", str(key), "--kind", kind]) == 0
    (copy.place / "own.toml").write_text(capsys.readouterr().out)
    one = Certificate.load(copy.plain).signed(key)
    assert len(one.signed_by(Trust.read(copy.place / "own.toml"))) == 1
    with pytest.raises(NotCertified):
        one.signed_by(Trust.read(copy.trust))


def test_a_second_signer_looks_at_the_bytes_first(copy):
    keygen_ = keygen(copy.place / "second", "ecdsa")
    copy.trust.write_text(f"threshold = 2\n{copy.trust.read_text()}{keygen_}")
    with pytest.raises(NotCertified, match="expected 2 of trusted keys, found 1"):
        verify(copy.data, copy.signed, trust=copy.trust)
    before = copy.signed.read_bytes()
    (copy.data / "more").write_text("x")
    with pytest.raises(NotCertified, match="N403"):
        cosign(copy.data, copy.signed, copy.place / "second")
    assert copy.signed.read_bytes() == before
    (copy.data / "more").unlink()
    assert main(["sign", str(copy.data), str(copy.signed), "--key", str(copy.place / "second")]) == 0
    assert len(verify(copy.data, copy.signed, trust=copy.trust).signatures) == 2


def test_the_summary_is_one_that_in_toto_defines(copy):
    one = Certificate.load(copy.plain)
    envelope = json.loads(svr.enveloped(one, copy.key))
    assert svr.enveloped(one, copy.key).count(b"\n") == 1
    payload = base64.b64decode(envelope["payload"])
    stated = json.loads(payload)
    assert envelope["payloadType"] == PAYLOAD_TYPE
    assert stated["_type"] == "https://in-toto.io/Statement/v1"
    assert stated["predicateType"] == "https://in-toto.io/attestation/svr/v0.2"
    assert stated["subject"] == one.statement.plain()["subject"]
    assert {*stated["predicate"]} == {"verifier", "timeCreated", "properties"}
    assert stated["predicate"]["properties"] == ["DATASTD_IDX_IMAGES_1_DEV"]
    (signature,) = envelope["signatures"]
    key, sig = Trust.read(copy.trust).key[0], base64.b64decode(signature["sig"])
    assert trust.holds(payload, PAYLOAD_TYPE, key, sig)
    assert json.loads(svr.enveloped(one, None))["signatures"] == []
    (copy.place / "s.json").write_bytes(svr.enveloped(one, copy.key))
    with pytest.raises(NotCertified):  # it opens nothing
        verify(copy.data, copy.place / "s.json", trust=copy.trust)


def test_certify_says_all_that_it_was_told(copy):
    out, summary = copy.place / "new.json", copy.place / "new.svr.json"
    command = ["certify", str(copy.data), "--standard", "idx-images/1", "--out", str(out), "--key", str(copy.key)]
    told = ["--days", "7", "--supersedes", str(copy.signed), "--verifier", "https://ci.example", "--svr", str(summary)]
    assert main([*command, *told]) == 0
    predicate = Certificate.load(out).statement.predicate
    assert (predicate.expires - predicate.verified).days == 7
    assert predicate.sequence == 2
    assert predicate.supersedes == Certificate.load(copy.signed).digest
    assert predicate.verifier.id == "https://ci.example"
    assert json.loads(summary.read_text())["signatures"]
    copy.trust.write_text(copy.trust.read_text().replace("[[key]]", '[[key]]\nverifier = "https://ci.example"'))
    assert verify(copy.data, out, trust=copy.trust, name="data")
    copy.trust.write_text(copy.trust.read_text().replace("https://ci.example", "urn:datastd"))
    with pytest.raises(NotCertified, match="later, as was seen before"):
        verify(copy.data, copy.signed, trust=copy.trust)


def test_a_certificate_of_other_data_is_not_the_one_before(copy, monkeypatch):
    known = Certificate.load(copy.plain)
    report = SimpleNamespace(standard=SimpleNamespace(name="idx-images/1"))
    assert gate._before(copy.plain, "data", report, named=False) == known
    assert gate._before(copy.plain, "other", report, named=False) is None
    assert gate._before(copy.place / "none", "data", report, named=False) is None
    with pytest.raises(UsageError, match="a certificate of other by"):
        gate._before(copy.plain, "other", report, named=True)
    with pytest.raises(UsageError):
        gate._before(copy.place / "none", "data", report, named=True)


def test_the_name_may_be_asked_for_in_the_users_configuration(copy, monkeypatch):
    monkeypatch.chdir(copy.place)
    for name, opens in (("data", True), ("other", False)):
        Path("datastd.toml").write_text(f'[[dataset]]\npath = "data"\nname = "{name}"\n')
        if opens:
            assert verify(copy.data, copy.plain)
        else:
            with pytest.raises(NotCertified, match="N402"):
                verify(copy.data, copy.plain)


@pytest.fixture(scope="module")
def flawed(tmp_path_factory):
    place = tmp_path_factory.mktemp("flawed")
    images, labels = samples(200)
    images[:2] = np.array([40, 60])[:, None, None]
    data = write_idx(place / "data", train=(images, labels), test=samples(100, seed=1))
    put_card(data, "idx", train=200, test=100)
    signer, approver = keygen(place / "key"), keygen(place / "approver")
    (place / "trust.toml").write_text(signer + approver.replace("[[key]]", "[[approver]]"))
    report = datastd.check(place / "data", "idx-images/1")
    (code,) = [one.code for one in report.verdicts if not one.outcome.opens]
    waive(report, code, owner="Ada", reason="blank on purpose", until=clock.today(), out=place / "waivers.toml")
    return SimpleNamespace(place=place, data=place / "data", waivers=place / "waivers.toml",
                           trust=place / "trust.toml", key=place / "key", code=code,
                           approver=place / "approver")  # fmt: skip


@pytest.fixture(scope="module")
def dev(flawed):
    return datastd.certify(flawed.data, "idx-images/1", out=flawed.place / "dev.json", waivers=flawed.waivers)


@pytest.fixture(scope="module")
def team(flawed):
    # `team` asks for nothing more of these data than a rank; and for an approval.
    approve(flawed.waivers, flawed.approver)
    return datastd.certify(flawed.data, "idx-images/1", out=flawed.place / "team.json", profile="team",
                           waivers=flawed.waivers, trust=flawed.trust, key=flawed.key)  # fmt: skip


class TestWaived:
    def test_a_waived_finding_stands_in_the_certificate(self, flawed, dev, capsys):
        predicate = dev.statement.predicate
        assert [one.code for one in predicate.waivers] == [flawed.code]
        assert predicate.checks["waived"] == 1
        assert predicate.evidence["waivers"] == predicate.approval.digest
        assert main(["verify", str(flawed.data), str(flawed.place / "dev.json")]) == 0
        assert f"waived {flawed.code}" in capsys.readouterr().out

    def test_it_ends_with_its_waivers(self, flawed, dev, monkeypatch):
        predicate = dev.statement.predicate
        assert predicate.expires.date() == predicate.verified.date()
        assert (predicate.expires.hour, predicate.expires.second) == (23, 59)
        assert verify(flawed.data, flawed.place / "dev.json")
        monkeypatch.setattr(clock, "now", lambda: predicate.expires)
        with pytest.raises(NotCertified, match="N406"):
            verify(flawed.data, flawed.place / "dev.json")

    def test_above_dev_it_opens_for_who_trusts_the_approver(self, flawed, team):
        held = verify(flawed.data, flawed.place / "team.json", trust=flawed.trust)
        assert len(held.statement.predicate.waivers[0].approved_by) == 1
        with pytest.raises(NotTrusted):
            verify(flawed.data, flawed.place / "team.json")
        lone = flawed.place / "lone.toml"
        lone.write_text(flawed.trust.read_text().partition("[[approver]]")[0])
        with pytest.raises(NotCertified, match="N408"):
            verify(flawed.data, flawed.place / "team.json", trust=lone)

    def test_who_signs_the_certificate_is_no_approver_of_its_waivers(self, flawed, team):
        both = flawed.place / "both.toml"
        both.write_text(flawed.trust.read_text().replace("[[key]]", "[[approver]]") + flawed.trust.read_text().replace("[[approver]]", "[[key]]"))
        signed = team.signed(flawed.approver)
        signed.save(flawed.place / "both.json")
        with pytest.raises(NotCertified, match="who also signed"):
            verify(flawed.data, flawed.place / "both.json", trust=both)
        with pytest.raises(NotCertified, match="another key than the one that approved"):
            gate._refuse_approver(team, flawed.approver, flawed.trust)

    def test_waivers_that_changed_meanwhile_are_not_those_that_were_judged(self, flawed, dev):
        report = SimpleNamespace(waivers=dev.statement.predicate.waivers)
        assert gate._approval(report, flawed.waivers).text == flawed.waivers.read_text()
        other = flawed.place / "other.toml"
        other.write_text(flawed.waivers.read_text().replace("Ada", "Eve"))
        with pytest.raises(NotCertified, match="N408"):
            gate._approval(report, other)


class TestKeyless:
    """Without a network: what is asked before it would be, and what refuses. The rest is untested here."""

    IDENTITY = TrustedIdentity(identity="a@example.org", issuer="https://accounts.example.org")

    def test_a_signature_of_sigstore_needs_sigstore(self, copy, monkeypatch):
        monkeypatch.setitem(sys.modules, "sigstore", None)
        for name in [name for name in sys.modules if name.startswith("sigstore.")]:
            monkeypatch.setitem(sys.modules, name, None)
        one = Certificate.load(copy.plain)
        with pytest.raises(NotInstalled, match=r"datastd\[sign\]"):
            one.signed_keyless()
        signed = one._with(keyless.name([]), b"{}")
        with pytest.raises(NotInstalled):
            signed.signed_by(Trust(identity=(self.IDENTITY,)))

    def test_an_identity_that_signed_nothing_is_none(self, copy):
        one = Certificate.load(copy.signed)
        with pytest.raises(NotCertified, match="expected 1 of trusted keys, found 0"):
            one.signed_by(Trust(identity=(self.IDENTITY,)))

    def test_each_such_signature_has_a_name_of_its_own(self):
        assert keyless.name([]) == "sigstore:0"
        assert keyless.name(["a", "sigstore:0"]) == "sigstore:1"

    @pytest.mark.parametrize("bundle", [b"", b"{}", b"x" * 99, b'{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}'])
    def test_what_is_no_bundle_is_of_nobody(self, bundle):
        pytest.importorskip("sigstore")
        assert keyless.signers(b"{}", [self.IDENTITY], {"sigstore:0": bundle}) == []

    def test_without_a_token_nobody_vouches(self, monkeypatch):
        pytest.importorskip("sigstore")
        for name in ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "BUILDKITE"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(UsageError, match="a token of a CI"):
            keyless.sign(b"{}")
