"""
One encoded picture: from its bytes to its pixels, whole, or to the defect that it is.

Pillow decodes, with Python's lock released.  Nothing is opened that is not on the list
of encodings, and nothing decoded whose header asks for more than the limits.
"""

import io
import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import (  # the plugins, else Pillow loads all it has
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    ImageFile,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)
from PIL.ExifTags import Base

from datastd.errors import DataChanged
from datastd.kernels import kernel
from datastd.sources import Array, Defect
from datastd.sources.files import EmptyFile
from datastd.sources.pictures.defects import DecompressionBomb, TruncatedTail, Undecodable

FILE = 64 << 20  # bytes of a file
PIXELS = 2 * 89_478_485  # twice Pillow's MAX_IMAGE_PIXELS, where it refuses to go on
DECODED = 768 << 20  # bytes of the pixels, as Pillow holds them

_FAMILY = {"MPO": "JPEG"}  # with more pictures behind the first
_PLAIN = {
    "1": "L", "P": "RGB", "PA": "RGBA", "CMYK": "RGB", "YCbCr": "RGB", "HSV": "RGB",
    "La": "LA", "RGBa": "RGBA", "RGBX": "RGB",
}  # fmt: skip
"""Modes whose numbers are no grey or colour levels, and what loaders turn them into."""

_LOW = np.uint32(0xFFFFFF)
_HEADERS = threading.Lock()  # catching warnings is for one thread at a time

Pixels = TypeVar("Pixels")


@dataclass(frozen=True, slots=True)
class Picture(Generic[Pixels]):
    """
    A picture that was decoded whole.

    Attributes:
        pixels: What was read of it; by `plain` (H, W, C), C of 1 (grey), 2 (grey, alpha), 3
            (red, green, blue) or 4 (with alpha), as stored: not turned as EXIF says, no colour
            profile applied.  A palette is looked up, CMYK and other spaces become RGB, black and
            white 0 and 255; 16-bit, 32-bit and float grey stay what they are.
        encoding: ``JPEG``, ``PNG``, …: what the bytes are, whatever the file is called.
        mode: Pillow's mode of what is stored, such as ``CMYK``.
        animated: Whether there are more frames than the first, which this is.
        orientation: EXIF tag 274; 1, upright, where there is none.
        exif_corrupt: Whether EXIF is there and cannot be parsed.
        foreign_profile: Whether there is an ICC profile that does not call itself sRGB.
        trailing_bytes: Bytes after the end of the picture.
        palette: Red, green and blue of each entry, one after the other; empty without one.
    """

    pixels: Pixels
    encoding: str
    mode: str
    animated: bool
    orientation: int
    exif_corrupt: bool
    foreign_profile: bool
    trailing_bytes: int
    palette: bytes = b""

    @property
    def said(self) -> dict[str, str | int]:
        """What it says of itself, by the column that it comes to."""
        return {
            "encoding": self.encoding, "stored_mode": self.mode, "animated": self.animated,
            "orientation": self.orientation, "exif_corrupt": self.exif_corrupt,
            "foreign_profile": self.foreign_profile, "tail_bytes": self.trailing_bytes,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Encoded:
    """
    A picture that is yet to be decoded: what its file has.

    Attributes:
        path: The file.
        content: All of it.
        encodings: What may be opened.
    """

    path: str
    content: bytes
    encodings: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """
        Height and width in pixels, as the header has them.

        Raises:
            Defect: There is no such header.
        """
        with _HEADERS, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _open(self.path, self.content, self.encodings)
        return image.height, image.width

    def picture(self, read: Callable[[Image.Image], Pixels]) -> Picture[Pixels]:
        """
        Decode it, as `decode` does: it was decoded before, when it was judged.

        Raises:
            DataChanged: It cannot be decoded.
        """
        try:
            return decode(self.path, self.content, self.encodings, read)
        except Defect as one:
            raise DataChanged(one.path, one.expected, one.found, "run the check again") from None


def plain(image: Image.Image) -> Array:
    """The pixels as an array (H, W, C) of its own, of grey or colour levels."""
    return pixels(levelled(image))


def levelled(image: Image.Image) -> Image.Image:
    """A picture in a mode whose numbers are grey or colour levels."""
    transparent = image.mode == "P" and "transparency" in image.info
    mode = "RGBA" if transparent else _PLAIN.get(image.mode, image.mode)
    return image if mode == image.mode else image.convert(mode)


def decode(
    path: str, content: bytes, encodings: Iterable[str], read: Callable[[Image.Image], Pixels]
) -> Picture[Pixels]:
    """
    Decode the file *path*, of which *content* is all; *read* makes its pixels of it.

    Raises:
        Defect: It cannot be decoded whole, or must not be.
        MemoryError: It is within the limits, and there is no memory for it here.
    """
    if not content:
        raise EmptyFile(path, "", "at least one byte", "0 bytes")
    if len(content) > FILE:
        raise DecompressionBomb(path, "", f"at most {FILE} bytes", f"{len(content)}")
    try:
        return _decode(path, content, tuple(encodings), read)
    except (Undecodable, TruncatedTail, DecompressionBomb, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  -- whatever a decoder makes of hostile bytes
        raise Undecodable(path, "", "a picture that decodes", _found(error, content)) from None


def _decode(
    path: str, content: bytes, encodings: tuple[str, ...], read: Callable[[Image.Image], Pixels]
) -> Picture[Pixels]:
    with _HEADERS, warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        image = _open(path, content, encodings)
        mode, animated = image.mode, bool(getattr(image, "is_animated", False))
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # whoever set it: what is made up is no data
    try:
        image.load()
    except OSError as error:
        if "truncated" in str(error):
            raise TruncatedTail(path, "", "a picture to its last byte", str(error)) from None
        raise
    encoding = _FAMILY.get(str(image.format), str(image.format))
    trailing = _trailing(path, encoding, content)
    orientation, corrupt = _orientation(image)
    profile = image.info.get("icc_profile")
    return Picture(
        pixels=read(image),
        encoding=encoding,
        mode=mode,
        animated=animated,
        orientation=orientation,
        exif_corrupt=corrupt or _complains(heard),
        foreign_profile=profile is not None and not _is_srgb(profile),
        trailing_bytes=trailing,
        palette=bytes(image.getpalette("RGB") or b"") if image.mode == "P" else b"",
    )


def _open(path: str, content: bytes, encodings: tuple[str, ...]) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content), formats=encodings)
    except UnidentifiedImageError:
        expected = f"one of {', '.join(encodings)}"
        raise Undecodable(path, "byte 0", expected, _kind(content)) from None
    except Image.DecompressionBombError as error:
        raise DecompressionBomb(path, "header", f"at most {PIXELS} pixels", str(error)) from None
    _refuse_bomb(path, image)
    return image


