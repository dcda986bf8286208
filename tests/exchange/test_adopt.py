"""Cards of others are data: nothing in them is opened, fetched or run, and nothing vanishes."""

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from card_cases import WHOLE, cards, write
from hypothesis import given

from datastd.card import read
from datastd.cli import main
from datastd.errors import UsageError
from datastd.exchange import MOST, adopt, adopt_to
from datastd.exchange.placeholders import placeholder
from datastd.exchange.toml import whole

COMMAND = str(Path(sys.executable).with_name("datastd"))
TRUE = hashlib.sha256(b"x").hexdigest()
PLAIN = {"@context": {"@vocab": "https://schema.org/"}, "@type": "sc:Dataset", "name": "x"}


def croissant(tmp_path, **more):
    path = tmp_path / "x.json"
    path.write_text(json.dumps({**PLAIN, **more}))
    return path


@pytest.mark.parametrize(("stated", "named"), [
    ("sha256", "the placeholder 'sha256'"), ("TODO", "the placeholder 'TODO'"), ("...", "the placeholder '...'"),
    ("48a7c257f3c90b2a3e529ddd2cca8f4f", "32 hexadecimal digits, as many as an MD5 has"),
    ("da39a3ee5e6b4b0d3255bfef95601890afd80709", "40 hexadecimal digits, as many as a SHA-1 has"),
    ("0" * 64, "the digit 0 over and over"), ("f" * 64, "the digit f over and over"), ("a" * 63, "63 hexadecimal digits"),
    ("a" * 128, "128 hexadecimal digits, as many as a SHA-512 has"), (TRUE.upper(), "capital letters"),
    (hashlib.sha256(b"").hexdigest(), "the SHA-256 of nothing"), ("", "nothing that is a text"), (None, "nothing that is a text"),
    (5, "nothing that is a text"), (f" {TRUE}", f"the placeholder ' {TRUE}'"),
])  # fmt: skip
def test_a_placeholder_is_refused_by_its_name(tmp_path, stated, named):
    assert placeholder(stated) == named
    path = croissant(tmp_path, distribution=[{"@type": "cr:FileObject", "name": "a.csv", "sha256": stated}])
    with pytest.raises(UsageError, match=r"prov:wasDerivedFrom\[0\]: sha256: expected a SHA-256"):
        adopt(croissant(tmp_path, **{"prov:wasDerivedFrom": [{"@id": "a", "sha256": stated}]}))
    path = croissant(tmp_path, distribution=[{"@type": "cr:FileObject", "name": "a.csv", "sha256": stated}])
    with pytest.raises(UsageError) as found:
        adopt(path)
    assert "distribution: a.csv: sha256: expected a SHA-256 of 64 hexadecimal digits, found " in str(found.value)
    assert named.partition("'")[0] in str(found.value)


def test_a_true_digest_is_none():
    assert placeholder(TRUE) == ""
    assert placeholder(base64.b64encode(bytes.fromhex(TRUE)).decode()) == ""
    assert placeholder(hashlib.sha256(b"").hexdigest(), is_empty=True) == ""


def test_a_file_of_nothing_has_the_digest_of_nothing(tmp_path):
    nothing = {"name": "a", "sha256": hashlib.sha256(b"").hexdigest(), "contentSize": "0 B"}
    assert adopt(croissant(tmp_path, distribution=[nothing])).card.identity.name == "x"


@pytest.mark.parametrize(("content", "says"), [
    (b'{"@type": "sc:Dataset", "name": "a", "name": "b"}', "a key stands twice in one object"),
    (b'{"@type": "sc:Dataset", "name": NaN}', "NaN is not a number of JSON"), (b"[]", "expected one object of type sc:Dataset"),
    (b'{"name": "a"}', "expected one object of type sc:Dataset"), (b"", "found no JSON, from line 1, column 1"), (b"\xff", "can't decode byte"),
    (b'{"@type": "sc:Dataset", "a": ' + b"[" * 50 + b"]" * 50 + b"}", "nested deeper than"),
    (b'{"@type": "sc:Dataset", "a": ' + b"[" * 90_000 + b"]" * 90_000 + b"}", "nested deeper than"),
    (b" " * (MOST + 1), "at most 8388608 bytes"),
])  # fmt: skip
def test_what_is_no_card_says_why(tmp_path, content, says):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(UsageError) as found:
        adopt(tmp_path / "x")
    assert says in str(found.value)


