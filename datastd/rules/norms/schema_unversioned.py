"""N312."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated


class SchemaUnversioned(Norm):
    """
    Records of which nobody states the schema, with its version.

    Why it matters:
        A field that changed its meaning is read as if it had not.

    Remedy:
        State `processing.record_schema`, such as ``document/2``.

    Source:
        Croissant 1.1, cr:RecordSet.
    """

    code: ClassVar[str] = "N312"
    name: ClassVar[str] = "schema-not-versioned"

    level: Level = Level.WARN
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        found = facts.card.processing.record_schema
        yield stated("processing.record_schema", found, "the schema of a record")
        if found:
            wrong = (
                ""
                if any(map(str.isdigit, found))
                else expected("its version, too", "its name alone")
            )
            yield Look("processing.record_schema", wrong)
