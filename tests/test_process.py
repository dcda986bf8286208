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


def test_a_command_looks_for_garbage_seldom_and_a_notebook_as_it_did(tmp_path):
    script = "import gc\n{}import datastd, datastd.disk\nprint(gc.get_threshold()[0])"
    ours = "from datastd.process import settle; settle()\n"
    assert [run(script.format(one), cwd=tmp_path).stdout for one in (ours, "")] == ["50000\n", "700\n"]


def test_the_server_of_the_workers_loads_nothing_that_they_do_not_use(tmp_path):
    """Nor does it read settings that lie in a dataset's folder, for a part of it comes before."""
    (tmp_path / ".numba_config.yaml").write_text("[1, 2]")
    script = (
        "import importlib, sys\nfrom datastd import forks\nimportlib.import_module(forks.PRELOAD)\n"
        "print(sorted({'pandas', 'hypothesis', 'coverage', 'yaml', 'torch', 'scipy'} & {*sys.modules}))"
    )
    done = run(script, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("[]\n", "")


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


def test_settings_that_lie_in_the_working_folder_are_not_read(tmp_path):
    """numba would take the place of its cache from there, and what is cached is executed."""
    pytest.importorskip("yaml")
    (tmp_path / ".numba_config.yaml").write_text("[1, 2]")
    script = "from datastd.process import settle; settle()\nimport datastd.standard; print('read')"
    done = run(script, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("read\n", "")


def test_the_kernels_of_a_user_have_scipy(tmp_path):
    pytest.importorskip("scipy")
    script = (
        "from datastd.process import settle; settle()\n"
        "import numba, numpy as np\n"
        "dot = numba.njit(lambda a, b: np.dot(a, b))\n"
        "print(dot(np.ones(3), np.ones(3)))\n"
    )
    done = run(script, cwd=tmp_path)
    assert done.stdout == "3.0\n", done.stderr


@pytest.mark.parametrize(("given", "kept"), [("2", "2"), ("0", None), ("00", None), ("-1", None), ("x", None), ("", None), ("10", "10")])
def test_a_number_of_threads_that_is_none_is_forgotten(given, kept, tmp_path):
    script = (
        f"import os; os.environ['POLARS_MAX_THREADS'] = {given!r}\n"
        "from datastd.process import settle; settle()\n"
        "print(os.environ.get('POLARS_MAX_THREADS'))"
    )
    assert run(script, cwd=tmp_path).stdout == f"{kept}\n"
