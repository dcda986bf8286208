"""
SQuAD: all rules of `squad-1.1/1` against json.load, and the worst that a file can do.

    python tests/bench/squad.py [speed] [hostile]

Prints lines of JSON.  Run it on a quiet machine; needs ../shared.

`speed`: a file as large as SQuAD 1.1's train (88,000 questions, one answer each; made of the
published dev's paragraphs, each taken nine times under another title, with other names in it),
judged as `datastd.check` does, against json.load of it; one core, medians of five ratios, both
sides in turn, kernels compiled before.
`hostile`: files that were made to be slow or large to read: seconds beside those of
json.loads where that takes them, and the most resident memory beyond that of a process that has
read a sound file.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from statistics import median

from gate import SHARED, say

import datastd

WANTED = 88_000


def made():
    """As many questions as in train, and as many answers."""
    content = zipfile.ZipFile(SHARED / "squad/dev-v1.1.json.zip").read("dev-v1.1.json")
    known, articles, count = json.loads(content), [], 0
    for copy in range(20):
        for article in known["data"]:
            paragraphs = []
            for one in article["paragraphs"]:
                mark = f"In the {copy}th edition: "  # every text is another
                qas = [
                    {"id": f"{copy}-{q['id']}", "question": f"{q['question'][:-1]} in {copy}?",
                     "answers": [{"text": q["answers"][0]["text"], "answer_start": q["answers"][0]["answer_start"] + len(mark)}]}
                    for q in one["qas"]
                ]  # fmt: skip
                paragraphs.append({"context": mark + one["context"], "qas": qas})
                count += len(qas)
            articles.append({"title": f"{article['title']}_{copy}", "paragraphs": paragraphs})
            if count >= WANTED:
                return {"version": "1.1", "data": articles}, count
    raise AssertionError(count)


def load(path):
    with path.open() as file:
        return json.load(file)


def timed(function, *arguments):
    begun = time.perf_counter()
    found = function(*arguments)
    return time.perf_counter() - begun, found


def speed():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / "train-v1.1.json"
        content, count = made()
        path.write_text(json.dumps(content))
        del content
        both = []
        for _ in range(6):
            peer, loaded = timed(load, path)
            del loaded
            own, report = timed(lambda: datastd.check(root, "squad-1.1/1", jobs=1))
            both.append((own, peer))
        assert report.accounting.samples == count
        ratios = [own / peer for own, peer in both[1:]]
        say("speed", questions=count, MB=path.stat().st_size / 1e6, ours_s=median(own for own, _ in both[1:]),
            json_load_s=median(peer for _, peer in both[1:]), times=median(ratios), outcome=report.outcome)  # fmt: skip


QUESTION = {"id": "1", "question": "Which of the towns is it?", "answers": [{"text": "Paris", "answer_start": 0}]}


def hostile_files():
    many = [{"text": "Paris", "answer_start": 0}] * 10**6
    wrong = [{"text": "Paris", "answer_start": n % 10} for n in range(10**6)]
    bad = [{"text": "Paris", "answer_start": "0"}] * 10**6

    def one(answers, context="Paris is a town.", **more):
        qa = {**QUESTION, "answers": answers, **more}
        return json.dumps({"version": "1.1", "data": [{"title": "t", "paragraphs": [{"context": context, "qas": [qa]}]}]}).encode()

    yield "10^6 answers", one(many)
    yield "10^6 answers elsewhere", one(wrong)
    yield "10^6 answers elsewhere in a long text", one(wrong, "é" * 10**6)
    yield "10^6 answers of strings", one(bad)
    yield "10^6 questions alike", json.dumps({"version": "1.1", "data": [{"title": "t", "paragraphs": [
        {"context": "Paris", "qas": [QUESTION] * 10**6}]}]}).encode()
    yield "10^6 questions of numbers", json.dumps({"version": "1.1", "data": [{"title": "t", "paragraphs": [
        {"context": "Paris", "qas": [7] * 10**6}]}]}).encode()
    yield "a context of 32 MB", one(QUESTION["answers"], "Paris " * (32 << 20 >> 3))
    yield "10^6 keys", one(QUESTION["answers"], **{f"k{n}": 0 for n in range(10**6)})
    yield "10^6 brackets", SOUND.replace(b'"id"', b'"x": ' + b"[" * 10**6 + b', "id"')
    yield "cut", one(many)[:-9]
    yield "no JSON", b"<" * 10**7


def judge(folder):
    """In a process of its own: warmed by a sound file, then seconds and megabytes of another."""
    script = (
        "import sys, time, resource, datastd\n"
        "def look(path): return datastd.check(path, 'squad-1.1/1', format='squad', jobs=1)\n"
        "look(sys.argv[1])\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "begun = time.process_time()\n"
        "report = look(sys.argv[2])\n"
        "taken = time.process_time() - begun\n"
        "print(taken, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, report.outcome, "
        "','.join(v.code for v in report.verdicts if v.outcome == 'fail'))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, folder / "sound", folder / "it"], capture_output=True, text=True)
    return done.stdout.split() or [done.stderr[-300:]]


def hostile():
    for name, content in hostile_files():
        with tempfile.TemporaryDirectory() as root:
            for place, whole in {"sound": SOUND, "it": content}.items():
                (Path(root) / place).mkdir()
                (Path(root) / place / "train.json").write_bytes(whole)
            begun = time.process_time()
            with contextlib.suppress(ValueError, RecursionError):
                json.loads(content)
            say("hostile", of=name, MB=len(content) / 1e6, json_s=time.process_time() - begun, found=judge(Path(root)))


SOUND = json.dumps({"version": "1.1", "data": [{"title": "t", "paragraphs": [{"context": "Paris is a town.", "qas": [QUESTION]}]}]}).encode()

if __name__ == "__main__":
    for name in sys.argv[1:] or ("speed", "hostile"):
        {"speed": speed, "hostile": hostile}[name]()