def _refuse_bomb(path: str, image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > PIXELS:  # Pillow asks too, where nobody told it not to
        raise DecompressionBomb(path, "header", f"at most {PIXELS} pixels", f"{pixels}")
    held = pixels * (1 if image.mode in {"1", "L", "P"} else 4)
    if held > DECODED:
        raise DecompressionBomb(path, "header", f"at most {DECODED} bytes decoded", f"{held}")


def _orientation(image: Image.Image) -> tuple[int, bool]:
    """EXIF's orientation, and whether EXIF is there and cannot be parsed."""
    with _HEADERS, warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            # Anew: a JPEG was asked for its resolution, and remembers a failure as nothing.
            Image.Exif().load(image.info.get("exif", b""))
            found = image.getexif().get(Base.Orientation, 1)
        except Exception:  # noqa: BLE001  -- of metadata alone: the pixels are there
            return 1, True
    return (found if isinstance(found, int) else 0), _complains(heard)


def _complains(heard: Sequence[warnings.WarningMessage]) -> bool:
    return any("EXIF" in str(one.message) for one in heard)


def _trailing(path: str, encoding: str, content: bytes) -> int:
    """Bytes after the end of a picture; one without its end is no whole picture."""
    ends = {"JPEG": _end_of_jpeg, "PNG": _end_of_png, "WEBP": _end_of_webp}
    end = ends[encoding](content) if encoding in ends else len(content)
    if end is None or end > len(content):
        expected = {"JPEG": "the end marker FFD9", "PNG": "the last chunk, IEND"}.get(
            encoding, "as many bytes as the header states"
        )
        found = "the end of the file"
        raise TruncatedTail(path, f"byte {len(content)}", expected, found)
    return len(content) - end


def _end_of_jpeg(content: bytes) -> int | None:
    """Where the last end marker ends; those of a thumbnail in a header do not count."""
    at = 2
    while content[at : at + 1] == b"\xff" and content[at + 1 : at + 2] not in {b"\xda", b"\xff"}:
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    last = content.rfind(b"\xff\xd9", at if content[at : at + 2] == b"\xff\xda" else 2)
    return last + 2 if last >= 0 else None


def _end_of_png(content: bytes) -> int | None:
    """Where the chunk IEND ends."""
    at = 8
    while at + 12 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        at += 12 + length
        if kind == b"IEND":
            return at
    return None


def _end_of_webp(content: bytes) -> int:
    """Where the container says that it ends; it is padded to an even length."""
    return 8 + int.from_bytes(content[4:8], "little")


def pixels(image: Image.Image) -> Array:
    """What Pillow has decoded, as an array (H, W, C) of its own, in no other mode."""
    size = image.height, image.width
    if image.mode == "RGB" and (four := lent(image)) is not None:
        packed: Array = _packed(four)[: 3 * len(four)].reshape(*size, 3)
        return packed
    array: Array = np.asarray(image)
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    return native if native.ndim == 3 else native.reshape(*size, 1)  # noqa: PLR2004


def planes(image: Image.Image) -> Array:
    """What Pillow has decoded, as `pixels` has it, a plane for each channel: (C, H, W)."""
    if image.mode == "RGB" and (four := lent(image)) is not None:
        parted: Array = _parted(four).reshape(3, image.height, image.width)
        return parted
    return np.array(pixels(image).transpose(2, 0, 1), order="C")


def lent(image: Image.Image) -> NDArray[np.uint32] | None:
    """
    Pillow's own memory of a picture in ``RGB`` or ``RGBA``, a number of four bytes a pixel.

    To take it is a third of the time of Pillow's export.  None of one that is in several blocks.
    """
    try:
        memory = pa.array(image)
    except ValueError:
        return None
    return np.frombuffer(memory.buffers()[-1], "<u4")


@kernel
def _packed(four: Any) -> Any:  # noqa: ANN401
    """Three bytes of each number of four, four at a time; up to nine bytes more than that."""
    size = len(four)
    whole = size // 4
    three = np.empty(3 * (whole + 1), np.uint32)
    for i in range(whole):
        a, b, c, d = four[4 * i], four[4 * i + 1], four[4 * i + 2], four[4 * i + 3]
        three[3 * i] = (a & _LOW) | (b << np.uint32(24))
        three[3 * i + 1] = ((b >> np.uint32(8)) & np.uint32(0xFFFF)) | (c << np.uint32(16))
        three[3 * i + 2] = ((c >> np.uint32(16)) & np.uint32(0xFF)) | (d << np.uint32(8))
    packed = three.view(np.uint8)
    for i in range(4 * whole, size):
        for k in range(3):
            packed[3 * i + k] = np.uint8((four[i] >> np.uint32(8 * k)) & np.uint32(0xFF))
    return packed


@kernel
def _parted(four: Any) -> Any:  # noqa: ANN401
    """Three bytes of each number of four, all first ones before all second ones."""
    three = np.empty((3, len(four)), np.uint8)
    for k in range(3):
        for i in range(len(four)):
            three[k, i] = four[i] >> np.uint32(8 * k)
    return three


def _is_srgb(profile: bytes) -> bool:
    """Say whether a profile's text calls it sRGB, in ASCII or in UTF-16."""
    return b"sRGB" in profile or "sRGB".encode("utf-16-be") in profile


_KINDS = (
    (b"\xff\xd8\xff", "a JPEG"), (b"\x89PNG", "a PNG"), (b"RIFF", "a RIFF file"), (b"BM", "a BMP"),
    (b"GIF8", "a GIF"), (b"II*\0", "a TIFF"), (b"MM\0*", "a TIFF"),
    (b"\0\0\0", "an ISO media file"),
    (b"version https://git-lfs", "a pointer of git-lfs: fetch the file that it stands for"),
    (b"/annex/objects", "a pointer of git-annex: fetch the file that it stands for"),
    (b"\x1f\x8b", "a gzip file"), (b"PK", "a zip file"), (b"%PDF", "a PDF"), (b"<", "markup"),
)  # fmt: skip


def _kind(content: bytes) -> str:
    """Say what the first bytes are, if they are known."""
    for head, name in _KINDS:
        if content.startswith(head):
            return name
    return f"bytes {content[:4].hex()}"


def _found(error: Exception, content: bytes) -> str:
    """What a decoder said, and of what."""
    return f"{_kind(content)}, {type(error).__name__}: {str(error)[:100]}"
