"""The demo's neutron-capture case for tests: calculated once a file, copied with changes."""
import json
import pathlib
import shutil
import struct
import tempfile
import unittest

from program import run

QUICK = ["--modality", "bnct", "--grid", "8", "--histories", "20000", "--quiet"]


class CaptureCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.demo = pathlib.Path(cls.scratch.name) / "case"
        code, out, err = run("demo", "--modality", "bnct", "--case", cls.demo, "--uncertainty", "50", "--quiet")
        assert code == 0, err

    def changed(self, change):
        """A copy of the demo case with a changed capture.json."""
        copy = pathlib.Path(tempfile.mkdtemp(dir=self.scratch.name)) / "case"
        shutil.copytree(self.demo, copy)
        file = copy / "capture.json"
        plan = json.loads(file.read_text())
        change(plan)
        file.write_text(json.dumps(plan))
        return copy

    def refused(self, change, *words):
        case = self.changed(change)
        code, out, err = run("dose", case, *QUICK, "--name", "x")
        self.assertEqual(code, 1, err)
        for word in words:
            self.assertIn(word, err)
        self.assertFalse((case / "results" / "x").exists())

    def means(self, record):
        return {row["structure"]: row for row in record["structures"]}

    def write_map(self, case, values=None, origin=(-300, -300, -300), size=(50, 50, 50), mm=12.0, name="pet.mha"):
        count = size[0] * size[1] * size[2]
        data = struct.pack(f"<{count}f", *(values or [4.0] * count))
        head = ("ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nTransformMatrix = 1 0 0 0 1 0 0 0 1\n"
                f"Offset = {origin[0]} {origin[1]} {origin[2]}\nElementSpacing = {mm} {mm} {mm}\nDimSize = {size[0]} {size[1]} {size[2]}\n"
                "ElementType = MET_FLOAT\nElementDataFile = LOCAL\n")
        (case / name).write_bytes(head.encode() + data)

    def with_map(self, keep_ratios=False, **more):
        def change(plan):
            plan["boron_map"] = {"file": "pet.mha", "unit": "SUV", "blood_SUV": 2.0, "relative_sigma": 0.15, **more}
            for s in [] if keep_ratios else plan["structures"] + [plan["elsewhere"]]:
                s.pop("boron_to_blood")
                s.pop("boron_relative_sigma")

        return change
