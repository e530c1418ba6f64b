#!/usr/bin/env python3
"""RTDOSE of 16 and 32 bits through readers that did not write it: our own from PS3.5, GDCM and dciodvfy where installed."""
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

import program
import rtdose_reader
from nrrd import Nrrd
from program import run, run_json


class Rtdose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.case = cls.folder / "case"
        code, cls.answer = run_json("demo", "--case", cls.case, "--uncertainty", 40)
        assert code == 0, cls.answer
        cls.files = {}
        for bits in (16, 32):
            code, said = run_json("export", cls.case, "--to", cls.folder / str(bits), "--bits", bits, "--per-beam")
            assert code == 0, said
            cls.files[bits] = said["files"]

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_every_voxel_comes_back(self):
        for bits, files in self.files.items():
            for file in files:
                path = pathlib.Path(file["path"])
                volume = Nrrd(self.case / "results/dose" / (path.stem + ".nrrd"))
                back = rtdose_reader.read(path)
                self.assertEqual((list(back["size"]), back["bits"]), (volume.size, bits))
                worst = max(abs(a - b) for a, b in zip(back["dose_Gy"], volume.values))
                # Half a step of the scaling; a float holds 6e-8 of the greatest dose
                self.assertLessEqual(worst, file["quantization_error_Gy"] + 1e-12)
                self.assertLess(worst, max(volume.values) * (0.51 / 65535 if bits == 16 else 6e-8))

    def test_names_its_structures_and_carries_their_histograms(self):
        back = rtdose_reader.read(self.folder / "32" / "dose.dcm")
        self.assertTrue(back["structure_set_uid"].startswith("2.25."))
        by_number = {s["number"]: s for s in self.answer["structures"] if s.get("mean_Gy") is not None}
        self.assertEqual(set(back["dvhs"]), set(by_number))
        for number, (bin_Gy, volumes) in back["dvhs"].items():
            self.assertLessEqual(len(volumes), 3000)
            self.assertEqual(volumes, sorted(volumes, reverse=True))
            # The mean is the area below the curve, known to one bin
            mean = bin_Gy * sum(volumes) / volumes[0]
            self.assertAlmostEqual(mean, by_number[number]["mean_Gy"], delta=bin_Gy)

    @unittest.skipUnless(shutil.which("gdcmraw"), "needs gdcmraw (Debian libgdcm-tools)")
    def test_gdcm_reads_the_same_numbers(self):
        for bits in (16, 32):
            path, raw = self.folder / str(bits) / "dose.dcm", self.folder / "pixels.raw"
            subprocess.run(["gdcmraw", "-i", path, "-o", raw], check=True, capture_output=True)
            ours = rtdose_reader.read(path)
            words = struct.unpack(f"<{len(ours['dose_Gy'])}{'H' if bits == 16 else 'I'}", raw.read_bytes())
            said = subprocess.run(["gdcmdump", path], check=True, capture_output=True, text=True, errors="replace").stdout
            scaling = float(next(line for line in said.splitlines() if "(3004,000e)" in line).split("DS ")[1].split()[0].strip("[]"))
            self.assertEqual(max(abs(scaling * w - d) for w, d in zip(words, ours["dose_Gy"])), 0)

    @unittest.skipUnless(shutil.which("dciodvfy"), "needs dciodvfy (Debian dicom3tools)")
    def test_dciodvfy_finds_no_error(self):
        # 16 bits only: at 32-bit pixels the tool stops with an assertion of its own before it says anything
        for file in self.files[16]:
            said = subprocess.run(["dciodvfy", file["path"]], capture_output=True, text=True, errors="replace").stderr
            self.assertIn("RTDose", said)
            self.assertEqual([line for line in said.splitlines() if line.startswith("Error")], [])



if __name__ == "__main__":
    program.use(sys.argv.pop(1))
    unittest.main(verbosity=1)
