"""Defects planted in shards of WebDataset or of MDS: the format, and what is done to them."""

import pytest
from shard_files import link, members, tar, write_mds, write_webdataset

from catalogue.planting import DOCUMENTS, RED, check, outcomes, passes


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

PLANTS = {
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

IN_SHARDS = """
from datastd import Standard
from datastd.standard import load
base = load("raw-text/1")
standard = Standard(name="in-shards/1", about="Texts in shards.", formats=("webdataset", "mds"),
    measures=base.measures, rows=base.rows, rules=base.rules)
del base
"""
"""As `raw-text/1`, in shards."""


@pytest.mark.parametrize("form", ["webdataset", "mds"])
def test_sound_shards_have_no_flaw(form, tmp_path):
    folder = write_shards(tmp_path / "data", form)
    passes(folder, IN_SHARDS, tmp_path)


@pytest.mark.parametrize("code", PLANTS)
def test_the_defect_planted_in_shards_turns_the_code_red(code, tmp_path):
    form, plant = PLANTS[code]
    folder = write_shards(tmp_path / "data", form)
    plant(folder)
    done, verdicts = check(folder, IN_SHARDS, tmp_path)
    found = verdicts[code]
    assert found["outcome"] == RED[found["level"]]
    assert done.returncode == ("fail" in outcomes(verdicts))
    assert found["examples"]
    assert code in done.stdout
