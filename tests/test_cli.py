"""The command line from outside: what it prints, and how it ends."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from support import ROOT, samples, sound, write_idx

from datastd.model import ROLES

COMMAND = str(Path(sys.executable).with_name("datastd"))


def datastd(*arguments, cwd, **options):
    return subprocess.run(
        [COMMAND, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, **options
    )


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return sound(tmp_path_factory.mktemp("cli") / "good")


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    train, test = samples(200), samples(100, seed=1)
    train[0][7] = test[0][3]
    return write_idx(tmp_path_factory.mktemp("cli") / "bad", train=train, test=test)


def no_traceback(done):
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_good_data_exit_0_and_say_so(good, tmp_path):
    done = no_traceback(datastd("check", good, "--standard", "idx-images/1", cwd=tmp_path))
    assert done.returncode == 0
    assert "PASS" in done.stdout


def test_bad_data_exit_1_and_name_the_sample(bad, tmp_path):
    done = no_traceback(datastd("check", bad, "--standard", "idx-images/1", cwd=tmp_path))
    assert done.returncode == 1
    assert "L102" in done.stdout
    assert "train-images-idx3-ubyte#7" in done.stdout
    assert "t10k-images-idx3-ubyte#3" in done.stdout


def test_a_proposed_standard_is_said_to_be_one(good, tmp_path):
    done = datastd("check", good, cwd=tmp_path)
    assert done.returncode == 0
    assert "proposed" in done.stdout


def test_a_named_standard_is_not_said_to_be_proposed(good, tmp_path):
    assert "proposed" not in datastd(
        "check", good, "--standard", "idx-images/1", cwd=tmp_path
    ).stdout  # fmt: skip


def test_unknown_exits_3(good, tmp_path):
    done = datastd("check", good, "--profile", "release", cwd=tmp_path)
    assert done.returncode == 3
    assert "UNKNOWN" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "absent"], "absent: expected a folder"),
        (["check", "{good}", "--standard", "mnist/l"], "did you mean mnist/1?"),
        (["check", "{good}", "--standard", "nonsense"], "idx-images/1"),
        (["check", "{good}", "--format", "jpeg"], "expected one of"),
        (["check", "{good}", "--profile", "strict"], "dev, team, release"),
        (["check", "{good}", "--input", "evaluation"], "ROLE=PATH"),
        (["check", "{good}", "--input", "evalution={good}"], "expected one of evaluation"),
        (["check", "{good}", "--input", "evaluation={good}", "--input", "evaluation={empty}"],
         "--input: expected one dataset as evaluation, found two"),
        (["check", ""], "data: expected the path of a folder, found an empty name"),
        (["check", "{good}", "--standard", ""], "found an empty name"),
        (["check", "{good}", "--format", ""], "found an empty name"),
        (["check", "{good}", "--profile", ""], "dev, team, release"),
        (["check", "{good}", "--format", "./x.py"], "the dotted name of a module"),
        (["check", "{good}", "--format", ".."], "the dotted name of a module"),
        (["check", "{good}", "--format", "antigravity.no"], "a module that can be imported"),
        (["check", "{good}", "--report", "{good}/r.json"], "a place beside the dataset"),
        (["check", "{good}", "--report", "absent/r.json"], "a folder that can be written to, found none"),
        (["keygen", "--out", "absent/key"], "absent/key"),
        (["check", "{good}", "--report", "r.pdf"], ".json"),
        (["check", "{good}", "--jobs", "0"], "--jobs"),
        (["check", "{good}", "--waivers", "w.toml"], "a file with waivers"),
        (["check", "{good}", "--baseline", "b.json"], "a file with a report"),
        (["waive", "r.json", "--code", "Q101"], "Missing option"),
        (["keygen", "--out", "k", "--kind", "rsa"], "one of ed25519, ecdsa"),
        (["check", "{good}", "--engine", "ray"], "No such option"),
        (["check", "{empty}"], "expected files of a known format"),
        (["check", "{file}"], "expected a folder"),
        (["check"], "DATA"),
        (["certify", "{good}", "--out", "c.json"], "the standard to certify by"),
        (["certify", "{good}", "--standard", "idx-images/1"], "--out"),
        (["verify", "{good}", "absent.json"], "absent.json"),
        (["check", "{good}", "--format", "idxx"], "did you mean idx?"),
        (["check", "{good}", "--format", "coco:anotations"], "did you mean annotations?"),
        (["check", "{good}", "--standard", "idx-image/1"], "did you mean idx-images/1?"),
        (["check", "{good}", "--input", "evalution={good}"], "did you mean evaluation?"),
        (["check", "{good}", "--profile", "realese"], "did you mean release?"),
        (["check", "{good}", "--report", "r.htm"], "did you mean .html?"),
        (["clean", "{good}", "out", "--also", "L1O1"], "did you mean L101?"),
        (["explain", "L1O2"], "did you mean L102?"),
        (["explain", "chatt"], "did you mean chat?"),
        (["explain", "L10"], "did you mean L101?"),
        (["explain", "x y z"], "datastd list rules"),
        (["list", "recipes"], "records"),
        (["explain", "SquadAnsver", "--json-schema"], "did you mean SquadAnswer?"),
        (["explain", "L101", "--json-schema"], "datastd list records"),
        (["init", "absent"], "absent: expected a folder"),
        (["card", "export", "{good}", "--to", "croissant", "--out", "x"], "expected a data card, found none"),
        (["train", "absent.toml"], "absent.toml"),
    ],
)
def test_a_request_that_cannot_be_carried_out_exits_2(arguments, says, good, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    places = {"good": good, "empty": tmp_path / "empty", "file": tmp_path / "file"}
    done = no_traceback(datastd(*(a.format(**places) for a in arguments), cwd=tmp_path))
    if arguments[0] == "train" and "datastd[train]" in done.stderr:
        pytest.skip("torch is not installed")
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert done.stdout == ""
    if "did you mean" in says:
        assert done.stderr.count("\n") == 1


def test_a_format_of_the_users_that_breaks_is_the_users(good, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").touch()
    for name, text in {"bad": "1/0", "worse": "def", "gone": "raise SystemExit(0)"}.items():
        (tmp_path / "mine" / f"{name}.py").write_text(text)
        done = no_traceback(datastd("check", good, "--format", f"mine.{name}", cwd=tmp_path,
                                    env=os.environ | {"PYTHONPATH": str(tmp_path)}))  # fmt: skip
        assert done.returncode == 2
        assert "a module that can be imported, found" in done.stderr


def test_an_unknown_says_what_to_give(good, tmp_path):
    done = datastd("check", good, "--profile", "release", cwd=tmp_path)
    assert "L199 evaluation  expected --input evaluation=PATH, found none" in done.stdout


def test_an_example_says_what_was_expected(tmp_path):
    images, labels = samples(60)
    images[3] = 7
    folder = write_idx(tmp_path / "d", train=(images, labels))
    done = datastd("check", folder, cwd=tmp_path)
    assert "Q109 train-images-idx3-ubyte#3  expected pixels that differ, by more than 0, found 0" in done.stdout
    done = datastd("check", folder, "--standard", "mnist/1", cwd=tmp_path)
    assert "C199 test  expected 10,000 samples, found 0" in done.stdout
    assert "F197 train-images-idx3-ubyte#0  width (px): expected 28, found 8" in done.stdout


def test_the_last_line_names_what_decides(tmp_path):
    train = samples(200)
    train[0][3], train[0][5] = train[0][4], 9  # a duplicate warns, a blank image fails
    train[1][3] = train[1][4]
    done = datastd("check", write_idx(tmp_path / "d", train=train), cwd=tmp_path)
    assert "warn     L101" in done.stdout
    assert done.stdout.endswith("  datastd explain Q109  says more of it\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_few_letters_are_enough(encoding, tmp_path):
    images, labels = samples(60)
    images[3] = 7
    folder = write_idx(tmp_path / "d", train=(images, labels))
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = no_traceback(datastd("check", folder, cwd=tmp_path, env=environment))
    assert done.returncode == 1, done.stderr
    assert "Q109" in done.stdout


@pytest.mark.parametrize("closing", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_output_changes_no_verdict(closing, good, bad, tmp_path):
    for folder, code in ((good, 0), (bad, 1)):
        done = subprocess.run(f"{COMMAND} check {folder} {closing}", shell=True, cwd=tmp_path,
                              capture_output=True, text=True)  # fmt: skip
        assert (done.returncode, "Traceback" in done.stderr) == (code, False)


@pytest.mark.parametrize("arguments", ["check {}", "--help", "--version", "list rules", "explain L101"])
def test_a_full_disk_is_one_line(arguments, good, tmp_path):
    done = subprocess.run(
        f"{COMMAND} {arguments.format(good)} > /dev/full", shell=True, cwd=tmp_path,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr == "datastd: output: No space left on device\n"


def test_reports_are_written_and_agree_with_the_exit_code(bad, tmp_path):
    names = ["r.json", "r.csv", "r.parquet"]
    options = [part for name in names for part in ("--report", name)]
    assert datastd("check", bad, *options, cwd=tmp_path).returncode == 1
    assert json.loads((tmp_path / "r.json").read_text())["outcome"] == "fail"
    assert "L102" in (tmp_path / "r.csv").read_text()
    assert (tmp_path / "r.parquet").read_bytes()[:4] == b"PAR1"


def test_the_way_from_key_to_verified_certificate(good, bad, tmp_path):
    def run(*arguments):
        return no_traceback(datastd(*arguments, cwd=tmp_path))

    made = run("keygen", "--out", "key")
    assert made.returncode == 0
    (tmp_path / "trust.toml").write_text(made.stdout)
    standard = ["--standard", "idx-images/1"]
    assert run("certify", good, *standard, "--out", "c.json", "--key", "key").returncode == 0
    assert run("verify", good, "c.json", *standard, "--trust", "trust.toml").returncode == 0
    assert run("verify", good, "c.json", *standard).returncode == 3  # nobody said whose counts
    assert run("verify", bad, "c.json", "--trust", "trust.toml").returncode == 1
    refused = run("certify", bad, *standard, "--out", "d.json")
    assert refused.returncode == 1
    assert "train-images-idx3-ubyte#7" in refused.stdout
    assert not (tmp_path / "d.json").exists()


def test_nothing_of_a_bar_or_a_colour_reaches_a_pipe(good, tmp_path):
    done = datastd("check", good, cwd=tmp_path)
    assert "\x1b" not in done.stdout + done.stderr
    assert "%" not in done.stderr


def test_help_and_version(tmp_path):
    assert datastd("--help", cwd=tmp_path).returncode == 0
    version = datastd("--version", cwd=tmp_path)
    assert version.returncode == 0
    assert version.stdout.startswith("datastd ")


def test_help_names_every_role_and_cuts_no_command_short(tmp_path):
    shown = " ".join(datastd("check", "--help", cwd=tmp_path).stdout.split())
    assert all(role in shown for role in ROLES)
    assert "..." not in datastd("--help", cwd=tmp_path).stdout.replace("[ARGS]...", "")


def test_what_a_later_step_brings_is_absent_from_help(tmp_path):
    shown = datastd("--help", cwd=tmp_path).stdout + datastd("check", "--help", cwd=tmp_path).stdout
    assert "--engine" not in shown


def test_records_are_listed_and_their_schemas_printed(tmp_path):
    names = [line.split()[0] for line in datastd("list", "records", cwd=tmp_path).stdout.splitlines()]
    assert {"Document", "SquadFile"} <= {*names}
    for name in names:
        printed = datastd("explain", name, "--json-schema", cwd=tmp_path).stdout
        assert json.loads(printed)["title"] == name
        assert printed == (ROOT / "schemas/json" / f"{name}.json").read_text()
        assert name in datastd("explain", name, cwd=tmp_path).stdout


def test_list_and_explain_agree(tmp_path):
    for line in datastd("list", "rules", cwd=tmp_path).stdout.splitlines()[:3]:
        code = line.split()[0]
        assert code in datastd("explain", code, cwd=tmp_path).stdout


def test_the_data_do_not_become_code(good, tmp_path):
    """A module beside or in the data is not imported, wherever one stands."""
    folder = sound(tmp_path / "data")
    for name in ("datastd", "numpy", "polars", "sitecustomize", "json"):
        (folder / f"{name}.py").write_text("import os; os._exit(77)")
    assert datastd("check", ".", cwd=folder).returncode == 1  # stray files, F099


@pytest.mark.parametrize("arguments", ["list rules", "check {}"])
def test_a_reader_that_went_away_is_no_traceback_and_no_verdict(arguments, good, tmp_path):
    script = f"{COMMAND} {arguments.format(good)} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout in {"0\n", "3\n"}  # 0 where all was written before the reader had gone


def test_the_switches_of_pandera_change_nothing(tmp_path):
    images, labels = samples(60, size=(6, 6))
    images = images.astype(np.float32)
    images[5, 2, 2] = np.nan
    folder = write_idx(tmp_path / "nan", train=(images, labels))
    for switch in ("no", "yes", "True", "0"):
        environment = os.environ | {
            "PANDERA_VALIDATION_ENABLED": switch, "PANDERA_VALIDATION_DEPTH": "SCHEMA_ONLY"
        }  # fmt: skip
        done = no_traceback(datastd("check", folder, cwd=tmp_path, env=environment))
        assert done.returncode == 1, switch
        assert "train-images-idx3-float#5" in done.stdout


def images_of_nothing(folder, count):
    """Black 28x28 images with labels, in files that take no room."""
    folder.mkdir()
    for name, head, size in (
        ("train-images-idx3-ubyte", b"\0\0\x08\x03" + np.array([count, 28, 28], ">u4").tobytes(), count * 784),
        ("train-labels-idx1-ubyte", b"\0\0\x08\x01" + np.array([count], ">u4").tobytes(), count),
    ):
        with (folder / name).open("wb") as file:
            file.write(head)
            file.truncate(len(head) + size)
    return folder


def interrupted(command, cwd, held, **options):
    """Start a command, send it SIGINT once it has a file open, and see how it ends."""
    running = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )
    descriptors = Path(f"/proc/{running.pid}/fd")
    while running.poll() is None:
        try:
            known = [str(one.readlink()) for one in descriptors.iterdir()]
        except OSError:
            continue
        if any(held in name for name in known):
            break
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    try:
        _, said = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 130
    assert said == "datastd: interrupted\n"


def test_an_interrupt_ends_a_check_with_130_and_leaves_nothing(tmp_path):
    folder = images_of_nothing(tmp_path / "large", 400_000)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    interrupted([COMMAND, "check", folder], tmp_path, "train-images", env=os.environ | {"TMPDIR": str(scratch)})
    assert not [*scratch.iterdir()]


def test_an_interrupt_ends_the_hashing_of_a_file_however_large(good, tmp_path):
    folder = shutil.copytree(good, tmp_path / "large")
    with (folder / "more.bin").open("wb") as file:
        file.truncate(1 << 40)
    interrupted([COMMAND, "check", folder], tmp_path, "more.bin")


@pytest.mark.parametrize("after_s", [0.1, 0.3, 0.6, 0.9, 1.3])
def test_an_interrupt_of_certify_is_one_line_at_any_time(after_s, tmp_path):
    """As a terminal sends it: to every process of the group."""
    folder = images_of_nothing(tmp_path / "large", 2_000_000)
    command = [COMMAND, "certify", folder, "--standard", "idx-images/1", "--out", "c.json"]
    running = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    time.sleep(after_s)
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert (running.returncode, said) == (130, "datastd: interrupted\n")
    assert not (tmp_path / "c.json").exists()


@pytest.mark.parametrize("arguments", ["check {}", "certify {} --standard idx-images/1 --out c.json"])
def test_a_reader_that_takes_a_line_leaves_the_verdict_as_it_is(arguments, bad, tmp_path):
    script = f"{COMMAND} {arguments.format(bad)} | head -1 > /dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "1\n"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closing", ["2>&-", "2> >(true)"])
def test_an_error_that_nobody_hears_is_still_an_exit_code(closing, good, tmp_path):
    commands = {f"check absent {closing}": 2, f"certify {good} --standard idx-images/1 --out c.json {closing}": 0}
    for arguments, code in commands.items():
        done = subprocess.run(["bash", "-c", f"{COMMAND} {arguments}"], cwd=tmp_path, capture_output=True)
        assert done.returncode == code


def test_switches_of_the_libraries_change_nothing(bad, tmp_path):
    switches = {"NUMBA_DISABLE_JIT": "1", "NUMBA_OPT": "nonsense", "NUMBA_NUM_THREADS": "-1",
                "POLARS_ENGINE_AFFINITY": "nonsense", "POLARS_PANIC_ON_ERR": "1"}  # fmt: skip
    done = no_traceback(datastd("check", bad, cwd=tmp_path, env=os.environ | switches))
    assert done.returncode == 1
    assert done.stdout == datastd("check", bad, cwd=tmp_path).stdout


@pytest.mark.parametrize("jobs", ["1025", "1000000000", "0", "-1"])
def test_a_number_of_jobs_that_no_machine_has_is_refused(jobs, good, tmp_path):
    done = no_traceback(datastd("check", good, "--jobs", jobs, cwd=tmp_path))
    assert done.returncode == 2


def test_bytes_that_are_no_unicode_reach_the_report_and_the_certificate(good, bad, tmp_path):
    place = os.fsencode(tmp_path) + b"/na\xefve"
    for folder, code in ((good, 0), (bad, 1)):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(os.fsencode(folder), place)
        name = os.fsdecode(place)
        options = ["--standard", "idx-images/1"]
        done = no_traceback(datastd("check", name, *options, "--report", "r.json", cwd=tmp_path))
        assert done.returncode == code, done.stderr
        assert json.loads((tmp_path / "r.json").read_text())["data"]["path"].endswith("na\\udcefve")
        done = no_traceback(datastd("certify", name, *options, "--out", "c.json", cwd=tmp_path))
        assert done.returncode == code, done.stderr


def test_an_input_without_a_sample_is_no_input(good, tmp_path):
    empty = np.zeros((0, 8, 8), np.uint8), np.zeros(0, np.uint8)
    folder = write_idx(tmp_path / "empty", test=empty)
    done = no_traceback(datastd("check", good, "--input", f"evaluation={folder}", cwd=tmp_path))
    assert done.returncode == 2
    assert "expected sound data" in done.stderr


def test_what_a_profile_requires_and_no_rule_looks_at_is_unknown(good, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from datastd import Standard\n"
        "from datastd.measures.pixels.contrast import contrast\n"
        "from datastd.rules.pixels.constant_image import ConstantImage\n"
        "standard = Standard(name='mine/1', about='Mine.', formats=('idx',), measures=(contrast,),\n"
        "    rules=(ConstantImage(),))\n"
    )
    command = ["check", good, "--standard", "mine.py"]
    assert datastd(*command, cwd=tmp_path).returncode == 0
    done = no_traceback(datastd(*command, "--profile", "release", cwd=tmp_path))
    assert done.returncode == 3
    assert "C099 evaluation  expected a standard that looks at --input evaluation=PATH, found mine/1 (idx-images/1, mnist/1 for idx)" in done.stdout
    done = no_traceback(datastd(*command, "--input", f"evaluation={good}", cwd=tmp_path))
    assert done.returncode == 2
    assert "expected a role that mine/1 looks at, found evaluation; nothing would look at it" in done.stderr


def test_a_module_run_in_a_dataset_imports_nothing_of_it(tmp_path):
    folder = sound(tmp_path / "data")
    for name in ("polars", "typer", "json"):
        (folder / f"{name}.py").write_text("import os; os._exit(77)")
    done = subprocess.run([sys.executable, "-m", "datastd", "check", "."], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr  # stray files, F099


def test_a_report_is_not_written_into_an_input(good, tmp_path):
    other = write_idx(tmp_path / "other", test=samples(50, seed=9))
    done = no_traceback(datastd("check", good, "--input", f"evaluation={other}", "--report", other / "r.json", cwd=tmp_path))
    assert done.returncode == 2
    assert not (other / "r.json").exists()


def test_a_request_of_the_shell_for_completion_is_no_check(good, tmp_path):
    done = datastd("check", good, cwd=tmp_path, env=os.environ | {"_DATASTD_COMPLETE": "bash_complete"})
    assert (done.returncode, "PASS" in done.stdout) == (0, True)


@pytest.mark.parametrize("option", ["--format", "--standard"])
def test_an_empty_name_is_no_missing_one_for_a_certificate_either(option, good, tmp_path):
    assert datastd("certify", good, "--standard", "idx-images/1", "--out", "c.json", cwd=tmp_path).returncode == 0
    done = no_traceback(datastd("verify", good, "c.json", option, "", cwd=tmp_path))
    assert done.returncode == 2
    assert "an empty name" in done.stderr


@pytest.fixture(scope="module")
def armed(tmp_path_factory):
    """Data in a folder whose name is a command of GitHub Actions, and which do not pass."""
    train, test = samples(200), samples(100, seed=1)
    train[0][7] = test[0][3]
    folder = tmp_path_factory.mktemp("armed") / "::error::##[error]x%0A"
    return write_idx(folder, train=train, test=test)


ACTIONS = {**os.environ, "GITHUB_ACTIONS": "true"}


def heard(output):
    """The commands that a runner would follow: none while they are stopped."""
    token, commands = None, []
    for line in output.splitlines():
        if token and line.strip() != f"::{token}::":
            continue
        token = None
        if line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.lstrip().startswith("::") or "##[" in line:
            commands.append(line)
    assert token is None
    return commands[1:] if commands and re.fullmatch("::[0-9a-f]{32}::", commands[0]) else commands


def test_inside_github_actions_failures_are_annotated_and_summarised(armed, tmp_path):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    env = ACTIONS | {"GITHUB_STEP_SUMMARY": str(summary)}
    done = datastd("check", armed.name, "--standard", "idx-images/1", cwd=armed.parent, env=env)
    assert done.returncode == 1
    assert "FAIL" in done.stdout
    commands = heard(done.stdout)
    kinds = [one.split(" ")[0] for one in commands]
    assert kinds == ["::error", "::error", *["::notice"] * (len(kinds) - 2)]
    assert all("title=not asked" in one for one in commands[2:])
    assert commands[0].startswith(
        "::error file=%3A%3Aerror%3A%3A##[error]x%250A/t10k-images-idx3-ubyte,title=L102 image-exact-duplicate-cross-split::"
    )
    assert summary.read_text().startswith("before\n### datastd: FAIL\n")
    assert "t10k-images-idx3-ubyte&#35;3" in summary.read_text()


def test_an_error_is_no_command_either(tmp_path):
    done = datastd("check", "##[error]absent", cwd=tmp_path, env=ACTIONS)
    assert done.returncode == 2
    assert "## [error]absent" in done.stderr
    assert not heard(done.stderr)


@pytest.mark.parametrize("place", ["absent/summary.md", ".", "", "link", "pipe", "\x01"])
def test_a_summary_that_cannot_be_written_changes_nothing(place, good, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    env = ACTIONS | {"GITHUB_STEP_SUMMARY": str(tmp_path / place) if place else ""}
    done = no_traceback(datastd("check", good, "--standard", "idx-images/1", cwd=tmp_path, env=env, timeout=60))
    assert done.returncode == 0
    assert not (tmp_path / "elsewhere").exists()


def test_elsewhere_nothing_is_a_command(bad, tmp_path):
    env = {k: v for k, v in os.environ.items() if not k.startswith("GITHUB_")}
    assert "::" not in datastd("check", bad, "--standard", "idx-images/1", cwd=tmp_path, env=env).stdout


def test_every_face_is_written_by_one_check(bad, tmp_path):
    suffixes = ["json", "sarif", "xml", "md", "parquet", "csv"]
    faces = [part for s in suffixes for part in ("--report", f"r.{s}")]
    done = datastd("check", bad, "--standard", "idx-images/1", *faces, cwd=tmp_path)
    assert done.returncode == 1
    assert {path.suffix[1:] for path in tmp_path.iterdir()} == {*suffixes}
