"""N166."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated
from datastd.rules.norms.lineage import is_digest, is_within


class OptOutUndocumented(Norm):
    """
    A crawl without the protocols of reservation that were read, the day, within the crawl, or
    what was read.

    Why it matters:
        A reservation that was not read is not respected, and in the Union it has to be.

    Remedy:
        State `collection.sources[].opt_out`, one for each protocol; keep what was read.

    Source:
        Directive (EU) 2019/790, Art. 4(3); TDMRep; AIPREF; RFC 9309; A3's C09.
    """

    code: ClassVar[str] = "N166"
    name: ClassVar[str] = "opt-out-evidence-missing"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            if one.method != "crawl":
                continue
            at = f"collection.sources.{number}.opt_out"
            yield stated(at, one.opt_out, "protocols of reservation that were read")
            for place, read in enumerate(one.opt_out):
                yield stated(f"{at}.{place}.protocol", read.protocol, "a protocol")
                known = is_digest(read.evidence_sha256)
                wrong = "" if known else expected("SHA-256 of what was read", "none")
                yield Look(f"{at}.{place}.evidence_sha256", wrong)
                yield stated(f"{at}.{place}.on_unknown", read.on_unknown, "keep or remove")
                inside = is_within(read.checked, one.retrieved_from, one.retrieved_to)
                wrong = "" if inside else expected("a day of the crawl", read.checked or "none")
                yield Look(f"{at}.{place}.checked", wrong)
