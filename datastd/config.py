"""
The user's `datastd.toml`: which standard is asked of which dataset.

Searched upward from the working directory, and never inside a dataset: the data
do not choose their judge.
"""

import os
from collections import Counter
from pathlib import Path
from typing import Annotated, NamedTuple, Self

from pydantic import Field

from datastd.disk import real
from datastd.errors import UsageError
from datastd.model import FrozenMapping, Model, Profile, Role, read_toml
from datastd.quiet import utf8

NAME = "datastd.toml"
_MOST = 1 << 18  # bytes


Name = Annotated[str, Field(min_length=1)]

_APART = "::"
"""Stands between the format of an input and its path; `./` before a path that has it."""


class Place(NamedTuple):
    """
    Where an input is, and its format if the user says which: ``jsonl:question::benchmarks``.

    Attributes:
        path: The folder or the file.
        format: As ``--format`` has it, with options after a colon; None where nothing is said.
    """

    path: Path
    format: str | None = None

    @classmethod
    def of(cls, given: str | Path) -> Self:
        """
        Part what the user wrote.

        Raises:
            UsageError: Nothing stands on one side of the mark.
        """
        form, mark, path = str(given).partition(_APART)
        if isinstance(given, Path) or not mark or "/" in form or form.startswith("."):
            return cls(Path(given))
        if not form or not path:
            raise UsageError("--input", f"FORMAT{_APART}PATH", str(given))
        return cls(Path(path), form)

    def __str__(self) -> str:
        return f"{self.format}{_APART}{self.path}" if self.format else str(self.path)


class Dataset(Model):
    """
    One dataset of the user's, and how it is judged.

    Attributes:
        path: The folder, relative to the file that names it.
        standard: The standard, by name or by the path of a file.
        format: The format; none means whatever is found.
        profile: How strictly; none means ``dev``.
        inputs: Paths by role, relative to the file that names them; each may have its format
            before it, as `Place` says.
        trust: A `trust.toml`, relative to the file that names it.
        waivers: A `waivers.toml`, likewise; it lies in no dataset.
        name: What its certificates have to call it; none means anything.
    """

    path: Name
    standard: Name | None = None
    format: Name | None = None
    profile: Profile | None = None
    inputs: FrozenMapping[Role, str] = Field(default_factory=dict)
    trust: Name | None = None
    waivers: Name | None = None
    name: Name | None = None


class Config(Model):
    """Everything that a `datastd.toml` says."""

    dataset: tuple[Dataset, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Self:
        """
        Read a configuration; paths in it come out absolute.

        Raises:
            UsageError: No configuration, or one that names a dataset twice or lies in one.
        """
        what = "a configuration with [[dataset]]"
        known = cls.of_toml(read_toml(path, most=_MOST, what=what), str(path), what)
        entries = [_absolute(one, path.parent) for one in known.dataset]
        here = real(path)
        for one in entries:
            if Path(one.path) in (here, *here.parents):
                raise UsageError(
                    str(path), "datasets beside this file or below it", f"{one.path}, around it",
                    "the data would choose their judge: put the dataset into a folder of its own",
                )  # fmt: skip
        for name, times in Counter(one.path for one in entries).items():
            if times > 1:
                raise UsageError(str(path), "each dataset once", f"{name} {times} times")
        return cls(dataset=tuple(entries))


def _absolute(one: Dataset, folder: Path) -> Dataset:
    """Resolve the paths of one dataset against the folder of the configuration."""

    def resolve(name: str) -> str:
        return str(real(folder / name))

    def below(place: Place) -> Place:
        return place._replace(path=Path(resolve(str(place.path))))

    standard = one.standard
    return Dataset(
        path=resolve(one.path),
        standard=resolve(standard) if standard and standard.endswith(".py") else standard,
        format=one.format,
        profile=one.profile,
        inputs={role: str(below(Place.of(place))) for role, place in one.inputs.items()},
        trust=resolve(one.trust) if one.trust else None,
        waivers=resolve(one.waivers) if one.waivers else None,
        name=one.name,
    )


def nearest(data: Path | None = None) -> Path | None:
    """
    The configuration's file that holds here, if there is one.

    Args:
        data: A dataset; a configuration inside it is passed over.
    """
    inside = real(data) if data else None
    here = Path.cwd()
    for folder in (here, *here.parents):
        if inside and (folder == inside or inside in folder.parents):
            continue
        if os.path.lexists(folder / NAME):  # what is no file there is refused, not passed over
            return folder / NAME
    return None


def entry_for(data: Path) -> Dataset:
    """
    What the configuration that holds here says of the dataset *data*, if anything.

    Raises:
        UsageError: The file is no configuration.
    """
    found = nearest(data)
    wanted = utf8(str(real(data)))
    known = Config.read(found).dataset if found else ()
    return next((one for one in known if one.path == wanted), Dataset(path=wanted))
