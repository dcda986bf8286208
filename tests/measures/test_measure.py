"""Only what is named is computed, and what is shared is computed once."""

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from datastd.measures import evaluate, measure, takers
from datastd.measures.boxes.beyond_picture_px import beyond_picture_px
from datastd.measures.boxes.beyond_px import beyond_px
from datastd.measures.pixels.height_px import height_px
from datastd.measures.pixels.width_px import width_px

CALLS = []


def doubled(image):
    CALLS.append("doubled")
    return image * 2


def tripled(doubled, image):
    CALLS.append("tripled")
    return doubled + image


@measure("Q900", "one-outside", unit="u")
def one(doubled):
    CALLS.append("one")
    return doubled.sum(axis=1)


@measure("Q901", "two-outside", unit="u", version=3)
def two(tripled, doubled):
    """Two."""
    CALLS.append("two")
    return tripled.sum(axis=1)


@measure("Q902", "three-outside", unit="u")
def three(tokenizer):
    return tokenizer


@measure("Q903", "rows-outside", unit="u")
def rows(image):
    return pl.DataFrame({"row": [0, 0, 1], "n": [1, 2, 3]})


IMAGE = np.arange(6).reshape(2, 3)


@pytest.fixture(autouse=True)
def fresh():
    CALLS.clear()


def test_an_intermediate_is_computed_once_and_only_if_asked_for():
    assert evaluate([], {"image": IMAGE}) == {}
    assert CALLS == []
    evaluate([one], {"image": IMAGE})
    assert CALLS == ["doubled", "one"]
    CALLS.clear()
    found = evaluate([one, two], {"image": IMAGE})
    assert sorted(CALLS) == ["doubled", "one", "tripled", "two"]
    assert found["two"].tolist() == [9, 36]


def test_a_measure_that_lacks_something_fills_no_column():
    assert evaluate([three], {"image": IMAGE}) == {}
    assert evaluate([three], {"image": IMAGE, "tokenizer": 5}) == {"three": 5}


def test_a_column_that_the_data_bring_is_not_measured_again():
    assert evaluate([one], {"image": IMAGE, "one": IMAGE[:, 0]}) == {}
    assert CALLS == []


def test_a_measure_may_give_a_table():
    assert evaluate([rows], {"image": IMAGE})["rows"].height == 3


def test_a_measure_knows_itself():
    assert (two.column, two.needs, two.version, two.code) == ("two", ("tripled", "doubled"), 3, "Q901")
    assert two.__doc__ == "Two."


def test_the_first_compilation_on_a_machine_says_so_and_the_second_does_not(tmp_path):
    import os

    script = (
        "import numpy as np\n"
        "from datastd.measures.pixels import moments\n"
        "print(moments(np.ones((1, 2, 2), np.uint8)).total[0])\n"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    first, second = (
        subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, cwd=tmp_path)
        for _ in range(2)
    )
    assert first.stdout == second.stdout == "4.0\n"
    assert first.stderr.count("compiling kernels") == 1
    assert second.stderr == ""


def test_of_several_processes_one_compiles_and_the_others_load(tmp_path):
    import os

    script = (
        "import sys; import numpy as np\n"
        "from datastd.measures.pixels import moments\n"
        "sys.stdin.readline()\n"
        "print(moments(np.ones((1, 2, 2), np.uint8)).total[0])\n"
    )
    some = [
        subprocess.Popen(
            [sys.executable, "-c", script], env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]  # fmt: skip
    for one in some:
        one.stdin.write("\n")
        one.stdin.flush()
    told = [one.communicate() for one in some]
    assert [out for out, _ in told] == ["4.0\n"] * 3
    said = sum("compiling kernels" in err for _, err in told)
    kernels = len({*tmp_path.rglob("*.nbi")})
    assert 1 <= said <= kernels  # each is compiled once, whoever does
    assert len([*tmp_path.rglob("*.nbc")]) == kernels


def test_who_waits_for_a_turn_in_vain_compiles(tmp_path):
    import os

    script = (
        "import fcntl, os, sys; import numpy as np\n"
        "from datastd import kernels; kernels._WAIT_S = 0.2\n"
        "from datastd.measures.pixels import moments\n"
        "from pathlib import Path\n"
        "for one in Path(sys.argv[1]).rglob('*'):\n"
        "    fcntl.flock(os.open(one, os.O_RDONLY), fcntl.LOCK_EX)\n"
        "print(moments(np.ones((1, 2, 2), np.uint8)).total[0])\n"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script, tmp_path], env=environment, capture_output=True, text=True)
    assert done.stdout == "4.0\n", done.stderr
    assert [*tmp_path.rglob("*.nbc")]


