"""
A standard of one's own: what `mnist/1` asks, of any number of such digits, and with no mercy.

`datastd check DATA --standard examples/standards/digits.py`
"""

from datastd import Level, Standard
from datastd.rules.splits.split_size import SplitSize
from datastd.standard import load

_MNIST = load("mnist/1")
_RAISED = {"L101": "what stands twice counts twice", "Q114": "no digit may be hardly there"}

standard = Standard(
    name="digits/1",
    about="Handwritten digits as MNIST stores them: whole, centred, none twice, none rare.",
    formats=("idx",),
    measures=_MNIST.measures,
    rows=_MNIST.rows,
    rules=tuple(
        rule.model_copy(update={"level": Level.ERROR}) if rule.code in _RAISED else rule
        for rule in _MNIST.rules
        if not isinstance(rule, SplitSize)
    ),
)
