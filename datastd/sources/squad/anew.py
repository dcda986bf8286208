"""A file written again with some of its questions: every byte around them as it was."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.sources.encoding import Numbers
from datastd.sources.squad.layout import Layout, Spans

Questions = Callable[[str, int], tuple[Numbers, Numbers]]
"""Where the questions of a paragraph, of this number in a file, begin and end."""

_STEP = 1 << 20


def written(  # noqa: C901  -- a file from inside out: list in list in list
    tree: Tree, path: str, layout: Layout, rows: NDArray[np.int64], questions: Questions
) -> Iterator[bytes]:
    """
    Yield a file with these questions alone, which are sound, in its own JSON.

    Keys beside those of the layout stay, as do the titles; paragraphs and articles of which
    nothing is left go.
    """
    if layout.root is None:
        msg = f"{path} has no list of articles"
        raise AssertionError(msg)
    paragraph = np.searchsorted(layout.first, rows, side="right") - 1
    kept, begins = np.unique(paragraph, return_index=True)
    numbers = dict(zip(kept.tolist(), np.split(rows, begins[1:]), strict=True))
    with tree.open(path) as descriptor:

        def between(start: int, stop: int) -> Iterator[bytes]:
            for at in range(start, stop, _STEP):
                yield tree.read(descriptor, min(_STEP, stop - at), at)

        def around(spans: Spans, one: int, inside: Iterable[Iterator[bytes]]) -> Iterator[bytes]:
            """A value, and its list with other items; one that the file breaks off in is ended."""
            yield from between(int(spans.start[one]), int(spans.opens[one]))
            yield b"["
            for number, item in enumerate(inside):
                yield b", " if number else b""
                yield from item
            yield b"]"
            stop, closes = int(spans.stop[one]), int(spans.closes[one])
            if stop and closes:
                yield from between(closes, stop)
            else:
                yield b"}"

        def those(one: int) -> Iterator[Iterator[bytes]]:
            starts, stops = questions(path, one)
            for place in (numbers[one] - layout.first[one]).tolist():
                yield between(int(starts[place]), int(stops[place]))

        def paragraphs(article: int) -> Iterator[Iterator[bytes]]:
            for one in kept[layout.article[kept] == article].tolist():
                yield around(layout.paragraphs, one, those(one))

        left = np.unique(layout.article[kept]).tolist()
        articles = (around(layout.articles, one, paragraphs(one)) for one in left)
        yield from around(layout.root, 0, articles)
        yield b"\n"
