"""
The catalogue, held against what is built.

Each priority 1 or 2 row of the sections built so far is either built, with the name,
level and default of its row and a planted defect that turns it red, or stands in
`NOT_BUILT` with a reason.
"""

import json
import re
import subprocess
import sys
import zlib
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from catalogue import test_squad
from cifar_files import batch, binary, flat, labels, pickled, pictures, write_batch, write_ten
from columnar_files import parquet, put
from PIL import ExifTags, Image
from shard_files import link, members, tar, write_mds, write_webdataset
from support import SHARED, picture, samples, sound, write_idx, write_pictures
from token_files import EOS, FORMATS, WRITERS, documents, meta, write_tokens

from datastd import measures, pipeline, reference, standard
from datastd.measures import Measure
from datastd.measures.text import languages
from datastd.model import Level
from datastd.rules import Rule
from datastd.sources import Defect, mds, webdataset

CATALOGUE = SHARED.parent / "reference" / "rules.md"
SECTIONS = ("1.0", "1.1", "1.3", "1.4", "1.5", "1.7")
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"

needs_model = pytest.mark.skipif(languages.place() is None, reason="needs the extra datastd[text]")
pytestmark = pytest.mark.skipif(
    not CATALOGUE.is_file(), reason=f"the catalogue is expected at {CATALOGUE}"
)


class Row(NamedTuple):
    code: str
    name: str
    level: str
    priority: int
    default: str


def rows():
    if not CATALOGUE.is_file():
        return []
    found, section = [], ""
    for line in CATALOGUE.read_text().splitlines():
        if heading := re.match(r"### (\d\.\w)", line):
            section = heading[1]
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if section in SECTIONS and cells and re.fullmatch(r"[FQCLN]\d{3}", cells[0]):
            code, name, level, priority, _, default, *_ = cells
            found.append(Row(code, name, level, int(priority), default))
    return found


NOT_BUILT = {
    code: reason
    for reason, codes in {
        "arrays of numpy are no format of their own": "F025",
        "tables that refer to each other; with boxes and their pictures": "C719",
        "drift; with what is compared with an earlier version": "C730 C731 C732 C733 C735 C736 C737",
        "decoding needs a tokenizer; with the input `tokenizer`": "C411",
    }.items()
    for code in codes.split()
}


NOT_ASKED = frozenset(["C103", "Q113", "L107", "C009", "L310", "L311", "L312"])
"""Asked with an input, or of a published dataset: planted in `rules/test_each_rule.py` alone."""


def _edit(folder, name, change):
    path = folder / name
    path.write_bytes(change(bytearray(path.read_bytes())))


def _set(position, value):
    def change(content):
        content[position] = value
        return content

    return change


def _labels(folder, change):
    images, labels = samples(200)
    write_idx(folder, train=(images, change(labels.copy())))


def _images(folder, change):
    images, labels = samples(200)
    write_idx(folder, train=(change(images.copy()), labels))


def _first_is_second(images):
    images[0] = images[1]
    return images


def _copy_across(folder):
    train, test = samples(200), samples(100, seed=1)
    train[0][0], train[1][0] = test[0][0], test[1][0]
    write_idx(folder, train=train, test=test)


def _conflict(folder):
    images, labels = samples(200)
    images[0] = images[int(np.flatnonzero(labels != labels[0])[0])]
    write_idx(folder, train=(images, labels))


def _smooth(seed):
    """A picture that a hash can tell from others; the samples are noise of 8 by 8 pixels."""
    coarse = Image.fromarray(np.random.default_rng(seed).integers(0, 256, (3, 3), dtype=np.uint8))
    return np.asarray(coarse.resize((8, 8), Image.Resampling.BICUBIC))


def _near(images):
    images[0], images[1] = _smooth(0), _smooth(0) ^ 1
    return images


def _near_across(folder):
    train, test = samples(200), samples(100, seed=1)
    train[0][0], test[0][0] = _smooth(0), _smooth(0) ^ 1
    write_idx(folder, train=train, test=test)


def _constant(images):
    images[3] = 7
    return images


def _rare(folder):
    images, labels = samples(1200)
    keep = np.ones(1200, bool)
    keep[np.flatnonzero(labels == 7)[3:]] = False
    write_idx(folder, train=(images[keep], labels[keep]))


def _nine_of_seven(folder):
    images, labels = samples(200)
    keep = np.ones(200, bool)
    keep[np.flatnonzero(labels == 7)[9:]] = False
    write_idx(folder, train=(images[keep], labels[keep]))


def _swap_sizes(content):
    content[4:16] = np.frombuffer(bytes(content[4:16]), "<u4").astype(">u4").tobytes()
    return content


def _link(folder):
    (folder / IMAGES).unlink()
    (folder / IMAGES).symlink_to("nowhere")


def _gz(folder, change):
    (folder / IMAGES).unlink()
    (folder / LABELS).unlink()
    write_idx(folder, gz=True, train=samples(200))
    _edit(folder, f"{IMAGES}.gz", change)


PLANTS = {
    "F001": _link,
    "F002": lambda f: (f / LABELS).write_bytes(b""),
    "F003": lambda f: _gz(f, lambda c: c[:-5]),
    "F004": lambda f: _gz(f, lambda c: b"PAR1" + c[4:]),
    "F006": lambda f: (write_idx(f / "A", train=samples(60, seed=8)),
                       write_idx(f / "a", train=samples(60, seed=9))),
    "F007": lambda f: (f / "._img.jpg").write_bytes(b"x"),
    "F008": lambda f: np.save(f / "extra.npy", np.array([{}], object), allow_pickle=True),
    "F009": lambda f: (f / "t10k-images-idx3-ubyte").write_bytes((f / IMAGES).read_bytes()),
    "C012": lambda f: write_idx(f, train=(samples(1200)[0], np.sort(samples(1200)[1]))),
    "F101": lambda f: _edit(f, IMAGES, _set(0, 1)),
    "F102": lambda f: _edit(f, IMAGES, _set(2, 0x0A)),
    "F103": lambda f: _edit(f, IMAGES, _set(3, 2)),
    "F104": lambda f: _edit(f, IMAGES, lambda c: c + b"x"),
    "F105": lambda f: _edit(f, IMAGES, _swap_sizes),
    "F106": lambda f: write_idx(f, train=(samples(200)[0], samples(200)[1][:-1])),
    "F107": lambda f: _labels(f, lambda labels: np.where(np.arange(200) == 4, 10, labels)
                              .astype(np.uint8)),
    "F108": lambda f: (f / IMAGES).rename(f / "train-images-idx2-ubyte"),
    "Q109": lambda f: _images(f, _constant),
    "Q114": _rare,
    "Q115": _nine_of_seven,
    "L101": lambda f: _images(f, _first_is_second),
    "L102": _copy_across,
    "L103": lambda f: _images(f, _near),
    "L104": _near_across,
    "L105": _conflict,
}  # fmt: skip
"""The planted defect of each row, put into a dataset that is otherwise sound."""

def _batch(change):
    """Change the dictionary of a batch of the Python version."""
    def plant(folder):
        whole = batch(pictures(200), "x", labels=labels(200))
        change(whole)
        (folder / "data_batch_1").write_bytes(pickled(whole))
    return plant


def _in_turn(folder):
    pixels_as_planes = pictures(200).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    write_batch(folder, "test_batch", pixels_as_planes, labels(200), form="py2")


CIFAR_PLANTS = {
    "F111": _batch(lambda b: b.pop("labels")),
    "F112": _batch(lambda b: b.update(data=flat(pictures(200)).astype(np.float32))),
    "F113": _batch(lambda b: b["labels"].pop()),
    "F114": _batch(lambda b: b["labels"].__setitem__(4, 10)),
    "F115": lambda f: ((f / "test_batch").unlink(),
                       (f / "test_batch.bin").write_bytes(binary(pictures(200), labels(200))[:-1])),
    "F116": _in_turn,
    "F117": lambda f: (f / "data_batch_1").write_bytes(b"\x80\x02cos\nsystem\nU\x04true\x85R."),
}  # fmt: skip
"""Those of CIFAR's rows, put into files of the Python version."""

PLANTS |= CIFAR_PLANTS


def _tokens(form, **options):
    """Write the training split anew, in another way."""
    return form, lambda folder: WRITERS[form](folder, "train", **({"docs": documents()} | options))


def _bytes(form, name, change):
    return form, lambda folder: _edit(folder, name, change)


def _put(at, value, kind="<i4"):
    content = np.array(value, kind).tobytes()
    return lambda whole: whole[:at] + content + whole[at + len(content) :]


def _changed(row, at, value):
    docs = documents()
    docs[row][at] = value
    return docs


