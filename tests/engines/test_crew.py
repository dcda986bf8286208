"""Whatever a decoder does to its process, the guilty sample is named and the rest is judged."""

import contextlib
import functools
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import uuid4

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import datastd
from datastd import forks
from datastd.digest import canonical
from datastd.disk import Tree
from datastd.engines import Seen, Task, crew, local, measured, pieces, wire
from datastd.engines.crew import Crew, Lost, _raised, _Worker
from datastd.engines.defects import tabled
from datastd.engines.wire import Told, decode, encode
from datastd.errors import DataChanged, DataStdError, NotJudged, UsageError
from datastd.sources import Shard
from datastd.sources.files import COMMON

OUTSIDE = Path(__file__).parents[1] / "outside"
KINDS = COMMON
COUNT = 20

STANDARD = """
from datastd import Standard
from datastd.measures.pixels.contrast import contrast
from datastd.measures.pixels.mean import mean
from datastd.rules.pixels.constant_image import ConstantImage
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from lookout.bands import bands
from lookout.shared_half import SharedHalf
standard = Standard(
    name="hazards/1", about="Hazards.", formats=("lookout.hazards",), measures=(bands, mean, contrast),
    rules=(SharedHalf(), ConstantImage(), ExactDuplicate()),
)
"""


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(OUTSIDE)


@pytest.fixture
def standard(tmp_path):
    path = tmp_path / "hazards.py"
    path.write_text(STANDARD)
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    for number in range(COUNT):
        (tmp_path / "data" / f"{number:02}.haz").write_text(f"{number}")
    return tmp_path / "data"


def say(folder, number, words):
    (folder / f"{number:02}.haz").write_text(words)


def check(folder, standard, **options):
    return datastd.check(folder, standard, format="lookout.hazards", **options)


def told(report):
    """Everything that a report says of the samples."""
    plain = report.plain()
    return {name: plain[name] for name in ("accounting", "splits", "verdicts")}


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(local, "Crew", functools.partial(Crew, idle_s=3.0))


# The guilty one is named


@pytest.mark.parametrize(("words", "found"), [
    ("crash", "signal 11"), ("exit", "code 0"), ("eat", "asks for more than 2048 MiB"),
])  # fmt: skip
@pytest.mark.parametrize("number", [7, COUNT - 1])
def test_who_ends_its_process_is_named_and_the_others_are_judged_as_without_it(
    words, found, number, folder, standard
):
    (folder / f"{number:02}.haz").write_text("bad")
    expected = check(folder, standard)
    say(folder, number, words)
    report = check(folder, standard)
    assert [example.key for example in report["F902"].examples] == [f"{number:02}.haz"]
    assert found in report["F902"].examples[0].detail
    assert (report.accounting.samples, report.accounting.defective) == (COUNT, 1)
    for code in ("L991", "Q109", "L101"):
        assert report[code] == expected[code]


@pytest.mark.parametrize("words", ["hang", "hold"])
def test_who_hangs_is_named(words, folder, standard, impatient):
    say(folder, 9, words)
    report = check(folder, standard)
    assert report.failing("F902")["key"].to_list() == ["09.haz"]
    assert "does not get on for 3 s" in report["F902"].examples[0].detail
    assert report["Q109"].checked == COUNT - 1


def test_who_ends_its_process_after_its_first_piece_is_counted_once(folder, standard, monkeypatch):
    say(folder, 5, "bad x")
    expected = check(folder, standard)
    say(folder, 5, "crash")
    monkeypatch.setattr(crew, "main", workers().little_by_little)
    begun, put = [], crew.Line.put
    monkeypatch.setattr(crew.Line, "put", lambda line, seen: begun.append(seen) or put(line, seen))
    report = check(folder, standard, jobs=1)
    assert begun[0].tables["samples"].height == 2  # it had said so much of 00 to 05
    assert (report["F902"].failed, report.accounting) == (1, expected.accounting)
    for code in ("L991", "Q109", "L101"):
        assert report[code] == expected[code]


