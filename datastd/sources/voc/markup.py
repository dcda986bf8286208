"""
One annotation: from the bytes of its XML to a record, or to the defect that it is.

Python's expat reads it, which the interpreter brings along: C code that has been read by
many eyes, against one more dependency.  All that makes XML dangerous begins in a document
type, and a file that has one is refused where it begins: no entity is declared, none is expanded,
and nothing outside of the file is opened.
"""

import re
from collections.abc import Mapping
from typing import Any, NoReturn, TypeAlias
from xml.parsers import expat

from pydantic import ValidationError

from datastd.records import said
from datastd.records.voc import VocAnnotation
from datastd.records.words import found_there
from datastd.sources.voc.defects import VocXmlStructure

MOST = 8 << 20
"""bytes of a file: 200 objects take 100,000."""

_DEEPEST = 32  # elements inside each other: a part's box is the sixth
_PIECE = 256 << 10  # bytes at once: after what is refused, no more than these are looked at
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1"})  # expat's own
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LONGEST = 60  # characters of a number
_SIZE = ("width", "height", "depth")
_BOX = ("xmin", "ymin", "xmax", "ymax")
_FLAGS = ("difficult", "truncated", "occluded")
_KEPT = frozenset({"filename", "folder", "size", "object", "name", "bndbox"})
_KEPT |= {*_SIZE, *_BOX, *_FLAGS}
_OTHERS = ""  # the name of all others

_Node: TypeAlias = dict[str, list[Any]]


class _RefusedError(Exception):
    """What must not be in a file: what was expected in its place, and where."""


class _Reader:
    """
    Elements as they are read: below each name, in order, what is in its elements.  Of names that
    no annotation needs, it is known that there are some.

    Attributes:
        root: The name of the outermost.
        whole: What is in that.
    """

    def __init__(self) -> None:
        self.root = ""
        self.whole: _Node | str = ""
        self._open: list[tuple[_Node, list[str]]] = []
        parser = self._parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def read(self, content: bytes) -> None:
        """
        Read a file.

        Raises:
            expat.ExpatError: It is not XML.
            _RefusedError: It is more than may be.
        """
        for at in range(0, len(content), _PIECE):
            self._parser.Parse(content[at : at + _PIECE], False)  # noqa: FBT003
        self._parser.Parse(b"", True)  # noqa: FBT003

    def _refuse(self, expected: str, found: str) -> NoReturn:
        raise _RefusedError(f"line {self._parser.CurrentLineNumber}", expected, found)

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        del version, standalone
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            self._refuse("UTF-8, UTF-16, Latin 1 or ASCII", "another encoding")

    def _doctype(self, *_: object) -> None:  # before any entity that it declares
        self._refuse("no document type", "one, in which entities are declared")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if "xmlns" in attributes:  # in which loaders find no element by its name
            self._refuse("elements of no namespace", "one")
        is_one = name.rpartition(":")[2].lower() == "object"
        if is_one and (name != "object" or len(self._open) != 1):
            # Some loaders would find it, and others not.
            self._refuse("objects right below it, each an object", "one elsewhere or otherwise")
        if len(self._open) == _DEEPEST:
            self._refuse(f"at most {_DEEPEST} elements inside each other", "more")
        self._open.append(({}, []))

    def _text(self, text: str) -> None:
        self._open[-1][1].append(text)

    def _end(self, name: str) -> None:
        inside, text = self._open.pop()
        found = inside or "".join(text)
        if not self._open:
            self.root, self.whole = name, found
        elif name in _KEPT:
            self._open[-1][0].setdefault(name, []).append(found)
        else:
            self._open[-1][0][_OTHERS] = []


def annotation(path: str, content: bytes, key: str) -> tuple[VocAnnotation, int]:
    """
    Read the file *path*, of which *content* is all, about the sample *key*.

    Returns:
        It, and how many of its boxes have a coordinate that is not written as a whole number.

    Raises:
        VocXmlStructure: It is no annotation, or no XML, or more than may be read.
    """
    if len(content) > MOST:
        raise VocXmlStructure(path, "", f"at most {MOST} bytes", f"{len(content)}", key)
    reader = _Reader()
    try:
        reader.read(content)
        if reader.root != "annotation":
            raise _RefusedError("the root", "the element annotation", "another")
        plain = _annotation(_inside(reader.whole))
        boxes = [one.get("bndbox", {}).values() for one in plain["object"]]
        fractions = sum(any(type(one) is float for one in box) for box in boxes)
        return VocAnnotation.model_validate(plain), fractions
    except expat.ExpatError as error:
        found = expat.errors.messages.get(error.code, "another")
        raise VocXmlStructure(path, f"line {error.lineno}", "XML", found, key) from None
    except _RefusedError as error:
        at, expected, found = error.args
        raise VocXmlStructure(path, at, expected, found, key) from None
    except ValidationError as error:
        raise VocXmlStructure(path, *_first(error), key) from None


def _annotation(root: _Node) -> dict[str, Any]:
    """An annotation in plain values, as its record asks for it."""
    found = _texts(root, "filename", "folder")
    if (size := _one(root, "size")) is not None:
        found["size"] = _numbers(_inside(size), *_SIZE)
    return found | {"object": [_object(_inside(one)) for one in root.get("object", ())]}


def _object(one: _Node) -> dict[str, Any]:
    found = _texts(one, "name") | _numbers(one, *_FLAGS)
    if (box := _one(one, "bndbox")) is not None:
        found["bndbox"] = _numbers(_inside(box), *_BOX)
    return found


def _inside(found: _Node | str) -> _Node:
    """The elements in one; none in one of text."""
    return {} if isinstance(found, str) else found


def _one(node: _Node, name: str) -> _Node | str | None:
    """
    What is in the one element of a name; None where there is no such element.

    Raises:
        _RefusedError: There are several: a loader takes the first of them, or the last.
    """
    every = node.get(name, ())
    if len(every) > 1:
        raise _RefusedError(f"element {name}", "one", f"{len(every)} in the same place")
    return every[0] if every else None


def _texts(node: _Node, *names: str) -> dict[str, Any]:
    return {name: one for name in names if (one := _one(node, name)) is not None}


def _numbers(node: _Node, *names: str) -> dict[str, Any]:
    """Texts as the numbers that they are; what is none stays, for the record to refuse."""
    return {
        name: _number(one) if isinstance(one, str) else one
        for name, one in _texts(node, *names).items()
    }


def _number(text: str) -> int | float | str:
    bare = text.strip()
    if _WHOLE.fullmatch(bare):
        return int(bare)
    return float(bare) if len(bare) <= _LONGEST and _NUMBER.fullmatch(bare) else text


def _first(error: ValidationError) -> tuple[str, str, str]:
    """The place of the first thing wrong, what the record asks for there, and what is there."""
    (first, *_) = error.errors(include_url=False, include_context=False)
    place = " ".join(map(str, first["loc"]))
    if first["type"] == "missing":
        return place, "an element", "none"
    found = found_there(first["type"], first["input"], "values")
    return place, said(first["type"], first["msg"]), found
