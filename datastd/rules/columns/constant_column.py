"""C715."""

from collections.abc import Sequence
from typing import ClassVar

from datastd.rules.columns import ValuesRule


class ConstantColumn(ValuesRule):
    """
    A column that says the same in every row, or nothing in any.

    Why it matters:
        It carries no information; where it should, it was not filled.

    Remedy:
        Leave the column out, or look at why it does not vary.

    Source:
        deepchecks is_single_value.
    """

    code: ClassVar[str] = "C715"
    name: ClassVar[str] = "constant-column"

    def said(self, values: Sequence[str | None]) -> str:
        return "" if len(values) > 1 else "expected several values, found one"