def test_many_of_all_kinds(folder, standard):
    for number, words in {0: "crash", 1: "crash", 5: "exit", 6: "bad", 11: "eat", 12: "crash"}.items():
        say(folder, number, words)
    report = check(folder, standard, jobs=3)
    assert report.failing("F902")["key"].to_list() == [f"{n:02}.haz" for n in (0, 1, 5, 6, 11, 12)]
    assert report["Q109"].checked == COUNT - 6


def test_all_of_them(folder, standard):
    for number in range(COUNT):
        say(folder, number, "crash") if number < 7 else (folder / f"{number:02}.haz").unlink()
    report = check(folder, standard)
    assert (report["F902"].failed, report.accounting.defective) == (7, 7)
    assert report["Q109"].outcome == "unknown"


def test_the_process_that_was_ended_once_from_outside_accuses_nobody(folder, standard, tmp_path):
    expected = told(check(folder, standard))
    say(folder, 7, f"once {tmp_path / 'flag'}")
    say(folder, 7, f"once {tmp_path / 'flag'}")
    report = check(folder, standard)
    assert report["F902"].failed == 0
    assert report.accounting.samples == expected["accounting"]["samples"]


def test_the_number_of_jobs_changes_nothing(folder, standard):
    say(folder, 3, "crash"), say(folder, 8, "bad"), say(folder, 15, "4")
    one, two, five = (told(check(folder, standard, jobs=jobs)) for jobs in (1, 2, 5))
    assert one == two == five


def test_a_worker_changes_nothing(folder, standard, monkeypatch):
    from lookout.hazards import Hazards

    say(folder, 8, "bad"), say(folder, 15, "4")
    with_workers = told(check(folder, standard))
    monkeypatch.setattr(Hazards, "isolated", False)
    assert with_workers == told(check(folder, standard))


@given(st.lists(st.integers(1, 19), unique=True, max_size=6))
def test_parts_joined_are_the_whole(cuts):
    sys.path.insert(0, str(OUTSIDE))
    from lookout.bands import bands
    from lookout.hazards import Portion

    from datastd.measures.pixels.mean import mean

    class Drawn(Portion):
        def read(self):
            from datastd.sources import Batch

            for start in range(0, len(self.paths), 3):
                keys = self.paths[start : start + 3]
                images = np.stack([np.full((4, 4, 1), int(key), np.uint8) for key in keys])
                yield Batch(pl.Series(keys), {"image": images})

    def seen(paths):
        (one,) = measured(Drawn(Path(), paths).read(), [bands, mean], {})
        return one

    every = [f"{n}" for n in range(20)]
    edges = [0, *sorted(cuts), 20]
    parts = [seen(every[a:b]) for a, b in itertools.pairwise(edges)]
    whole, (joined,) = seen(every), pieces(parts)
    assert [*joined.tables] == [*whole.tables]
    for name, table in whole.tables.items():
        assert joined.tables[name].equals(table)


# What is nobody's fault is an exception, and the right one


def test_data_that_changed_are_no_defect(folder, standard):
    say(folder, 9, "changed")
    with pytest.raises(DataChanged, match=r"09\.haz: expected the file that was walked, found another"):
        check(folder, standard)


def test_a_bug_is_a_bug(folder, standard):
    say(folder, 9, "bug")
    with pytest.raises(DataStdError, match="ZeroDivisionError") as caught:
        check(folder, standard)
    assert caught.value.exit_code == 4


def test_a_process_that_never_starts_accuses_nobody(folder, standard, monkeypatch):
    monkeypatch.setattr(crew, "main", workers().exits)
    # 7, or 255 where Python's server of forks had no time to say so.
    with pytest.raises(NotJudged, match=r"a process that starts, found .* code (7|255)"):
        check(folder, standard)


def test_one_that_takes_too_long_to_start_accuses_nobody(folder, standard, monkeypatch):
    monkeypatch.setattr(crew, "main", workers().sleeps)
    monkeypatch.setattr(crew, "START_S", 0.5)
    with pytest.raises(NotJudged, match="a process that starts, found none in time"):
        check(folder, standard)
    wait_until(lambda: not alive())


