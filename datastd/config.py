"""
The user's `datastd.toml`: which standard is asked of which dataset.

Searched upward from the working directory, and never inside a dataset: the data
do not choose their judge.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator

from datastd.disk import read_whole
from datastd.errors import UsageError
from datastd.model import Model, explain

NAME = "datastd.toml"
_MOST = 1 << 18  # bytes


class Dataset(Model):
    """
    One dataset of the user's, and how it is judged.

    Attributes:
        path: The folder, relative to the file that names it.
        standard: The standard, by name or by the path of a file.
        format: The format; empty means whatever is found.
        profile: How strictly.
        inputs: Paths by role, relative to the file that names them.
        trust: A `trust.toml`, relative to the file that names it.
    """

    path: str = Field(min_length=1)
    standard: str = ""
    format: str = ""
    profile: str = "dev"
    inputs: Mapping[str, str] = Field(default_factory=dict)
    trust: str = ""


class Config(Model):
    """Everything that a `datastd.toml` says."""

    dataset: tuple[Dataset, ...] = ()

    @model_validator(mode="after")
    def _judges_each_once(self) -> Self:
        paths = [one.path for one in self.dataset]
        for path in paths:
            if paths.count(path) > 1:
                msg = f"expected each dataset once, found {path} {paths.count(path)} times"
                raise ValueError(msg)
        return self

    @classmethod
    def read(cls, path: Path) -> Self:
        """
        Read a configuration; paths in it come out absolute.

        Raises:
            UsageError: Not TOML, or not a configuration.
        """
        content = read_whole(path, most=_MOST, what="a configuration")
        try:
            given = tomllib.loads(content.decode())
            entries = [_absolute(one, path.parent) for one in given.pop("dataset", [])]
            return cls.model_validate({**given, "dataset": tuple(entries)})
        except ValidationError as error:
            raise UsageError(str(path), "a configuration", explain(error)) from None
        except (ValueError, TypeError, AttributeError) as error:
            raise UsageError(str(path), "TOML with [[dataset]]", str(error)) from None


def _absolute(entry: dict[str, object], folder: Path) -> dict[str, object]:
    """Resolve the paths of one dataset against the folder of the configuration."""

    def resolve(name: object) -> object:
        return str((folder / name).resolve()) if name and isinstance(name, str) else name

    resolved = {key: resolve(v) if key in {"path", "trust"} else v for key, v in entry.items()}
    standard = entry.get("standard")
    if isinstance(standard, str) and standard.endswith(".py"):
        resolved["standard"] = resolve(standard)
    inputs = entry.get("inputs")
    if isinstance(inputs, dict):
        resolved["inputs"] = {role: resolve(path) for role, path in inputs.items()}
    return resolved


def nearest(data: Path | None = None) -> Path | None:
    """
    The configuration's file that holds here, if there is one.

    Args:
        data: A dataset; a configuration inside it is passed over.
    """
    inside = data.resolve() if data else None
    here = Path.cwd()
    for folder in (here, *here.parents):
        if inside and (folder == inside or inside in folder.parents):
            continue
        if (folder / NAME).is_file():
            return folder / NAME
    return None


def entry_for(data: Path) -> Dataset | None:
    """
    What the configuration that holds here says of the dataset *data*.

    Raises:
        UsageError: The file is no configuration.
    """
    found = nearest(data)
    wanted = str(data.resolve())
    known = Config.read(found).dataset if found else ()
    return next((one for one in known if one.path == wanted), None)
