"""The gate: nothing opens it but a certificate of these bytes."""

import copy as copying
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from support import samples, sound, write_idx
from whole_card import put_card

import datastd
from datastd import standard as standards
from datastd.certificate import Certificate, Certified, Refused, Trust, child, gate, verify
from datastd.certificate.statement import Statement
from datastd.digest import Manifest, canonical
from datastd.disk import Tree
from datastd.errors import DataChanged, NotCertified, NotJudged, NotTrusted, UsageError
from datastd.model import _bare
from datastd.report import Report
from datastd.sources.idx import Idx

IMAGES = "train-images-idx3-ubyte"


def opens(copy, **options):
    with datastd.open(copy.data, certificate=copy.plain, **options) as data:
        return data.splits


def test_certified_data_open_and_are_read_as_they_were_judged(copy):
    with datastd.open(copy.data, certificate=copy.plain, standard="idx-images/1") as data:
        assert type(data) is Certified
        assert data.splits == {"train": 200, "test": 100}
        (shard,) = data.shards("train")
        batch = data.take(shard.path, np.array([5, 1, 5]))
        np.testing.assert_array_equal(batch.columns["image"][..., 0], samples(200)[0][[5, 1, 5]])
        data.compare()
        with pytest.raises(UsageError) as refused:
            data.shards("val")
        assert str(refused.value) == "split: expected one of test, train, found val"
    assert verify(copy.data, copy.plain, standard="idx-images/1").digest


def test_what_is_verified_is_what_opens(copy):
    assert verify(copy.data, copy.plain) == Certificate.load(copy.plain)
    with pytest.raises(NotCertified, match="expected mnist/1"):
        verify(copy.data, copy.plain, standard="mnist/1")
    with pytest.raises(NotTrusted):
        verify(copy.data, copy.signed)
    assert verify(copy.data, copy.signed, trust=copy.trust).signatures


def test_closed_data_are_said_to_be_closed(copy):
    with datastd.open(copy.data, certificate=copy.plain) as data:
        assert data.root == copy.data
    data.close()  # twice is once
    for read in (data.take, data.encoded):
        with pytest.raises(UsageError, match=r"^data: expected data that are open, found closed ones; open them again$"):
            read(IMAGES, np.array([0]))


def test_what_is_read_beside_a_file_that_changed_is_not_trained_on(copy):
    with datastd.open(copy.data, certificate=copy.plain) as data:
        for read in (data.take, data.encoded):
            assert len(read(IMAGES, np.array([0]))) == 1
        (copy.data / IMAGES).write_bytes((copy.data / IMAGES).read_bytes())
        for read in (data.take, data.encoded):
            with pytest.raises(DataChanged):
                read(IMAGES, np.array([0]))


def test_an_empty_name_is_no_folder(copy):
    for call in (
        lambda: datastd.open("", certificate=copy.plain),
        lambda: datastd.certify("", "idx-images/1", out="c.json"),
        lambda: datastd.check(""),
    ):
        with pytest.raises(UsageError, match="the path of a folder, found an empty name"):
            call()


def test_opened_data_give_their_descriptors_back(copy):
    before = len(os.listdir("/proc/self/fd"))
    with datastd.open(copy.data, certificate=copy.plain) as data:
        data.take(IMAGES, np.array([0]))
        assert len(os.listdir("/proc/self/fd")) > before
    assert len(os.listdir("/proc/self/fd")) == before


def test_where_the_data_lie_does_not_matter(copy):
    copy.data = copy.data.rename(copy.place / "elsewhere")
    assert opens(copy)


SPOILED = {
    "a byte": lambda f: flip(f / IMAGES, 500),
    "a label": lambda f: flip(f / "train-labels-idx1-ubyte", 100),
    "a byte, and the time set back": lambda f: set_back(f / IMAGES),
    "a file less": lambda f: (f / "t10k-labels-idx1-ubyte").unlink(),
    "a file more": lambda f: (f / "README.md").write_text("x"),
    "an empty file": lambda f: (f / "empty").write_text(""),
    "a hidden file": lambda f: (f / ".hidden").write_text("x"),
    "another name": lambda f: (f / IMAGES).rename(f / "test-images-idx3-ubyte"),
    "two swapped": lambda f: swap(f / IMAGES, f / "t10k-images-idx3-ubyte"),
    "an empty folder": lambda f: (f / "empty").mkdir(),
    "a folder": lambda f: ((f / "more").mkdir(), (f / "more" / "x").write_text("x")),
    "a link": lambda f: (f / "link").symlink_to(IMAGES),
    "a link to a folder": lambda f: (f / "link").symlink_to("/"),
    "a dangling link": lambda f: (f / "link").symlink_to("nowhere"),
    "a link in its place": lambda f: ((f / IMAGES).rename(f.parent / "x"), (f / IMAGES).symlink_to(f.parent / "x")),
    "a pipe": lambda f: os.mkfifo(f / "pipe"),
    "a name with a line break": lambda f: (f / "a\nb").write_text("x"),
    "nothing left": lambda f: [path.unlink() for path in f.iterdir()],
    "a manifest of its own": lambda f: (f / "sub").mkdir() or (f / "sub" / "manifest-sha256.txt").write_text("x"),
}  # fmt: skip


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(bytes(content))


