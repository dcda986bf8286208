"""Boxes around objects as Pascal VOC writes them down: one XML file a picture."""

from typing import Annotated

from pydantic import FailFast, Field

from datastd.records import Record

LARGEST = 1 << 31
"""px: no picture has a side as long."""

Place = Annotated[float, Field(gt=-LARGEST, lt=LARGEST)]
"""A coordinate, which should be a whole number."""

Flag = int | float | str | None
"""What should be 0 or 1, and in some files is neither."""


class VocSize(Record):
    """
    The size of a picture, as its annotation states it.

    Attributes:
        width: Its columns; 0 from tools that did not know it.
        height: Its rows, likewise.
        depth: Its channels.
    """

    width: int = Field(ge=0, lt=LARGEST)
    height: int = Field(ge=0, lt=LARGEST)
    depth: int = Field(ge=0, lt=LARGEST)


class VocBox(Record):
    """
    Where an object is: the first and the last of its columns and rows, counted from 1.

    Attributes:
        xmin: First column.
        ymin: First row.
        xmax: Last column.
        ymax: Last row.
    """

    xmin: Place
    ymin: Place
    xmax: Place
    ymax: Place


class VocObject(Record):
    """
    An object in a picture.

    Attributes:
        name: Its class.
        bndbox: Where it is.
        difficult: 1 where an evaluation leaves it aside.
        truncated: 1 where the picture ends, and the object does not.
        occluded: 1 where something stands before it.
    """

    name: str
    bndbox: VocBox
    difficult: Flag = None
    truncated: Flag = None
    occluded: Flag = None


class VocAnnotation(Record):
    """
    A file of annotations: the element of that name, whose elements are keys here.

    Text of elements that are numbers is read as those.

    Attributes:
        filename: The picture that it is about.
        size: Of the picture.
        object: What is in the picture; none, where nothing is.
        folder: The dataset that it is from.
    """

    filename: str
    size: VocSize
    object: Annotated[list[VocObject], FailFast()] = Field(default_factory=list)
    folder: str | None = None
