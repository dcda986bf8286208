"""
datastd: the gate between data and training.

Public names are loaded when they are first used, so that `import datastd` costs
next to nothing and brings neither torch nor pandera nor pandas.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datastd import train
    from datastd.certificate import Certificate, Certified, certify, open  # noqa: A004
    from datastd.cleaning import Cleaned, clean
    from datastd.comparing import Difference, diff
    from datastd.errors import (
        DataChanged,
        DataStdError,
        NotCertified,
        NothingLeft,
        NotJudged,
        UsageError,
    )
    from datastd.measures import measure
    from datastd.model import Level, Measurement, Outcome, Verdict
    from datastd.pipeline import check
    from datastd.records import Document, Record
    from datastd.report import Report
    from datastd.rules import Rule
    from datastd.rules.row_limits import limit
    from datastd.sources import Source
    from datastd.standard import Standard, Tolerance

_HOME = {
    "Certificate": "certificate", "Certified": "certificate", "certify": "certificate",
    "open": "certificate",
    "Cleaned": "cleaning", "clean": "cleaning", "NothingLeft": "errors",
    "Difference": "comparing", "diff": "comparing",
    "DataChanged": "errors", "DataStdError": "errors", "NotCertified": "errors",
    "NotJudged": "errors", "UsageError": "errors",
    "Level": "model", "Measurement": "model", "Outcome": "model", "Verdict": "model",
    "check": "pipeline", "Document": "records", "Record": "records", "Report": "report",
    "Source": "sources",
    "Rule": "rules", "limit": "rules.row_limits", "measure": "measures",
    "Standard": "standard", "Tolerance": "standard",
}  # fmt: skip

__all__ = [  # noqa: RUF022  -- in the order of use
    "check", "clean", "diff", "certify", "open", "train",
    "Report", "Verdict", "Measurement", "Outcome", "Level",
    "Cleaned", "Certificate", "Certified", "Difference",
    "Standard", "Record", "Document", "Rule", "Source", "Tolerance", "limit", "measure",
    "DataStdError", "UsageError", "NotJudged", "DataChanged", "NotCertified",
    "NothingLeft",
]  # fmt: skip


def __getattr__(name: str) -> Any:  # noqa: ANN401  -- whatever the name stands for
    if name == "train":
        return importlib.import_module("datastd.train")
    if name in _HOME:
        return getattr(importlib.import_module(f"datastd.{_HOME[name]}"), name)
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("datastd")
    msg = f"module 'datastd' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