def workers():
    """What stands in for a worker, and for its work: a module that its process can import."""
    from lookout import workers

    return workers


def worker_of(main, monkeypatch):
    monkeypatch.setattr(crew, "main", main)
    return _Worker([])


def test_a_message_that_is_none_ends_the_process(monkeypatch):
    one = worker_of(workers().babbles, monkeypatch)
    with pytest.raises(Lost, match="no message"):
        one.do(workers().Nothing(), [], KINDS, 20.0)
    one.bury()
    assert not one.alive


def test_progress_that_is_none_and_answers_twice_do_no_harm(monkeypatch):
    one = worker_of(workers().repeats, monkeypatch)
    for _ in range(2):
        with pytest.raises(DataStdError, match="a: expected b, found c"):
            one.do(workers().Nothing(), [], KINDS, 20.0)
    assert one.alive
    one.kill("done")
    one.bury()


def test_one_sample_counted_again_and_again_is_no_progress(monkeypatch):
    one = worker_of(workers().pretends, monkeypatch)
    with pytest.raises(Lost, match="does not get on"):
        one.do(workers().Nothing(), [], KINDS, 1.0)


@pytest.mark.parametrize(("trouble", "kind"), [
    (("UsageError", "a", "b", "c", "d"), UsageError), (("DataChanged", "a", "b", "c"), DataChanged),
    (("UsageError",), DataStdError), (("frames", "a", "b", "c"), DataStdError), (("Lost", "a"), DataStdError),
    (("MemoryError",), Lost), (("__builtins__", "a", "b", "c"), DataStdError),
])  # fmt: skip
def test_trouble_is_raised_as_what_it_was_as_far_as_it_is_known(trouble, kind):
    assert type(_raised(*trouble)) is kind


# Processes and what they hold


