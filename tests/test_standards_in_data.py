"""A standard that lies in the dataset is never run: the data do not choose their judge."""

import json

import pytest

import datastd
from datastd import comparing
from datastd.certificate import verify
from datastd.errors import UsageError

STANDARD = """
from pathlib import Path
Path({mark!r}).touch()
from datastd.schemas.raw_text import standard as known
from datastd import Standard
standard = Standard(name="own/1", about="Own.", formats=("jsonl",), rules=known.rules[:1])
"""


@pytest.fixture
def place(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train.jsonl").write_text("".join(json.dumps({"text": f"The {n}th line of what is read here."}) + "\n" for n in range(9)))
    (tmp_path / "own.py").write_text(STANDARD.format(mark=str(tmp_path / "ran")))
    return tmp_path


def asked(place, standard):
    data, certificate = place / "data", place / "c.json"
    yield lambda: datastd.check(data, standard)
    yield lambda: datastd.certify(data, standard, out=place / "other.json")
    yield lambda: verify(data, certificate, standard=standard)
    yield lambda: datastd.open(data, certificate=certificate, standard=standard)
    yield lambda: comparing.diff(data, data, standard=standard)


@pytest.mark.parametrize("name", ["own.py", "in/own.py", "link.py"])
def test_whoever_asks_it_is_refused_and_was_not_run(name, place):
    datastd.certify(place / "data", "raw-text/1", out=place / "c.json")
    inside = place / "data" / name
    inside.parent.mkdir(exist_ok=True)
    (place / "own.py").rename(inside)
    named = inside
    if name == "link.py":
        named = place / "beside.py"
        named.symlink_to(inside)
    for request in asked(place, named):
        with pytest.raises(UsageError, match="expected a standard outside of the dataset, found a file in it"):
            request()
    assert not (place / "ran").exists()


def test_beside_the_dataset_it_is(place):
    assert datastd.check(place / "data", place / "own.py").standard.name == "own/1"
    assert (place / "ran").exists()
