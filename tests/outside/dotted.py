"""Pictures with annotations, as small as they can be: dots, as a file beside each picture has them."""

from typing import ClassVar

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.sources import Defect, Findings
from datastd.sources.files import head_of
from datastd.sources.pictures import Beside, Listed, Pictures, order


class NoNumber(Defect):
    """A dot that is no number."""

    code, name, unit = "F990", "dot-no-number", "samples"


class Dotted(Pictures):
    """``a.png`` and beside it ``a.dots``: the column of each dot, a line each."""

    format: ClassVar[str] = "dotted"
    columns = (*Pictures.columns, "stated_dots", "names")
    annotates = ("x",)
    kinds = (*Pictures.kinds, NoNumber)

    @classmethod
    def recognises(cls, tree):
        return any(path.endswith(".dots") for path in tree.stamps)

    def listing(self, findings: Findings):
        del findings
        paths = [path for path in self.tree.stamps if path.endswith(".png")]
        return {"data": order(Listed(paths, [None] * len(paths)))}

    def beside(self, path, rows):
        listed = self._listed[path].rows(rows)
        dots, defects = [], {}
        for row, picture in enumerate(listed.paths):
            file = picture.removesuffix("png") + "dots"
            for number, line in enumerate(head_of(self.tree, file, 1 << 20).decode().split()):
                if line.isdigit():
                    dots.append((row, str(number), int(line), [line]))
                else:
                    defects[row] = NoNumber(file, f"line {number + 1}", "a number", line, picture)
        schema = {"row": pl.Int64, "annotation": pl.String, "x": pl.Int64, "text": pl.List(pl.String)}
        counts = [sum(dot[0] == row for dot in dots) for row in range(len(rows))]
        columns = {"stated_dots": np.array(counts, np.int64), "names": [np.array([one]) for one in listed.paths]}
        return Beside(columns, pl.DataFrame(dots, schema, orient="row"), defects)


@measure("Q990", "dot-outside", unit="px", over="annotations")
def beyond_edge(row, x, image):
    """How far a dot lies beyond the right edge of its picture."""
    widths = np.array([one.shape[1] for one in image])
    return np.maximum(x.to_numpy() - widths[row.to_numpy()] + 1, 0)