TOKENS = {
    "F401": _bytes("megatron", "train.idx", _set(0, 0)),
    "F402": _bytes("megatron", "train.idx", _put(9, 2, "<u8")),
    "F403": _bytes("megatron", "train.idx", _set(17, 9)),
    "F404": _bytes("megatron", "train.idx", lambda c: c[:-4]),
    "F405": _bytes("megatron", "train.idx", _put(34 + 4 * 80 + 8, 1, "<i8")),
    "F406": _bytes("megatron", "train.bin", lambda c: c[:-2]),
    "F407": _tokens("megatron", starts=range(80)),
    "F408": _tokens("megatron", docs=[*documents(), np.array([], np.int64)]),
    "F409": ("megatron", lambda f: (f / "train.bin").unlink()),
    "F411": _bytes("llmc", "corpus_train.bin", _put(0, 0)),
    "F412": _bytes("llmc", "corpus_train.bin", _put(4, 2)),
    "F413": _bytes("llmc", "corpus_train.bin", lambda c: c + b"\0\0"),
    "F414": _bytes("llmc", "corpus_train.bin", _put(8, 0)),
    "F421": _bytes("nanogpt", "train.bin", lambda c: c + b"\0"),
    "F422": ("nanogpt", lambda f: WRITERS["llmc"](f, "train", documents(), magic=7)),
    "F423": ("nanogpt", lambda f: (f / "meta.pkl").write_bytes(meta(65))),
    "F431": _bytes("datatrove", "train_00000.ds.index", lambda c: c[:-8]),
    "F432": _tokens("dolma", rows=[("a", "b", 0, 0, 9), ("a", "b", 1, 10, 99)]),
    "C401": _tokens("nanogpt", docs=_changed(4, 9, 50_300)),
    "C402": ("datatrove", lambda f: None),  # as it is, by a vocabulary of 128,256 ids
    "C403": _tokens("nanogpt", kind=">u2"),
    "C404": _tokens("nanogpt", kind="<u4"),
    "C405": _tokens("megatron", docs=_changed(4, -1, 7)),
    "C406": _tokens("dolma", docs=[*documents(), np.array([EOS])]),
    "C407": _tokens("llmc", docs=_changed(79, -1, 7)),
    "C408": ("datatrove", lambda f: None),  # as it is, where 1,000 tokens are enough to tell
    "C409": _tokens("nanogpt", docs=[np.where(doc % 200 == 1, 7, doc) for doc in documents()]),
    "C410": _tokens("datatrove", docs=_changed(4, 9, EOS)),
    "C413": _tokens("datatrove", tokens=4711),
    "L401": _tokens("dolma", docs=[*documents(), documents(7, seed=1)[6]]),  # of 67 tokens
    "L402": _tokens("megatron", docs=[*documents(60), *documents(20)]),
}  # fmt: skip
"""Likewise: the format, and what is done to sound files of ids in it."""

OTHERS = """
from datastd import Standard
from datastd.standard import load
from datastd.vocabulary import Vocabulary
base = load("token-shards/1")
ids = Vocabulary(size={size}, eos=50_256, unk=7)
def told(rule):
    more = {{"tokens": 1000}} if rule.code == "C408" else {{}}
    return type(rule)(vocabulary=ids, **more) if rule.tells else rule
standard = Standard(name="other-ids/1", about="Other ids.", formats=base.formats,
    measures=base.measures, rows=base.rows, rules=tuple(map(told, base.rules)))
del base
"""
"""As `token-shards/1`, with an id for what is unknown, and of as many ids as are said."""

FIRST = "train/a/000.png"


def _picture(seed=99, **options):
    return picture(seed, **options)


def _put(folder, image, name=FIRST, **options):
    (folder / FIRST).unlink()
    image.save(folder / name, **options)


def _tag(turn):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    return exif


def _shades(low, high, size=(40, 48)):
    random = np.random.default_rng(0)
    return Image.fromarray(random.integers(low, high, (*size, 3), np.uint8))


def _ramp():
    edge = np.linspace(10, 190, 200)
    ramp = (edge[:, None] + edge) / 2
    return Image.fromarray(np.stack([ramp, ramp + 9, ramp + 20], axis=2).astype(np.uint8))


