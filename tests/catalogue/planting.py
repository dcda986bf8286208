"""What those who plant defects share: the datasets they plant in, and the command that is run."""

import json
import re
import subprocess
import sys
from pathlib import Path

DOCUMENTS = [f"document {n}, which is of its own" for n in range(40)]

PROSE = " ".join(f"word{n} and thing{n} of the place{n}" for n in range(10))
"""A document that Gopher's filters keep, whatever number stands before it."""


def edit(folder, name, change):
    path = folder / name
    path.write_bytes(change(bytearray(path.read_bytes())))


def with_byte(position, value):
    def change(content):
        content[position] = value
        return content

    return change


def corpus(folder, *lines, name="train.jsonl"):
    folder.mkdir(parents=True, exist_ok=True)
    sound_ = [json.dumps({"id": n, "text": text}) for n, text in enumerate(DOCUMENTS)]
    (folder / name).write_bytes(b"\n".join([*(one.encode() for one in sound_), *lines, b""]))
    return folder


def web(*texts):
    def plant(folder):
        content = [json.dumps({"text": text}) for text in (*(f"The {n}th {PROSE}" for n in range(20)), *texts)]
        folder.mkdir(exist_ok=True)
        (folder / "train.jsonl").write_text("\n".join([*content, ""]))
        return folder
    return plant


def stated(text, language, **more):
    def plant(folder):
        sound_ = [{"text": f"The {n}th {PROSE}", "language": "en", "text_length": len(f"The {n}th {PROSE}")} for n in range(20)]
        folder.mkdir(exist_ok=True)
        lines = [json.dumps(one) for one in (*sound_, {"text": text, "language": language, **more})]
        (folder / "train.jsonl").write_text("\n".join([*lines, ""]))
        return folder
    return plant


RED = {"error": "fail", "warn": "warn"}
"""What comes of a rule that something is planted for, by its level."""


def check(folder, standard, tmp_path, *more):
    """
    Run the command; return how it ended, and the verdicts by code.

    The standard is a name, or what the file of one holds.
    """
    if "\n" in standard:
        (tmp_path / "standard.py").write_text(standard)
        standard = "standard.py"
    out = tmp_path / "report.json"
    command = [Path(sys.executable).with_name("datastd"), "check", folder, "--report", out]
    done = subprocess.run([*command, "--standard", standard, *more], capture_output=True, text=True, cwd=tmp_path)
    assert "Traceback" not in done.stderr
    assert out.is_file(), done.stderr
    report = json.loads(out.read_text())
    return done, {verdict["code"]: verdict for verdict in report["verdicts"]}


def says_what(verdict):
    """See that what is said of each example is more than that a flag is up, or how many there are."""
    for one in verdict.examples:
        bare = re.search(r"expected (false|0), found (true|[0-9]+)$", one.says)
        assert not bare or verdict.code in COUNTED, (verdict.code, one.says)


COUNTED = {"F254", "F259"}
"""Codes whose measure counts what everyone can see, once it is said how many there are."""


def outcomes(verdicts):
    return {verdict["outcome"] for verdict in verdicts.values()}


def passes(folder, standard, tmp_path):
    """See that nothing is wrong with data in which nothing is planted; return the verdicts."""
    done, verdicts = check(folder, standard, tmp_path)
    assert done.returncode == 0, done.stdout
    assert outcomes(verdicts) == {"pass"}
    return verdicts
