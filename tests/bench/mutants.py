"""
Break the code on purpose, one place at a time, and see whether a test notices.

    python tests/bench/mutants.py [MODULE.py ...] [--jobs 2] [--every 1] [--list]

Without modules: digest, model, rule base, pandera door, and the certificate.  Every
comparison, operator, number, truth value, string, condition, argument and statement is
changed once; docstrings and annotations are not.  Works on copies; prints what survived.
"""

import argparse
import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[2]
TESTS = {
    "digest.py": ["test_digest.py"],
    "model.py": ["test_model.py", "report/test_report.py"],
    "rules/__init__.py": ["rules/test_rule.py", "rules/test_each_rule.py"],
    "rules/row_limits.py": ["rules/test_row_limits.py", "test_standard.py"],
    "certificate/statement.py": ["certificate/test_statement.py", "certificate/test_gate.py"],
    "certificate/envelope.py": ["certificate/test_envelope.py"],
    "certificate/gate.py": ["certificate/test_gate.py"],
    "certificate/child.py": ["certificate/test_gate.py", "test_outside.py"],
}
"""By module: the tests that have to notice."""

COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.Mod: ast.Add, ast.FloorDiv: ast.Mult, ast.LShift: ast.RShift,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
SECONDS = 240  # a mutant that runs longer hangs, and is noticed


def changed(node):
    """Every changed form of one node."""
    match node:
        case ast.Compare(ops=[first, *rest]) if type(first) in COMPARISONS:
            yield ast.Compare(node.left, [COMPARISONS[type(first)](), *rest], node.comparators)
        case ast.BinOp() if type(node.op) in OPERATORS:
            yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
        case ast.BoolOp():
            yield ast.BoolOp(OPERATORS[type(node.op)](), node.values)
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float()):
            yield ast.Constant(node.value + 1)
        case ast.Constant(value=str()) if node.value:
            yield ast.Constant(f"XX{node.value}XX")
        case ast.Constant(value=bytes()) if node.value:
            yield ast.Constant(b"XX" + node.value)
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.Call(args=args, keywords=keywords) if args or keywords:
            for at in range(len(args)):
                if not isinstance(args[at], ast.Starred | ast.Constant | ast.JoinedStr):
                    yield ast.Call(node.func, [*args[:at], ast.Constant(None), *args[at + 1 :]], keywords)
            for at in range(len(keywords)):
                yield ast.Call(node.func, args, [*keywords[:at], *keywords[at + 1 :]])
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.If():
            yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case ast.Raise() | ast.Expr(value=ast.Call()) | ast.AugAssign():
            yield ast.Pass()


def mutants(tree):
    """Every tree with one place changed, its line and what it became."""
    skipped = set()
    for node in ast.walk(tree):
        holds = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if holds and ast.get_docstring(node, clean=False) is not None:
            skipped |= {id(node.body[0]), id(node.body[0].value)}
        for field in ("annotation", "returns"):
            if part := getattr(node, field, None):
                skipped |= {id(inner) for inner in ast.walk(part)}
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.If(test=ast.Name(id="TYPE_CHECKING")):
                skipped |= {id(inner) for inner in ast.walk(node)}
            case ast.Expr(value=ast.Constant()):  # a docstring of a constant
                skipped.add(id(node.value))
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in skipped:
            continue
        for variant, new in enumerate(changed(node)):
            again = copy.deepcopy(tree)
            old = next(n for at, n in enumerate(ast.walk(again)) if at == number)
            replace(again, old, [*changed(old)][variant])
            line = getattr(node, "lineno", 0)
            yield line, f"{ast.unparse(node)[:70]!r} -> {ast.unparse(ast.fix_missing_locations(new))[:70]!r}", again


def replace(tree, old, new):
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list):
                for at, item in enumerate(value):
                    if item is old:
                        value[at] = new


def workplace(folder):
    """A copy of all that the tests need."""
    for name in ("datastd", "schemas", "tests", "examples"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder)
    (folder / "datastd" / "schemas").symlink_to(folder / "schemas")
    return folder


def noticed(place, module, tree, tests):
    path = place / "datastd" / module
    before = path.read_text()
    path.write_text(ast.unparse(ast.fix_missing_locations(tree)))
    environment = os.environ | {"PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        sys.executable, "-P", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:doctest",
        "-o", "addopts=--import-mode=importlib", *tests,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=place / "tests", env=environment, capture_output=True, timeout=SECONDS
        )
        return done.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(before)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=[*TESTS])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="try each Nth only: a sample")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(options.jobs) as pool:
        places = SimpleQueue()
        for number in range(options.jobs):
            places.put(workplace(Path(scratch, str(number))))
        killed, total = 0, 0

        def attempt(module, line, what, tree):
            place = places.get()
            try:
                return noticed(place, module, tree, TESTS[module]), module, line, what
            finally:
                places.put(place)

        for module in options.modules:
            tree = ast.parse((ROOT / "datastd" / module).read_text())
            found = [*mutants(tree)][:: options.every]
            if options.list:
                print(module, len(found))
                continue
            place = places.get()
            if noticed(place, module, tree, TESTS[module]):
                sys.exit(f"{module}: its tests fail without any mutant")
            places.put(place)
            results = [*pool.map(lambda m: attempt(module, *m), found)]
            alive = [(line, what) for dead, _, line, what in results if not dead]
            killed, total = killed + len(found) - len(alive), total + len(found)
            share = 1 - len(alive) / len(found)
            print(f"{module}: {len(found) - len(alive)} of {len(found)} noticed, {share:.1%}", flush=True)
            for line, what in sorted(alive):
                print(f"  {module}:{line} {what}", flush=True)
        if total:
            print(f"all: {killed} of {total} noticed, {killed / total:.1%}")


if __name__ == "__main__":
    main()
