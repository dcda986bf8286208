"""Words and repeated lines of a text, in Python."""

import itertools


def share(part, whole):
    return part / max(1, whole)


def repeats(parts):
    seen, count, length = set(), 0, 0
    for part in parts:
        count, length = (count + 1, length + len(part)) if part in seen else (count, length)
        seen.add(part)
    return count, length, len(parts)


def tokens(text):
    """Words, and each run of one character before or behind what has letters or digits."""
    found = []
    for word in text.split():
        inner = [n for n, one in enumerate(word) if one.isalnum()] or [0, -1]
        before, behind = word[: inner[0]], word[inner[-1] + 1 :]
        runs_ = ["".join(run) for side in (before, behind) for _, run in itertools.groupby(side)]
        cut = len([*itertools.groupby(before)])
        found += [*runs_[:cut], *filter(None, [word[inner[0] : inner[-1] + 1]]), *runs_[cut:]]
    return found
