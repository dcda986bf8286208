"""Defects planted in folders of pictures, by `image-classification/1`."""

import zlib

import numpy as np
import pytest
from PIL import ExifTags, Image
from support import picture, write_pictures

from catalogue.planting import RED, check, edit, outcomes, passes

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


PLANTS = {
    "C101": lambda f: write_pictures(f, splits=("val",), classes=("a", "b", "c"), seed=70),
    "C102": lambda f: write_pictures(f, classes=("A",), seed=70),
    "F121": lambda f: (f / "train/zebra").mkdir(),
    "F124": lambda f: write_pictures(f, classes=(".ipynb_checkpoints",), seed=70),
    "Q108": lambda f: _put(f, _picture(size=(400, 480))),
    "Q112": _brighter,
    "F122": lambda f: (f / "train/x.txt").write_text("x"),
    "F123": lambda f: _picture().save(f / "train/a/x.gif"),
    "F131": lambda f: (f / FIRST).write_bytes(b"<html>"),
    "F132": lambda f: edit(f, FIRST, lambda c: c[:-12]),
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
"""Put into a sound folder of pictures and judged by `image-classification/1`."""


def test_sound_pictures_have_no_flaw(tmp_path):
    folder = write_pictures(tmp_path / "data", splits=("train", "val"))
    passes(folder, "image-classification/1", tmp_path)


@pytest.mark.parametrize("code", PLANTS)
def test_the_defect_planted_in_pictures_turns_the_code_red(code, tmp_path):
    folder = write_pictures(tmp_path / "data")
    PLANTS[code](folder)
    done, verdicts = check(folder, "image-classification/1", tmp_path)
    found = verdicts[code]
    assert found["outcome"] == RED[found["level"]]
    assert done.returncode == ("fail" in outcomes(verdicts))
    assert found["examples"]
    assert code in done.stdout