def set_back(path):
    before = path.stat()
    flip(path, 500)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def swap(one, other):
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_other_bytes_do_not_open(spoil, copy):
    spoil(copy.data)
    with pytest.raises((NotCertified, UsageError)):
        opens(copy)


def test_a_refusal_names_both_digests_and_what_to_do(copy):
    before = Certificate.load(copy.plain).statement.subject[0].digest.sha256
    flip(copy.data / IMAGES, 500)
    with Tree(copy.data) as tree:
        after = Manifest.of(tree, jobs=1).digest
    with pytest.raises(NotCertified) as refused:
        opens(copy)
    assert str(refused.value) == (
        f"{copy.data}: expected the bytes certified, digest {before}, found others, digest {after}; "
        "check and certify these, or restore those (N403)"
    )


def test_a_manifest_at_the_root_is_the_one_file_that_may_come(copy):
    (copy.data / "manifest-sha256.txt").write_text("x")
    assert opens(copy)


def test_a_certificate_of_other_data_does_not_open(copy):
    write_idx(copy.data, train=samples(200, seed=9), test=samples(100, seed=8))
    with pytest.raises(NotCertified, match="the bytes certified"):
        opens(copy)


def test_a_data_folder_that_is_not_there_is_a_usage_error(copy):
    shutil.rmtree(copy.data)
    with pytest.raises(UsageError, match="a folder with a dataset, found nothing"):
        opens(copy)


def restate(copy, change):
    """Write the certificate anew, consistent with itself, after *change* of its statement."""
    plain = Certificate.load(copy.plain).statement.plain()
    change(plain["predicate"])
    anew = Statement.model_validate_json(canonical(_bare(Statement, plain)))
    Certificate.of(anew).save(copy.plain)


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda p: p.update(timeExpires=stamp(NOW - timedelta(seconds=1))), "timeExpires"),
        (lambda p: p.update(timeVerified=stamp(NOW + timedelta(hours=1))), "timeVerified"),
        (lambda p: p["policy"]["digest"].update(sha256="0" * 64), "standard idx-images/1"),
        (lambda p: p["standard"].update(name="mnist"), "standard mnist/1"),
        (lambda p: p["standard"].update(name="own"), "a digest that a trust file gives"),
        (lambda p: (p["splits"].pop("test"), p["coverage"].update(records=200)), "splits"),
        (lambda p: (p["splits"]["test"].update(records=99), p["coverage"].update(records=299)), "splits"),
        (lambda p: (p["splits"].update(val={"records": 1, "recordDigest": "x"}),
                    p["coverage"].update(records=301)), "splits"),
    ],
)
def test_an_edited_certificate_does_not_open(change, says, copy):
    restate(copy, change)
    with pytest.raises(NotCertified, match=says):
        opens(copy)


def refused(copy, **options):
    """What opening says, in full."""
    with pytest.raises(NotCertified) as found:
        opens(copy, **options)
    return str(found.value)


def test_a_refusal_says_what_was_expected_and_what_was_found(copy):
    whole = copy.plain.read_bytes()
    digests = ", ".join(sorted(standards.shipped()["idx-images/1"]))
    assert refused(copy, standard="mnist/1") == "standard: expected mnist/1, found idx-images/1; certify by mnist/1 (N405)"
    restate(copy, lambda p: p["policy"]["digest"].update(sha256="0" * 64))
    state = "state it in a trust file, [[standard]] name and digest, or in the recipe"
    assert refused(copy) == f"standard idx-images/1: expected {digests}, found {'0' * 64}; {state} (N405)"
    copy.plain.write_bytes(whole)
    promised = Certificate.load(copy.plain).statement.predicate.policy.digest.sha256
    restate(copy, lambda p: p["standard"].update(name="own"))
    assert refused(copy) == (
        f"standard own/1: expected a digest that a trust file gives, found {promised}; {state} (N405)"
    )
    copy.plain.write_bytes(whole)
    assert refused(copy, standard_digest="0" * 64) == (
        f"standard idx-images/1: expected {'0' * 64}, found {promised}; certify by the file asked for (N405)"
    )
    copy.plain.write_bytes(whole)
    restate(copy, lambda p: (p["splits"]["test"].update(records=99), p["coverage"].update(records=299)))
    assert refused(copy) == (
        "splits: expected {'test': 99, 'train': 200}, found {'test': 100, 'train': 200}; "
        "read them with the version of datastd that the certificate names, or certify again (N404)"
    )
    (copy.data / "link").symlink_to(IMAGES)
    assert refused(copy) == "link: expected regular files only, found a symbolic link; put the file itself there, or nothing (N403)"


