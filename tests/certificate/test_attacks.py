"""
Every attack of the reference: A5's twenty-eight, and thirty-two of H10; each by its name.

Each starts from a dataset that opens, and is refused; and what was attacked opens again where it
is put back.
"""

import base64
import json
import os
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from forging import Case, canonical, packed
from support import write_pictures

import datastd
from datastd import clock, trust
from datastd.certificate import Certificate, keygen, standing, verify
from datastd.certificate.envelope import MOST, PAYLOAD_TYPE
from datastd.certificate.statement import Terms, issue
from datastd.errors import DataStdError
from datastd.pipeline import judge

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


@pytest.fixture
def case(copy):
    """A signed certificate that holds, and three more keys: two that nobody trusts, one that is."""
    keygen(copy.place / "evil")
    keygen(copy.place / "other", "ecdsa")
    return Case(**vars(copy))


def opens(case, **options):
    return verify(case.data, case.signed, **{"trust": case.trust, **options})


def moment(**ahead):
    return (datetime.now(UTC) + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")


def stated(**changes):
    """A change of the predicate."""
    return lambda statement: statement["predicate"].update(changes)


def within(name, **changes):
    return lambda statement: statement["predicate"][name].update(changes)


# --- what A5 tried -----------------------------------------------------------------------------


def edited_payload(case):
    statement = case.statement
    statement["predicate"]["coverage"]["files"] = 5
    envelope = case.envelope
    signature = [(one["keyid"], base64.b64decode(one["sig"])) for one in envelope["signatures"]]
    case.write(packed(canonical(statement), signature))


def unknown_key(case):
    case.resign(keys=("evil",))


def evil_key_with_a_trusted_keyid(case):
    case.resign(keys=("evil",), names=(case.envelope["signatures"][0]["keyid"],))


def no_signature(case):
    case.write(packed(case.payload, []))


def signed_failed(case):
    case.resign(stated(verificationResult="FAILED"))


def older_standard(case):
    case.trusting('[[minimum]]\nstandard = "idx-images"\nversion = 2\n')


def other_standard(case):
    return {"standard": "mnist/1"}


def replay_to_another_name(case):
    return {"name": "other-data"}


def older_sequence(case):
    old = case.signed.read_bytes()
    case.resign(stated(sequence=7))
    opens(case)
    case.write(old)


def expired(case):
    case.resign(stated(timeVerified=moment(days=-91), timeExpires=moment(days=-1)))


def issued_in_the_future(case):
    case.resign(stated(timeVerified=moment(hours=2)))


def changed_payload_type(case):
    case.rewrite(lambda e: e.update(payloadType="application/json"))


def duplicate_key(case):
    text = case.signed.read_text()
    case.signed.write_text(text.replace('{\n  "payload"', '{\n  "payloadType": "x",\n  "payload"'))


def one_key_twice_for_two(case):
    (text,) = [case.trust.read_text()]
    keyid = case.envelope["signatures"][0]["keyid"]
    case.trust.write_text(f"threshold = 2\n{text}{text.replace(keyid, 'again')}")
    signature = base64.b64decode(case.envelope["signatures"][0]["sig"])
    case.write(packed(case.payload, [(keyid, signature), ("again", signature)]))


def truncated(case):
    case.write(case.signed.read_bytes()[:-40])


def binary(case):
    case.write(os.urandom(999))


def json_five_thousand_deep(case):
    case.write(b"[" * 5000 + b"]" * 5000)


def changed_byte(case):
    content = bytearray((case.data / IMAGES).read_bytes())
    content[999] ^= 1
    (case.data / IMAGES).write_bytes(content)


def extra_file(case):
    (case.data / "more").write_text("x")


def zero_byte_file(case):
    (case.data / "empty").touch()


def empty_directory(case):
    (case.data / "folder").mkdir()


def git_added(case):
    (case.data / ".git").mkdir()
    (case.data / ".git/config").write_text("[core]")


def symlink_file(case):
    shutil.move(case.data / IMAGES, case.place / "aside")
    (case.data / IMAGES).symlink_to(case.place / "aside")


def symlink_directory(case):
    (case.place / "folder").mkdir()
    (case.data / "folder").symlink_to(case.place / "folder")


def fifo(case):
    os.mkfifo(case.data / "pipe")


def newline_in_a_name(case):
    (case.data / "a\nb").write_text("x")


def two_files_swapped(case):
    for one in (IMAGES, LABELS):
        there = case.data / one.replace("train", "t10k")
        shutil.move(case.data / one, case.place / "aside")
        shutil.move(there, case.data / one)
        shutil.move(case.place / "aside", there)


A5 = [
    edited_payload, unknown_key, evil_key_with_a_trusted_keyid, no_signature, signed_failed,
    older_standard, other_standard, replay_to_another_name, older_sequence, expired,
    issued_in_the_future, changed_payload_type, duplicate_key, one_key_twice_for_two, truncated,
    binary, json_five_thousand_deep, changed_byte, extra_file, zero_byte_file, empty_directory,
    git_added, symlink_file, symlink_directory, fifo, newline_in_a_name, two_files_swapped,
]  # fmt: skip
"""All but the renamed class folder, which needs data of another format: a test of its own."""


# --- thirty-two more ---------------------------------------------------------------------------


def respelt(case, change):
    envelope = case.envelope
    change(envelope)
    case.write(json.dumps(envelope, indent=2).encode() + b"\n")


def payload_in_the_alphabet_of_urls(case):
    payload = case.payload + b"  "  # so that there is a character of the other alphabet
    made = trust.sign(payload, PAYLOAD_TYPE, case.key)
    case.write(packed(payload, [made]).replace(b"+", b"-").replace(b"/vnd", b"\0").replace(b"/", b"_").replace(b"\0", b"/vnd"))


def payload_in_lines(case):
    respelt(case, lambda e: e.update(payload=e["payload"][:76] + "\n" + e["payload"][76:]))


def payload_without_its_padding(case):
    payload = case.payload
    statement = case.statement
    while len(payload) % 3 == 0:
        statement["subject"][0]["name"] += "x"
        payload = canonical(statement)
    case.resign(payload=payload)
    respelt(case, lambda e: e.update(payload=e["payload"].rstrip("=")))


def signature_with_spare_bits(case):
    def spell(envelope):
        sig = envelope["signatures"][0]["sig"]
        assert sig.endswith("==")
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        last = letters[letters.index(sig[-3]) ^ 1]
        envelope["signatures"][0]["sig"] = f"{sig[:-3]}{last}=="

    respelt(case, spell)


def key_written_as_escapes(case):
    case.signed.write_text(case.signed.read_text().replace('"payload":', '"p\\u0061yload":'))


def key_of_letters_that_look_alike(case):
    case.signed.write_text(case.signed.read_text().replace('"payload":', '"p\u0430yload":'))


def invisible_letter_in_a_key_of_the_statement(case):
    statement = case.statement
    statement["predicate"]["\u200bformat"] = statement["predicate"].pop("format")
    case.resign(payload=canonical(statement))


def duplicate_key_in_the_statement(case):
    payload = case.payload.replace(b'{"_type"', b'{"predicateType":"x","_type"')
    case.resign(payload=payload)


def extra_subject(case):
    case.resign(lambda s: s["subject"].append({"name": "b", "digest": {"sha256": "0" * 64}}))


def no_subject(case):
    case.resign(lambda s: s.update(subject=[]))


def second_algorithm(case):
    case.resign(lambda s: s["subject"][0]["digest"].update(sha1="0" * 40))


def another_algorithm(case):
    case.resign(lambda s: s["subject"][0].update(digest={"md5": "0" * 32}))


def digest_in_capitals(case):
    digest = case.statement["subject"][0]["digest"]["sha256"]
    case.resign(lambda s: s["subject"][0]["digest"].update(sha256=digest.upper()))


def short_digest(case):
    digest = case.statement["subject"][0]["digest"]["sha256"]
    case.resign(lambda s: s["subject"][0]["digest"].update(sha256=digest[:40]))


def other_predicate_type(case):
    case.resign(lambda s: s.update(predicateType="https://slsa.dev/verification_summary/v1"))


def other_statement_type(case):
    case.resign(lambda s: s.update(_type="https://in-toto.io/Statement/v0.1"))


def sampled_coverage(case):
    case.resign(within("coverage", mode="sample"))


def key_that_is_over(case):
    case.trust.write_text(case.trust.read_text().replace("[[key]]", "[[key]]\nnot_after = 2026-01-01"))


def key_before_its_time(case):
    case.trust.write_text(case.trust.read_text().replace("[[key]]", "[[key]]\nnot_before = 2099-01-01"))


def key_of_another_standard(case):
    case.trust.write_text(case.trust.read_text().replace("[[key]]", '[[key]]\nstandards = ["mnist/1"]'))


def key_of_another_verifier(case):
    case.trust.write_text(case.trust.read_text().replace("[[key]]", '[[key]]\nverifier = "https://ci.example"'))


def withdrawn_certificate(case):
    digest = Certificate.load(case.signed).digest
    case.trusting(f'[[withdrawn]]\ndigest = "{digest}"\nreason = "a scandal"\n')


def withdrawn_data(case):
    digest = case.statement["subject"][0]["digest"]["sha256"]
    case.trusting(f'[[withdrawn]]\ndigest = "{digest}"\n')


def withdrawn_by_a_signed_list(case):
    digest = Certificate.load(case.signed).digest
    standing.withdraw({digest: "bad"}, until=date(2099, 1, 1), out=case.place / "list.json", key=case.key)
    case.trusting('withdrawals = "list.json"')


def list_of_someone_else(case):
    standing.withdraw({"0" * 64: "bad"}, until=date(2099, 1, 1), out=case.place / "list.json", key=case.place / "evil")
    case.trusting('withdrawals = "list.json"')


def older_list(case):
    place = case.place / "list.json"
    standing.withdraw({"0" * 64: "bad"}, until=date(2099, 1, 1), out=place, key=case.key)
    old = place.read_bytes()
    standing.withdraw({"1" * 64: "bad"}, until=date(2099, 1, 1), out=place, key=case.key)
    case.trusting('withdrawals = "list.json"')
    opens(case)
    place.write_bytes(old)


def waived_verdict_without_a_waiver(case):
    def fails(statement):
        one = statement["predicate"]["verdicts"][0]
        one.update(observed=9.0, failed=9, outcome="waived", waived=9)
        statement["predicate"]["checks"].update(passed=len(statement["predicate"]["verdicts"]) - 1, waived=1)

    case.resign(fails)


def waived(case, *, text=None, **changes):
    """State that a verdict is waived, by a waiver that says so."""
    verdict = case.statement["predicate"]["verdicts"][-1]
    waiver = {
        "code": verdict["code"], "scope": {"glob": "**", "digest": "0" * 64}, "owner": "Ada",
        "reason": "known", "expires": "2099-01-01", "budget": {"samples": 9, "bytes": 9},
        "used": {"samples": 9, "bytes": 9}, "approved_by": [],
    } | changes  # fmt: skip
    text = text or (
        f'[[waiver]]\ncode = "{waiver["code"]}"\nscope = {{ glob = "**", digest = "{"0" * 64}" }}\n'
        f'owner = "Ada"\nreason = "known"\nexpires = {waiver["expires"]}\n'
        f"budget = {{ samples = {waiver['budget']['samples']}, bytes = 9 }}\n"
    )

    def state(statement):
        predicate = statement["predicate"]
        one = predicate["verdicts"][-1]
        one.update(observed=9.0, failed=9, outcome="waived", waived=9, code=waiver["code"])
        predicate["checks"].update(passed=len(predicate["verdicts"]) - 1, waived=1)
        predicate.update(waivers=[waiver], approval={"text": text, "signatures": []})

    return state


def waiver_over_its_day(case):
    case.resign(waived(case, expires="2026-01-01"))


def waiver_of_what_cannot_be_waived(case):
    case.resign(waived(case, code="F005"))


def waiver_beyond_its_budget(case):
    case.resign(waived(case, budget={"samples": 8, "bytes": 9}))


def waiver_that_nobody_wrote(case):
    case.resign(waived(case, text="# nothing\n"))


def waiver_that_nobody_approved(case):
    change = waived(case)

    def team(statement):
        change(statement)
        statement["predicate"]["standard"]["profile"] = "team"
        statement["predicate"]["verifiedLevels"] = ["DATASTD_IDX_IMAGES_1_TEAM"]

    case.resign(team)


def one_of_two_of_three(case):
    others = keygen(case.place / "b") + keygen(case.place / "c")
    case.trust.write_text(f"threshold = 2\n{case.trust.read_text()}{others}")


def huge_envelope(case):
    case.write(case.signed.read_bytes().rstrip() + b" " * MOST + b"\n")


def laxer_profile_than_the_least(case):
    case.trusting('[[minimum]]\nstandard = "idx-images"\nprofile = "release"\n')


def older_than_it_may_be(case):
    case.trusting("days = 30")
    case.resign(stated(timeVerified=moment(days=-31)))


def unknown_policy(case):
    case.resign(lambda s: s["predicate"]["policy"]["digest"].update(sha256="0" * 64))


def numbers_that_are_none(case):
    case.resign(payload=case.payload.replace(b'"files":4', b'"files":NaN'))


H10 = [
    payload_in_the_alphabet_of_urls, payload_in_lines, payload_without_its_padding,
    signature_with_spare_bits, key_written_as_escapes, key_of_letters_that_look_alike,
    invisible_letter_in_a_key_of_the_statement, duplicate_key_in_the_statement, extra_subject,
    no_subject, second_algorithm, another_algorithm, digest_in_capitals, short_digest,
    other_predicate_type, other_statement_type, sampled_coverage, key_that_is_over,
    key_before_its_time, key_of_another_standard, key_of_another_verifier, withdrawn_certificate,
    withdrawn_data, withdrawn_by_a_signed_list, list_of_someone_else, older_list,
    waived_verdict_without_a_waiver, waiver_over_its_day, waiver_of_what_cannot_be_waived,
    waiver_beyond_its_budget, waiver_that_nobody_wrote, waiver_that_nobody_approved,
    one_of_two_of_three, huge_envelope, laxer_profile_than_the_least, older_than_it_may_be,
    unknown_policy, numbers_that_are_none,
]  # fmt: skip


def test_all_of_the_reference_are_here():
    assert len(A5) + 1 == 28
    assert len(H10) >= 32


@pytest.mark.parametrize("attack", [*A5, *H10], ids=lambda one: one.__name__)
def test_is_refused(attack, case, capsys):
    assert opens(case)
    options = attack(case) or {}
    with pytest.raises(DataStdError) as refused:
        opens(case, **options)
    assert refused.value.exit_code in {1, 2, 3}
    said = str(refused.value)
    assert "\n" not in said
    assert refused.value.hint or refused.value.exit_code == 2  # it says what to do


def test_what_forges_can_also_make_what_holds(case):
    """The tools of the attacks are no reason for a refusal: what they leave alone opens."""
    case.resign()
    assert opens(case)
    case.resign(waived(case))
    assert opens(case).statement.predicate.waivers
    case.trusting('days = 1\nwithdrawals = "list.json"')
    standing.withdraw({"0" * 64: "bad"}, until=date(2099, 1, 1), out=case.place / "list.json", key=case.key)
    case.trusting('[[minimum]]\nstandard = "idx-images"\n')
    case.trusting(f'[[withdrawn]]\ndigest = "{"0" * 64}"\n')
    assert opens(case, name="data", standard="idx-images/1")


def test_a_class_folder_that_is_renamed_is_refused(tmp_path):
    data = write_pictures(tmp_path / "data", each=12, splits=("train", "test"))
    report, listed = judge(data, "image-classification/1")
    Certificate.of(issue(report, listed, "data", Terms(90))).save(tmp_path / "c.json")
    assert verify(data, tmp_path / "c.json")
    (data / "train/a").rename(data / "train/aa")
    with pytest.raises(DataStdError, match="N403"):
        verify(data, tmp_path / "c.json")
    (data / "train/aa").rename(data / "train/a")
    assert verify(data, tmp_path / "c.json")


def test_each_byte_of_a_certificate_counts(case):
    """One bit of each byte flipped: nothing of it is accepted."""
    content, trusted = case.signed.read_bytes(), trust.Trust.read(case.trust)
    loaded = []
    for place in range(len(content)):
        edited = bytearray(content)
        edited[place] ^= 1 << place % 8
        case.write(bytes(edited))
        try:
            one = Certificate.load(case.signed)
        except DataStdError:
            continue
        loaded.append(place)
        with pytest.raises(DataStdError):
            one.signed_by(trusted)
    assert len(loaded) < 400  # of the signature and of the key's identifier alone


@pytest.mark.parametrize(
    ("days", "profile", "holds"), [(-1, "team", False), (0, "team", True), (-1, "dev", True)]
)
def test_a_list_of_what_is_withdrawn_counts_until_its_day(days, profile, holds, case, monkeypatch):
    standing.withdraw({"0" * 64: "x"}, until=clock.today(), out=case.place / "list.json", key=case.key)
    case.trusting('withdrawals = "list.json"')

    def state(statement):
        statement["predicate"]["standard"]["profile"] = profile
        statement["predicate"]["verifiedLevels"] = [f"DATASTD_IDX_IMAGES_1_{profile.upper()}"]

    case.resign(state)
    later = datetime.now(UTC) - timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: later)
    if holds:
        assert opens(case)
        return
    with pytest.raises(DataStdError, match="fetch the latest list"):
        opens(case)


