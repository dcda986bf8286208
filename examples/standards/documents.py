"""
A standard of one's own: what `raw-text/1` asks, and no document may stand twice.

`datastd check DATA --standard examples/standards/documents.py`
"""

from datastd import Level, Standard
from datastd.standard import load

_RAW = load("raw-text/1")

standard = Standard(
    name="documents/1",
    about="Documents that can be read, each of which a model sees once in an epoch.",
    formats=_RAW.formats,
    measures=_RAW.measures,
    rows=_RAW.rows,
    rules=tuple(
        rule.model_copy(update={"level": Level.ERROR}) if rule.code == "L301" else rule
        for rule in _RAW.rules
    ),
)
