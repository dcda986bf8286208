"""Panoptic segments as COCO writes them down."""

from typing import Annotated

from pydantic import Field

from datastd.records import Record
from datastd.records.coco import Box, CocoCategory, CocoImage, Number


class CocoSegment(Record):
    """
    A segment of a picture: all pixels of a number in its mask.

    Attributes:
        id: The number, R + 256 G + 65536 B of the mask's colour; 0 is no segment.
        category_id: What it shows.
        area: How many pixels it has.
        bbox: The least and leftmost of its pixels, and how many columns and rows it takes.
        iscrowd: 1 for many objects in one segment.
    """

    id: Number
    category_id: Number
    area: float
    bbox: Box
    iscrowd: Number


class CocoPanopticAnnotation(Record):
    """
    The segments of a picture.

    Attributes:
        image_id: The picture.
        file_name: The file of its mask, below the folder that is called as the list of them.
        segments_info: The segments.
    """

    image_id: Number
    file_name: str
    segments_info: list[CocoSegment]


class CocoPanopticFile(Record):
    """
    A file of panoptic segments in COCO's layout.

    Attributes:
        images: The pictures, at least one.
        annotations: The segments of each.
        categories: What segments can show.
    """

    images: Annotated[list[CocoImage], Field(min_length=1)]
    annotations: list[CocoPanopticAnnotation]
    categories: list[CocoCategory]