def test_a_certificate_counts_until_its_last_second_and_a_clock_may_be_five_minutes_behind(copy):
    one = Certificate.load(copy.plain)
    begun, ends = one.statement.predicate.verified, one.statement.predicate.expires
    second = timedelta(seconds=1)
    gate._is_in_time(one, begun - timedelta(minutes=5))
    gate._is_in_time(one, ends - second)
    with pytest.raises(NotCertified) as early:
        gate._is_in_time(one, begun - timedelta(minutes=5) - second)
    moment = begun - timedelta(minutes=5) - second
    assert str(early.value) == f"timeVerified: expected at most {stamp(moment)}, found {stamp(begun)}; set the clock of this machine, or of the one that certified (N406)"
    with pytest.raises(NotCertified) as late:
        gate._is_in_time(one, ends)
    assert str(late.value) == (
        f"timeExpires: expected later than {stamp(ends)}, found {stamp(ends)}; certify the data again (N406)"
    )
    assert ends - begun == timedelta(days=90)


def test_a_clock_may_be_a_little_behind(copy):
    restate(copy, lambda p: p.update(timeVerified=stamp(datetime.now(UTC) + timedelta(minutes=4))))
    assert opens(copy)
    restate(copy, lambda p: p.update(timeVerified=stamp(datetime.now(UTC) + timedelta(minutes=6))))
    with pytest.raises(NotCertified):
        opens(copy)


def test_a_format_that_does_not_read_them_does_not_open(copy):
    restate(copy, lambda p: p.update(format="jpeg"))
    with pytest.raises(NotCertified, match=r"format: expected one of .*idx.*, found jpeg"):
        opens(copy)
    with pytest.raises(UsageError, match="--format"):
        opens(copy, format="jpeg")
    restate(copy, lambda p: p.update(format="idx"))
    with pytest.raises(NotCertified, match=r"format: expected lookout\.pgm, found idx"):
        opens(copy, format="lookout.pgm")


def test_the_standard_that_was_asked_for_is_the_one_that_counts(copy):
    with pytest.raises(NotCertified, match="expected mnist/1, found idx-images/1"):
        opens(copy, standard="mnist/1")
    with pytest.raises(UsageError):
        opens(copy, standard="nonsense/1")


def test_every_digest_that_a_shipped_standard_had_still_counts(copy, monkeypatch):
    known = standards.shipped()
    monkeypatch.setattr(standards, "shipped", lambda: {**known, "idx-images/1": ("0" * 64, *known["idx-images/1"])})
    restate(copy, lambda p: p["policy"]["digest"].update(sha256="0" * 64))
    assert opens(copy)


def test_a_signed_certificate_needs_trust(copy):
    copy.plain = copy.signed
    with pytest.raises(NotTrusted):
        opens(copy)
    assert opens(copy, trust=copy.trust)
    assert opens(copy, trust=Trust.read(copy.trust))
    with pytest.raises(UsageError):
        opens(copy, trust=copy.place / "absent.toml")


def test_where_trust_asks_for_a_signature_none_will_not_do(copy):
    with pytest.raises(NotCertified, match="1 of trusted keys"):
        opens(copy, trust=copy.trust)


def test_trust_and_standard_come_from_the_users_configuration(copy, monkeypatch):
    monkeypatch.chdir(copy.place)
    (copy.place / "datastd.toml").write_text(
        '[[dataset]]\npath="data"\nstandard="mnist/1"\ntrust="trust.toml"\n'
    )
    copy.plain = copy.signed
    with pytest.raises(NotCertified, match="expected mnist/1"):
        opens(copy)
    assert opens(copy, standard="idx-images/1")


# -- certified data cannot be had in another way


def test_certified_data_are_made_by_open_alone():
    with pytest.raises(TypeError) as told:
        Certified()
    assert str(told.value) == "expected datastd.open(path, certificate=…, standard=…)"
    with pytest.raises(TypeError):
        Certified(1)


def test_certified_data_cannot_be_copied_or_sent(copy):
    with datastd.open(copy.data, certificate=copy.plain) as data:
        for way in (pickle.dumps, copying.copy, copying.deepcopy):
            with pytest.raises(TypeError) as told:
                way(data)
            assert str(told.value) == (
                "certified data cannot be copied: open them where they are used"
            )


