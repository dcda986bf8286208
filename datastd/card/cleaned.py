"""What `datastd clean` says of its work beside the data, as a step of processing of the card."""

from collections.abc import Mapping
from typing import Any

SCHEMA = "datastd-cleaning/1"
"""What the summary of a cleaning calls its layout."""


def step(summary: Mapping[str, Any]) -> dict[str, Any]:
    """
    The step that a summary tells of, as tables of TOML.

    Raises:
        KeyError, TypeError: It is no summary.
    """
    standard, samples = summary["standard"], summary["samples"]
    beside = {one["role"]: one["digest"] for one in summary["inputs"] if one["digest"]}
    params = {"standard_digest": standard["digest"], "profile": standard["profile"],
              "log": summary["log"], **({"inputs": beside} if beside else {})}  # fmt: skip
    digest = summary["source"]["digest"]
    return {
        "op": "filter",
        "tool": "datastd clean",
        "tool_version": summary["datastd"],
        "standard": standard["name"],
        "params": params,
        "rows_in": samples["in"],
        "rows_out": samples["out"],
        "removed": dict(samples["by_code"]),
        **({"inputs_sha256": digest} if digest else {}),
    }
