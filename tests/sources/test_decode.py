"""From bytes to pixels: what numpy's view of Pillow says, or a defect, and nothing else."""

import contextlib
import io
import struct
import threading
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mask_files import write_masks
from PIL import ExifTags, Image, ImageCms, ImageFile
from support import SHARED, needs_data, picture, write_pictures
from voc_files import yolo

from datastd.disk import Tree
from datastd.errors import DataChanged
from datastd.sight.raw import Raw, records
from datastd.sources import Defect
from datastd.sources.files import EmptyFile
from datastd.sources.image_folder import ImageFolder
from datastd.sources.masks import Masks
from datastd.sources.pictures import ALWAYS, SUFFIXES, decode
from datastd.sources.pictures.decode import FILE, Encoded, pixels, planes
from datastd.sources.pictures.defects import DecompressionBomb, TruncatedTail, Undecodable
from datastd.sources.yolo import Yolo

ALL = tuple(SUFFIXES)


def encoded(image, kind="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def read(content, encodings=ALL):
    return decode.decode("a/x.png", content, encodings, decode.plain)


def refused(content, kind, match=None, encodings=ALL):
    with pytest.raises(kind, match=match) as caught:
        read(content, encodings)
    assert type(caught.value) is kind


def plain(image):
    """The picture as numpy sees it, once it is of a mode whose numbers are levels."""
    with_alpha = image.mode == "P" and "transparency" in image.info
    mode = "RGBA" if with_alpha else {
        "1": "L", "P": "RGB", "PA": "RGBA", "CMYK": "RGB", "YCbCr": "RGB", "HSV": "RGB",
    }.get(image.mode, image.mode)  # fmt: skip
    pixels = np.asarray(image.convert(mode) if mode != image.mode else image)
    return pixels.reshape(*pixels.shape[:2], -1)


def drawn(mode, size, seed):
    random = np.random.default_rng(seed)
    wide, high = size
    if mode in {"I;16", "I", "F"}:
        kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
        return Image.fromarray(random.integers(0, 60000, (high, wide)).astype(kind))
    colours = Image.fromarray(random.integers(0, 256, (high, wide, 4), np.uint8))
    return colours.convert("RGB").convert(mode) if mode not in {"RGBA", "LA"} else colours.convert(mode)


HOLDS = [
    *[("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")],
    *[("TIFF", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F", "CMYK", "YCbCr")],
    *[("JPEG", mode) for mode in ("L", "RGB", "CMYK")],
    *[("WEBP", mode) for mode in ("RGB", "RGBA")],
    *[("BMP", mode) for mode in ("1", "L", "P", "RGB")],
    *[("GIF", mode) for mode in ("L", "P", "RGB")],
]


@given(st.sampled_from(HOLDS), st.tuples(st.integers(1, 33), st.integers(1, 33)), st.integers(0, 99))
def test_pixels_are_those_that_pillow_shows_to_numpy(holds, size, seed):
    encoding, mode = holds
    content = encoded(drawn(mode, size, seed), encoding)
    found, expected = read(content), plain(Image.open(io.BytesIO(content)))
    assert found.pixels.dtype == expected.dtype.newbyteorder("=")
    assert found.pixels.shape == (size[1], size[0], expected.shape[2])
    np.testing.assert_array_equal(found.pixels, expected)
    assert found.encoding == encoding
    assert (found.animated, found.orientation, found.exif_corrupt, found.trailing_bytes) == (False, 1, False, 0)


@pytest.mark.parametrize("options", [
    {"kind": "JPEG", "progressive": True}, {"kind": "JPEG", "subsampling": 0, "quality": 30},
    {"kind": "WEBP", "lossless": True}, {"kind": "PNG", "compress_level": 0},
])  # fmt: skip
def test_each_way_to_encode_is_read(options):
    content = encoded(picture(), **options)
    np.testing.assert_array_equal(read(content).pixels, np.asarray(Image.open(io.BytesIO(content))))


def test_a_palette_with_transparency_has_alpha():
    image = picture().quantize(16)
    content = encoded(image, transparency=3)
    found = read(content)
    assert found.mode == "P"
    np.testing.assert_array_equal(found.pixels, np.asarray(Image.open(io.BytesIO(content)).convert("RGBA")))
    assert found.pixels[..., 3].min() == 0


@given(st.integers(1, 70), st.integers(1, 9))
def test_three_bytes_of_four_in_any_number(wide, high):
    pixels = np.random.default_rng(wide).integers(0, 256, (high, wide, 3), np.uint8)
    np.testing.assert_array_equal(read(encoded(Image.fromarray(pixels))).pixels, pixels)


def test_pixels_are_a_copy_of_their_own():
    one = read(encoded(picture(1))).pixels
    kept = one.copy()
    for seed in range(20):
        read(encoded(picture(seed)))
    np.testing.assert_array_equal(one, kept)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG", "MPO"])
def test_frames_after_the_first_are_told_and_left_aside(kind):
    frames = [picture(seed) for seed in range(3)]
    more = {"lossless": True} if kind == "WEBP" else {}
    named = {"MPO": "JPEG"}.get(kind, kind)
    content = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **more)
    found = read(content)
    assert (found.animated, found.encoding, found.trailing_bytes) == (True, named, 0)
    first = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    np.testing.assert_array_equal(found.pixels[..., :3], first)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_what_nobody_asked_for_is_not_opened(kind):
    refused(encoded(picture(), kind), Undecodable, f"expected one of JPEG, PNG, WEBP, found a {kind}", ALWAYS)


# EXIF and profiles


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_orientation_is_told_and_not_applied(kind, turn):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    found = read(encoded(picture(size=(30, 50)), kind, exif=exif))
    assert (found.orientation, found.exif_corrupt, found.pixels.shape) == (turn, False, (30, 50, 3))


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (9, 9), (65535, 65535)])
def test_an_orientation_that_is_none_is_told_as_it_is(value, expected):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = value
    assert read(encoded(picture(), "JPEG", exif=exif)).orientation == expected