@pytest.mark.parametrize(
    "change",
    [
        lambda f: flip(f / IMAGES, 500),
        lambda f: set_back(f / IMAGES),
        lambda f: flip(f / "t10k-labels-idx1-ubyte", 20),
    ],
)
def test_a_change_after_opening_is_noticed_at_the_next_read(change, copy):
    with datastd.open(copy.data, certificate=copy.plain) as data:
        data.take(IMAGES, np.array([0]))
        change(copy.data)
        with pytest.raises(DataChanged):
            data.take(IMAGES, np.array([0]))


def test_a_change_of_a_file_that_is_not_read_is_noticed_too(copy):
    with datastd.open(copy.data, certificate=copy.plain) as data:
        (copy.data / "t10k-labels-idx1-ubyte").open("ab").close()
        data.take(IMAGES, np.array([0]))
        os.utime(copy.data / "t10k-labels-idx1-ubyte")
        with pytest.raises(DataChanged, match="t10k-labels"):
            data.take(IMAGES, np.array([0]))


def test_a_change_while_it_is_opened_is_noticed(copy, monkeypatch):
    planned = Idx.plan

    def and_then_change(self):
        plan = planned(self)
        flip(copy.data / IMAGES, 500)
        return plan

    monkeypatch.setattr(Idx, "plan", and_then_change)
    with pytest.raises(DataChanged):
        opens(copy)


def test_what_is_added_after_opening_is_noticed_when_all_is_compared(copy):
    with datastd.open(copy.data, certificate=copy.plain) as data:
        (copy.data / "more").write_text("x")
        with pytest.raises(DataChanged, match="more"):
            data.compare()


def test_a_folder_put_in_the_place_of_an_opened_one_is_not_read(copy):
    with datastd.open(copy.data, certificate=copy.plain) as data:
        copy.data.rename(copy.place / "away")
        write_idx(copy.data, train=samples(200, seed=9), test=samples(100, seed=8))
        batch = data.take(IMAGES, np.array([3]))  # from the descriptors that were hashed
        np.testing.assert_array_equal(batch.columns["image"][0, ..., 0], samples(200)[0][3])
        with pytest.raises(DataChanged):
            data.compare()


def test_an_opening_that_fails_gives_its_descriptors_back(copy):
    flip(copy.data / IMAGES, 500)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with pytest.raises(NotCertified):
            opens(copy)
    assert len(os.listdir("/proc/self/fd")) == before


# -- certify


def leaky(folder):
    train, test = samples(200), samples(100, seed=1)
    train[0][4] = test[0][9]
    return write_idx(folder, train=train, test=test)


def test_data_that_fail_get_no_certificate_and_the_report_says_why(tmp_path):
    folder = leaky(tmp_path / "d")
    with (folder / "t10k-labels-idx1-ubyte").open("ab") as file:
        file.write(b"x")
    with pytest.raises(Refused) as refused:
        datastd.certify(folder, "idx-images/1", out=tmp_path / "c.json")
    assert str(refused.value) == (
        f"{folder}: expected data that pass idx-images/1, found F104 fail, L102 fail, L105 fail; "
        "datastd check names the samples"
    )
    assert refused.value.exit_code == 1
    assert refused.value.report["L102"].failed == 2
    assert not (tmp_path / "c.json").exists()
    again = pickle.loads(pickle.dumps(refused.value))
    assert (again.report, str(again)) == (refused.value.report, str(refused.value))


def test_a_report_that_is_not_complete_is_refused_as_what_it_is(report):
    given = {**dict(report), "complete": False}
    del given["schema_"]
    assert "found unknown; datastd check" in str(Refused(Report(**given)))


def test_data_of_which_something_is_unknown_get_none_either(tmp_path):
    with pytest.raises(Refused, match="L199 unknown") as refused:
        datastd.certify(sound(tmp_path / "d"), "idx-images/1", out=tmp_path / "c.json", profile="release")
    assert refused.value.exit_code == 3


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"standard": None}, ("--standard: expected the standard to certify by, found none; "
                              "name it, or write it into datastd.toml; `datastd check` proposes one$")),
        ({"standard": "nonsense/1"}, "the name of a standard"),
        ({"out": "data/c.json"}, ("^data/c.json: expected a place beside the dataset, found one inside it; "
                                  "what is written there would be one of its files$")),
        ({"out": "data/../data/c.json"}, "one inside it"),
        ({"out": "link/c.json"}, "one inside it"),
        ({"out": "data"}, "one inside it"),
        ({"out": "absent/c.json"}, "a place in a folder that can be written to, found none$"),
        ({"standard": ""}, "--standard: expected the name of a standard, or a .py file, found an empty name"),
        ({"days": 0}, "^days: expected more than 0, and at most 36500, found 0$"),
        ({"days": -1}, "more than 0"),
        ({"days": float("nan")}, "more than 0"),
        ({"days": float("inf")}, "more than 0"),
        ({"profile": "strict"}, "one of dev, team, release"),
        ({"format": "jpeg"}, "one of .*idx"),
        ({"key": "absent"}, "a file with a private key"),
        ({"jobs": 0.5}, "a whole number"),
        ({"jobs": 0}, "a whole number"),
        ({"days": 36_501}, "at most 36500"),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_carried_out_leaves_nothing(options, says, certified, tmp_path, monkeypatch):
    shutil.copytree(certified / "data", tmp_path / "data")
    (tmp_path / "link").symlink_to("data")
    monkeypatch.chdir(tmp_path)
    given = {"standard": "idx-images/1", "out": "c.json", **options}
    with pytest.raises(UsageError, match=says):
        datastd.certify("data", **given)
    assert not (tmp_path / "c.json").exists()


