"""Which video a picture is a frame of."""

import polars as pl

from datastd.measures import measure
from datastd.model import Level

_FRAME = r"^(.*?)(?:^|[-_./ ])frames?[-_. ]?\d+\.[^./]+$"
_SPLIT = r"(?:train|val|valid|validation|test|images?|frames?)\d*"


@measure("L299", "detection-video", unit="name", level=Level.WARN)
def video(file_name: pl.Series) -> pl.Series:
    """
    What each file's name says before the word frame and its number: the video that it is of.

    Shape (N,), String; null where it says none. ``a/v1_frame_10.jpg`` is of ``a/v1``,
    ``v1/frame10.jpg`` and ``train/v1/frame10.jpg`` of ``v1``; of
    ``train/frame10.jpg`` nobody knows.

    Why it matters:
        Frames beside each other show the same.

    Remedy:
        None: L202 judges it.

    Source:
        datastd's own definition.
    """
    inside = file_name.str.replace(rf"(?i)^(?:{_SPLIT}/)+", "")
    before = inside.str.extract(rf"(?i){_FRAME}").str.strip_chars("-_./ ")
    last = before.str.split("/").list.last()
    known = (before != "") & ~last.str.contains(rf"(?i)^{_SPLIT}$")
    return before.set(~known.fill_null(value=False), None)
