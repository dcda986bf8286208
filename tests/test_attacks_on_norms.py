"""Cards, bags and papers that want to be taken for others: each is refused, or named, and nothing is written elsewhere."""

import hashlib
import json

import pytest
from support import write_pictures
from whole_card import put_card

import datastd
from datastd.cli import main
from datastd.model import Outcome

LINES = "".join(json.dumps({"text": f"The {n}th line of a town that lies by the river, and of its {n * 7919} people."}) + "\n" for n in range(40))
BAG = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "train.jsonl").write_text(LINES)
    return folder


def judged(folder, profile="team"):
    report = datastd.check(folder, "raw-text/1", profile=profile)
    return report, {one.code for one in report.verdicts if not one.outcome.opens}


def test_none_of_it_is_refused_where_it_is_what_it_says(data):
    assert judged(put_card(data, "jsonl", train=40))[1] <= {"N068"}


def linked(folder):
    (folder / "datacard.toml").rename(folder.parent / "card.toml")
    (folder / "datacard.toml").symlink_to(folder.parent / "card.toml")


@pytest.mark.parametrize("spoil", [
    linked, lambda folder: (folder / "datacard.toml").rename(folder / "DataCard.TOML"),
    lambda folder: (folder / "DATACARD.toml").write_text("card_version = 1\n"),
], ids=["a link", "in capitals", "two"])  # fmt: skip
def test_a_card_that_is_none_does_not_pass(spoil, data):
    spoil(put_card(data, "jsonl", train=40))
    report, codes = judged(data)
    assert not report.passed
    assert codes


@pytest.mark.parametrize(("profile", "outcome"), [("dev", None), ("team", Outcome.FAIL), ("release", Outcome.FAIL)])
def test_a_file_with_another_name_outside_is_named(profile, outcome, data):
    (put_card(data, "jsonl", train=40).parent / "other").hardlink_to(data / "train.jsonl")
    found = {one.code: one for one in judged(data, profile)[0].verdicts}.get("N372")
    assert (found and found.outcome) is outcome
    assert found is None or [one.key for one in found.examples] == ["train.jsonl"]


@pytest.mark.parametrize("name", ["card_link.toml", "../outside.toml", "/etc/hostname", "_meta/../_meta/params.toml"])
def test_a_file_that_the_card_names_is_one_of_the_dataset(name, data):
    put_card(data, "jsonl", train=40)
    card = (data / "datacard.toml").read_text()
    (data.parent / "outside.toml").write_bytes(b"said\n")
    (data / "datacard.toml").write_text(card.replace('"_meta/params.toml"', json.dumps(name)))
    assert judged(data)[0]["N261"].outcome is Outcome.FAIL


def test_a_configuration_in_the_dataset_chooses_nothing(data, monkeypatch, capsys):
    (data / "datastd.toml").write_text('[[dataset]]\npath = "."\nstandard = "table/1"\n')
    monkeypatch.chdir(data)
    assert main(["check", "."]) != 0
    assert "table/1" not in capsys.readouterr().out


@pytest.mark.parametrize("request_", [
    ["certify", "DATA", "--standard", "raw-text/1", "--out", "LINK/c.json"], ["card", "export", "DATA", "--to", "croissant", "--out", "DATA/c.json"],
    ["init", "DATA"], ["init", "DATA", "--manifest-only"],
])  # fmt: skip
def test_nothing_is_written_into_a_dataset_nor_through_a_link_of_it(request_, data, tmp_path):
    if "export" in request_:
        put_card(data, "jsonl", train=40)
    (tmp_path / "link").symlink_to(data)
    victim = tmp_path / "victim"
    if request_[0] == "init":
        victim.write_text("mine")
        (data / ("manifest-sha256.txt" if len(request_) > 2 else "datacard.toml")).symlink_to(victim)
    before = {path: path.is_symlink() for path in data.rglob("*")}
    code = main([one.replace("DATA", str(data)).replace("LINK", str(tmp_path / "link")) for one in request_])
    assert code == 2
    assert {path: path.is_symlink() for path in data.rglob("*")} == before
    assert not victim.exists() or victim.read_text() == "mine"


def line(path, content):
    return f"{hashlib.sha256(content).hexdigest()}  {path}\n"


def outside(bag):
    (bag.parent / "secret").write_bytes(b"s")
    (bag / "manifest-sha256.txt").write_text(line("data/train.jsonl", LINES.encode()) + line("../secret", b"s"))


def elsewhere(bag):
    (bag / "data").rename(bag.parent / "payload")
    (bag / "data").symlink_to(bag.parent / "payload")


def shorter(bag):
    (bag / "data/more.jsonl").write_bytes(b'{"text": "More of the town by the river."}\n')
    (bag / "manifest-sha256.txt").write_text(line("data/train.jsonl", LINES.encode()) + line("data/more.jsonl", (bag / "data/more.jsonl").read_bytes()))
    (bag / "manifest-sha512.txt").write_text(f"{hashlib.sha512(LINES.encode()).hexdigest()}  data/train.jsonl\n")


@pytest.mark.parametrize(("spoil", "code"), [
    (outside, "C002"), (elsewhere, "F098"), (shorter, "N371"),
    (lambda bag: (bag / "tagmanifest-sha256.txt").write_text(f"{'0' * 64}  data/train.jsonl\n"), "C001"),
    (lambda bag: (bag / "bagit.txt").rename(bag / "BAGIT.TXT") and (bag / "BAGIT.TXT").write_text(BAG.replace("UTF-8", "UTF-16")), "N371"),
])  # fmt: skip
def test_a_bag_that_says_other_than_it_holds_is_named(spoil, code, tmp_path):
    bag = tmp_path / "bag"
    (bag / "data").mkdir(parents=True)
    (bag / "data/train.jsonl").write_text(LINES)
    (bag / "bagit.txt").write_text(BAG)
    (bag / "manifest-sha256.txt").write_text(line("data/train.jsonl", LINES.encode()))
    assert judged(bag, "dev")[0].passed
    spoil(bag)
    try:
        assert code in judged(bag, "dev")[1]
    except datastd.UsageError:
        assert spoil is elsewhere  # nothing is left that is data


def test_an_index_in_a_bag_names_what_is_in_its_payload(tmp_path):
    write_pictures(tmp_path / "data", each=3)
    names = [path.relative_to(tmp_path / "data").as_posix() for path in sorted((tmp_path / "data").rglob("*.png"))]
    rows = "".join(f"{one},{one.split('/')[-2]}\n" for one in names)
    (tmp_path / "data/metadata.csv").write_text(f"file_name,label\n{rows}../../out.png,a\n/etc/passwd,b\n{'data/' + names[0]},a\n")
    (tmp_path / "bagit.txt").write_text(BAG)
    report = datastd.check(tmp_path)
    assert (report.data.format, report.accounting.samples, report["F189"].failed) == ("image-index", len(names) + 3, 3)


@pytest.mark.parametrize(("name", "content"), [
    ("c.json", "[" * 100_000), ("README.md", '---\nlicense: !!python/object/apply:os.system ["true"]\n---\n'),
    ("README.md", '---\na: &a ["x", "x"]\nb: [*a, *a]\n---\n'),
])  # fmt: skip
def test_what_is_imported_is_data(name, content, tmp_path, capsys):
    (tmp_path / name).write_text(content)
    assert main(["card", "import", str(tmp_path / name), "--out", str(tmp_path / "card.toml")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "card.toml").exists()
