"""What each rule about waivers has to come to."""

import polars as pl

from datastd.model import DATA
from datastd.rules.files.filename_deceptive import FilenameDeceptive
from datastd.rules.waivers.waiver_expired import WaiverExpired
from datastd.rules.waivers.waiver_over_budget import WaiverOverBudget
from datastd.rules.waivers.waiver_too_broad import WaiverTooBroad
from datastd.rules.waivers.waiver_unused import WaiverUnused
from datastd.rules.waivers.waivers_in_dataset import WaiversInDataset
from datastd.rules.waivers.waivers_unapproved import WaiversUnapproved

LONG = "/".join(["y" * 200] * 6)
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
    (FilenameDeceptive(), files("a-b/c d.txt", "console", "x" * 255, "é😀.png", "com", "a.nul"), 0, []),
    (FilenameDeceptive(), files("a\u202egpj.png", "ok"), 1, ["a\u202egpj.png"]),
    (FilenameDeceptive(), files("-rf", "a/ b", "NUL.txt", "aux/x", "lpt1", "é" * 128, "\u200b"), 7,
     ["-rf", "NUL.txt", "a/ b", "aux/x", "lpt1", "é" * 128, "\u200b"]),
    (FilenameDeceptive(), files(LONG[:1024], LONG[:1025]), 1, [LONG[:1025]]),
]