def alive(marked=None):
    """Processes of our own that are no zombies: children of ours, or marked in the environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            status = (place / "stat").read_text().rpartition(")")[2].split()
            if marked:
                ours = marked.encode() in (place / "environ").read_bytes()
            else:
                server = forks.multiprocessing.forkserver._forkserver._forkserver_pid
                ours = int(status[1]) == server
            if ours and status[0] != "Z":
                found.append(int(place.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


def wait_until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    assert holds()


def test_no_process_and_no_descriptor_is_left(folder, standard):
    check(folder, standard)  # the server stays, for the next
    before = len(os.listdir("/proc/self/fd"))
    say(folder, 3, "crash"), say(folder, 9, "exit")
    for _ in range(3):
        check(folder, standard)
    assert not alive()
    assert len(os.listdir("/proc/self/fd")) <= before
    assert not [one for one in threading.enumerate() if one.name.startswith("datastd")]


def test_many_shards_leave_no_descriptor_and_no_piece(folder):
    from lookout.hazards import Hazards

    with Hazards(Tree(folder)) as source, Crew() as many:
        task = Task(source, Shard("all", "train", 0, 2))
        [*many.look(task, [])]
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(1000):
            (seen,) = many.look(task, [])
            assert seen.tables["samples"].height == 2
        assert len(os.listdir("/proc/self/fd")) == before
        (one,) = many._workers
        assert (one._piece, one.lent) == (None, False)


def test_all_processes_are_ended_from_outside_in_the_middle_and_nobody_is_accused(folder, standard, monkeypatch):
    for number in range(COUNT):
        say(folder, number, "slow 0.15")
    ended, workers = [], []

    class Noted(crew._Worker):
        def __init__(self, *args):
            super().__init__(*args)
            workers.append(self)

    monkeypatch.setattr(crew, "_Worker", Noted)

    def hunt():
        wait_until(lambda: len(workers) > 1 and all(one._started for one in workers))
        time.sleep(0.5)
        for pid in alive():
            os.kill(pid, signal.SIGKILL)
            ended.append(pid)

    hunter = threading.Thread(target=hunt)
    hunter.start()
    report = check(folder, standard, jobs=2)
    hunter.join()
    assert ended
    assert (report["F902"].failed, report["Q109"].checked) == (0, COUNT)


SCRIPT = """
import sys
sys.path.insert(0, {outside!r})
import datastd
report = datastd.check({folder!r}, {standard!r}, format="lookout.hazards", jobs=2)
print(report.outcome, report["F902"].failed)
"""


def script(folder, standard, tmp_path, mark="none", **options):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT.format(outside=str(OUTSIDE), folder=str(folder), standard=str(standard)))
    return subprocess.Popen(
        [sys.executable, path], env=os.environ | {"DATASTD_TEST_MARK": mark}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **options,
    )  # fmt: skip


def test_a_script_needs_no_guard_and_runs_once(folder, standard, tmp_path):
    say(folder, 4, "crash"), say(folder, 5, "print")
    out, err = script(folder, standard, tmp_path).communicate()
    assert out == "fail 1\n"
    assert "a decoder quotes" not in err
    assert "Traceback" not in err


@pytest.mark.parametrize("words", ["hang", "slow 0.2"])
def test_ctrl_c_ends_all_at_once(words, folder, standard, tmp_path):
    for number in range(COUNT):
        say(folder, number, words)
    mark = uuid4().hex
    with script(folder, standard, tmp_path, mark) as done:
        wait_until(lambda: len(alive(mark)) >= 4)  # the script, the tracker, the server, a worker
        time.sleep(0.5)
        os.killpg(done.pid, signal.SIGINT)
        _, err = done.communicate(timeout=15)
    assert done.returncode in {-signal.SIGINT, 130, 1}
    assert "KeyboardInterrupt" in err
    wait_until(lambda: not alive(mark))


@pytest.mark.parametrize("words", ["hang", "slow 0.2"])
def test_no_process_outlives_who_started_it(words, folder, standard, tmp_path):
    for number in range(COUNT):
        say(folder, number, words)
    mark = uuid4().hex
    with script(folder, standard, tmp_path, mark) as done:
        wait_until(lambda: len(alive(mark)) >= 4)
        time.sleep(0.5)
        done.kill()
        done.communicate(timeout=15)
        wait_until(lambda: not alive(mark))


def test_one_that_holds_the_lock_of_python_ends_by_itself(monkeypatch, folder):
    from lookout.hazards import Hazards

    say(folder, 0, "hold")
    monkeypatch.setattr(crew, "main", workers().impatient)
    with Hazards(Tree(folder)) as source:
        one = _Worker([])
        with pytest.raises(Lost, match=f"signal {signal.SIGALRM.value}"):
            one.do(source.portion("all", range(2)), [], source.kinds, 60.0)


def test_nothing_in_the_folder_that_it_runs_in_is_imported(folder, standard, tmp_path):
    for name in ("numpy", "datastd", "sitecustomize", "usercustomize", "polars", "PIL", "multiprocessing"):
        (folder / f"{name}.py").write_text(f"import pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()")
    (folder / "00.haz").write_text("crash")
    command = [Path(sys.executable).with_name("datastd"), "check", folder, "--standard", standard,
               "--format", "lookout.hazards"]  # fmt: skip
    done = subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(OUTSIDE), "PATH": ""}, capture_output=True, text=True)
    assert "F902" in done.stdout, done.stderr
    assert not (tmp_path / "ran").exists()


def test_a_measure_of_a_script_is_refused(folder, standard, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(f"""
import sys
sys.path.insert(0, {str(OUTSIDE)!r})
import datastd
import pandera.polars as pa
from datastd import Standard, limit, measure
@measure("Q991", "mine", unit="1")
def mine(image):
    return image.mean(axis=(1, 2, 3))
class Rows(pa.DataFrameModel):
    mine: float = limit(le=255.0)
standard = Standard(name="m/1", about="m.", formats=("lookout.hazards",), measures=(mine,), rows=Rows)
datastd.check({str(folder)!r}, standard, format="lookout.hazards")
""")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True)
    assert "UsageError: measure mine: expected one of a module, or of the standard's file" in done.stderr


def test_a_measure_of_the_standards_file_works_in_workers(folder, tmp_path):
    path = tmp_path / "own.py"
    path.write_text(STANDARD.replace("standard = Standard", """