@pytest.mark.parametrize("data", [(1, 2), None, samples(3)])
def test_only_a_folder_is_certified(data, tmp_path):
    with pytest.raises(UsageError) as refused:
        datastd.certify(data, "idx-images/1", out=tmp_path / "c.json")
    assert str(refused.value) == f"data: expected the path of a folder, found a {type(data).__name__}"
    with pytest.raises(UsageError, match="a folder with a dataset"):
        datastd.certify(tmp_path / "absent", "idx-images/1", out=tmp_path / "c.json")


def test_the_bytes_are_hashed_again_by_who_signs(certified, tmp_path, monkeypatch):
    """What changes between the judgement and the signature is not certified."""
    folder = shutil.copytree(certified / "data", tmp_path / "data")
    judged = gate.judge

    def and_then_change(request):
        answer = judged(request)
        flip(folder / IMAGES, 500)
        return answer

    monkeypatch.setattr(gate, "judge", and_then_change)
    with pytest.raises(NotCertified, match="has other bytes"):
        datastd.certify(folder, "idx-images/1", out=tmp_path / "c.json")
    monkeypatch.setattr(gate, "judge", lambda r: (judged(r), (folder / "empty").mkdir())[0])
    with pytest.raises(NotCertified, match="regular files only, found an empty folder"):
        datastd.certify(folder, "idx-images/1", out=tmp_path / "c.json")
    assert not (tmp_path / "c.json").exists()


def test_a_few_of_the_files_that_changed_are_named():
    judged = Manifest(tuple((name, "1") for name in "abcd"))
    with pytest.raises(NotCertified) as refused:
        gate._same(judged, Manifest(()))
    assert str(refused.value) == (
        "manifest: expected the files that were judged, found a is missing; b is missing; c is missing; "
        "the data changed: run again (N403)"
    )
    gate._same(judged, judged)


def test_a_certificate_says_which_inputs_it_was_judged_with(certified, tmp_path):
    other = write_idx(tmp_path / "evaluation", test=samples(50, seed=77))
    data = put_card(shutil.copytree(certified / "data", tmp_path / "data"), "idx", train=200, test=100)
    one = datastd.certify(
        data, "idx-images/1", out=tmp_path / "c.json", profile="release",
        inputs={"evaluation": other}, jobs=1, days=1,
    )  # fmt: skip
    predicate = one.statement.predicate
    assert [(i.role, i.path) for i in predicate.inputs] == [("evaluation", str(other))]
    assert predicate.standard.profile == "release"
    assert {one.needs for one in predicate.not_asked} <= {"reference", "time"}
    assert predicate.expires - predicate.verified == timedelta(days=1)


def test_standard_and_profile_come_from_the_users_configuration(certified, tmp_path, monkeypatch):
    put_card(shutil.copytree(certified / "data", tmp_path / "data"), "idx", train=200, test=100)
    (tmp_path / "datastd.toml").write_text('[[dataset]]\npath="data"\nstandard="idx-images/1"\nprofile="team"\n')
    monkeypatch.chdir(tmp_path)
    one = datastd.certify("data", out="c.json")
    assert one.statement.predicate.standard.profile == "team"


def test_a_standard_of_a_file_needs_its_digest_said(certified, tmp_path):
    (tmp_path / "mine.py").write_text(
        "print('a standard may print')\n"
        "from datastd import Standard\n"
        "from datastd.rules.labels.label_out_of_range import LabelOutOfRange\n"
        "mine = Standard(name='mine/1', about='x', formats=('idx',), rules=(LabelOutOfRange(),))\n"
    )
    out = tmp_path / "c.json"
    one = datastd.certify(certified / "data", tmp_path / "mine.py", out=out)
    digest = one.statement.predicate.policy.digest.sha256
    with pytest.raises(NotCertified, match="a digest that a trust file gives"):
        datastd.open(certified / "data", certificate=out)
    with pytest.raises(NotCertified):
        datastd.open(certified / "data", certificate=out, standard_digest="0" * 64)
    datastd.open(certified / "data", certificate=out, standard_digest=digest).close()
    assert verify(certified / "data", out, standard_digest=digest)
    with pytest.raises(NotCertified):
        verify(certified / "data", out)
    trust = Trust.model_validate({"standard": ({"name": "mine/1", "digest": digest},)})
    datastd.open(certified / "data", certificate=out, standard=tmp_path / "mine.py", trust=trust).close()
    other = Trust.model_validate({"standard": ({"name": "other/1", "digest": digest},)})
    with pytest.raises(NotCertified):
        datastd.open(certified / "data", certificate=out, trust=other)