def test_nothing_is_opened_fetched_or_run(tmp_path):
    """Addresses, patterns, contexts and archives of a card are words: an audit hears of no use of them."""
    path = croissant(
        tmp_path, **{"@context": "https://example.org/context.jsonld"}, url="file:///etc/passwd",
        distribution=[
            {"@type": "cr:FileObject", "@id": "a", "contentUrl": "/etc/passwd", "sha256": TRUE, "encodingFormat": "application/x-tar"},
            {"@type": "cr:FileSet", "@id": "b", "containedIn": {"@id": "a"}, "includes": "(a+)+$"},
        ],
        recordSet=[{"@id": "r", "field": [{"source": {"fileObject": {"@id": "a"}, "transform": {"regex": "(a+)+$"}}}]}],
    )  # fmt: skip
    heard = f"""
import sys
from datastd.exchange import adopt
adopt({str(path)!r})
seen = []
def hear(event, args):
    if event in ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "exec", "compile", "import"):
        seen.append((event, str(args[0])))
sys.addaudithook(hear)
done = adopt({str(path)!r})
assert {{one for one in seen if not one[1].endswith("x.json")}} == set(), seen
print(done.left)
"""
    done = subprocess.run([sys.executable, "-c", heard], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "distribution" in done.stdout


def test_a_card_is_written_with_what_was_left_out(tmp_path):
    path = croissant(tmp_path, distribution=[], isLiveDataset=True, **{"\x1b[2J": 1})
    done = adopt_to(path, tmp_path / "datacard.toml")
    text = (tmp_path / "datacard.toml").read_text()
    assert read(text.encode()) == done.card
    assert "# left out: isLiveDataset\n" in text
    assert "# left out: \\u{1b}[2J\n" in text


def test_of_much_that_was_left_out_the_first_is_named_and_the_rest_counted(tmp_path):
    done = adopt(croissant(tmp_path, **{f"k{n}": 1 for n in range(150)}))
    assert (len(done.left), len(done.lines), done.lines[-1]) == (150, 101, "left out: 50 more")


def test_a_card_that_is_there_stays(tmp_path):
    (tmp_path / "datacard.toml").write_text("card_version = 1\n")
    with pytest.raises(UsageError, match="expected no card, found one"):
        adopt_to(croissant(tmp_path), tmp_path / "datacard.toml")


def test_what_no_card_can_hold_is_refused(tmp_path):
    path = croissant(tmp_path, description="x" * 300_000)
    with pytest.raises(UsageError, match="expected what a card can hold, found expected at most 262144 bytes"):
        adopt_to(path, tmp_path / "datacard.toml")
    assert not (tmp_path / "datacard.toml").exists()


@given(cards())
def test_a_card_is_written_as_it_is_read(card):
    assert read(whole(card).encode()) == card


@pytest.mark.parametrize("text", ["x" * 20_000, " " * 5000, "a " * 5000, "\n" * 3000, '"\\' * 3000, "é\u2028\x00" * 2000, "\t\r" * 2000])
def test_a_long_text_stands_on_lines_that_a_card_may_have(text):
    card = read(WHOLE.encode())
    long = card.model_copy(update={"identity": card.identity.model_copy(update={"description": text, "task": (text, "b")})})
    written = whole(long)
    assert max(len(line.encode()) for line in written.split("\n")) < 8192
    assert read(written.encode()) == long


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write(tmp_path / "data", train_jsonl='{"text": "a"}\n')


def test_the_commands_say_what_they_did(data):
    def run(*arguments):
        return subprocess.run([COMMAND, "card", *arguments], capture_output=True, text=True)

    done = run("export", "data", "--to", "croissant", "--out", "x.json")
    assert done.returncode == 0
    assert done.stdout.startswith("x.json: the card of data as croissant\n  Croissant has no place for ")
    done = run("import", "x.json", "--out", "datacard.toml")
    assert done.returncode == 0
    assert done.stdout.startswith("datacard.toml: the card of x.json\n  left out: distribution")


@pytest.mark.parametrize(("arguments", "says"), [
    (("export", "data", "--to", "x", "--out", "y"), "--to: expected one of croissant, rai, hf, spdx, eu, openlineage, found x"),
    (("export", "data", "--to", "hf", "--out", "data/README.md"), "expected a place beside the dataset"),
    (("export", "data", "--to", "hf", "--out", "none/README.md"), "expected a place in a folder that can be written to"),
    (("export", "nowhere", "--to", "hf", "--out", "y"), "expected a folder with a dataset, found nothing"),
    (("import", "nowhere", "--out", "y"), "expected a file with a card, found nothing"),
    (("import", "data/datacard.toml", "--out", "y"), "expected a card in Croissant or of Hugging Face"),
    (("import", "data/datacard.toml", "--out", "data/datacard.toml"), "expected no card, found one"),
])  # fmt: skip
def test_a_request_that_cannot_be_carried_out_is_2(data, capsys, arguments, says):
    assert main(["card", *arguments]) == 2
    assert says in capsys.readouterr().err
    assert {path.name for path in data.parent.iterdir()} == {"data"}


@pytest.mark.parametrize(("card", "says"), [
    (None, "expected a data card, found none; `datastd init data` drafts one"),
    ("card_version = 2\n", "expected a data card, found card_version: Input should be 1"),
])  # fmt: skip
def test_without_a_card_that_loads_nothing_is_written(data, capsys, card, says):
    (data / "datacard.toml").unlink()
    if card:
        (data / "datacard.toml").write_text(card)
    assert main(["card", "export", "data", "--to", "spdx", "--out", "y"]) == 2
    assert says in capsys.readouterr().err
    assert not (data.parent / "y").exists()


def test_what_is_no_file_is_no_part_of_it_and_that_is_said(data, capsys):
    (data / "gone.jsonl").symlink_to("/etc/hostname")
    assert main(["card", "export", "data", "--to", "croissant", "--out", "y"]) == 0
    assert "gone" not in (data.parent / "y").read_text()
    assert "  no part of it: gone.jsonl, a symbolic link\n" in capsys.readouterr().out


def test_what_the_format_lacks_is_printed_and_harmless(data, capsys):
    (data / "datacard.toml").write_text("card_version = 1\n[[processing.steps]]\nop = 'filter'\n")
    assert main(["card", "export", "data", "--to", "openlineage", "--out", "\x1b[2J"]) == 0
    out = capsys.readouterr().out
    assert "\\u{1b}[2J: the card of data as openlineage" in out
    assert "  no event without a time: processing.steps.0.started" in out
