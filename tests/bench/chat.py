"""
Fine-tuning data: F6xx, Q601 to Q606 and L601 against json.loads line by line, and the worst of files.

    python tests/bench/chat.py [speed] [wall] [hostile]

Prints lines of JSON.  Run it on a quiet machine; needs ../shared.

`speed`: 200 MB of JSON lines, conversations of 3 to 8 messages (what was said is taken at random
from the published demos of LLaMA-Factory, 245 characters of a user and 817 of an assistant in the
mean; each question has a number of its own), judged as `datastd.check` does, with its hash of every
file, against json.loads of each line; one core, processor time, medians of five ratios, both sides in
turn, kernels compiled before.  `of_hashes` is what two SHA-256 of the same bytes take with hashlib: of
the file, for the certificate, and of each record.
`wall`: the same check with `jobs=2` on two cores, by the clock, against json.loads on one of them: how
long a user waits, where the first figure is what the machine does.
`hostile`: files that were made to be slow or large to read: seconds beside those of json.loads where
that takes them, and the most resident memory beyond that of a process that has read a sound file.
"""

import contextlib
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from gate import SHARED, say

import datastd
from datastd import Standard
from datastd.measures.responses.answer_blank import answer_blank
from datastd.measures.responses.answer_ends import answer_ends
from datastd.measures.responses.answer_placeholder import answer_placeholder
from datastd.measures.responses.answer_points import answer_points
from datastd.measures.responses.lacks_context import lacks_context
from datastd.measures.responses.merged_instructions import merged_instructions
from datastd.measures.responses.prompt_digest import prompt_digest
from datastd.measures.responses.refusal import refusal
from datastd.rules.responses.prompt_duplicate import PromptDuplicate
from datastd.rules.responses.response_truncated import ResponseTruncated
from datastd.schemas import chat

SIZE = 200 << 20


class Rows(chat.Rows):
    """One row per record, with Q601 to Q604 and Q606."""

    answer_blank: int = datastd.limit(eq=0)
    answer_placeholder: int = datastd.limit(eq=0)
    merged_instructions: int = datastd.limit(eq=0)
    refusal: int = datastd.limit(eq=0)
    lacks_context: int = datastd.limit(eq=0)


ANSWERS = (
    answer_blank, answer_ends, answer_placeholder, answer_points, lacks_context, merged_instructions, prompt_digest, refusal,
)  # fmt: skip
ASKED_OF = {
    "chat/1": chat.standard,
    "chat/1, Q601 to Q606, L601": Standard(
        name="bench/1", about="What the target is about.", formats=("chat",), measures=(*chat.MEASURES, *ANSWERS), rows=Rows,
        annotations=chat.Turns, rules=(*chat.RULES, ResponseTruncated(), PromptDuplicate()),
    ),
}  # fmt: skip


def said():
    """What users and assistants say in the demos."""
    data, users, assistants = SHARED / "llamafactory/data", [], []
    for name in ("glaive_toolcall_en_demo", "dpo_en_demo", "kto_en_demo"):
        for record in json.loads((data / f"{name}.json").read_text()):
            for one in record.get("conversations", []):
                (users if one["from"] == "human" else assistants).append(one["value"])
            for one in record.get("messages", []):
                (users if one["role"] == "user" else assistants).append(one["content"])
            if "chosen" in record:
                assistants.append(record["chosen"]["value"])
    return users, assistants