def _bomb(folder):
    content = bytearray((folder / FIRST).read_bytes())
    content[16:24] = (20_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    (folder / FIRST).write_bytes(content)


def _index(folder):
    rows = [f"{path.relative_to(folder)},{path.parent.name},train,{48 if path.name != '003.png' else 40},40"
            for path in sorted(folder.rglob("*.png"))]  # fmt: skip
    (folder / "metadata.csv").write_text("\n".join(["file_name,label,split,width,height", *rows]))


def _brighter(folder):
    for path in (folder / "train/b").iterdir():
        array = np.asarray(Image.open(path)).astype(np.int64) // 2 + 120
        Image.fromarray(array.astype(np.uint8)).save(path)


def _copy(folder, to):
    (folder / to).parent.mkdir(parents=True, exist_ok=True)
    (folder / to).write_bytes((folder / FIRST).read_bytes())


PICTURES = {
    "C101": lambda f: write_pictures(f, splits=("val",), classes=("a", "b", "c"), seed=70),
    "C102": lambda f: write_pictures(f, classes=("A",), seed=70),
    "F121": lambda f: (f / "train/zebra").mkdir(),
    "F124": lambda f: write_pictures(f, classes=(".ipynb_checkpoints",), seed=70),
    "Q108": lambda f: _put(f, _picture(size=(400, 480))),
    "Q112": _brighter,
    "F122": lambda f: (f / "train/x.txt").write_text("x"),
    "F123": lambda f: _picture().save(f / "train/a/x.gif"),
    "F131": lambda f: (f / FIRST).write_bytes(b"<html>"),
    "F132": lambda f: _edit(f, FIRST, lambda c: c[:-12]),
    "F134": lambda f: (f / FIRST).rename(f / "train/a/000.jpg"),
    "F135": lambda f: _put(f, _picture(mode="P")),
    "F136": lambda f: _put(f, _picture(), save_all=True, append_images=[_picture(98)]),
    "F137": lambda f: _put(f, _picture(), "train/a/000.jpg", exif=_tag(6)),
    "F138": lambda f: _put(f, _picture(), "train/a/000.jpg", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff"),
    "F140": _bomb,
    "F141": lambda f: _put(f, _picture(size=(40, 31))),
    "F142": _index,
    "Q101": lambda f: _put(f, _shades(0, 60)),
    "Q102": lambda f: _put(f, _shades(248, 256)),
    "Q103": lambda f: _put(f, _picture(size=(40, 115))),
    "Q104": lambda f: _put(f, _shades(90, 92)),
    "Q105": lambda f: _put(f, _ramp()),
    "Q106": lambda f: _put(f, _picture(mode="L")),
    "Q107": lambda f: _put(f, _picture(mode="L").convert("RGB")),
    "L101": lambda f: _copy(f, "train/a/copy.png"),
    "L102": lambda f: _copy(f, "val/a/copy.png"),
    "L105": lambda f: _copy(f, "train/b/copy.png"),
    "F002": lambda f: (f / FIRST).write_bytes(b""),
}  # fmt: skip
"""Likewise, put into a sound folder of pictures and judged by `image-classification/1`."""

DOCUMENTS = [f"document {n}, which is of its own" for n in range(40)]


def _corpus(folder, *lines, name="train.jsonl"):
    folder.mkdir(parents=True, exist_ok=True)
    sound_ = [json.dumps({"id": n, "text": text}) for n, text in enumerate(DOCUMENTS)]
    (folder / name).write_bytes(b"\n".join([*(one.encode() for one in sound_), *lines, b""]))
    return folder


def _text(text, **options):
    return lambda f: _corpus(f, json.dumps({"text": text}, **options).encode())


def _manifest(folder, change=lambda text: text):
    lines = [f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / "manifest-sha256.txt").write_text(change("".join(lines)))


def _numbered(folder, *numbers, of=4):
    (folder / "train.jsonl").unlink()
    for n in numbers:
        (folder / f"train-{n:05d}-of-{of:05d}.jsonl").write_text("".join(
            json.dumps({"text": f"document {n} {k}"}) + "\n" for k in range(500 if n == 2 else 40)))  # fmt: skip


def _states(folder, count):
    (folder / "dataset_info.json").write_text(json.dumps({"splits": {"train": {"num_examples": count}}}))


CORPORA = {
    "C001": lambda f: (_manifest(f), _edit(f, "train.jsonl", lambda c: c.replace(b"7", b"9"))),
    "C002": lambda f: (_manifest(f, lambda text: text + "0" * 64 + "  gone.jsonl\n")),
    "C003": lambda f: (_manifest(f), _corpus(f, name="test.jsonl")),
    "C004": lambda f: _states(f, 41),
    "C005": lambda f: _numbered(f, 0, 1, 3),
    "C006": lambda f: _numbered(f, 0, 1, 2, 3),
    "C011": lambda f: (f / "train.jsonl").rename(f / "train_eval.jsonl"),
    "F010": lambda f: _corpus(f, b'{"text": "a"'),
    "F011": lambda f: _corpus(f, b'["text"]'),
    "F012": lambda f: _corpus(f, b'{"text": "a", "text": "b"}'),
    "F013": lambda f: _corpus(f, b'{"text": "a", "score": NaN}'),
    "F014": lambda f: _corpus(f, b'{"text": "\\ud800"}'),
    "F016": lambda f: _edit(f, "train.jsonl", lambda c: b"\xef\xbb\xbf" + c),
    "F017": _text("a\u2028b", ensure_ascii=False),
    "F020": lambda f: _corpus(f, b'{"text": "\xff"}'),
    "F021": lambda f: _edit(f, "train.jsonl", lambda c: c.decode().encode("utf-16")),
    "F301": lambda f: _corpus(f, b'{"text": null}'),
    "F303": _text(" \n"),
    "Q301": _text("caf\ufffd"),
    "Q303": _text("a\0b"),
    "Q304": _text("a\u202eb"),
    "L301": _text(DOCUMENTS[3]),
    "L313": lambda f: (f / "test.jsonl").write_text(json.dumps({"text": DOCUMENTS[3]}) + "\n"),
}  # fmt: skip
"""Likewise, put into a sound corpus and judged by `raw-text/1`."""

DOLMA = """
from pydantic import AwareDatetime
from datastd import Document, Standard
from datastd.schemas import raw_text
class Page(Document):
    id: int
    added: AwareDatetime | None = None
standard = Standard(name="pages/1", about="Pages.", formats=("jsonl",), records=Page, measures=raw_text.standard.measures,
    rows=raw_text.Rows, rules=raw_text.standard.rules)
"""

RECORDS = {
    "F302": _text("no id"),
    "F304": lambda f: _corpus(f, b'{"text": "a", "id": 99, "added": "yesterday"}'),
}
"""Likewise, put into a sound corpus and judged by a standard whose record has more than a text."""

def _members(*named):
    """Write the training archive anew, with more members."""
    return "webdataset", lambda f: (f / "train.tar").write_bytes(tar([*members(), *named]))


def _mds(**changed):
    return "mds", lambda f: _write_shards(f / "train", **changed)


def _shard(**said):
    return _mds(change=lambda index: index["shards"][0].update(said))


def _write_shards(folder, **changed):
    rows = [{"text": text, "number": n} for n, text in enumerate(DOCUMENTS)]
    return write_mds(folder, {"text": "str", "number": "int"}, rows, each=20, **changed)


def write_shards(folder, form):
    """Write a sound dataset in shards."""
    if form == "webdataset":
        return write_webdataset(folder)
    _write_shards(folder / "train")
    return folder


_TEXT, _JSON = b"of its own", b"{}"
SHARDS = {
    "F005": _members(("../x.txt", _TEXT), ("../x.json", link())),
    "F008": _members(("x.txt", _TEXT), ("x.json", _JSON), ("x.pkl", b"")),
    "F030": _mds(change=lambda index: index.update(version=1)),
    "F031": _mds(edit=lambda content: content + b"x"),
    "F032": _mds(hashes=["sha1"], edit=lambda content: content[:-1] + b"x"),
    "F033": _mds(edit=lambda content: content[:8] + bytes(4) + content[12:]),
    "F034": _shard(column_sizes=[8]),
    "F035": _mds(change=lambda index: index["shards"][0]["raw_data"].update(bytes=1 << 32)),
    "F040": _members(("000", _TEXT)),
    "F041": _members(("x.txt", _TEXT), ("x.TXT", _TEXT), ("x.json", _JSON)),
    "F042": _members(("train/000.txt", _TEXT), ("train/000.json", _JSON)),
    "F043": _members(("x.txt", _TEXT)),
    "F044": _members(("train/._x.txt", _TEXT)),
    "F045": _members(("x.v2.json", _JSON)),
    "F046": ("webdataset", lambda f: (f / "train-2.tar").write_bytes(tar([("x.txt", _TEXT), ("x.json", _JSON)]))),
}  # fmt: skip
"""Likewise, in shards of WebDataset or of MDS: the format, and what is done to them."""

SHARD_DEFAULTS = {
    "F005": "0 members", "F030": f"{mds.index.VERSION}", "F035": f"2^{mds.index.MOST.bit_length() - 1}",
    "F043": "identical sets", "F046": f"{webdataset.UNEVEN}x",
}  # fmt: skip

IN_SHARDS = """
from datastd import Standard
from datastd.standard import load
base = load("raw-text/1")
standard = Standard(name="in-shards/1", about="Texts in shards.", formats=("webdataset", "mds"),
    measures=base.measures, rows=base.rows, rules=base.rules)
del base
"""
"""As `raw-text/1`, in shards."""

PROSE = " ".join(f"word{n} and thing{n} of the place{n}" for n in range(10))
"""A document that Gopher's filters keep, whatever number stands before it."""


def _web(*texts):
    def plant(folder):
        content = [json.dumps({"text": text}) for text in (*(f"The {n}th {PROSE}" for n in range(20)), *texts)]
        folder.mkdir(exist_ok=True)
        (folder / "train.jsonl").write_text("\n".join([*content, ""]))
        return folder
    return plant


GOPHER = {
    "Q320": _web(" ".join(PROSE.split()[:49])),
    "Q321": _web("a of the " * 60),
    "Q322": _web(PROSE + " x# the #y of" * 20),
    "Q323": _web(PROSE + " the ... of" * 20),
    "Q324": _web("\n".join(f"- {word} of the" for word in PROSE.split())),
    "Q325": _web("\n".join(f"{word} of the" + "..." * (n % 2) for n, word in enumerate(PROSE.split()))),
    "Q326": _web(PROSE + " " + " ".join(map(str, range(40)))),
    "Q327": _web(" ".join(f"word{n}" for n in range(60))),
    "Q330": _web("\n".join([*PROSE.split(), *["of"] * 60])),
    "Q331": _web("\n\n".join([*PROSE.split(), *["of"] * 60])),
    "Q332": _web(PROSE + "\n" + "\n".join(["z" * 200] * 5)),
    "Q333": _web(PROSE + "\n\n" + "\n\n".join(["z" * 200] * 5)),
    "Q334": _web(PROSE + " buy now" * 50),
    "Q335": _web(PROSE + " click here now" * 50),
    "Q336": _web(PROSE + " all rights are reserved" * 50),
    **{f"Q{332 + n}": _web(PROSE + " " + PROSE) for n in range(5, 11)},
}  # fmt: skip
"""Likewise, put into a corpus of web text and judged by `gopher/1`."""

SENTENCES = " ".join(f"Word{n} and thing{n} of the place{n}." for n in range(10))
"""A document that all filters of web text keep, whatever number stands before it."""


def _page(more):
    """Twenty sound documents, and one of which something is added, or changed."""
    def plant(folder):
        last = more(SENTENCES) if callable(more) else f"The last {SENTENCES}{more}"
        content = [json.dumps({"text": text}) for text in (*(f"The {n}th {SENTENCES}" for n in range(20)), last)]
        folder.mkdir()
        (folder / "train.jsonl").write_text("\n".join([*content, ""]))
        return folder
    return plant


FILTERS = {
    "Q345": ("c4/1", _page("\nA line of words" * 2)),
    "Q346": ("c4/1", _page(lambda text: text.replace(". ", ", "))),
    "Q347": ("c4/1", _page("\nTwo words.")),
    "Q348": ("c4/1", _page("\nIt is a " + "x" * 1001 + ".")),
    "Q349": ("c4/1", _page("\nThis is Lorem ipsum of it.")),
    "Q350": ("c4/1", _page("\nThis is {a} of it.")),
    "Q351": ("c4/1", _page("\nPlease enable JavaScript.")),
    "Q352": ("c4/1", _page("\nRead our Privacy Policy.")),
    "Q356": ("fineweb/1", _page("\n" + "\n".join(f"of the {n}th item and the {n}th thing" for n in range(9)))),
    "Q357": ("fineweb/1", _page("\nThat is to be a line {}.\nThis was {} and has been.\nOne of the {} is here.".format(*"xyz"))),
    "Q358": ("fineweb/1", _page("\nThat is to be a line.\nAnother one of them all.\nThat is to be a line.")),
    "Q359": ("fineweb/1", _page(lambda text: text.replace(" ", "\n", 30))),
    "Q360": ("refinedweb/1", _page("\nTHIS IS ALL CAPS")),
    "Q361": ("refinedweb/1", _page("\n12345")),
    "Q362": ("refinedweb/1", _page("\n3 likes")),
    "Q363": ("refinedweb/1", _page("\nMenu")),
    "Q364": ("refinedweb/1", _page("\nMenu\nHome\nAbout\nSearch")),
}  # fmt: skip
"""Likewise, judged by the standard that has the limit."""

PATIENTS = """
from datetime import datetime
from typing import Literal
from pydantic import Field, model_validator
from pandera.polars import DataFrameModel
from datastd import Standard, Record, limit
from datastd.rules.columns.conflicting_labels import ConflictingLabels
from datastd.rules.columns.constant_column import ConstantColumn
from datastd.rules.columns.group_leak import GroupLeak
from datastd.rules.columns.id_duplicate_across_shards import IdDuplicateAcrossShards
from datastd.rules.columns.id_leak import IdLeak
from datastd.rules.columns.identifier_column_as_feature import IdentifierColumnAsFeature
from datastd.rules.columns.mixed_null_tokens import MixedNullTokens
from datastd.rules.columns.mixed_types import MixedTypes
from datastd.rules.columns.null_rate_high import NullRateHigh
from datastd.rules.columns.string_variants import StringVariants
from datastd.rules.columns.target_leak import TargetLeak
from datastd.rules.columns.temporal_leak import TemporalLeak
from datastd.rules.columns.timestamp_future import TimestampFuture
from datastd.rules.columns.unique_violation import UniqueViolation
from datastd.rules.columns.unit_scale_mixture import UnitScaleMixture
from datastd.rules.labels.label_cardinality import LabelCardinality
from datastd.rules.labels.label_missing_in_split import LabelMissingInSplit
from datastd.schemas import table as tables
class Row(Record):
    model_config = {"extra": "forbid"}
    id: str
    group: str = Field(alias="patient", pattern="^q[0-9]+$")
    time: datetime
    label: str
    age: int
    size: float | None = Field(default=None, allow_inf_nan=False)
    note: str = Field(max_length=40)
    unit: Literal["mm", "cm"] = "mm"
    first: int = 0
    last: int = 9
    @model_validator(mode="after")
    def ordered(self):
        if self.first > self.last:
            raise ValueError("a first that is not behind the last")
        return self
class Rows(DataFrameModel):
    age: int = limit(ge=0, le=120)
standard = Standard(name="patients/1", about="Patients.", formats=("jsonl",), records=Row, rows=Rows,
    rules=(*tables.standard.rules, ConflictingLabels(), ConstantColumn(columns=("note", "size")), GroupLeak(),
    IdDuplicateAcrossShards(), IdLeak(), IdentifierColumnAsFeature(columns=("age",)), MixedNullTokens(columns=("note",)),
    MixedTypes(columns=("note",)), NullRateHigh(columns=("size",)), StringVariants(columns=("note",)),
    TargetLeak(properties=("size", "note")), TemporalLeak(), TimestampFuture(), UniqueViolation(column="id"),
    UnitScaleMixture(columns=("size",)), LabelCardinality(classes=2), LabelMissingInSplit()))
"""
"""A standard that a user wrote for a table, with each rule about columns."""


def _patients(count, start, year):
    random = np.random.default_rng(start)
    for n in range(start, start + count):
        yield {"id": f"p{n}", "patient": f"q{n // 3}", "time": f"{year}-03-{1 + n % 28:02d}T00:00:00Z",
               "label": str(random.choice(["ill", "well"])), "age": int(random.integers(20, 90)),
               "size": float(random.random() + 0.1), "note": str(random.choice(["cough", "fever"]))}  # fmt: skip


def _table(change=lambda train, test: None):
    """Write a table of 300 and 120 patients, changed."""
    def plant(folder):
        folder.mkdir(exist_ok=True)
        train, test = [*_patients(300, 0, 2020)], [*_patients(120, 300, 2021)]
        change(train, test)
        for name, some in (("train", train), ("test", test)):
            (folder / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in some))
        return folder
    return plant


def _prose(seed, words=80):
    """A document like no other, of words that are no numbers: those are folded."""
    letters = np.random.default_rng(seed).choice([*"abcdefgh"], (words, 7))
    return " ".join("".join(word) for word in letters)


def _pages(*more, split="train"):
    def plant(folder):
        folder.mkdir(exist_ok=True)
        pages = [{"text": f"{_prose(n)}\n{_prose(n + 50)}", "url": f"https://a.com/{_prose(n, 1)}"} for n in range(20)]
        for name, some in (("train", pages), ("val", [])):
            content = [json.dumps(one) + "\n" for one in (*some, *(more if name == split else ()))]
            (folder / f"{name}.jsonl").write_text("".join(content) or json.dumps({"text": _prose(99), "url": "b.com"}) + "\n")
        return folder
    return plant


def _each(**changes):
    """Change rows from the first on, by so many values a column."""
    return _table(lambda train, test: [
        one.__setitem__(name, value)
        for name, values in changes.items() for one, value in zip(train, values, strict=False)
    ])  # fmt: skip


TABLES = {
    "C702": _each(more=["x"]),
    "C705": _each(age=["41"]),
    "C706": _table(lambda train, test: train[0].pop("note")),
    "C707": _each(size=[None] * 30),
    "C708": _each(age=[999]),
    "C709": _each(unit=["inch"]),
    "C710": _each(patient=["Q1"]),
    "C711": _each(note=["x" * 41]),
    "C713": _each(note=["7"] * 15),
    "C714": _each(note=["", "NA"]),
    "C715": _table(lambda train, test: [one.update(note="cough") for one in (*train, *test)]),
    "C716": _each(note=["Fever "]),
    "C717": _table(lambda train, test: [one.update(age=n % 120) for n, one in enumerate([*train[:100], *test[:20]])]
                   and (train.__delitem__(slice(100, None)), test.__delitem__(slice(20, None)))),
    "C718": _each(first=[10]),
    "C720": _each(id=["x", "x"]),
    "C721": _each(time=["2099-01-01T00:00:00Z"]),
    "C723": _each(size=[n + 1000.5 for n in range(40)]),
    "C740": _table(lambda train, test: (train[0].update(label="dead"), test[0].update(label="dead"))),
    "C741": _table(lambda train, test: [one.update(label="ill") for one in test]),
    "L701": _table(lambda train, test: test[0].update(id="p0")),
    "L702": _table(lambda train, test: test.append(dict(reversed(train[0].items())))),
    "L703": _table(lambda train, test: test[0].update(patient="q0")),
    "L704": _each(time=["2022-01-01T00:00:00Z"]),
    "L705": _table(lambda train, test: [one.update(note="cough" if one["label"] == "ill" else "fever") for one in (*train, *test)]),
    "L706": _table(lambda train, test: train.extend(train[:30])),
    "L707": _table(lambda train, test: train.append(train[0] | {"label": "ill" if train[0]["label"] == "well" else "well"})),
    "L708": _table(lambda train, test: test.__delitem__(slice(99, None))),
    "C008": _table(lambda train, test: train.append(train[0] | {"age": 21})),
}  # fmt: skip
"""Likewise, put into a sound table and judged by a standard with a record."""

DUPLICATES = {
    "L302": _pages({"text": f"- {_prose(3)}\n\n{_prose(53)}!".upper(), "url": "c.com"}),
    "L303": _pages({"text": f"the new {_prose(3)} by the way {_prose(53)}", "url": "c.com"}),
    "L307": _pages({"text": f"{_prose(3)}", "url": "c.com"}),
    "L308": _pages({"text": _prose(98), "url": f"http://www.a.com/{_prose(3, 1)}/?utm_source=b"}),
    "L398": _pages({"text": f"the new {_prose(3)} by the way {_prose(53)}", "url": "c.com"}, split="val"),
}
"""Likewise, put into a corpus of pages and judged by `PAGES`."""

PAGES = """
from datastd import Standard
from datastd.measures.text.minhash import minhash
from datastd.measures.text.normal_digest import normal_digest
from datastd.measures.text.paragraphs import paragraphs
from datastd.measures.text.url_hash import url_hash
from datastd.records import Document
from datastd.rules.text.doc_near_duplicate_minhash import DocNearDuplicateMinhash
from datastd.rules.text.doc_normalised_duplicate import DocNormalisedDuplicate
from datastd.rules.text.paragraph_duplicate_corpus import ParagraphDuplicateCorpus
from datastd.rules.text.train_val_near_overlap import TrainValNearOverlap
from datastd.rules.text.url_duplicate import UrlDuplicate

class Page(Document):
    url: str

standard = Standard(name="pages/1", about="Pages, none twice.", formats=("jsonl",), records=Page,
    measures=(normal_digest, minhash, paragraphs, url_hash),
    rules=(DocNormalisedDuplicate(), DocNearDuplicateMinhash(), ParagraphDuplicateCorpus(),
           UrlDuplicate(), TrainValNearOverlap()))
"""

ONCE = """
from datastd import Standard
from datastd.measures.text.stretches import stretches
from datastd.rules.text.exact_substring_duplicate import ExactSubstringDuplicate
standard = Standard(name="once/1", about="No span twice.", formats=("jsonl",), measures=(stretches,),
    rules=(ExactSubstringDuplicate(),))
"""
"""What asks of documents that no span of theirs is in another."""


def _spans(*texts):
    def plant(folder):
        whole = (" ".join(f"{word}-{n}" for word in PROSE.split()) for n in range(20))
        return _corpus(folder, *(json.dumps({"text": text}).encode() for text in (*whole, *texts)))
    return plant


SPANS = {
    "L305": _spans("It was said: " + " ".join(f"{word}-7" for word in PROSE.split()[5:65])),
}
"""Likewise, put into a corpus and judged by `once/1`."""

PERSONAL = {
    "Q390": _web(f"The {PROSE} is what bob@x.com said"),
    "Q391": _web(f"The {PROSE} lies at 8.8.8.8"),
    "Q392": _web(f"The {PROSE} can be called at 555-123-4567"),
    "Q393": _web(f"The {PROSE} " + " ".join(f"{name}@x.com" for name in "abcdef")),
    "Q394": _web(f"The {PROSE} opens with {'AKIA' + 'Z9QX' * 4}"),
    "Q395": _web(f"The {PROSE} was paid with 4111111111111111"),
}  # fmt: skip
"""Likewise, judged by `NO_PERSONAL`."""

NO_PERSONAL = """
import pandera.polars as pa
from datastd import Standard, limit
from datastd.measures.text.credentials import credentials
from datastd.measures.text.email_addresses import email_addresses
from datastd.measures.text.payment_numbers import payment_numbers
from datastd.measures.text.personal_data_spans import personal_data_spans
from datastd.measures.text.phone_numbers import phone_numbers
from datastd.measures.text.public_ip_addresses import public_ip_addresses
class Rows(pa.DataFrameModel):
    email_addresses: int = limit(eq=0)
    public_ip_addresses: int = limit(eq=0)
    phone_numbers: int = limit(eq=0)
    personal_data_spans: int = limit(le=5)
    credentials: int = limit(eq=0)
    payment_numbers: int = limit(eq=0)
standard = Standard(name="no-personal/1", about="Text that names nobody.", formats=("jsonl",), rows=Rows,
    measures=(email_addresses, public_ip_addresses, phone_numbers, personal_data_spans, credentials, payment_numbers))
"""
"""Nothing personal and nothing secret."""

def _stated(text, language, **more):
    def plant(folder):
        sound_ = [{"text": f"The {n}th {PROSE}", "language": "en", "text_length": len(f"The {n}th {PROSE}")} for n in range(20)]
        folder.mkdir(exist_ok=True)
        lines = [json.dumps(one) for one in (*sound_, {"text": text, "language": language, **more})]
        (folder / "train.jsonl").write_text("\n".join([*lines, ""]))
        return folder
    return plant


CLAIMS = {
    "C724": _stated(PROSE, "en", text_length=len(PROSE) + 1),
    "C725": _stated(" ".join(PROSE.split()[:49]), "en"),
}
"""Likewise, judged by `CLAIMING`."""

CLAIMING = """
from datastd import Standard
from datastd.measures.text.character_count import character_count
from datastd.measures.text.split_word_count import split_word_count
from datastd.records import Document
from datastd.rules.columns.filter_threshold_not_enforced import FilterThresholdNotEnforced
from datastd.rules.columns.measured_vs_declared import MeasuredVsDeclared
class Page(Document):
    text_length: int | None = None
standard = Standard(name="claims/1", about="What is claimed is so.", formats=("jsonl",), records=Page,
    measures=(character_count, split_word_count),
    rules=(MeasuredVsDeclared(stated={"text_length": "character_count"}),
           FilterThresholdNotEnforced(at_least={"split_word_count": 50})))
"""
"""Text whose records say how long they are, and that is said to be filtered."""

FRENCH = "Longtemps, je me suis couché de bonne heure. Parfois, à peine ma bougie éteinte, mes yeux se fermaient si vite " * 5


LANGUAGE = {"Q381": _stated(FRENCH, "fr"), "Q382": _stated(FRENCH, "en")}
"""Likewise, put into English text that says so, and judged by `ENGLISH`."""

ENGLISH = """
from datastd import Standard
from datastd.measures.text.language_found import language_found
from datastd.measures.text.language_found_probability import language_found_probability
from datastd.measures.text.language_probability import language_probability
from datastd.records import Document
from datastd.rules.text.language_id_low import LanguageIdLow
from datastd.rules.text.language_metadata_mismatch import LanguageMetadataMismatch
class Page(Document):
    language: str
standard = Standard(name="english/1", about="English text.", formats=("jsonl",), records=Page,
    measures=(language_probability, language_found, language_found_probability),
    rules=(LanguageIdLow(above=0.3), LanguageMetadataMismatch()))
"""
"""English text, whose records say that it is."""

CHARACTERS = """
from importlib import import_module
from datastd import Standard, limit
from datastd.schemas import raw_text
class Rows(raw_text.Rows):
    mojibake: int = limit(eq=0)
    zero_width_characters: int = limit(eq=0)
    not_nfc: int = limit(eq=0)
    entities_per_1000: float = limit(le=1.0)
    non_alphanumeric_fraction: float = limit(le=0.25)
    digit_fraction: float = limit(le=0.15)
    url_fraction: float = limit(le=0.2)
    white_space_fraction: float = limit(le=0.25)
    bracket_fraction: float = limit(le=0.1)
    boilerplate_paragraph_fraction: float = limit(le=0.4)
    unended_line_fraction: float = limit(le=0.85)
    special_character_fraction: float = limit(le=0.25)
    character_repetition_fraction: float = limit(le=0.5)
    word_repetition_fraction: float = limit(le=0.5)
    longest_line: int = limit(le=1000)
    mean_line_length: float = limit(le=100.0)
    alphanumeric_fraction: float = limit(ge=0.25)
    repeats_in_a_row: int = limit(lt=100)
    character_run_fraction: float = limit(le=0.3)
own = [getattr(import_module(f"datastd.measures.text.{name}"), name) for name in Rows.__annotations__]
standard = Standard(name="characters/1", about="Characters and ratios.", formats=("jsonl",),
    measures=(*raw_text.standard.measures, *own), rows=Rows, rules=raw_text.standard.rules)
"""
"""As `raw-text/1`, with what `text-pretraining/1` asks of characters."""

_SENTENCE = "Many documents establish considerable understanding"


def _sentences(*texts):
    names = ["".join("abcdefghij"[int(digit)] for digit in str(n)) for n in range(20)]
    content = [json.dumps({"text": text}) for text in (*(f"{_SENTENCE} of {name}." for name in names), *texts)]

    def plant(folder):
        folder.mkdir(exist_ok=True)
        (folder / "train.jsonl").write_text("\n".join([*content, ""]))
        return folder
    return plant


RATIOS = {
    "Q302": _sentences("schÃ¶n " + _SENTENCE),
    "Q305": _sentences("data\u200bset " + _SENTENCE),
    "Q306": _sentences("cafe\u0301 " + _SENTENCE),
    "Q308": _sentences("&amp;amp; " + _SENTENCE),
    "Q365": _sentences(_SENTENCE + " %$&" * 8),
    "Q366": _sentences("\n".join(f"Smith, Elm Street, 555 {n}" for n in range(1000, 1030))),
    "Q367": _sentences(_SENTENCE + "; see https://example.org/a/b and http://example.org/c/d"),
    "Q368": _sentences("\n".join(f"{' ' * 12}return {name}" for name in ("first", "second", "third", "fourth"))),
    "Q369": _sentences("(a)[b]{c}" * 20),
    "Q370": _sentences("\n\n".join(["Privacy policy of ours."] * 3 + [f"{_SENTENCE}."] * 2)),
    "Q371": _sentences("\n".join([*PROSE.split()[:9], "End."])),
    "Q372": _sentences("!!! $$$ 123 ### " * 20),
    "Q373": _sentences("-" * 500),
    "Q374": _sentences(" ".join(["one two three four five six seven eight nine ten eleven twelve."] * 30)),
    "Q377": _sentences(_SENTENCE * 20),
    "Q378": _sentences("+-|-+\n" * 20),
    "Q383": _sentences("ab " * 100),
    "Q384": _sentences("!!!!!!"),
}
"""Likewise, put into a corpus of sentences and judged by `CHARACTERS`."""

TEN = """
import sys
from datastd import Standard
from datastd.standard import load
base = load("idx-images/1")
rules = [r for r in base.rules if r.code not in ("F107", "Q115")]
from datastd.rules.labels.label_out_of_range import LabelOutOfRange
from datastd.rules.labels.class_too_few import ClassTooFew
from datastd.measures.pixels.phash import phash
from datastd.rules.pixels.near_duplicate import NearDuplicate
from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit
standard = Standard(name="ten/1", about="Ten classes.", formats=base.formats,
    measures=(*base.measures, phash), rows=base.rows,
    rules=(*rules, LabelOutOfRange(classes=10), ClassTooFew(classes=10), NearDuplicate(),
           NearDuplicateCrossSplit()))
del base
"""
"""As `idx-images/1`, for ten classes: what `mnist/1` asks of any size."""

CIFAR_TEN = """
from datastd import Standard
from datastd.standard import load
base = load("cifar10/1")
standard = Standard(name="cifar-ten/1", about="Ten classes.", formats=base.formats,
    measures=base.measures, rows=base.rows, rules=tuple(r for r in base.rules if r.code != "C199"))
del base
"""
"""As `cifar10/1`, of any size."""


SHEETS = """
from datastd import Record, Standard
from datastd.schemas import table
class Row(Record):
    id: int
    text: str
    score: float
standard = Standard(name="sheets/1", about="Tables as CSV.", formats=("csv",), records=Row, rules=table.standard.rules)
"""
"""As `table/1`, of CSV and of three columns."""


def _sheet(folder, header=b"id,text,score", *rows):
    folder.mkdir(parents=True, exist_ok=True)
    sound_ = [f'{n},"{text}",{n / 4}'.encode() for n, text in enumerate(DOCUMENTS)]
    (folder / "train.csv").write_bytes(b"\r\n".join([header, *sound_, *rows, b""]))
    return folder


SHEET = {
    "F026": lambda f: _sheet(f, b"id,text,score", b"40,a text, of more,0.5"),
    "C701": lambda f: _sheet(f, b"id,text,points"),
    "C704": lambda f: _sheet(f, b"id,text,id"),
    "C712": lambda f: _sheet(f, b"id,text,score", b"40,a text,nan"),
}  # fmt: skip
"""Likewise, put into a sound table and judged by `sheets/1`."""


IN_COLUMNS = """
from datastd import Standard
from datastd.standard import load
base = load("raw-text/1")
standard = Standard(name="columns/1", about="As raw-text/1, of columns.", formats=("parquet",),
    measures=base.measures, rows=base.rows, rules=base.rules)
del base
"""
"""As `raw-text/1`, of Parquet."""


def _columns(folder, **last):
    for number in range(3):
        texts = [f"{number} {text}" for text in DOCUMENTS]
        more = last if number == 2 else {}
        rows = {"text": texts, "score": range(len(texts)), **more}
        put(folder, f"train-0000{number}-of-00003.parquet", parquet(pa.table(rows)))
    return folder


def _edited(change):
    def plant(folder):
        _edit(_columns(folder), "train-00001-of-00003.parquet", change)
        return folder

    return plant


def _one_more(content):
    """Let the footer say that there is one row more than there is."""
    length = int.from_bytes(content[-8:-4], "little")
    start, rows = len(content) - 8 - length, len(DOCUMENTS)
    said = bytes([0x16, rows << 1, 0x19])  # a whole number, then the list of row groups
    at = content.index(said, start) + 1
    return content[:at] + bytes([(rows + 1) << 1]) + content[at + 1 :]


COLUMNAR = {
    "F022": _edited(lambda c: c[:-1]),
    "F024": _edited(_one_more),
    "C007": lambda f: _columns(f, score=[str(n) for n in range(len(DOCUMENTS))]),
}  # fmt: skip
"""Likewise, put into sound columns and judged by `columns/1`."""


def check(folder, standard_name, tmp_path):
    out = tmp_path / "report.json"
    command = [Path(sys.executable).with_name("datastd"), "check", folder, "--report", out]
    done = subprocess.run(
        [*command, "--standard", standard_name], capture_output=True, text=True, cwd=tmp_path
    )
    assert "Traceback" not in done.stderr
    assert out.is_file(), done.stderr
    report = json.loads(out.read_text())
    return done, {verdict["code"]: verdict for verdict in report["verdicts"]}


def built():
    found = {}
    found |= {v.code: v for v in reference._defined(measures) if isinstance(v, Measure)}
    for value in (*reference._defined(reference.sources), *reference._defined(reference.rules)):
        if isinstance(value, type) and issubclass(value, Rule | Defect) and "code" in vars(value):
            found[value.code] = value
    return found


PLANTED = {
    *PLANTS, *PICTURES, *CORPORA, *GOPHER, *PERSONAL, *LANGUAGE, *CLAIMS, *TOKENS, *TABLES, *RECORDS, *SHARDS, *DUPLICATES, *COLUMNAR,
    *SPANS, *RATIOS, *SHEET, *FILTERS, *test_squad.PLANTS,
} - {"L398"}  # which no row is about


def test_the_catalogue_was_read():
    assert len(rows()) == 51 + 56 + 98 + 35 + 34 + 48


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.code)
def test_each_row_is_built_or_says_why_not(row):
    if row.priority <= 2:
        known = PLANTED
        assert [row.code in codes for codes in (known, NOT_BUILT, NOT_ASKED)].count(True) == 1
    if row.code in {*PLANTED, *NOT_ASKED}:
        assert row.code in built()