from datastd import measure, limit
import pandera.polars as pa
@measure("Q991", "mine", unit="1")
def mine(image):
    '''Mine.'''
    return image.mean(axis=(1, 2, 3))
class Rows(pa.DataFrameModel):
    mine: float = limit(le=255.0)
standard = Standard""").replace("(bands, mean, contrast)", "(bands, mean, contrast, mine), rows=Rows"))
    assert check(folder, path)["Q991"].checked == COUNT


# What a worker says


TABLES = st.dictionaries(
    st.sampled_from(["samples", "bands", "other"]),
    st.lists(st.tuples(st.text(max_size=9), st.integers(-2**63, 2**63 - 1), st.floats(), st.binary(max_size=9))).map(
        lambda rows: pl.DataFrame(rows, {"key": pl.String, "row": pl.Int64, "x": pl.Float64, "digest": pl.Binary}, orient="row")
    ),
)  # fmt: skip
WORDS = st.text(max_size=12)
SEEN = st.builds(
    Seen,
    TABLES,
    st.lists(st.builds(
        lambda kind, *parts: kind(*parts), st.sampled_from(COMMON), WORDS, WORDS, WORDS, WORDS, WORDS,
        st.integers(0, 2**40),
    )).map(tabled),
    st.dictionaries(WORDS, WORDS),
)  # fmt: skip


@given(st.builds(Told, st.integers(0, 2**50), st.integers(0, 2**50), SEEN | st.none(), st.booleans(), st.lists(WORDS).map(tuple)))
def test_what_is_said_is_what_is_heard(said):
    heard = decode(encode(said), KINDS)
    assert heard[:2] == said[:2]
    assert heard[3:] == said[3:]
    assert (heard.seen is None) == (said.seen is None)
    if said.seen:
        assert heard.seen.hashes == said.seen.hashes
        assert heard.seen.defects.equals(said.seen.defects)
        assert [*heard.seen.tables] == [*said.seen.tables]
        for name, table in said.seen.tables.items():
            assert heard.seen.tables[name].equals(table)


@given(st.binary(max_size=100))
def test_noise_is_no_message(noise):
    with pytest.raises(ValueError):
        decode(noise, KINDS)


@given(SEEN, st.data())
def test_a_damaged_message_is_another_or_none(seen, data):
    message = bytearray(encode(Told(1, 2, seen)))
    for _ in range(data.draw(st.integers(1, 3))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ValueError):
        assert isinstance(decode(bytes(message), KINDS), Told)


@pytest.mark.parametrize("change", [
    {"number": None}, {"number": []}, {"samples": "x"}, {"tables": [["samples", "x"]]}, {"tables": [["samples", 10]]},
    {"hashes": []}, {"hashes": 4}, {"trouble": 4},
])  # fmt: skip
def test_a_message_of_another_form_is_none(change):
    head = {"number": 1, "samples": 1, "trouble": [], "seen": True, "last": True, "tables": [], "hashes": {}}
    text = canonical(head | change)
    with pytest.raises(ValueError):
        decode(wire._HEAD.pack(len(text)) + text, KINDS)


@pytest.mark.parametrize("change", [
    {"code": "F777"}, {"code": None}, {"samples": "many"}, {"samples": None}, {"found": None}, {"key": 7}, {"more": 1},
])  # fmt: skip
def test_defects_of_another_form_or_of_no_kind_that_is_known_are_no_message(change):
    sound = tabled([COMMON[0]("a", "b", "c", "d", "e")])
    assert decode(encode(Told(1, 1, Seen(defects=sound))), KINDS).seen.defects.equals(sound)
    odd = sound.with_columns(**{name: pl.lit(value) for name, value in change.items()})
    with pytest.raises(ValueError):
        decode(encode(Told(1, 1, Seen(defects=odd))), KINDS)
