"""L705."""

from typing import ClassVar

from pydantic import Field

from datastd.rules.labels.property_label_correlation import PropertyLabelCorrelation


class TargetLeak(PropertyLabelCorrelation):
    """
    A single column tells the label.

    Observed is the share of the errors of a guess that the best column takes away, as in
    Q112: each row is told by the *other* rows with its value, so that a name tells nothing.
    deepchecks' predictive power score is (F1 - F1 of a guess) / (1 - F1 of a guess) of a
    decision tree; ours is of accuracy.

    Attributes:
        properties: The columns that are tried, as the record names them.

    Why it matters:
        The column was filled when the answer was known; where the model is used, it is
        not there yet.

    Remedy:
        Leave the column out, or say why it may know.

    Source:
        deepchecks feature_label_correlation, 0.8.
    """

    code: ClassVar[str] = "L705"
    name: ClassVar[str] = "target-leak"

    limit: float = 0.8
    because: str = "deepchecks' default"
    properties: tuple[str, ...] = Field(min_length=1)
