"""Bags (RFC 8493): what is read of them, and what is planted in them."""

import hashlib

import pytest
from test_describing_formats import WRITERS

import datastd
from datastd.model import Outcome

TEXT = b'{"text": "some text"}\n'
OTHER = b'{"text": "another text"}\n'
PAYLOAD = {"data/train.jsonl": TEXT, "data/val.jsonl": OTHER}
CODES = ("C001", "C002", "C003", "N371")


def line(kind, content, path):
    return f"{hashlib.new(kind, content).hexdigest()}  {path}\n"


def bag(folder, *, kinds=("sha512",), tags=("sha512",), **papers):
    """A bag that is whole, but for the papers that are given; one that is None is left out."""
    made = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": f"Source-Organization: X\nPayload-Oxum: {len(TEXT + OTHER)}.2\n".encode(),
    }
    for kind in kinds:
        made[f"manifest-{kind}.txt"] = "".join(line(kind, c, p) for p, c in PAYLOAD.items()).encode()
    made |= {name.replace("_txt", ".txt").replace("_", "-"): text for name, text in papers.items()}
    made = {name: text for name, text in made.items() if text is not None}
    for kind in tags:
        made[f"tagmanifest-{kind}.txt"] = "".join(line(kind, c, p) for p, c in sorted(made.items())).encode()
    for path, content in {**PAYLOAD, **made}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def found(folder):
    report = datastd.check(folder, "raw-text/1")
    assert report.accounting.samples == 2 or report.accounting.samples == 1
    assert [one.code for one in report.verdicts if one.code == "F099" and one.failed] == []
    return {code: [(e.key, e.detail) for e in report[code].examples] for code in CODES if report[code].failed}


@pytest.mark.parametrize("kinds", [("sha512",), ("sha256",), ("sha256", "sha512"), ("md5", "sha512"), ("sha384",)])
@pytest.mark.parametrize("tags", [(), ("sha512",), ("sha256",), ("md5", "sha1")])
def test_a_bag_that_is_whole_passes(kinds, tags, tmp_path):
    report = datastd.check(bag(tmp_path, kinds=kinds, tags=tags), "raw-text/1")
    assert report.passed
    assert all(report[code].checked for code in CODES)


@pytest.mark.parametrize("kinds", [("md5",), ("sha1",), ("md5", "sha1"), ()])
def test_a_bag_that_nothing_strong_vouches_for_is_refused_and_told_what_to_write(kinds, tmp_path):
    ((place, said),) = found(bag(tmp_path, kinds=kinds))["N371"]
    assert place == "bagit.txt"
    assert "expected manifest-sha256.txt or manifest-sha512.txt" in said
    assert all(f"manifest-{kind}.txt" in said for kind in kinds) or said.endswith("found none")


@pytest.mark.parametrize("kind", ["sha512", "sha256", "md5"])
def test_bytes_of_the_payload_that_any_list_contradicts_are_named(kind, tmp_path):
    folder = bag(tmp_path, kinds=("sha512", kind) if kind != "sha512" else (kind,))
    list_ = folder / f"manifest-{kind}.txt"
    wrong = line(kind, b"else", "data/val.jsonl")
    list_.write_text(line(kind, TEXT, "data/train.jsonl") + wrong)
    (folder / "tagmanifest-sha512.txt").unlink()
    assert found(folder) == {"C001": [("data/val.jsonl", "expected the bytes that the manifest states, found it otherwise")]}


@pytest.mark.parametrize("kind", ["sha512", "sha256"])
@pytest.mark.parametrize("name", ["bag-info.txt", "manifest-sha256.txt", "manifest-sha512.txt"])
def test_a_paper_that_was_changed_is_named_by_the_list_of_tags(kind, name, tmp_path):
    folder = bag(tmp_path, kinds=("sha256", "sha512"), tags=(kind,))
    assert found(folder) == {}
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    assert [place for place, _ in found(folder)["C001"]] == [name]


@pytest.mark.parametrize("name", ["bag-info.txt", "manifest-sha256.txt"])
def test_a_paper_that_is_gone_is_missed_by_the_list_of_tags(name, tmp_path):
    folder = bag(tmp_path, kinds=("sha256", "sha512"))
    (folder / name).unlink()
    assert [place for place, _ in found(folder)["C002"]] == [name]


@pytest.mark.parametrize("kinds", [("sha512",), ("sha256", "sha512")])
def test_a_file_that_is_not_here_is_missing_and_one_that_was_added_is_not_listed(kinds, tmp_path):
    folder = bag(tmp_path, kinds=kinds)
    (folder / "data/val.jsonl").rename(folder / "data/val-2.jsonl")
    report = found(folder)
    assert [place for place, _ in report["C002"]] == ["data/val.jsonl"]
    assert [place for place, _ in report["C003"]] == ["data/val-2.jsonl"]
    assert {place for place, _ in report["N371"]} == {"data/val-2.jsonl"}
    assert "C001" not in report


