"""
The judgement behind a certificate, made in a process of its own.

The process that decodes data never holds the key: this one reads the data, and
hands report and manifest to its parent over a pipe, as JSON.  The request comes on
standard input.
"""

import json
import os
import resource
import subprocess
import sys
from typing import Any

from datastd import digest, errors
from datastd.digest import Manifest
from datastd.errors import DataStdError
from datastd.report import Report

_FAILED = 10  # exit code: the answer is an error
_RUN = "from datastd.certificate.child import main; raise SystemExit(main())"


def judge(request: dict[str, Any]) -> tuple[Report, Manifest]:
    """
    Judge as `pipeline.judge` does, in a child process.

    Args:
        request: The arguments of `pipeline.judge`, as JSON can hold them.

    Raises:
        DataStdError: What the child raised; or the child ended without an answer.
    """
    command = [sys.executable, "-P", "-c", _RUN]
    # The parent's import path, so that both run the same datastd.
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    # The standard error passes through: the bar is for the terminal.
    done = subprocess.run(  # noqa: S603  -- our own interpreter, our own module
        command, input=json.dumps(request).encode(), stdout=subprocess.PIPE,
        check=False, env=environment,
    )  # fmt: skip
    if done.returncode == _FAILED:
        kind, *parts = json.loads(done.stdout)
        raise getattr(errors, kind)(*parts)
    if done.returncode:
        raise errors.DataChanged(
            "judgement", "an answer", f"a process that ended with {done.returncode}"
        )
    answer = digest.strict_json(done.stdout)
    files = tuple((path, value) for path, value in answer["manifest"])
    return Report.from_plain(answer["report"]), Manifest(files)


def main() -> int:
    """Answer one request."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from datastd.pipeline import judge as judge_here  # noqa: PLC0415  -- after the limit

    request = json.load(sys.stdin)
    try:
        report, manifest = judge_here(**request)
    except DataStdError as error:
        json.dump([type(error).__name__, *error.args], sys.stdout)
        return _FAILED
    files = list(manifest.files) if manifest else []
    json.dump({"report": report.plain(), "manifest": files}, sys.stdout)
    return 0

