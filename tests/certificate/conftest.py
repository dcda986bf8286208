"""One dataset, certified once; each test takes copies."""

import json
import shutil
from types import SimpleNamespace

import pytest
from support import sound

import datastd
from datastd.certificate import keygen


@pytest.fixture(scope="session")
def certified(tmp_path_factory):
    """A sound dataset with two certificates, one of them signed, and the key's trust."""
    place = tmp_path_factory.mktemp("certified")
    data = sound(place / "data")
    (place / "trust.toml").write_text(keygen(place / "key"))
    datastd.certify(data, "idx-images/1", out=place / "plain.json")
    datastd.certify(data, "idx-images/1", out=place / "signed.json", key=place / "key")
    return place


@pytest.fixture
def copy(certified, tmp_path):
    """A copy of all of it, to spoil."""
    place = tmp_path / "copy"
    shutil.copytree(certified, place)
    return SimpleNamespace(
        data=place / "data", plain=place / "plain.json", signed=place / "signed.json",
        trust=place / "trust.toml", key=place / "key", place=place,
    )  # fmt: skip


@pytest.fixture(scope="session")
def report(certified):
    return datastd.check(certified / "data", "idx-images/1")


@pytest.fixture
def stated(certified):
    """The plain certificate's envelope, as JSON."""
    return json.loads((certified / "plain.json").read_text())
