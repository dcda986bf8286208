"""N263."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class ManualEditUndocumented(Norm):
    """
    A step that a person did by hand, and nobody says who, why, and of how many records.

    Why it matters:
        What was changed by hand is what nobody can do again.

    Remedy:
        State `actor`, `why`, `rows_in` and `rows_out`.

    Source:
        Regulation (EU) 2024/1689, Art. 10(2)(c); A3's P07.
    """

    code: ClassVar[str] = "N263"
    name: ClassVar[str] = "manual-edit-undocumented"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, step in enumerate(facts.card.processing.steps):
            if step.op == "manual":
                at = f"processing.steps.{number}"
                for name, what in (
                    ("actor", "who did it"),
                    ("why", "why"),
                    ("rows_out", "how many"),
                ):
                    yield stated(f"{at}.{name}", getattr(step, name), what)