def test_a_place_that_cannot_hold_a_cache_stops_nothing(tmp_path):
    import os

    (tmp_path / "file").write_text("")
    script = "import numpy as np\nfrom datastd.measures.pixels import moments\nprint(moments(np.ones((1, 2, 2), np.uint8)).total[0])\n"
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "file" / "x")}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == "4.0\n", done.stderr


def test_a_cache_that_is_damaged_is_made_again(tmp_path):
    import os

    script = (
        "import numpy as np\nfrom datastd.measures.pixels import moments\n"
        "print(moments(np.ones((1, 2, 2), np.uint8)).total[0])\n"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}

    def run():
        return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)

    assert run().stdout == "4.0\n"
    # One kernel, two element types: the second is loaded when the first is there already.
    script += "print(moments(np.ones((1, 2, 2), np.float32)).total[0])\n"
    assert run().stdout == "4.0\n4.0\n"
    for damage in (b"", b"nonsense", b"\x80\x05", None):
        for what in ("*.nbi", "*.1.nbc", "*.2.nbc"):
            for path in tmp_path.rglob(what):
                content = path.read_bytes()
                path.write_bytes(content[: len(content) // 2] if damage is None else damage)
            done = run()
            assert done.stdout == "4.0\n4.0\n", done.stderr
    run()  # what was sound beside it went, too
    done = run()
    assert (done.stdout, done.stderr) == ("4.0\n4.0\n", "")


def test_without_compilation_the_numbers_are_the_same():
    import os

    script = (
        "import numpy as np\nfrom datastd.measures.pixels import moments\n"
        "print(moments(np.ones((1, 2, 2), np.uint8)).total[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("4.0\n", "")


def test_an_intermediate_that_breaks_is_no_missing_one():
    @measure("Q904", "four-outside", unit="u")
    def four(broken):
        return broken

    with pytest.raises(KeyError, match="of its own"):
        evaluate([four], {"image": IMAGE})


def broken(image):
    raise KeyError("of its own")


def test_who_takes_a_column_is_known_however_far_on_the_way():
    """By an intermediate, or by what another measure gives."""
    several = (beyond_picture_px, beyond_px, height_px, width_px)
    assert takers(several, {"image"}) == {"width_px", "height_px", "beyond_picture_px"}
    assert takers(several, {"stated_width"}) == {"beyond_px"}
    assert takers(several, {"x_px"}) == {"beyond_px", "beyond_picture_px"}
    assert takers(several, set()) == takers((), {"image"}) == set()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("return x + 1", "2"), ("return x + 1000", "2")),
        (("return x + MORE", "1"), ("return x + MORE", "1000")),
        (("return x + MORE[0][1]", "((0, 1),)"), ("return x + MORE[0][1]", "((0, 1000),)")),
        (("return x + MORE[1]", "np.arange(3)"), ("return x + MORE[1]", "np.arange(3) * 1000")),
    ],
)
def test_code_is_made_anew_where_what_it_calls_in_another_module_is_another(before, after, tmp_path):
    import os

    path = os.pathsep.join([str(tmp_path), *sys.path])
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": path}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1"}  # Python's own tells versions apart by second and size
    (tmp_path / "called.py").write_text("from datastd.kernels import helper\nfrom constant import MORE\n\n")
    head = (tmp_path / "called.py").read_text()
    (tmp_path / "calls.py").write_text(
        "from datastd.kernels import kernel\nfrom called import plus\n\n@kernel\ndef f(x):\n    return [plus(x) for _ in range(1)][0]\n"
    )
    told = []
    for body, constant in (before, before, after):
        (tmp_path / "constant.py").write_text(f"import numpy as np\nMORE = {constant}\n")
        (tmp_path / "called.py").write_text(f"{head}@helper\ndef plus(x):\n    {body}\n")
        done = subprocess.run(
            [sys.executable, "-c", "import calls; print(calls.f(1))"], env=environment, capture_output=True, text=True
        )
        told.append((done.stdout, "compiling kernels" in done.stderr))
    assert told == [("2\n", True), ("2\n", False), ("1001\n", True)]


def test_code_is_made_anew_where_what_it_is_closed_over_is_another():
    from datastd.kernels import _stamp

    def adds(more):
        return lambda x: x + more

    def calls(function):
        return lambda x: function(x)

    assert _stamp(calls(adds(1))) == _stamp(calls(adds(1))) != _stamp(calls(adds(2)))


def test_what_is_compiled_is_kept_outside_of_the_package(tmp_path):
    import os
    from pathlib import Path

    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    script = "from datastd import kernels; print(kernels._Cache(kernels.warm.__globals__['_nothing'].__wrapped__).cache_path)"
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert Path(done.stdout).is_relative_to(tmp_path), done.stderr
