"""A card that `datastd init` drafts loads, and passes `dev`, whatever the format of the data."""

import json
import subprocess

import chat_files
import cifar_files
import coco_files
import columnar_files
import mask_files
import panoptic_files
import pytest
import shard_files
import squad_files
import token_files
import voc_files
from support import sound, write_pictures

import datastd
from datastd import pipeline
from datastd.card import read
from datastd.describing import describe
from datastd.model import Outcome

LINES = "".join(json.dumps({"text": f"The {n}th line of what is read here."}) + "\n" for n in range(9))


def listed(folder):
    """Pictures that a table names, with their labels."""
    write_pictures(folder, each=3)
    rows = [f"{path.relative_to(folder).as_posix()},{path.parent.name}\n" for path in sorted(folder.rglob("*.png"))]
    (folder / "metadata.csv").write_text("file_name,label\n" + "".join(rows))


def warc(folder):
    """Texts of pages, as Common Crawl's WET files have them."""
    page = b"The page of a town, with a line of text."
    fields = ["WARC/1.0", "WARC-Type: conversion", "WARC-Record-ID: <urn:uuid:{0}>", "WARC-Date: 2026-01-01T00:00:00Z",
              "WARC-Target-URI: https://example.org/{0}", "Content-Type: text/plain", "Content-Length: {1}"]  # fmt: skip
    head = "\r\n".join([*fields, "", ""])
    (folder / "pages.warc").write_bytes(b"".join(head.format(n, len(page)).encode() + page + b"\r\n\r\n" for n in range(3)))


def at(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def tokens(form):
    return lambda folder: token_files.write_tokens(folder, form)


WRITERS = {
    "arrow": at("train.arrow", columnar_files.ipc(columnar_files.table(["one line", "and two"]))),
    "chat": lambda folder: chat_files.write(folder, chat_files.lines(chat_files.many(chat_files.openai))),
    "cifar": lambda folder: cifar_files.write_ten(folder, count=20, test=10),
    "coco": coco_files.sound,
    "coco-panoptic": panoptic_files.sound,
    "csv": at("train.csv", b"text,number\none line,1\nand two,2\n"),
    "idx": sound,
    "image-folder": lambda folder: write_pictures(folder, each=3),
    "image-index": listed,
    "jsonl": at("train.jsonl", LINES.encode()),
    "masks": mask_files.write_masks,
    "mds": lambda folder: shard_files.write_mds(folder, {"text": "str"}, [{"text": f"line {n}"} for n in range(6)]),
    "parquet": at("train.parquet", columnar_files.parquet(columnar_files.table(["one line", "and two"]))),
    "squad": squad_files.sound,
    "text": at("train.txt", b"The first line.\nAnd the second.\n"),
    "voc": voc_files.voc,
    "warc": warc,
    "webdataset": shard_files.write_webdataset,
    "yolo": voc_files.yolo,
    **{form: tokens(form) for form in token_files.FORMATS},
}  # fmt: skip


def test_every_format_is_drafted():
    assert {*WRITERS} == {*pipeline.formats()}


@pytest.mark.parametrize("name", WRITERS)
def test_a_drafted_card_loads_and_passes_dev(name, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    WRITERS[name](data)
    done = describe(data, manifest=True)
    card = read((data / "datacard.toml").read_bytes())
    assert card.storage.format == name
    assert card.identity.license is None
    report = datastd.check(data, {"cifar": "cifar10/1"}.get(name))
    found = {verdict.code: verdict for verdict in report.verdicts if verdict.code.startswith("N")}
    assert found["N060"].outcome is Outcome.PASS
    assert [one for one in found.values() if not one.outcome.opens] == []
    counted = ["N274"] if "processing.splits" in done.filled else []  # else nobody knows before they are read
    assert {found[code].outcome for code in ("N366", "N370", *counted)} == {Outcome.PASS}
    assert subprocess.run(["sha256sum", "-c", "--quiet", "manifest-sha256.txt"], cwd=data).returncode == 0


def test_a_bag_is_taken_with_its_manifests(tmp_path):
    """RFC 8493: the payload lies below data/, and beside it what is said of it."""
    (tmp_path / "bag" / "data").mkdir(parents=True)
    (tmp_path / "bag" / "data" / "train.jsonl").write_text(LINES)
    (tmp_path / "bag" / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (tmp_path / "bag" / "bag-info.txt").write_text(f"Payload-Oxum: {len(LINES.encode())}.1\n")
    for manifest, files in (("manifest", ["data/train.jsonl"]), ("tagmanifest", ["bagit.txt", "bag-info.txt", "manifest-sha256.txt"])):
        sums = subprocess.run(["sha256sum", *files], cwd=tmp_path / "bag", capture_output=True, check=True)
        (tmp_path / "bag" / f"{manifest}-sha256.txt").write_bytes(sums.stdout)
    report = datastd.check(tmp_path / "bag", "raw-text/1")
    assert {report[code].outcome for code in ("C001", "C002", "C003", "N371")} == {Outcome.PASS}
    assert report.data.format == "jsonl"
    (tmp_path / "bag" / "bag-info.txt").write_text("Payload-Oxum: 9.9\n")
    drifted = datastd.check(tmp_path / "bag", "raw-text/1")
    assert [one.key for one in drifted["C001"].examples] == ["bag-info.txt"]