def test_nothing_is_listed_as_missing_that_is_there():
    assert not {*NOT_BUILT} & {*built()}
    assert {*NOT_BUILT} | PLANTED | NOT_ASKED <= {row.code for row in rows()}


CONSIDERED = [row for row in rows() if row.code in PLANTED]
BUILT = [row for row in rows() if row.code in {*PLANTED, *NOT_ASKED}]


@pytest.mark.parametrize("row", BUILT, ids=lambda row: row.code)
def test_name_and_level_are_those_of_the_row(row):
    kind = built()[row.code]
    is_rule = isinstance(kind, type) and issubclass(kind, Rule)
    level = kind.model_fields["level"].default if is_rule else kind.level
    assert (kind.name, level) == (row.name, Level(row.level))


DEFAULTS = {
    "F134": "0", "F135": "{RGB, L}", "F136": "1", "F137": "1", "F138": "0", "F141": "32", "F142": "equal",
    "Q101": "0.32", "Q102": "0.05", "Q103": "0.35", "Q104": "0.3 (CV package)", "Q105": "0.29", "Q106": "0", "Q107": "d=0 strict, 8 lossy",
    "Q320": "50..100000", "Q321": "3..10", "Q322": "0.1", "Q323": "0.1", "Q324": "0.9; set {•,-} DT", "Q325": "0.3", "Q326": "0.8",
    "Q327": "2", "Q330": "0.30", "Q331": "0.30", "Q332": "0.20", "Q333": "0.20", "Q334": "0.20", "Q335": "0.18", "Q336": "0.16",
    "Q337": "0.15", "Q338": "0.14", "Q339": "0.13", "Q340": "0.12", "Q341": "0.11", "Q342": "0.10",
    "Q390": "0 (or masked)", "Q391": "0", "Q392": "0", "Q393": "5", "Q394": "0", "Q395": "0",
    "Q345": ">0.5 lost warn", "Q346": "5 (DT default)", "Q347": "3 (DT, DO)", "Q348": "1000", "Q349": "0", "Q350": "0", "Q351": "0", "Q352": "0",
    "Q356": "0.12", "Q357": "0.67", "Q358": "0.01", "Q359": "0.3", "Q360": "0.5", "Q361": "1.0", "Q362": "0", "Q363": "2", "Q364": "0.05",
    "F017": "0", "F303": "0", "Q301": "warn >=1", "Q303": "0 (NUL = error)", "Q304": "0",
    "Q302": "k=1 warn, >2 per 1k chars error", "Q305": "0", "Q306": "NFC", "Q308": ">1 per 1k", "Q365": "0.25", "Q366": "0.15", "Q367": "0.2",
    "Q368": "0.25", "Q369": "0.1", "Q370": "0.4", "Q371": "0.85", "Q372": "0.25 DJ, 0.40 BLOOM", "Q373": "0.5 DJ, 0.2 BLOOM",
    "Q374": "n=10 t=.5 DJ; n=5 t=.3 BLOOM", "Q377": "1000 / 100", "Q378": "0.25", "Q383": "100", "Q384": "0.3",
}  # fmt: skip
"""What `image-classification/1` and the standards of text take of a row's default."""

