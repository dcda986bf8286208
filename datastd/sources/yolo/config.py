"""
What the classes are called: ``data.yaml``, or a list of names.

The YAML that such files are written in is small: keys at the margin, names in a list or under
numbers.  That much is read here, and anything else in these keys is refused, never guessed at:
a reader of all of YAML is a dependency that expands aliases and takes ``no`` for false.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from datastd.disk import Tree
from datastd.names import folded
from datastd.sources.encoding import text_of
from datastd.sources.yolo.defects import YoloConfigInvalid

MOST = 1 << 20  # bytes of such a file
SPLITS = ("train", "val", "test")

_READ = frozenset({"names", "nc", "path", "kpt_shape", *SPLITS})
_KEY = re.compile(r"([A-Za-z_][\w.-]*|'[^']*'|\"[^\"\\]*\")\s*:(?:\s+(.*)|)$")
_OPENS = re.compile(r"[\[{]")
_SINGLE = re.compile(r"'((?:[^'\n]|'')*)'")
_DOUBLE = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_BEGINS = re.compile(
    rf"\s+|#[^\n]*|[\[\]{{}},]|{_SINGLE.pattern}|{_DOUBLE.pattern}|[^\s\[\]{{}},'\"#][^\s\[\]{{}},]*"
)  # what may stand where a value may begin,
_GOES_ON = re.compile(
    r"\s+|#[^\n]*|[\[\]{},]|[^\s\[\]{},#][^\s\[\]{},]*"
)  # and behind its first word
_ESCAPE = re.compile(r'\\(?:(["\\/ntr])|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|.)')
_LONE = re.compile(r"[Dd][89A-Fa-f]..")  # halves of code points
_SAYS = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t", "r": "\r"}
_INDICATORS = frozenset("[]{}#&*!|>'\"%@`,?:")
_COMMENT = re.compile(r"(^|\s)#.*$")
_NUMBER = re.compile(r"[0-9]{1,9}")
_NUMBERED = re.compile(rf"(['\"]?)({_NUMBER.pattern})\1\s*:\s+(.*)")
_MOST_POINTS = 1000


@dataclass(frozen=True, slots=True)
class Config:
    """
    What a file says of a dataset.

    Attributes:
        names: What each number of a class is called.
        folders: Folders, or lists, of the pictures of each split, as the file has them.
        root: The folder that these are in, likewise.
        points: How many key points an object has, and how many numbers each; none, if none.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    folders: Mapping[str, Sequence[str]] = field(default_factory=dict)
    root: str = ""
    points: tuple[int, int] | None = None