def test_an_orientation_in_words_is_no_crash():
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHI4s", 274, 2, 3, b"up\0\0") + bytes(4)
    found = read(encoded(picture(), "JPEG", exif=exif))
    assert (found.orientation, found.exif_corrupt) == (0, False)


@pytest.mark.parametrize("exif", [
    b"Exif\0\0II*\0\x08\0\0\0\xff\xff", b"Exif\0\0xxxxxxxxxxxx", b"Exif\0\0MM\0*\0\0\0\x08\0\x05\x01\x12",
])  # fmt: skip
def test_exif_that_is_none_is_told_and_the_pixels_are_there(exif):
    found = read(encoded(picture(), "JPEG", exif=exif))
    assert found.exif_corrupt
    assert found.pixels.shape == (40, 48, 3)


def test_threads_do_not_mix_up_whose_exif_is_broken():
    bad = encoded(picture(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff")
    good = encoded(picture(), "JPEG")
    wrong = []

    def work(content, expected):
        wrong.extend(1 for _ in range(60) if read(content).exif_corrupt is not expected)

    threads = [threading.Thread(target=work, args=one) for one in [(bad, True), (good, False)] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("profile", "foreign"), [
    (None, False), (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), False),
    (ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(), True), (b"anything", True),
])  # fmt: skip
def test_a_profile_that_is_not_srgb_is_told_and_not_applied(kind, profile, foreign):
    found = read(encoded(picture(), kind, icc_profile=profile))
    assert found.foreign_profile is foreign


# The end of a file


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("more", [b"\0", b"\0" * 7, b"a" * 1000])
def test_bytes_after_the_end_are_counted(kind, more):
    assert read(encoded(picture(), kind) + more).trailing_bytes == len(more)


def test_a_png_after_a_png_is_what_comes_after_the_end():
    content = encoded(picture())
    assert read(content + content).trailing_bytes == len(content)


def test_a_jpeg_without_its_end_marker_is_cut_and_so_is_one_with_that_of_a_thumbnail():
    refused(encoded(picture(), "JPEG")[:-2], TruncatedTail)
    exif = b"Exif\0\0" + encoded(picture(size=(8, 8)), "JPEG")
    content = encoded(picture(), "JPEG", exif=exif)
    assert read(content).trailing_bytes == 0
    refused(content[:-2], TruncatedTail)
    refused(content[:-2] + b"\xff\xd0" * 40, TruncatedTail, "the end marker FFD9")


def test_a_png_without_its_last_chunk_is_cut():
    content = encoded(picture())
    assert content[-8:-4] == b"IEND"
    refused(content[:-12], TruncatedTail)
    # A text that says so is not the chunk.
    text = struct.pack(">I", 4) + b"tEXtIEND" + struct.pack(">I", zlib.crc32(b"tEXtIEND"))
    refused(content[:-12] + text, TruncatedTail)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9, 0.99])
