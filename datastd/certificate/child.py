"""
The judgement behind a certificate, made in a process of its own.

The process that decodes data never holds the key: this one reads the data, and
hands report and manifest to its parent over a pipe, as JSON.  The request comes on
standard input.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
from typing import Any

from datastd import digest, errors
from datastd.digest import Manifest
from datastd.errors import DataStdError, NotJudged
from datastd.report import Report

_PR_SET_PDEATHSIG = 1
_FAILED = 10  # exit code: the answer is an error
_RUN = (
    "from datastd.process import settle; settle(); "  # before anything imports
    "from datastd.certificate.child import main; raise SystemExit(main())"
)


def judge(request: dict[str, Any]) -> tuple[Report, Manifest]:
    """
    Judge as `pipeline.judge` does, in a child process.

    Args:
        request: The arguments of `pipeline.judge`, as JSON can hold them.

    Raises:
        DataStdError: What the child raised; or the child ended without an answer.
    """
    # Not the folder that this runs in, which may be the dataset's; else the parent's
    # import path, so that both run the same datastd.
    command = [sys.executable, "-P", "-c", _RUN]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    # The standard error passes through: the bar is for the terminal.
    # A group of its own: Ctrl-C is for the parent, which ends its child and says so once.
    done = subprocess.run(  # noqa: S603  -- our own interpreter, our own module
        command, input=json.dumps(request).encode(), stdout=subprocess.PIPE,
        check=False, env=environment, process_group=0,
    )  # fmt: skip
    try:
        answer = digest.strict_json(done.stdout)
        if done.returncode == _FAILED:
            kind, *parts = answer
            raise getattr(errors, kind)(*parts)
        if done.returncode == 0:
            files = tuple((path, value) for path, value in answer["manifest"])
            return Report.from_plain(answer["report"]), Manifest(files)
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    found = f"none, from a process that ended with {done.returncode}"
    raise NotJudged("judgement", "an answer", found, "run it again")


def _answer(error: BaseException) -> list[str]:
    """What to tell the parent of an error that nobody raised on purpose: kind and arguments."""
    kind = type(error).__name__
    if errors.is_of_the_machine(error):
        found = str(error) or kind
        return ["NotJudged", "judgement", "a machine that can go on", found, "run it again"]
    found = " < ".join([kind, *reversed(errors.frames(error))])
    return ["DataStdError", "judgement", "no bug in datastd", found, "please report it"]


def main() -> int:
    """Answer one request."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no data in a core dump
    if sys.platform == "linux":  # where the parent is killed, nobody waits for an answer
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    request = json.load(sys.stdin)
    # What a standard prints must not be taken for a part of the answer.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    from datastd.pipeline import judge as judge_here  # noqa: PLC0415  -- after the limit

    code, said = _FAILED, ""
    try:
        report, manifest = judge_here(**request)
        files = list(manifest.files) if manifest else []
        code, said = 0, json.dumps({"report": report.plain(), "manifest": files})
    except DataStdError as error:
        said = json.dumps([type(error).__name__, *error.args])
    except BaseException as error:  # noqa: BLE001  -- the last door of this process
        said = json.dumps(_answer(error))
    with contextlib.suppress(BrokenPipeError), answer:  # nobody may be there any more
        answer.write(said)
    return code
