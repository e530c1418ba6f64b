#!/usr/bin/env python3
"""Builds small broken houses and asks tools/check_house to find what is wrong in each."""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOD_HEAD = "/// \\file a\n/// \\how b\n/// \\fits c\n/// \\not d\n/// \\proof e\n"
ROOMS = {
    "lanes": "bw_room(lanes FLOOR 0)",
    "core": "bw_room(core FLOOR 1 USES lanes FILES a.cpp)",
    "physics": "bw_room(physics FLOOR 3 USES lanes)",
    "volume": "bw_room(volume FLOOR 4 USES core)",
}
# (what, file, text, words that the complaint must hold); None = a good house
CASES = [
    ("good", "physics/x.hpp", GOOD_HEAD + '#include "lanes/k.hpp"\n#include <cmath>\n', None),
    ("upward use", "core/x.hpp", '#include "volume/y.hpp"\n', "move the shared part"),
    ("unstated use", "volume/x.hpp", '#include "lanes/k.hpp"\n', "does not say that it uses lanes"),
    ("container in a kernel", "physics/x.hpp", GOOD_HEAD + "#include <vector>\n", "kernel-safe code includes vector"),
    ("libm in a kernel", "physics/x.hpp", GOOD_HEAD + "double f(double x) { return std::exp(x); }\n", "libm"),
    ("no file comment", "physics/x.hpp", "int x;\n", "file comment lacks"),
    ("absent proof", "physics/x.hpp", GOOD_HEAD.replace("proof e", "proof tests/none_test.cpp"), "does not exist"),
    ("second door", "core/x.hpp", "#include <dcmtk/dcmdata/dctk.h>\n", "outside its door"),
    ("long file", "core/x.hpp", "\n" * 401, "at most 400"),
    ("no room in include", "core/x.hpp", '#include "y.hpp"\n', "has no room"),
]


def complaints(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for room, text in ROOMS.items():
            (root / "src" / room).mkdir(parents=True)
            (root / "src" / room / "CMakeLists.txt").write_text(text)
        for name, text in files.items():
            (root / "src" / name).write_text(text)
        done = subprocess.run([ROOT / "tools" / "check_house", "--root", root], capture_output=True, text=True)
        return done.returncode, done.stdout


def main():
    failed = 0
    cases = [(what, {name: text}, words) for what, name, text, words in CASES]
    cases.append(("circle", {"core/a.hpp": '#include "core/b.hpp"\n', "core/b.hpp": '#include "core/a.hpp"\n'}, "circle"))
    for what, files, words in cases:
        status, output = complaints(files)
        right = (status == 0) if words is None else (status == 1 and words in output)
        if not right:
            failed += 1
            print(f"case '{what}': status {status}, said: {output}")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