DEFAULTS |= test_squad.DEFAULTS


@pytest.mark.parametrize("row", BUILT, ids=lambda row: row.code)
def test_the_default_is_that_of_the_row(row):
    kind = built()[row.code]
    if isinstance(kind, Measure):
        assert DEFAULTS[row.code] in row.default
    elif row.code == "Q114":
        assert kind().limit == 1 - float(row.default.removeprefix("thr "))
    elif row.code == "Q115":
        assert f"{kind().train} train / {kind().test} test" == row.default
        assert kind().limit == 0
    elif row.code == "C012" or row.code == "Q112":
        assert kind().limit == 1 - float(row.default)
    elif row.code == "Q108":
        assert row.default == f"iqr_factor {kind().iqr_factor}"
    elif row.code in {"C403", "C404"}:
        assert (kind.model_fields["share"].default, kind.model_fields["limit"].default) == (float(row.default), 0)
    elif row.code == "C408":
        assert kind.model_fields["limit"].default == 1 - float(row.default)
        assert kind.model_fields["tokens"].default == 10_000_000
    elif row.code in {"C406", "C409", "L402"}:
        assert kind.model_fields["limit"].default == float(row.default.partition(" ")[0])
    elif row.code in {"C006", "C707", "L705", "L706"}:
        assert kind.model_fields["limit"].default == float(row.default)
    elif row.code == "C723":
        assert kind.model_fields["decades"].default == float(row.default)
    elif row.code == "L708":
        assert row.default == "100 / .01"
        assert (kind().rows, kind().share) == (100, 0.01)
    elif row.code == "L303":
        banding = kind.model_fields["banding"].default
        assert row.default == f"{banding.bands}x{banding.rows}, n={banding.words}"
    elif row.code == "L307":
        assert row.default.startswith(f">{kind.model_fields['documents'].default};")
    elif row.code in SHARD_DEFAULTS:
        assert row.default == SHARD_DEFAULTS[row.code]
    elif row.code in {"L310", "L311", "L312"}:
        of = {"L310": ("ngram", "n=13 "), "L311": ("share", "0.7"), "L312": ("common", "10")}
        field, default = of[row.code]
        assert row.default.startswith(default)
        assert kind.model_fields[field].default == float(re.search(r"[\d.]+", default)[0])
    elif row.code == "L305":
        assert (row.default, kind.model_fields["limit"].default) == (f"{kind().span} tokens", 0)
    elif row.code == "C724":
        assert kind.model_fields["within"].default == float(row.default.split()[-2])
    elif row.code == "Q381":
        assert row.default.startswith(f"{kind().above:g} ")
    elif row.code == "Q382":
        assert (kind().sure, kind().limit) == (float(row.default), 0)
    elif row.code in test_squad.RULE_DEFAULTS:
        assert row.default == test_squad.RULE_DEFAULTS[row.code]
    elif row.code == "L107":
        assert row.default.startswith(f"{kind().cosine:.2f} ")
    else:  # nothing of it is tolerated
        known = {"0", "0 groups", "0 pairs", "0,0", "0..9", ">0", "any", "equal", "exact", "set", "-", "3/1",
                 ">=1", "equal sets", "needs out-of-sample probs", "0 unlisted exceptions",
                 "N=10000 (50000 for C-100 train)", "3073", "lag3&lt;lag1", "allow-list",
                 "Pillow MAX_IMAGE_PIXELS", "1", "{4,8,5}", "pairs", "<2^31", "&lt;V", "<V", "tile", "d=4", "d=4 (0 = CleanVision, 10 = imagededup)",
                 "0 bytes", "0.30", "0 exact; near <=0.1 %", "1.0", "factor 4", "identical", "0.01..0.1", "0 (ratio .01)", "0 (DCK .05)"}  # fmt: skip
        assert row.default in known or row.default.startswith("not allowed")
        assert not issubclass(kind, Rule) or kind.model_fields["limit"].default == 0


