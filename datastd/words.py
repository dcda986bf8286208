"""Words for numbers of things."""


def many(count: int, noun: str) -> str:
    """
    So many of something.

    >>> many(1, "file"), many(1200, "sample"), many(0, "row")
    ('1 file', '1,200 samples', '0 rows')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
