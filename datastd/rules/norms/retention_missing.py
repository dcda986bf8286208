"""N311."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated


class RetentionMissing(Norm):
    """
    Data that are kept too long, or personal data of which nobody says how long; or a card that
    nobody looked at in time.

    Why it matters:
        What may no longer be kept may no longer be trained on.

    Remedy:
        Delete them; or state `storage.retention_until`, `deletion_method` and `review_by`.

    Source:
        Data Cards, retention and wipeout; Regulation (EU) 2016/679, Art. 5(1)(e); A3's S20.
    """

    code: ClassVar[str] = "N311"
    name: ClassVar[str] = "retention-policy-missing"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        storage = facts.card.storage
        until, review = storage.retention_until, storage.review_by
        if any(one.personal_data == "yes" for one in facts.card.collection.sources):
            yield stated("storage.retention_until", until, "until when they are kept")
            yield stated("storage.deletion_method", storage.deletion_method, "how they are deleted")
        if until is not None:
            over = until < facts.today
            wrong = expected(f"a day from {facts.today} on", until) if over else ""
            yield Look("storage.retention_until", wrong)
        if review is None:
            yield stated("storage.review_by", None, "the day of the next review")
        else:
            wrong = expected(f"a day from {facts.today} on", review) if review < facts.today else ""
            yield Look("storage.review_by", wrong)