def test_the_command_withdraws(case, capsys):
    from datastd.cli import main

    case.trusting('withdrawals = "list.json"')
    told = ["--reason", "a scandal", "--until", "2099-01-01", "--out", str(case.place / "list.json"), "--key", str(case.key)]
    assert main(["withdraw", str(case.plain), *told]) == 0
    assert opens(case)  # the other certificate of the data
    assert main(["withdraw", str(case.plain), *told, "--data"]) == 0
    assert "list 2" in capsys.readouterr().out
    with pytest.raises(DataStdError, match="one that was withdrawn: a scandal"):
        opens(case)
    assert main(["withdraw", str(case.plain), *told[:2], "--until", "soon", *told[4:]]) == 2


def test_lists_go_on(case):
    place = case.place / "list.json"
    assert standing.withdraw({"0" * 64: "x"}, until=date(2099, 1, 1), out=place, key=case.key) == 1
    assert standing.withdraw({"1" * 64: "y"}, until=date(2099, 1, 1), out=place, key=case.key) == 2
    listed = json.loads(base64.b64decode(json.loads(place.read_text())["payload"]))
    assert [one["digest"][0] for one in listed["withdrawn"]] == ["0", "1"]
    with pytest.raises(DataStdError, match="a day from"):
        standing.withdraw({}, until=date(2020, 1, 1), out=place, key=case.key)


def test_what_was_seen_is_kept_beside_trust_or_where_it_says(case):
    opens(case)
    seen = json.loads((case.place / "trust.toml.seen.json").read_text())
    assert seen["sequences"] == {"data idx-images": 1}
    case.trusting('seen = "memory.json"')
    opens(case)
    assert (case.place / "memory.json").exists()
    (case.place / "memory.json").write_text("{}x")
    with pytest.raises(DataStdError, match="sequences last seen"):
        opens(case)


def test_without_keys_nothing_is_remembered(copy):
    (copy.place / "empty.toml").write_text("")
    assert verify(copy.data, copy.plain, trust=copy.place / "empty.toml")
    assert not (copy.place / "empty.toml.seen.json").exists()


def test_a_certificate_names_the_one_before(copy, tmp_path):
    first = Certificate.load(copy.plain)
    assert (first.statement.predicate.sequence, first.statement.predicate.supersedes) == (1, None)
    second = datastd.certify(copy.data, "idx-images/1", out=copy.plain)
    assert second.statement.predicate.sequence == 2
    assert second.statement.predicate.supersedes == first.digest
