"""Which video a picture is a frame of."""

import polars as pl

from datastd.measures import measure
from datastd.model import Level

_FRAME = r"^(.*?)(?:^|[-_./ ])frames?[-_. ]?\d+\.[^./]+$"
_SPLIT = r"(?:train|val|valid|validation|test|images?|frames?)\d*"


@measure("L299", "detection-video", unit="name", level=Level.WARN)
def video(file_name: pl.Series, stated_video: pl.Series) -> pl.Series:
    """
    The video that each picture is of, as it is stated, or as its file's name says.

    Shape (N,), String; null where nothing says so. A name says it before the word frame and a
    number: ``a/v1_frame_10.jpg`` is of ``a/v1``, ``v1/frame10.jpg`` and ``train/v1/frame10.jpg``
    of ``v1``; of ``train/frame10.jpg`` nobody knows.

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
    named = before.set(~known.fill_null(value=False), None)
    return stated_video.zip_with(stated_video.is_not_null(), named)
