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
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from cifar_files import batch, binary, flat, labels, pickled, pictures, write_batch, write_ten
from PIL import ExifTags, Image
from support import SHARED, picture, samples, sound, write_idx, write_pictures
from token_files import EOS, FORMATS, WRITERS, documents, meta, write_tokens

from datastd import measures, pipeline, reference, standard
from datastd.measures import Measure
from datastd.model import Level
from datastd.rules import Rule
from datastd.sources import Defect

CATALOGUE = SHARED.parent / "reference" / "rules.md"
SECTIONS = ("1.0", "1.1", "1.3", "1.4")
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"

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
        "tar and zip members; with WebDataset": "F005",
        "Parquet, npy and CSV; with text corpora": "F022 F024 F025 F026 C007",
        "MDS; with token files": "F030 F031 F032 F033",
        "WebDataset; with text corpora": "F040 F041 F042 F043 F044 F045 F046",
        "a manifest inside the dataset is judged with the card; the certificate binds the bytes "
        "until then": "C001 C002 C003",
        "counts stated by a card; the standard's own sizes are C199": "C004",
        "numbered shards; with the rest of text corpora": "C005 C006",
        "sample ids; with records of metadata": "C008 C009",
        "split names of free form; with the rest of text corpora": "C011",
        "records of metadata": "F302 F304",
        "encodings of old and characters without width; the next step of text": "Q302 Q305 Q306 Q308",
        "NeMo; the next step of text": "Q365 Q366 Q367 Q368 Q370 Q371 Q372 Q373 Q374 Q377 Q378 Q383 Q384",
        "language identification": "Q381 Q382",
        "personal data and secrets": "Q390 Q391 Q392 Q393 Q394 Q395",
        "near duplicates, repeated parts and contamination": "L302 L303 L305 L307 L308 L310 L311 L312",
        "decoding needs a tokenizer; with the input `tokenizer`": "C411",
    }.items()
    for code in codes.split()
}


NOT_ASKED = frozenset(["C103", "Q113", "L107"])
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


CORPORA = {
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


PLANTED = {*PLANTS, *PICTURES, *CORPORA, *GOPHER, *FILTERS, *TOKENS}


def test_the_catalogue_was_read():
    assert len(rows()) == 51 + 56 + 98 + 35


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
    "Q345": ">0.5 lost warn", "Q346": "5 (DT default)", "Q347": "3 (DT, DO)", "Q348": "1000", "Q349": "0", "Q350": "0", "Q351": "0", "Q352": "0",
    "Q356": "0.12", "Q357": "0.67", "Q358": "0.01", "Q359": "0.3", "Q360": "0.5", "Q361": "1.0", "Q362": "0", "Q363": "2", "Q364": "0.05",
    "F017": "0", "F303": "0", "Q301": "warn >=1", "Q303": "0 (NUL = error)", "Q304": "0",
}  # fmt: skip
"""What the standards of pictures and of text take of a row's default."""


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
    elif row.code == "L107":
        assert row.default.startswith(f"{kind().cosine:.2f} ")
    else:  # nothing of it is tolerated
        known = {"0", "0 groups", "0 pairs", "0,0", "0..9", ">0", "any", "equal", "exact", "set", "-", "3/1",
                 ">=1", "equal sets", "needs out-of-sample probs", "0 unlisted exceptions",
                 "N=10000 (50000 for C-100 train)", "3073", "lag3&lt;lag1", "allow-list",
                 "Pillow MAX_IMAGE_PIXELS", "1", "{4,8,5}", "pairs", "<2^31", "&lt;V", "<V", "tile", "d=4", "d=4 (0 = CleanVision, 10 = imagededup)",
                 "0 bytes", "0.30", "0 exact; near <=0.1 %"}  # fmt: skip
        assert row.default in known or row.default.startswith("not allowed")
        assert not issubclass(kind, Rule) or kind.model_fields["limit"].default == 0


@pytest.mark.parametrize("row", CONSIDERED, ids=lambda row: row.code)
def test_a_shipped_standard_uses_it(row):
    used = set()
    for one in standard.every():
        used |= {rule.code for rule in one.rules} | {rule.called[0] for rule in one.limits.values()}
        for name in {*one.formats} - {"memory"}:
            used |= {kind.code for kind in pipeline.reader(name).kinds}
    assert row.code in used


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
    done, verdicts = check(_corpus(tmp_path / "data"), "raw-text/1", tmp_path)
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
def test_sound_pages_have_no_flaw(name, tmp_path):
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