def test_what_was_cut_is_never_a_picture(kind, share):
    content = encoded(picture(size=(90, 80)), kind)
    with pytest.raises((Undecodable, TruncatedTail)):
        read(content[: int(len(content) * share)])


def test_whoever_told_pillow_to_make_up_what_is_missing_does_not_tell_us(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    exif = b"Exif\0\0" + encoded(picture(size=(8, 8)), "JPEG")
    content = encoded(picture(size=(200, 200)), "JPEG", exif=exif)
    refused(content[: len(content) // 2], TruncatedTail)
    damaged = bytearray(encoded(picture()))
    damaged[len(damaged) // 2] ^= 1
    with pytest.raises((Undecodable, TruncatedTail)):
        read(bytes(damaged))


# What is no picture


def test_no_byte_is_an_empty_file():
    refused(b"", EmptyFile)


@pytest.mark.parametrize(("content", "found"), [
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "pointer of git-lfs: fetch"),
    (b"/annex/objects/SHA256E-s1--x.jpg\n", "pointer of git-annex: fetch"),
    (b"<!DOCTYPE html>", "markup"), (b"%PDF-1.7", "a PDF"), (b"PK\3\4", "a zip"), (b"\0", "bytes 00"),
    (b"\xff\xd8\xff\xe0", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"),
])  # fmt: skip
def test_what_is_no_picture_is_named(content, found):
    with pytest.raises((Undecodable, TruncatedTail), match=found):
        read(content)


@needs_data
@pytest.mark.parametrize("path", sorted((SHARED / "pointers").rglob("*")), ids=lambda path: path.name)
def test_real_pointers_say_what_to_do(path):
    if path.is_file() and path.stat().st_size:
        content = path.read_bytes()
        if content.startswith((b"version https://git-lfs", b"/annex/objects")):
            refused(content, Undecodable, "fetch the file that it stands for")


@given(st.binary(max_size=200), st.sampled_from(
    [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 ", b"GIF89a", b"II*\0", b"BM"]
))  # fmt: skip
def test_no_bytes_raise_anything_but_a_defect(content, head):
    with contextlib.suppress(Defect):
        read(head + content)


@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_no_damage_raises_anything_but_a_defect(kind, damage):
    content = bytearray(encoded(picture(size=(16, 16)), kind))
    for share, value in damage:
        content[int(share * (len(content) - 1))] = value
    with contextlib.suppress(Defect):
        read(bytes(content))


# Bombs


def bomb(wide, high, colour=2):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", wide, high, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(178_956_971, 1), (2**31 - 1, 2**31 - 1), (20_000, 20_000), (1, 178_956_971)])
def test_a_bomb_is_never_decoded(size, monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("decoded"))
    refused(bomb(*size), DecompressionBomb)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # as some do
    refused(bomb(*size), DecompressionBomb)


def test_the_largest_picture_is_tried():
    refused(bomb(13_377, 13_377, colour=0), TruncatedTail)


def test_too_many_bytes_are_not_looked_at():
    refused(bytes(FILE + 1), DecompressionBomb, f"at most {FILE} bytes")


# Pictures that a trainer decodes itself: the samples are those that are seen when all is read at once.

JPEG = encoded(picture(), "JPEG")


def same(one, other):
    """Whether two samples are the same, to whoever gets them."""
    assert {*one} == {*other}
    for name, value in one.items():
        assert type(value) is type(other[name]), name
        if name == "image":
            assert np.array_equal(np.asarray(value), np.asarray(other[name]))
            assert getattr(value, "mode", "") == getattr(other[name], "mode", "")
            assert getattr(value, "info", {}) == {}
        else:
            assert np.array_equal(value, other[name]), name


def taken(source, way):
    (shard, *_) = source.plan().shards
    rows = np.arange(shard.samples)[::-1].copy()
    return [one.sample() for one in records(getattr(source, way)(shard.path, rows), "train")]


@given(st.sampled_from(HOLDS), st.tuples(st.integers(1, 33), st.integers(1, 33)), st.integers(0, 99))
def test_a_picture_that_is_decoded_late_is_the_one_that_was_judged(holds, size, seed):
    encoding, mode = holds
    content = encoded(drawn(mode, size, seed), encoding)
    late = Encoded("a", content, ALL)
    known = late.picture(decode.plain)
    assert late.shape == known.pixels.shape[:2]
    same(Raw("a", "", encoded=late).sample(), Raw("a", "", known.said, known.pixels).sample())


def test_what_a_file_says_beside_its_pixels_is_no_part_of_a_sample():
    exif = Image.Exif()
    exif[274] = 6
    made = Raw("a", "", encoded=Encoded("a", encoded(picture(), "JPEG", exif=exif, dpi=(99, 99)), ALL)).sample()
    assert (made["orientation"], made["image"].info, [*made["image"].getexif()]) == (6, {}, [])


def test_a_picture_that_pillow_holds_in_blocks_is_no_other():
    large = Image.effect_noise((2100, 2100), 9).convert("RGB")
    late = Encoded("a", encoded(large, "BMP"), ALL)
    assert decode.lent(large) is None
    same(Raw("a", "", encoded=late).sample(), Raw("a", "", late.picture(decode.plain).said, pixels(large)).sample())


def test_no_two_samples_share_a_picture():
    raw = Raw("a", "", encoded=Encoded("a", JPEG, ALL))
    one, other = raw.sample()["image"], raw.sample()["image"]
    before = np.asarray(other).copy()
    one.paste((1, 2, 3), (0, 0, 9, 9))
    assert one.getpixel((0, 0)) == (1, 2, 3)
    assert np.array_equal(np.asarray(other), before)


@pytest.mark.parametrize("content", [JPEG[:-9], b"", b"GIF89a", JPEG[:99]])
def test_one_that_cannot_be_decoded_has_changed(content):
    with pytest.raises(DataChanged, match="run the check again"):
        Raw("a", "", encoded=Encoded("a/x.jpg", content, ALL)).sample()


def test_it_takes_the_room_of_its_file():
    assert Raw("a", "", encoded=Encoded("a", JPEG, ALL)).nbytes == len(JPEG)


@given(st.sampled_from(["L", "RGB", "RGBA", "LA", "F"]), st.tuples(st.integers(1, 33), st.integers(1, 33)), st.integers(0, 9))
def test_planes_are_pixels_a_plane_for_each_channel(mode, size, seed):
    image = drawn(mode, size, seed)
    found = planes(image)
    assert np.array_equal(found, pixels(image).transpose(2, 0, 1))
    assert (found.flags.c_contiguous, found.flags.writeable) == (True, True)


@pytest.mark.parametrize(("made", "read_by"), [(write_pictures, ImageFolder), (yolo, Yolo), (write_masks, Masks)])
def test_samples_are_the_same_however_they_are_read(tmp_path, made, read_by):
    if made is not write_pictures:
        pytest.importorskip("torchvision")
    made(tmp_path / "data")
    with read_by(Tree(tmp_path / "data")) as source:
        late, at_once = taken(source, "encoded"), taken(source, "take")
        assert late
        for one, other in zip(late, at_once, strict=True):
            same(one, other)


def test_a_picture_is_decoded_by_whoever_asks_for_its_sample(tmp_path, monkeypatch):
    write_pictures(tmp_path / "data", each=3)
    with ImageFolder(Tree(tmp_path / "data")) as source:
        monkeypatch.setattr(decode, "decode", None)
        batch = source.encoded("train", np.arange(2))
    assert "image" not in batch.columns
    assert [one.path for one in batch.columns["encoded"]] == [*batch.keys]
    assert [one.content for one in batch.columns["encoded"]] == [(tmp_path / "data" / key).read_bytes() for key in batch.keys]


def test_a_file_that_changed_is_not_trained_on(tmp_path):
    write_pictures(tmp_path / "data", each=3)
    with ImageFolder(Tree(tmp_path / "data")) as source:
        (first, second, *_) = source.encoded("train", np.arange(3)).keys
        (tmp_path / "data" / second).write_bytes((tmp_path / "data" / first).read_bytes())
        source.encoded("train", np.array([0]))
        with pytest.raises(DataChanged, match=second):
            source.encoded("train", np.array([1]))
