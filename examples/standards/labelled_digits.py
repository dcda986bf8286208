"""
A standard that also asks whether the labels are right, which no look at one sample can tell.

`datastd check DATA --standard examples/standards/labelled_digits.py --input predictions=FILE`;
`datastd.train.predictions` makes that file from data that are certified for `idx-images/1`.
"""

from datastd import Level, Standard
from datastd.rules.labels.label_issue_confident_learning import LabelIssueConfidentLearning
from datastd.standard import load

_IDX = load("idx-images/1")
_WHY = "of 5,000 digits of MNIST, a network that learned from 4,000 doubts 107 to 126"

standard = Standard(
    name="labelled-digits/1",
    about="Labelled images in IDX files whose labels a network that never saw them agrees with.",
    formats=("idx",),
    measures=_IDX.measures,
    rows=_IDX.rows,
    rules=(
        *_IDX.rules,
        LabelIssueConfidentLearning(level=Level.ERROR, limit=150, because=_WHY),
    ),
    requires=("predictions",),
)