def test_a_standard_that_calls_itself_mnist_certifies_nothing(certified, tmp_path):
    (tmp_path / "mnist.py").write_text(
        "from datastd import Standard\n"
        "from datastd.rules.labels.label_out_of_range import LabelOutOfRange\n"
        "mine = Standard(name='mnist/1', about='x', formats=('idx',), rules=(LabelOutOfRange(),))\n"
    )
    with pytest.raises(UsageError, match="give your standard its own name"):
        datastd.certify(certified / "data", tmp_path / "mnist.py", out=tmp_path / "c.json")


# -- the child


ANSWERS = {
    "killed": ("import os; os.kill(os.getpid(), 9)", -9),
    "silent": ("pass", 0),
    "garbage": ("print('x')", 0),
    "a number": ("print(3)", 0),
    "a list": ("print('[]')", 0),
    "a forged report": ("print('{\"report\": {\"outcome\": \"pass\"}, \"manifest\": []}')", 0),
    "an error of no such kind": ("import sys; print('[\"os\", 1]'); sys.exit(10)", 10),
    "no error": ("import sys; sys.exit(10)", 10),
    "a bug": ("1/0", 1),
}


@pytest.mark.parametrize(("answer", "code"), ANSWERS.values(), ids=ANSWERS)
def test_a_judgement_that_ends_without_an_answer_is_none(answer, code, certified, tmp_path, monkeypatch):
    monkeypatch.setattr(child, "_RUN", answer)
    with pytest.raises(NotJudged) as ended:
        datastd.certify(certified / "data", "idx-images/1", out=tmp_path / "c.json")
    assert str(ended.value) == (
        f"judgement: expected an answer, found none, from a process that ended with {code}; run it again"
    )
    assert not (tmp_path / "c.json").exists()


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        ("OSError(28, 'No space left on device')",
         ["NotJudged", "judgement", "a machine that can go on", "[Errno 28] No space left on device", "run it again"]),
        ("MemoryError('none left')",
         ["NotJudged", "judgement", "a machine that can go on", "none left", "run it again"]),
        ("ImportError('no room to map')",
         ["NotJudged", "judgement", "a machine that can go on", "no room to map", "run it again"]),
        ("type('PanicException', (BaseException,), {})('no thread')",
         ["NotJudged", "judgement", "a machine that can go on", "no thread", "run it again"]),
        ("UsageError('a', 'b', 'c', 'd')", ["UsageError", "a", "b", "c", "d"]),
    ],
)  # fmt: skip
def test_what_ends_a_judgement_is_handed_over(error, answer):
    script = (
        "from datastd import pipeline\n"
        "from datastd.certificate import child\n"
        "from datastd.errors import UsageError\n"
        f"def broken(**_): raise {error}\n"
        "pipeline.judge = broken\n"
        "raise SystemExit(child.main())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], input="{}", capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (10, "")
    assert json.loads(done.stdout) == answer


def test_a_bug_behind_a_certificate_is_named_without_the_data(tmp_path):
    """Frames and no values, and not a traceback."""
    script = (
        "from datastd import pipeline\n"
        "from datastd.certificate import child\n"
        "def broken(**_): raise ZeroDivisionError('the data')\n"
        "pipeline.judge = broken\n"
        "raise SystemExit(child.main())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], input="{}", capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (10, "")
    kind, where, expected, found, hint = json.loads(done.stdout)
    assert (kind, where, expected, hint) == ("DataStdError", "judgement", "no bug in datastd", "please report it")
    assert found.startswith("ZeroDivisionError < <string>:3 broken < ")
    assert "the data" not in found


def test_a_disk_that_is_full_is_said_to_be(certified, tmp_path, monkeypatch):
    script = (
        "from datastd import pipeline\n"
        "def broken(**_): raise OSError(28, 'No space left on device')\n"
        "pipeline.judge = broken\n"
    )
    monkeypatch.setattr(child, "_RUN", script + child._RUN)
    with pytest.raises(NotJudged, match=r"a machine that can go on, found .*No space left on device"):
        datastd.certify(certified / "data", "idx-images/1", out=tmp_path / "c.json")


def test_the_judge_leaves_no_data_in_a_core_and_loads_what_it_needs(certified, tmp_path):
    standard = tmp_path / "mine.py"
    standard.write_text(
        "import json, resource, sys\n"
        f"with open({str(tmp_path / 'seen.json')!r}, 'w') as file:\n"
        "    json.dump([resource.getrlimit(resource.RLIMIT_CORE), 'pandas' in sys.modules], file)\n"
        "from datastd import Standard\n"
        "from datastd.rules.labels.label_out_of_range import LabelOutOfRange\n"
        "mine = Standard(name='mine/1', about='x', formats=('idx',), rules=(LabelOutOfRange(),))\n"
    )
    datastd.certify(certified / "data", standard, out=tmp_path / "c.json")
    assert json.loads((tmp_path / "seen.json").read_text()) == [[0, 0], False]


def test_the_judge_imports_nothing_of_the_folder_that_it_runs_in(certified, tmp_path):
    for name in ("datastd", "numpy", "polars", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(77)")
    command = Path(sys.executable).with_name("datastd")
    done = subprocess.run(
        [command, "certify", certified / "data", "--standard", "idx-images/1", "--out", "c.json"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_the_judge_never_sees_the_key(certified, tmp_path, monkeypatch):
    seen = {}
    real = subprocess.run

    def watch(command, **options):
        seen.update(options, command=command)
        return real(command, **options)

    monkeypatch.setattr(child.subprocess, "run", watch)
    datastd.certify(certified / "data", "idx-images/1", out=tmp_path / "c.json", key=certified / "key")
    assert str(certified / "key") not in json.dumps([seen["command"], seen["input"].decode(), seen["env"]])


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ('profile = "team"', "profile: expected team, as in datastd.toml, found dev; certify again"),
        ('profile = "release"', "profile: expected release, as in datastd.toml, found dev"),
        ('inputs = {evaluation = "other"}', "inputs: expected evaluation, as in datastd.toml, found none"),
    ],
)  # fmt: skip
def test_a_certificate_of_a_laxer_judgement_than_was_asked_for_does_not_open(
    asked, says, copy, monkeypatch
):
    monkeypatch.chdir(copy.place)
    entry = '[[dataset]]\npath="data"\nstandard="idx-images/1"\n'
    (copy.place / "datastd.toml").write_text(entry + asked)
    with pytest.raises(NotCertified, match=says):
        opens(copy)
    (copy.place / "datastd.toml").write_text(entry + 'profile = "dev"')
    assert opens(copy)


def test_a_stricter_judgement_opens_too_and_an_input_that_was_given(certified, tmp_path, monkeypatch):
    other = write_idx(tmp_path / "other", test=samples(50, seed=9))
    monkeypatch.chdir(tmp_path)
    put_card(shutil.copytree(certified / "data", tmp_path / "data"), "idx", train=200, test=100)
    entry = '[[dataset]]\npath="data"\nstandard="idx-images/1"\n'
    (tmp_path / "datastd.toml").write_text(f'{entry}profile="team"\ninputs={{evaluation="{other}"}}')
    datastd.certify("data", "idx-images/1", out="c.json", profile="release", inputs={"evaluation": other})
    assert verify("data", "c.json")


@pytest.mark.parametrize("content", [b"a private key", b"{}"])
def test_what_is_no_certificate_is_not_written_over(content, certified, tmp_path):
    place = tmp_path / "key"
    place.write_bytes(content)
    with pytest.raises(UsageError, match="a new file, or a certificate to be replaced, found another"):
        datastd.certify(certified / "data", "idx-images/1", out=place)
    assert place.read_bytes() == content


@pytest.mark.parametrize("before", ["an earlier one", "nothing"])
def test_a_certificate_is_replaced_by_the_next(before, certified, tmp_path):
    place = tmp_path / "c.json"
    content = (certified / "plain.json").read_bytes() if before == "an earlier one" else b""
    place.write_bytes(content)
    datastd.certify(certified / "data", "idx-images/1", out=place, days=1)
    assert place.read_bytes() != content
    assert verify(certified / "data", place)


@pytest.mark.skipif(sys.platform != "linux", reason="the times of mapped files are those of Linux")
def test_a_page_that_is_mapped_and_written_to_is_noticed(copy):
    """Whoever mapped the file before it was hashed leaves no trace but in a stamp taken after."""
    import mmap

    path = copy.data / IMAGES
    kind = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True).stdout
    if kind.strip() in {"tmpfs", "ramfs"}:
        pytest.skip("files that live in memory are never written back, and leave no trace")
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        last = mapped[-1]
        mapped[-1] = last  # from here on the page is the writer's, without a word to anyone
        with datastd.open(copy.data, certificate=copy.plain) as data:
            data.take(IMAGES, np.array([0]))
            mapped[-1] = last ^ 1
            with pytest.raises(DataChanged):
                data.take(IMAGES, np.array([0]))


def test_a_folder_whose_name_is_no_unicode_is_certified_and_opened(copy):
    place = os.fsdecode(os.fsencode(copy.place) + b"/na\xefve")
    copy.data.rename(place)
    out = copy.place / "again.json"
    assert datastd.check(place, "idx-images/1").passed
    datastd.certify(place, "idx-images/1", out=out)
    with datastd.open(place, certificate=out) as data:
        assert data.splits == {"train": 200, "test": 100}


def test_the_input_that_was_asked_for_is_the_one_that_counts(certified, tmp_path, monkeypatch):
    """By its bytes, not by its role."""
    for name, seed in (("asked", 8), ("other", 9)):
        write_idx(tmp_path / name, test=samples(50, seed=seed))
    shutil.copytree(certified / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "datastd.toml").write_text(
        '[[dataset]]\npath="data"\nstandard="idx-images/1"\ninputs={evaluation="asked"}\n'
    )
    datastd.certify("data", out="c.json", inputs={"evaluation": "other"})
    with pytest.raises(NotCertified, match=r"input evaluation: expected .*asked, as in datastd\.toml"):
        verify("data", "c.json")
    datastd.certify("data", out="c.json")
    assert verify("data", "c.json")
    flip(tmp_path / "asked" / "t10k-images-idx3-ubyte", 100)
    with pytest.raises(NotCertified, match="input evaluation"):
        verify("data", "c.json")


def test_a_certificate_is_not_written_into_an_input(certified, tmp_path):
    other = write_idx(tmp_path / "other", test=samples(50, seed=9))
    with pytest.raises(UsageError, match="a place beside the dataset"):
        datastd.certify(
            certified / "data", "idx-images/1", out=other / "c.json", inputs={"evaluation": other}
        )


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells children of Linux alone")
def test_who_judges_for_nobody_ends(certified, tmp_path):
    slow = (
        "import os, pathlib, time\nfrom datastd import pipeline\n"
        "def judge(**_):\n"
        f"    pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(120)\n"
        "pipeline.judge = judge\n"
    )
    script = (
        "from datastd.certificate import child\n"
        f"child._RUN = {slow!r} + child._RUN\n"
        "child.judge({})\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    try:
        pid = tmp_path / "pid"
        assert waited(lambda: pid.is_file() and pid.read_text())
    finally:
        parent.kill()
        parent.wait()
    assert waited(lambda: not is_running(int(pid.read_text())))


def is_running(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def waited(for_what):
    import time

    for _ in range(600):
        if for_what():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("inputs", [{"evaluation": None}, {"evaluation": 3}, ["evaluation"], "evaluation"])
def test_inputs_that_are_no_paths_by_role_are_refused(inputs, certified, tmp_path):
    with pytest.raises(UsageError, match="inputs: expected"):
        datastd.certify(certified / "data", "idx-images/1", out=tmp_path / "c.json", inputs=inputs)


@pytest.mark.parametrize(("make", "says"), [
    (lambda key: None, "expected a file with a private key, found nothing"), (lambda key: key.mkdir(), "found something else"),
    (lambda key: (key.write_text("x"), key.chmod(0o644)), "chmod 600"),
])  # fmt: skip
def test_a_key_that_cannot_sign_is_refused_before_the_work(make, says, certified, tmp_path, monkeypatch):
    make(tmp_path / "key")
    monkeypatch.setattr(gate, "judge", lambda asked: pytest.fail("judged"))
    with pytest.raises(datastd.UsageError, match=re.escape(says)):
        datastd.certify(certified / "data", "idx-images/1", out=tmp_path / "c.json", key=tmp_path / "key")


@pytest.mark.parametrize("is_there", [True, False])
def test_without_sigstore_or_a_ci_keyless_is_refused_before_the_work_and_says_what_to_do(is_there, certified, tmp_path, monkeypatch):
    if is_there:
        pytest.importorskip("sigstore")
        monkeypatch.setattr("sigstore.oidc.detect_credential", lambda: None)
    else:
        monkeypatch.setitem(sys.modules, "sigstore", None)
        for name in [one for one in sys.modules if one.startswith("sigstore.")]:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(gate, "judge", lambda asked: pytest.fail("judged"))
    with pytest.raises(datastd.UsageError) as refused:
        datastd.certify(certified / "data", "idx-images/1", out=tmp_path / "c.json", keyless=True)
    said = str(refused.value)
    assert ('pip install "datastd[sign]"' in said) is not is_there
    assert ("sign with --key" in said) is is_there
    assert "\n" not in said