def listed(tree: Tree, path: str) -> Config:
    """
    What a list of names says: a name a line.

    Raises:
        Defect: It is no text.
    """
    lines = [line.strip() for line in text_of(tree, path, MOST, YoloConfigInvalid).splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    if "" in lines:
        at, expected = f"line {lines.index('') + 1}", "a name in each line"
        raise YoloConfigInvalid(path, at, expected, "an empty line")
    return Config(_once(path, dict(enumerate(lines))))


def configured(tree: Tree, path: str) -> Config | None:
    """
    What a YAML file says; None where it names no classes.

    Raises:
        Defect: It is no text, or more of YAML than is read here.
    """
    found = _Reader(path, text_of(tree, path, MOST, YoloConfigInvalid)).found
    if "names" not in found:
        return None
    names, lines = found["names"]
    if isinstance(names, str):
        raise YoloConfigInvalid(path, lines, "a list of names, or names by number", "one value")
    by_number = _once(path, names if isinstance(names, dict) else dict(enumerate(names)))
    if "nc" in found and found["nc"][0] != str(len(by_number)):
        expected = f"{len(by_number)} as nc, so many names are there"
        raise YoloConfigInvalid(path, found["nc"][1], expected, "another")
    points = None
    if "kpt_shape" in found:
        shape, at = found["kpt_shape"]
        several = shape if isinstance(shape, list) else []
        numbers = [int(one) for one in several if _NUMBER.fullmatch(one)]
        if len(several) != len(numbers) or not _is_shape(numbers):
            raise YoloConfigInvalid(path, at, "a number of points, and 2 or 3", "another value")
        points = numbers[0], numbers[1]
    folders = {}
    for split in SPLITS:
        of = found.get(split, ("",))[0]
        if of and not isinstance(of, dict):
            folders[split] = [of] if isinstance(of, str) else of
    root = found["path"][0] if "path" in found else ""
    return Config(by_number, folders, root if isinstance(root, str) else "", points)


def _once(path: str, names: dict[int, str]) -> dict[int, str]:
    """
    Names by number, as they are.

    Raises:
        YoloConfigInvalid: Two are the same to whoever reads them.
    """
    seen: dict[str, int] = {}
    for number, name in names.items():
        if not folded(name):
            raise YoloConfigInvalid(path, f"name {number}", "characters that are seen", "none")
        other = seen.setdefault(folded(name), number)
        if other != number:
            at, expected = f"name {number}", "another name for each class"
            raise YoloConfigInvalid(path, at, expected, f"that of {other}")
    return names


def _is_shape(numbers: Sequence[int]) -> bool:
    return len(numbers) == 2 and 0 < numbers[0] <= _MOST_POINTS and numbers[1] in {2, 3}  # noqa: PLR2004


class _Reader:
    """
    The keys of a file that are read here, and the line that each is in.

    A value is a text, texts in a list, or texts by number.

    Raises:
        YoloConfigInvalid: Something that is not read here, in one of these keys or around them.
    """

    def __init__(self, path: str, text: str) -> None:
        self._path, self._lines, self._at = path, text.splitlines(), 0
        self._text = "\n".join(self._lines)
        self._starts = [0, *accumulate(len(line) + 1 for line in self._lines)]
        self.found: dict[str, tuple[str | list[str] | dict[int, str], str]] = {}
        while self._at < len(self._lines):
            line = self._lines[self._at]
            bare = _COMMENT.sub("", line).rstrip()
            if not bare or (bare == "---" and not self.found):
                self._at += 1
                continue
            match = _KEY.match(line.rstrip())
            if not match:
                raise self._refused("a key at the margin, and a colon")
            key, place = match.group(1).strip("'\""), f"line {self._at + 1}"
            value = self._value(match.group(2) or "", wanted=key in _READ)
            if key in self.found:
                raise self._refused(f"{key} once")
            if key in _READ:
                self.found[key] = value, place

    def _refused(self, expected: str) -> YoloConfigInvalid:
        at = f"line {min(self._at, len(self._lines) - 1) + 1}"
        return YoloConfigInvalid(self._path, at, expected, "something else")

    def _value(self, first: str, *, wanted: bool) -> str | list[str] | dict[int, str]:
        """The value of a key, of which *first* is in its line; goes on behind it."""
        first = first.strip()
        if first[:1] in {"[", "{"}:
            items = self._flow()
            self._after(wanted=wanted)
            return self._items(items, named=first[0] == "{") if wanted else ""
        bare = _COMMENT.sub("", first).strip() if first[:1] not in {"'", '"'} else first
        self._at += 1
        if bare and not wanted:
            self._after(wanted=False)
            return ""
        if bare:
            found = self._scalar(bare)
            self._after(wanted=True)
            return found
        lines = [*self._below()]
        return self._block(lines) if wanted else ""

    def _after(self, *, wanted: bool) -> None:
        """Go on behind a value that ended; nothing more of one that is *wanted* may follow."""
        for line in self._below():
            if wanted and _COMMENT.sub("", line).strip():
                raise self._refused("a value in one line")

    def _below(self) -> Iterator[str]:
        """The lines that are below a key, blank ones included."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.strip() and line[0] not in " \t#" and not re.match(r"-(\s|$)", line):
                return
            self._at += 1
            yield line

    def _block(self, lines: Sequence[str]) -> str | list[str] | dict[int, str]:
        """A list, or names by number, an item a line; nothing where there are no lines."""
        there = [line for line in lines if _COMMENT.sub("", line).strip()]
        if not there:
            return ""
        margins = {line[: len(line) - len(line.lstrip())] for line in there}
        if len(margins) != 1 or "\t" in margins.pop():
            raise self._refused("items a line each, all at one margin, without tabs")
        return self._items([line.strip() for line in there], block=True)

    def _items(
        self, items: Sequence[str], *, named: bool = False, block: bool = False
    ) -> list[str] | dict[int, str]:
        is_list = re.match(r"-\s", items[0]) if block else not named
        if is_list:
            if block and not all(re.match(r"-\s", one) for one in items):
                raise self._refused("a list, or names by number, and not both")
            return [self._scalar(one[1:].strip() if block else one) for one in items]
        found: dict[int, str] = {}
        for one in items:
            match = _NUMBERED.fullmatch(one)
            if not match:
                raise self._refused("a number, a colon, and a name")
            number = int(match.group(2))
            if number in found:
                raise self._refused("each number once")
            found[number] = self._scalar(match.group(3))
        return found

    def _flow(self) -> list[str]:
        """The items between brackets, which may go on in the lines below; goes on behind them."""
        text, begun = self._text, self._starts[self._at]
        at = opened = next(_OPENS.finditer(text, begun)).start()
        closes = "]" if text[opened] == "[" else "}"
        items, words, depth = list[str](), list[str](), 0
        while at < len(text):
            begins = not words or words[-1].endswith(":")
            match = (_BEGINS if begins else _GOES_ON).match(text, at)
            if not match:
                break
            found, at = match.group(), match.end()
            depth += found in {"[", "{"}
            if depth == 1 and found == closes:
                below = text.count("\n", begun, at) + 1
                if _COMMENT.sub("", text[at : self._starts[self._at + below]]).strip():
                    break
                self._at += below
                return [*items, " ".join(words)] if words else items
            if depth == 1 and found == ",":
                if not words:
                    break
                items.append(" ".join(words))
                words = []
            elif at - len(found) > opened and not (found[0].isspace() or found[0] == "#"):
                words.append(found)
            depth -= found in {"]", "}"}
        raise self._refused("brackets that close, with values between commas")

    def _scalar(self, text: str) -> str:
        """One value as text, whatever YAML would make of it."""
        for form in (_SINGLE, _DOUBLE):
            if (match := form.match(text)) and not _COMMENT.sub("", text[match.end() :]).strip():
                inside = match.group(1)
                return inside.replace("''", "'") if form is _SINGLE else self._unescaped(inside)
        bare = _COMMENT.sub("", text).strip()
        odd = not bare or bare[0] in _INDICATORS or re.match(r"-(\s|$)", bare)
        if odd or re.search(r":(\s|$)", bare) or {*bare} & {*"[]{}"}:
            raise self._refused("a plain or a quoted value")
        return bare

    def _unescaped(self, text: str) -> str:
        def one(match: re.Match[str]) -> str:
            plain, byte, code = match.groups()
            if not (plain or byte or code) or _LONE.fullmatch(code or ""):
                raise self._refused("a quoted value with escapes of JSON")
            return _SAYS[plain] if plain else chr(int(byte or code, 16))

        return _ESCAPE.sub(one, text)