def write(path, size=SIZE):
    users, assistants = said()
    draw, count, written = random.Random(1), 0, 0
    with path.open("w") as file:
        while written < size:
            turns = draw.randint(3, 8)
            made = [{"role": "system", "content": f"You are assistant number {count}."}] if turns % 2 else []
            for _ in range(turns // 2):
                made += [{"role": "user", "content": f"{draw.choice(users)} ({count})"},
                         {"role": "assistant", "content": draw.choice(assistants)}]  # fmt: skip
            written += file.write(json.dumps({"messages": made}, ensure_ascii=False) + "\n")
            count += 1
    return count


def load(path):
    with path.open("rb") as file:
        for line in file:
            json.loads(line)


def hashes(path):
    content = path.read_bytes()
    hashlib.sha256(content).digest()
    for line in content.splitlines():
        hashlib.sha256(line).digest()


def timed(function, *arguments, clock=time.process_time):
    begun = clock()
    found = function(*arguments)
    return clock() - begun, found


def of_both(root, path, asked, jobs, clock):
    """Seconds of the check and of json.loads, in turn, without the first; and the report."""
    both = []
    for _ in range(6):
        peer, _ = timed(load, path, clock=clock)
        own, report = timed(lambda: datastd.check(root, asked, format="chat", jobs=jobs), clock=clock)
        both.append((own, peer))
    return both[1:], report


def speed():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / "train.jsonl"
        count = write(path)
        for name, asked in ASKED_OF.items():
            both, report = of_both(root, path, asked, 1, time.process_time)
            assert report.accounting.samples == count
            say("speed", of=name, records=count, MB=path.stat().st_size / 1e6, rules=len(report.verdicts),
                ours_s=median(own for own, _ in both), json_loads_s=median(peer for _, peer in both),
                times=median(own / peer for own, peer in both), of_hashes=timed(hashes, path)[0] / both[-1][1],
                outcome=report.outcome)  # fmt: skip


def wall():
    """In a process of its own: polars counts the cores once."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, cores)
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / "train.jsonl"
        count = write(path)
        for name, asked in ASKED_OF.items():
            both, report = of_both(root, path, asked, 2, time.perf_counter)
            assert report.accounting.samples == count
            say("wall", of=name, cores=len(cores), ours_wall_s=median(own for own, _ in both),
                json_loads_wall_s=median(peer for _, peer in both),
                wall_times_on_two_cores=median(own / peer for own, peer in both))  # fmt: skip


ASKED, SAID = {"role": "user", "content": "Where?"}, {"role": "assistant", "content": "Here."}
SOUND = json.dumps({"messages": [ASKED, SAID]}).encode()


def hostile_files():
    def one(messages, **more):
        return json.dumps({"messages": messages, **more}).encode()

    yield "10^5 turns", one([ASKED, SAID] * 50_000)
    yield "10^5 turns of nothing", one([{"role": "user", "content": ""}] * 100_000)
    yield "10^5 calls in a turn", one([ASKED, {"role": "assistant", "content": None, "tool_calls": [
        {"id": f"c{n}", "function": {"name": "f", "arguments": "{}"}} for n in range(100_000)]}, SAID])  # fmt: skip
    yield "3*10^4 calls, answered backwards", one([ASKED, {"role": "assistant", "content": None, "tool_calls": [
        {"id": f"c{n}", "function": {"name": "f", "arguments": "{}"}} for n in range(30_000)]},
        *({"role": "tool", "tool_call_id": f"c{n}", "content": "x"} for n in reversed(range(30_000))), SAID])  # fmt: skip
    yield "10^5 parts", one([{"role": "user", "content": [{"type": "text", "text": "a"}] * 100_000}, SAID])
    yield "10^5 tools", one([ASKED, SAID], tools=[{"function": {"name": f"f{n}", "parameters": {}}} for n in range(100_000)])
    yield "a role of 1 MB, 12 times", b"\n".join([one([{"role": "r" * 10**6, "content": "a"}, ASKED, SAID])] * 12)
    yield "a record of 100 MB", b"\n".join([SOUND, one([{"role": "user", "content": "x" * 100_000_000}, SAID]), SOUND])
    yield "a record of 100 MB in an array", b"[" + SOUND + b"," + one([{"role": "user", "content": "x" * 100_000_000}]) + b"," + SOUND + b"]"
    yield "10^6 records of numbers", b"[" + b"7," * 10**6 + SOUND + b"]"
    yield "10^6 lines of nothing", b"{}\n" * 10**6
    yield "10^6 keys", one([ASKED, SAID], **{f"k{n}": 0 for n in range(10**6)})
    yield "10^6 brackets", one([ASKED, SAID]).replace(b'"Here."', b"[" * 10**6)
    yield "10^7 opening braces in an array", b"[" + b"{" * 10**7
    yield "10^6 control strings", one([ASKED, {"role": "assistant", "content": "<|im_end|>" * 10**6}])
    yield "escapes alone", one([ASKED, {"role": "assistant", "content": "\x01" * 2_000_000}])
    yield "cut", one([ASKED, SAID] * 50_000)[:-9]
    yield "cut array", b"[" + SOUND + b"," + one([ASKED, SAID] * 50_000)[:-9]
    yield "no JSON", b"<" * 10**7


def judge(folder):
    """In a process of its own: warmed by a sound file, then seconds and megabytes of another."""
    script = (
        "import sys, time, resource, datastd\n"
        "def look(path): return datastd.check(path, 'chat/1', format='chat', jobs=1)\n"
        "look(sys.argv[1])\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "begun = time.process_time()\n"
        "report = look(sys.argv[2])\n"
        "taken = time.process_time() - begun\n"
        "print(taken, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, report.outcome, "
        "report.accounting.samples, ','.join(v.code for v in report.verdicts if v.outcome == 'fail'))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, folder / "sound", folder / "it"], capture_output=True, text=True)
    return done.stdout.split() or [done.stderr[-300:]]


def hostile():
    for name, content in hostile_files():
        with tempfile.TemporaryDirectory() as root:
            for place, whole in {"sound": b"\n".join([SOUND] * 20), "it": content}.items():
                (Path(root) / place).mkdir()
                (Path(root) / place / f"train.{'json' if whole[:1] == b'[' else 'jsonl'}").write_bytes(whole)
            begun = time.process_time()
            for line in [content] if content[:1] == b"[" else content.split(b"\n"):
                with contextlib.suppress(ValueError, RecursionError):
                    json.loads(line)
            say("hostile", of=name, MB=len(content) / 1e6, json_s=time.process_time() - begun, found=judge(Path(root)))


if __name__ == "__main__":
    ways = {"speed": speed, "wall": wall, "hostile": hostile}
    for name in sys.argv[1:] or ways:
        if len(sys.argv) == 2:
            ways[name]()
        else:
            subprocess.run([sys.executable, __file__, name], check=True)