@pytest.mark.parametrize("row", CONSIDERED, ids=lambda row: row.code)
def test_a_shipped_standard_uses_it(row):
    used = set()
    for one in standard.every():
        used |= {rule.code for rule in one.rules} | {rule.called[0] for rule in one.judged}
        for name in {*one.formats} - {"memory"}:
            used |= {kind.code for kind in pipeline.reader(name).kinds}
    assert row.code in used or row.code in OF_COLUMNS


OF_COLUMNS = {code for code in (*TABLES, *CLAIMS) if code not in {"L702", "L706", "L708"}}
"""About columns that a user's own standard names: no shipped one knows them."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """The datasets that defects are planted in, and the standards: together, no flaw."""
    place = tmp_path_factory.mktemp("clean")
    (place / "ten.py").write_text(TEN)
    (place / "cifar.py").write_text(CIFAR_TEN)
    cifar = write_ten(place / "cifar", form="py2")
    for folder, name in ((sound(place / "data"), "ten.py"), (cifar, "cifar.py")):
        done, verdicts = check(folder, str(place / name), place)
        assert done.returncode == 0
        assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}
    return place


@pytest.mark.parametrize("row", [row for row in rows() if row.code in PLANTS], ids=lambda row: row.code)
def test_the_planted_defect_turns_the_code_red(row, clean, tmp_path):
    if row.code in CIFAR_PLANTS:
        folder, name = write_ten(tmp_path / "data", form="py2"), "cifar.py"
    else:
        folder, name = write_idx(tmp_path / "data", train=samples(200)), "ten.py"
    PLANTS[row.code](folder)
    done, verdicts = check(folder, str(clean / name), tmp_path)
    assert verdicts[row.code]["outcome"] == {"error": "fail", "warn": "warn"}[row.level]
    assert row.level == "warn" or done.returncode == 1
    assert row.code in done.stdout
    assert verdicts[row.code]["examples"] or row.code == "Q114"  # it names what is wrong


def test_sound_pictures_have_no_flaw(tmp_path):
    folder = write_pictures(tmp_path / "data", splits=("train", "val"))
    done, verdicts = check(folder, "image-classification/1", tmp_path)
    assert done.returncode == 0
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@pytest.mark.parametrize("code", PICTURES)
def test_the_defect_planted_in_pictures_turns_the_code_red(code, tmp_path):
    folder = write_pictures(tmp_path / "data")
    PICTURES[code](folder)
    done, verdicts = check(folder, "image-classification/1", tmp_path)
    found = verdicts[code]
    assert found["outcome"] == {"error": "fail", "warn": "warn"}[found["level"]]
    assert done.returncode == (1 if "fail" in {one["outcome"] for one in verdicts.values()} else 0)
    assert found["examples"]
    assert code in done.stdout


def test_a_sound_corpus_has_no_flaw(tmp_path):
    folder = _corpus(tmp_path / "data")
    _states(folder, 40)
    _manifest(folder)
    done, verdicts = check(folder, "raw-text/1", tmp_path)
    assert done.returncode == 0
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@pytest.mark.parametrize("code", CORPORA)
def test_the_defect_planted_in_a_corpus_turns_the_code_red(code, tmp_path):
    folder = _corpus(tmp_path / "data")
    CORPORA[code](folder)
    done, verdicts = check(folder, "raw-text/1", tmp_path)
    found = verdicts[code]
    assert found["outcome"] == {"error": "fail", "warn": "warn"}[found["level"]]
    assert found["examples"]
    assert code in done.stdout


@pytest.mark.parametrize("code", RECORDS)
def test_the_defect_planted_in_a_record_turns_the_code_red(code, tmp_path):
    (tmp_path / "dolma.py").write_text(DOLMA)
    done, verdicts = check(_corpus(tmp_path / "sound"), str(tmp_path / "dolma.py"), tmp_path)
    assert done.returncode == 0
    folder = _corpus(tmp_path / "data")
    RECORDS[code](folder)
    done, verdicts = check(folder, str(tmp_path / "dolma.py"), tmp_path)
    assert verdicts[code]["outcome"] == {"F302": "fail", "F304": "warn"}[code]
    assert verdicts[code]["examples"]
    assert code in done.stdout


@pytest.mark.parametrize("form", ["webdataset", "mds"])
def test_sound_shards_have_no_flaw(form, tmp_path):
    (tmp_path / "shards.py").write_text(IN_SHARDS)
    folder = write_shards(tmp_path / "data", form)
    done, verdicts = check(folder, str(tmp_path / "shards.py"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@pytest.mark.parametrize("code", SHARDS)
def test_the_defect_planted_in_shards_turns_the_code_red(code, tmp_path):
    (tmp_path / "shards.py").write_text(IN_SHARDS)
    form, plant = SHARDS[code]
    folder = write_shards(tmp_path / "data", form)
    plant(folder)
    done, verdicts = check(folder, str(tmp_path / "shards.py"), tmp_path)
    found = verdicts[code]
    assert found["outcome"] == {"error": "fail", "warn": "warn"}[found["level"]]
    assert done.returncode == (1 if "fail" in {one["outcome"] for one in verdicts.values()} else 0)
    assert found["examples"]
    assert code in done.stdout


def test_sound_web_text_has_no_flaw(tmp_path):
    done, verdicts = check(_web()(tmp_path / "data"), "gopher/1", tmp_path)
    assert done.returncode == 0, done.stdout
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@pytest.mark.parametrize("code", GOPHER)
def test_the_defect_planted_in_web_text_turns_the_code_red(code, tmp_path):
    done, verdicts = check(GOPHER[code](tmp_path / "data"), "gopher/1", tmp_path)
    assert (verdicts[code]["outcome"], verdicts[code]["failed"]) == ("fail", 1)
    assert verdicts[code]["examples"][0]["key"] == "train.jsonl#20"
    assert done.returncode == 1


@pytest.mark.parametrize("name", sorted({name for name, _ in FILTERS.values()}))
def test_what_filters_keep_has_no_flaw(name, tmp_path):
    folder = _page("")(tmp_path / "data")
    done, verdicts = check(folder, name, tmp_path)
    assert done.returncode == 0, done.stdout
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@pytest.mark.parametrize("code", FILTERS)
def test_the_defect_planted_in_a_page_turns_the_code_red(code, tmp_path):
    name, plant = FILTERS[code]
    done, verdicts = check(plant(tmp_path / "data"), name, tmp_path)
    assert (verdicts[code]["outcome"], verdicts[code]["failed"]) == ("fail", 1)
    assert verdicts[code]["examples"][0]["key"] == "train.jsonl#20"
    assert done.returncode == 1


def test_a_sound_table_has_no_flaw(tmp_path):
    (tmp_path / "patients.py").write_text(PATIENTS)
    done, verdicts = check(_table()(tmp_path / "data"), str(tmp_path / "patients.py"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@pytest.mark.parametrize("code", TABLES)
def test_the_defect_planted_in_a_table_turns_the_code_red(code, tmp_path):
    (tmp_path / "patients.py").write_text(PATIENTS)
    done, verdicts = check(TABLES[code](tmp_path / "data"), str(tmp_path / "patients.py"), tmp_path)
    found = verdicts.get(code) or verdicts[f"{code}.age"]
    assert found["outcome"] == {"error": "fail", "warn": "warn"}[found["level"]]
    assert done.returncode == (1 if "fail" in {one["outcome"] for one in verdicts.values()} else 0)
    assert found["examples"] or code == "C740"
    assert code in done.stdout


def _check_pages(folder, tmp_path):
    (tmp_path / "pages.py").write_text(PAGES)
    return check(folder, str(tmp_path / "pages.py"), tmp_path)


def test_sound_pages_have_no_flaw(tmp_path):
    done, verdicts = _check_pages(_pages()(tmp_path / "data"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert {*verdicts} >= {*DUPLICATES}
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@pytest.mark.parametrize("code", DUPLICATES)
def test_the_defect_planted_in_pages_turns_the_code_red(code, tmp_path):
    _, verdicts = _check_pages(DUPLICATES[code](tmp_path / "data"), tmp_path)
    assert verdicts[code]["outcome"] in {"fail", "warn"}
    assert verdicts[code]["observed"] > 0


@pytest.mark.parametrize("code", [None, *SPANS])
def test_the_span_planted_in_a_corpus_turns_the_code_red(code, tmp_path):
    (tmp_path / "once.py").write_text(ONCE)
    folder = (SPANS[code] if code else _spans())(tmp_path / "data")
    done, verdicts = check(folder, str(tmp_path / "once.py"), tmp_path)
    assert done.returncode == 0
    assert {verdict["code"] for verdict in verdicts.values() if verdict["outcome"] != "pass"} == ({code} if code else set())
    assert not code or verdicts[code]["examples"][0]["key"] == "train.jsonl#60"


def test_text_that_names_nobody_has_no_flaw(tmp_path):
    (tmp_path / "nobody.py").write_text(NO_PERSONAL)
    done, verdicts = check(_web()(tmp_path / "data"), str(tmp_path / "nobody.py"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


def test_sound_sentences_have_no_flaw(tmp_path):
    (tmp_path / "characters.py").write_text(CHARACTERS)
    done, verdicts = check(_sentences()(tmp_path / "data"), "characters.py", tmp_path)
    assert done.returncode == 0, done.stdout
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@pytest.mark.parametrize("code", PERSONAL)
def test_what_is_personal_turns_its_code_red_and_is_not_shown(code, tmp_path):
    (tmp_path / "nobody.py").write_text(NO_PERSONAL)
    done, verdicts = check(PERSONAL[code](tmp_path / "data"), str(tmp_path / "nobody.py"), tmp_path)
    found = verdicts[code]
    assert found["outcome"] == {"error": "fail", "warn": "warn"}[found["level"]]
    assert found["examples"][0]["key"] == "train.jsonl#20"
    assert code in done.stdout
    shown = done.stdout + done.stderr + (tmp_path / "report.json").read_text()
    assert not any(one in shown for one in ("@x.com", "8.8.8.8", "123-4567", "AKIA", "41111"))


def test_claims_that_hold_have_no_flaw(tmp_path):
    (tmp_path / "claims.py").write_text(CLAIMING)
    done, verdicts = check(_stated(PROSE + " and more", "en")(tmp_path / "data"), str(tmp_path / "claims.py"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@pytest.mark.parametrize("code", CLAIMS)
def test_a_claim_that_does_not_hold_turns_its_code_red(code, tmp_path):
    (tmp_path / "claims.py").write_text(CLAIMING)
    done, verdicts = check(CLAIMS[code](tmp_path / "data"), str(tmp_path / "claims.py"), tmp_path)
    assert (done.returncode, verdicts[code]["outcome"], verdicts[code]["failed"]) == (1, "fail", 1)
    assert verdicts[code]["examples"][0]["key"] == "train.jsonl#20"
    assert code in done.stdout


@needs_model
def test_english_text_has_no_flaw(tmp_path):
    (tmp_path / "english.py").write_text(ENGLISH)
    done, verdicts = check(_stated(PROSE, "eng")(tmp_path / "data"), str(tmp_path / "english.py"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@needs_model
@pytest.mark.parametrize("code", LANGUAGE)
def test_text_in_another_language_turns_its_code_red(code, tmp_path):
    (tmp_path / "english.py").write_text(ENGLISH)
    done, verdicts = check(LANGUAGE[code](tmp_path / "data"), str(tmp_path / "english.py"), tmp_path)
    found = verdicts[code]
    assert found["outcome"] == {"error": "fail", "warn": "warn"}[found["level"]]
    assert found["examples"][0]["key"] == "train.jsonl#20"
    assert code in done.stdout


@pytest.mark.parametrize("code", RATIOS)
def test_the_defect_planted_in_sentences_turns_the_code_red(code, tmp_path):
    (tmp_path / "characters.py").write_text(CHARACTERS)
    _, verdicts = check(RATIOS[code](tmp_path / "data"), "characters.py", tmp_path)
    assert (verdicts[code]["outcome"], verdicts[code]["failed"]) == ("warn", 1)
    assert verdicts[code]["examples"][0]["key"] == "train.jsonl#20"


@pytest.mark.parametrize("form", FORMATS)
def test_sound_token_files_have_no_flaw(form, tmp_path):
    done, verdicts = check(write_tokens(tmp_path / "data", form), "token-shards/1", tmp_path)
    assert done.returncode == 0
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}
    assert {*verdicts} >= {*TOKENS} - {code for code in TOKENS if code[0] == "F"} - {"C405", "C413"}


@pytest.mark.parametrize("code", TOKENS)
def test_the_defect_planted_in_token_files_turns_the_code_red(code, tmp_path):
    form, plant = TOKENS[code]
    folder = write_tokens(tmp_path / "data", form)
    plant(folder)
    (tmp_path / "ids.py").write_text(OTHERS.format(size=128_256 if code == "C402" else 50_257))
    done, verdicts = check(folder, str(tmp_path / "ids.py"), tmp_path)
    found = verdicts[code]
    assert found["outcome"] == {"error": "fail", "warn": "warn"}[found["level"]]
    assert done.returncode == (1 if "fail" in {one["outcome"] for one in verdicts.values()} else 0)
    assert found["examples"] or code == "C408"
    assert code in done.stdout


def test_a_sound_sheet_has_no_flaw(tmp_path):
    (tmp_path / "sheets.py").write_text(SHEETS)
    done, verdicts = check(_sheet(tmp_path / "data"), str(tmp_path / "sheets.py"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@pytest.mark.parametrize("code", SHEET)
def test_the_defect_planted_in_a_sheet_turns_the_code_red(code, tmp_path):
    (tmp_path / "sheets.py").write_text(SHEETS)
    done, verdicts = check(SHEET[code](tmp_path / "data"), str(tmp_path / "sheets.py"), tmp_path)
    lost = len(DOCUMENTS) if code == "C701" else 1  # of every row, and not of the file alone
    assert (verdicts[code]["outcome"], verdicts[code]["failed"]) == ("fail", lost)
    assert verdicts[code]["examples"]
    assert done.returncode == 1


def test_sound_columns_have_no_flaw(tmp_path):
    (tmp_path / "columns.py").write_text(IN_COLUMNS)
    done, verdicts = check(_columns(tmp_path / "data"), str(tmp_path / "columns.py"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}


@pytest.mark.parametrize("code", COLUMNAR)
def test_the_defect_planted_in_columns_turns_the_code_red(code, tmp_path):
    (tmp_path / "columns.py").write_text(IN_COLUMNS)
    done, verdicts = check(COLUMNAR[code](tmp_path / "data"), str(tmp_path / "columns.py"), tmp_path)
    assert (verdicts[code]["outcome"], verdicts[code]["failed"]) == ("fail", 1)
    assert verdicts[code]["examples"]
    assert done.returncode == 1