def test_each_list_of_the_payload_names_all_of_it(tmp_path):
    folder = bag(tmp_path, kinds=("sha256", "sha512"), tags=())
    (folder / "manifest-sha256.txt").write_text(line("sha256", TEXT, "data/train.jsonl"))
    assert found(folder) == {"N371": [("data/val.jsonl", "expected a line of manifest-sha256.txt about it, found none")]}


def test_the_list_of_tags_names_each_list_of_the_payload(tmp_path):
    folder = bag(tmp_path, tags=())
    (folder / "tagmanifest-sha256.txt").write_text(line("sha256", (folder / "bagit.txt").read_bytes(), "bagit.txt"))
    assert found(folder) == {"N371": [("manifest-sha512.txt", "expected a line of tagmanifest-sha256.txt about it, found none")]}


SUM = len(TEXT + OTHER)


@pytest.mark.parametrize(("said", "told"), [
    (f"{SUM}.2", None), (f"  {SUM}.2 ", None), (f"{SUM + 1}.2", f"{SUM + 1}.2"), (f"{SUM}.3", f"{SUM}.3"),
    (f"{SUM}", "no such numbers"), ("", "no such numbers"), (f"0{SUM}.2", f"0{SUM}.2"), ("\x1b[31m", "no such numbers"),
])  # fmt: skip
def test_the_payload_is_as_large_as_is_stated(said, told, tmp_path):
    report = found(bag(tmp_path, bag_info_txt=f"payload-OXUM: {said}\r\n".encode()))
    expected = f"expected Payload-Oxum {SUM}.2, bytes and files of data/, found {told}"
    assert report == ({"N371": [("bag-info.txt", expected)]} if told else {})


def test_a_second_sum_that_is_wrong_is_found_behind_one_that_is_right(tmp_path):
    text = f"Payload-Oxum: {SUM}.2\nPayload-Oxum: 1.1\n".encode()
    assert [place for place, _ in found(bag(tmp_path, bag_info_txt=text))["N371"]] == ["bag-info.txt"]


@pytest.mark.parametrize(("text", "places"), [
    (b"https://example.org/x 12 data/more.jsonl\n", ["data/more.jsonl"]),
    (b"https://example.org/x - data/more.jsonl", ["data/more.jsonl"]),
    (b"https://example.org/x 12 ../../etc/passwd\n", ["../../etc/passwd"]),
    (b"https://example.org/x 12 data/train.jsonl\n", []),  # fetched it was
    (b"", []), (b"some words\n", ["fetch.txt: line 1"]), (b"\n\nx y z\n", ["fetch.txt: line 3"]),
])  # fmt: skip
def test_what_is_elsewhere_is_not_here_and_is_not_fetched(text, places, tmp_path):
    report = found(bag(tmp_path, fetch_txt=text))
    assert [place for place, _ in report.get("N371", [])] == places
    assert all("elsewhere" in said or "fetched" in said or "another line" in said for _, said in report.get("N371", []))


@pytest.mark.parametrize("text", [
    b"", b"BagIt-Version: 1.0\n", b"Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n",
    b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-16\n", b"BagIt-Version: x\nTag-File-Character-Encoding: UTF-8\n",
])  # fmt: skip
def test_a_declaration_that_is_none_is_refused(text, tmp_path):
    assert [place for place, _ in found(bag(tmp_path, bagit_txt=text))["N371"]] == ["bagit.txt"]


def test_addresses_without_a_bag_are_refused(tmp_path):
    folder = bag(tmp_path, bagit_txt=None, fetch_txt=b"https://example.org/x 1 data/train.jsonl\n")
    assert [place for place, _ in found(folder)["N371"]] == ["fetch.txt"]


def test_a_list_of_sha512_is_read_without_a_bag_around_it(tmp_path):
    (tmp_path / "train.jsonl").write_bytes(TEXT)
    for content, codes in ((TEXT, set()), (OTHER, {"C001"})):
        (tmp_path / "manifest-sha512.txt").write_text(line("sha512", content, "train.jsonl"))
        assert {*found(tmp_path)} == codes
    (tmp_path / "manifest-sha512.txt").rename(tmp_path / "manifest-md5.txt")
    assert {*found(tmp_path)} == {"C001", "N371"}


