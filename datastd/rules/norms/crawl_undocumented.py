"""N104."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class CrawlUndocumented(Norm):
    """
    A crawl of which crawler, user agent, robots, captcha, paywall, days or the rules that were
    read are not stated.

    Why it matters:
        A site's owner asks by which rules it was read, and on which day.

    Remedy:
        State the fields of `collection.sources[].crawler`, and keep the robots.txt files that
        were read.

    Source:
        Regulation (EU) 2024/1689, Art. 53(1)(d), template section 2.3; RFC 9309; A3's C08.
    """

    code: ClassVar[str] = "N104"
    name: ClassVar[str] = "crawl-policy-undocumented"

    level: Level = Level.WARN
    error_from: Profile | None = "team"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        from datastd.card.collection import Crawler  # noqa: PLC0415  -- there is a card

        for number, one in enumerate(facts.card.collection.sources):
            if one.method != "crawl":
                continue
            at, crawler = f"collection.sources.{number}", one.crawler or Crawler()
            for name in ("name", "agent", "robots", "captcha", "paywall", "policy_sha256"):
                yield stated(
                    f"{at}.crawler.{name}", getattr(crawler, name), f"the crawler's {name}"
                )
            yield stated(f"{at}.retrieved_from", one.retrieved_from, "the first day of the crawl")
            yield stated(f"{at}.retrieved_to", one.retrieved_to, "the last day of the crawl")
