"""A command leaves out what it does not use, and nobody else notices."""

import subprocess
import sys

import pytest

LOADED = """
import sys
{first}
import datastd.standard
print(sorted({{"pandas", "hypothesis", "scipy", "coverage", "torch"}} & {{*sys.modules}}))
"""


def run(script, *, cwd):
    return subprocess.run([sys.executable, "-c", script], cwd=cwd, capture_output=True, text=True)


def test_a_command_loads_nothing_that_it_does_not_use(tmp_path):
    first = "from datastd.process import settle; settle()"
    assert run(LOADED.format(first=first), cwd=tmp_path).stdout == "[]\n"


def test_importing_datastd_loads_neither_torch_nor_pandera_nor_pandas(tmp_path):
    script = "import sys, datastd\nprint([m for m in ('torch', 'pandera', 'pandas', 'polars', 'numpy', 'numba') if m in sys.modules])"
    assert run(script, cwd=tmp_path).stdout == "[]\n"


@pytest.mark.parametrize("module", ["pandas", "scipy", "yaml", "hypothesis"])
def test_others_import_what_they_like(module, tmp_path):
    pytest.importorskip(module)
    script = (
        "from datastd.process import settle\nsettle()\nsettle()\n"
        f"import datastd.standard\nimport {module}\nprint({module}.__name__)"
    )
    assert run(script, cwd=tmp_path).stdout == f"{module}\n"


def test_a_notebook_is_left_alone(tmp_path):
    pytest.importorskip("pandas")
    script = "import datastd.standard, pandera.pandas as pa, sys\nprint(pa.DataFrameSchema.__name__, 'pandas' in sys.modules)"
    assert run(script, cwd=tmp_path).stdout == "DataFrameSchema True\n"