def test_a_path_is_escaped_as_the_rfc_has_it_and_one_that_is_no_text_is_of_no_file(tmp_path):
    folder = bag(tmp_path, tags=())
    (folder / "data/val.jsonl").rename(folder / "data/val%0a.jsonl")
    lines = line("sha512", TEXT, "data/train.jsonl") + line("sha512", OTHER, "data/val%250a.jsonl")
    (folder / "manifest-sha512.txt").write_text(lines)
    assert found(folder) == {}
    (folder / "manifest-sha512.txt").write_bytes(lines.encode() + b"0" * 128 + b"  data/\xff.jsonl\n")
    assert {*found(folder)} == {"C002"}


@pytest.mark.parametrize("text", [b"no line\n", b"abc  data/train.jsonl\n"])
def test_a_line_that_is_none_is_a_wrong_digest(text, tmp_path):
    folder = bag(tmp_path, tags=())
    (folder / "manifest-sha512.txt").write_bytes((folder / "manifest-sha512.txt").read_bytes() + text)
    assert {*found(folder)} == {"C001"}


def test_a_dataset_without_a_bag_is_not_asked(tmp_path):
    (tmp_path / "train.jsonl").write_bytes(TEXT)
    report = datastd.check(tmp_path, "raw-text/1")
    assert {"C001", "N371"} <= {one.code for one in report.not_asked}


def test_what_is_cleaned_is_no_bag_any_more_and_says_so(tmp_path):
    folder = bag(tmp_path / "bag")
    (folder / "data/train.jsonl").write_bytes(TEXT + b'{"text": ""}\n')
    (folder / "bag-info.txt").write_bytes(b"Source-Organization: X\nPayload-Oxum: 9.9\n")
    datastd.clean(folder, tmp_path / "out", "raw-text/1")
    there = {path.name for path in (tmp_path / "out").iterdir()}
    assert "manifest-sha256.txt" in there
    assert not there & {"bagit.txt", "manifest-sha512.txt", "tagmanifest-sha512.txt"}
    assert (tmp_path / "out/bag-info.txt").read_text() == "Source-Organization: X\n"
    assert datastd.check(tmp_path / "out", "raw-text/1").passed


# Whatever the format: the payload below data/, and beside it what is said of it

def in_a_bag(folder, write):
    """A dataset of a format as a bag, whole."""
    (folder / "data").mkdir(parents=True)
    write(folder / "data")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted((folder / "data").rglob("*")) if path.is_file()}
    papers = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": f"Payload-Oxum: {sum(map(len, files.values()))}.{len(files)}\n".encode(),
        "manifest-sha256.txt": "".join(line("sha256", content, path) for path, content in files.items()).encode(),
    }
    papers["tagmanifest-sha256.txt"] = "".join(line("sha256", content, path) for path, content in sorted(papers.items())).encode()
    for path, content in papers.items():
        (folder / path).write_bytes(content)
    return [*files]


def verdicts(folder, name, profile="dev"):
    standard = {"cifar": "cifar10/1"}.get(name)
    report = datastd.check(folder, standard, profile=profile)
    assert report.data.format == name
    return report


@pytest.mark.parametrize("name", WRITERS)
def test_a_dataset_of_any_format_may_lie_in_a_bag_and_drift_is_named_file_by_file(name, tmp_path):
    bare = tmp_path / "bare"
    bare.mkdir()
    WRITERS[name](bare)
    plain = verdicts(bare, name)
    folder = tmp_path / "bag"
    files = in_a_bag(folder, WRITERS[name])
    whole = verdicts(folder, name)
    assert {whole[code].outcome for code in CODES} == {Outcome.PASS}
    assert whole.accounting.samples == plain.accounting.samples
    assert {one.code for one in whole.verdicts if one.failed} == {one.code for one in plain.verdicts if one.failed}
    # One byte more, one file gone, one that nobody lists: each by its name.
    last = folder / files[-1]
    last.write_bytes(last.read_bytes() + b"\n")
    (folder / "data/added.txt").write_bytes(b"x")
    lost = line("sha256", b"x", "data/gone.bin")
    listed = folder / "manifest-sha256.txt"
    listed.write_bytes(listed.read_bytes() + lost.encode())
    report = datastd.check(folder, {"cifar": "cifar10/1"}.get(name), format=name, profile="team")
    assert [one.key for one in report["C001"].examples] == sorted([files[-1], "manifest-sha256.txt"], key=lambda path: path)
    assert [one.key for one in report["C002"].examples] == ["data/gone.bin"]
    assert "data/added.txt" in {one.key for one in report["C003"].examples}
    assert {report[code].outcome for code in ("C001", "C002", "C003")} == {Outcome.FAIL}
