"""What each rule about waivers has to come to."""

import polars as pl

from datastd.model import DATA
from datastd.rules.waivers.waiver_expired import WaiverExpired
from datastd.rules.waivers.waiver_over_budget import WaiverOverBudget
from datastd.rules.waivers.waiver_too_broad import WaiverTooBroad
from datastd.rules.waivers.waiver_unused import WaiverUnused
from datastd.rules.waivers.waivers_in_dataset import WaiversInDataset
from datastd.rules.waivers.waivers_unapproved import WaiversUnapproved

FLAGGED = (WaiverExpired(), WaiverUnused(), WaiverTooBroad(), WaiverOverBudget(), WaiversUnapproved())


def waivers(**flagged):
    """A table of waivers: by key, the one flag that each has."""
    flags = [one.flag for one in FLAGGED]
    return pl.DataFrame(
        [{"key": key, "origin": DATA, **{name: name == flag for name in flags},
          **{f"{name}_says": f"{name} it is" for name in flags}} for key, flag in flagged.items()]
    )  # fmt: skip


def files(*paths):
    return pl.DataFrame({"path": paths, "origin": [DATA] * len(paths)})


CASES = [
    case
    for n, rule in enumerate(FLAGGED)
    for case in (
        (rule, waivers(a=FLAGGED[n - 1].flag, b=""), 0, []),
        (rule, waivers(a=rule.flag, b=FLAGGED[n - 1].flag), 1, ["a"]),
        (rule, waivers(a=rule.flag, b="", c=rule.flag), 2, ["a", "c"]),
    )
] + [
    (WaiversInDataset(), files("waivers.tom", "a/my-waivers.toml", "waivers.toml.d/x"), 0, []),
    (WaiversInDataset(), files("waivers.toml", "x"), 1, ["waivers.toml"]),
    (WaiversInDataset(), files("a/b/Waivers.TOML", "waivers.toml"), 2, ["a/b/Waivers.TOML", "waivers.toml"]),
]
