"""Calls the program and reads what it says."""
import json
import pathlib
import subprocess

PROGRAM = pathlib.Path("beamwright")


def use(path):
    """Sets the program that `run` calls."""
    global PROGRAM
    PROGRAM = pathlib.Path(path).resolve()


def run(*arguments, cwd=None, timeout=600):
    """Exit code, stdout, stderr."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, timeout=timeout)
    return done.returncode, done.stdout, done.stderr


def run_json(*arguments, cwd=None, timeout=600):
    """Exit code and the one JSON document on stdout."""
    code, out, err = run(*arguments, "--json", cwd=cwd, timeout=timeout)
    try:
        return code, json.loads(out)
    except json.JSONDecodeError as error:
        raise AssertionError(f"{arguments}: stdout is no JSON ({error}): {out[:300]!r}; stderr {err[:300]!r}") from error
