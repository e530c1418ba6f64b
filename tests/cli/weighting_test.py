#!/usr/bin/env python3
"""LET beside the dose, and RBE-weighted dose that always carries its name."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import program
import rtdose_reader
from nrrd import Nrrd
from program import run, run_json

WORDS = ["--grid", "6", "--histories", "40000"]


class Weighting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.case = pathlib.Path(cls.scratch.name) / "case"
        code, _, err = run("demo", "--case", cls.case, "--uncertainty", 40, "--quiet")
        assert code == 0, err
        code, _, err = run("dose", cls.case, "--name", "let", *WORDS, "--let", "protons")
        assert code == 0, err

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def refused(self, *words, naming=()):
        code, out, err = run(*words)
        self.assertEqual(code, 1, out + err)
        for part in ("refused: ", "  why:", "  do:", *naming):
            self.assertIn(part, err)

    def mean(self, *words):
        code, answer = run_json("evaluate", self.case, "--name", "let", "--structure", "CTV", *words)
        self.assertEqual(code, 0)
        return answer["structures"][0]["mean_Gy"], answer

    def test_models_weigh_the_dose_and_are_named(self):
        physical, answer = self.mean()
        self.assertEqual(answer["dose_type"], "PHYSICAL")
        constant, answer = self.mean("--rbe", "constant")
        self.assertAlmostEqual(constant / physical, 1.1, delta=1e-3)  # DVH bins
        self.assertEqual(answer["weighting"]["name"], "RBE-weighted dose, constant 1.1")
        late, answer = self.mean("--rbe", "mcnamara", "--alpha-beta", "3")
        self.assertEqual(answer["dose_type"], "EFFECTIVE")
        self.assertIn("McNamara 2015, alpha/beta 3 Gy, 30 fractions", answer["weighting"]["name"])
        self.assertTrue(1.1 < late / physical < 1.5, late / physical)
        early = self.mean("--rbe", "mcnamara", "--alpha-beta", "3", "--alpha-beta", "CTV=10")[0]
        self.assertTrue(physical < early < late)

    def test_the_weighted_volume_says_what_it_is(self):
        file = self.case.parent / "weighted.nrrd"
        self.mean("--rbe", "wedenberg", "--alpha-beta", "2", "--weighted-volume", file)
        header = file.read_bytes()[:2000].split(b"\n\n")[0].decode()
        self.assertIn("RBE-weighted dose, Wedenberg 2013, alpha/beta 2 Gy, 30 fractions, course", header)
        self.assertIn("Gy(RBE)", header)

    def test_let_of_the_target_is_that_of_a_spread_out_peak(self):
        code, answer = run_json("evaluate", "--dose", self.case / "results/let/let_d.nrrd", "--structures", self.case / "structures.json",
                                "--structure", "CTV")
        self.assertEqual(code, 0)
        # Published plans have LETd of 2 to 4 keV/um in brain targets (all protons; ends of range higher)
        self.assertTrue(2 < answer["structures"][0]["mean_Gy"] < 5, answer["structures"][0]["mean_Gy"])

    def export(self, *words):
        out = self.case.parent / "out"
        code, answer = run_json("export", self.case, "--name", "let", "--to", out, *words)
        self.assertEqual(code, 0, answer)
        return {pathlib.Path(f["path"]).name: f for f in answer["files"]}, out

    def test_a_weighted_rtdose_is_effective_and_named(self):
        files, out = self.export("--rbe", "mcnamara", "--alpha-beta", "3", "--alpha-beta", "CTV=10")
        self.assertEqual(set(files), {"dose.dcm", "dose_rbe_mcnamara.dcm"})
        text = (out / "dose_rbe_mcnamara.dcm").read_bytes()
        for words in (b"EFFECTIVE", b"RBE-weighted dose, McNamara 2015, alpha/beta 3 Gy, CTV 10 Gy, 30 fractions. Gy(RBE)"):
            self.assertIn(words, text)
        weighted, physical = (rtdose_reader.read(out / name)["dose_Gy"] for name in ("dose_rbe_mcnamara.dcm", "dose.dcm"))
        # McNamara's RBE of protons lies between 1 and 1.7 for these alpha/beta, doses per fraction and LET
        brightest = max(range(len(physical)), key=physical.__getitem__)
        self.assertTrue(1.0 < weighted[brightest] / physical[brightest] < 1.7)
        # A dose that carries a weight is not taken for a physical one
        self.refused("evaluate", "--dose", out / "dose_rbe_mcnamara.dcm", "--structures", self.case / "structures.json")
        volume = self.export("--rbe", "constant", "--format", "mha")[1] / "dose_rbe_constant.mha"
        self.assertIn(b"RBE-weighted dose, constant 1.1", volume.read_bytes()[:2000])

    def test_let_goes_out_as_volumes_and_as_rtdose_only_on_request(self):
        files, out = self.export("--let")
        self.assertEqual(set(files), {"dose.dcm", "let_d.nrrd", "let_t.nrrd"})
        exact = Nrrd(self.case / "results/let/let_d.nrrd").values
        self.assertEqual(Nrrd(out / "let_d.nrrd").values, exact)
        files, out = self.export("--let-rtdose")
        self.assertEqual(set(files), {"dose.dcm", "let_d.nrrd", "let_d.dcm", "let_t.nrrd"})
        text = (out / "let_d.dcm").read_bytes()
        for words in (b"RELATIVE", b"NOT A DOSE: dose-averaged LET, keV/um, protons"):
            self.assertIn(words, text)
        back = rtdose_reader.read(out / "let_d.dcm")["dose_Gy"]
        worst = max(abs(a - b) for a, b in zip(back, exact))
        self.assertLessEqual(worst, files["let_d.dcm"]["quantization_error_keV_per_um"] + 1e-12)
        self.refused("evaluate", "--dose", out / "let_d.dcm", "--structures", self.case / "structures.json", naming=["RELATIVE"])
        self.refused("export", self.case, "--name", "let", "--to", out, "--let-rtdose", "--format", "nii")
        self.refused("export", self.case, "--to", out, "--let", naming=["--let protons"])

    @unittest.skipUnless(shutil.which("dciodvfy"), "needs dciodvfy (Debian dicom3tools)")
    def test_dciodvfy_finds_no_error(self):
        _, out = self.export("--rbe", "wedenberg", "--alpha-beta", "2", "--let-rtdose")
        for name in ("dose_rbe_wedenberg.dcm", "let_d.dcm"):
            said = subprocess.run(["dciodvfy", out / name], capture_output=True, text=True, errors="replace").stderr
            self.assertIn("RTDose", said)
            self.assertEqual([line for line in said.splitlines() if line.startswith("Error")], [])

    def test_the_report_shows_let_by_structure(self):
        result = self.case / "results/let"
        page = (result / "report.html").read_text()
        for words in ("LET of protons", "LET-volume histograms", "LETd 2 %"):
            self.assertIn(words, page)
        self.assertNotIn("LET-volume histograms", (self.case / "results/dose/report.html").read_text())
        table = json.loads((result / "let.json").read_text())
        self.assertEqual(table["particles"], "protons")
        target = next(s for s in table["structures"] if s["name"] == "CTV")
        self.assertGreater(target["counted_percent"], 99)
        order = [target[key] for key in ("let_d_98_percent", "let_d_50_percent", "let_d_2_percent", "greatest_let_d")]
        self.assertEqual(order, sorted(order))
        # evaluate takes the histogram of the file itself; the voxels of the target all count
        code, answer = run_json("evaluate", "--dose", result / "let_d.nrrd", "--structures", self.case / "structures.json",
                                "--structure", "CTV")
        self.assertEqual(code, 0)
        # its parts are trilinear between voxels: 3 % at 6 mm
        self.assertAlmostEqual(target["mean_let_d"] / answer["structures"][0]["mean_Gy"], 1, delta=0.03)
        before = page
        code, _, err = run("report", self.case, "--name", "let", "--output", self.case.parent / "again.html")
        self.assertEqual(code, 0, err)
        again = (self.case.parent / "again.html").read_text()
        part = lambda text: text[text.index('id="let"'):].split("</section>")[0]
        self.assertEqual(part(again), part(before))

    def test_what_is_missing_is_asked_for(self):
        evaluate = ["evaluate", self.case, "--name", "let", "--rbe", "mcnamara"]
        self.refused(*evaluate, naming=["--alpha-beta"])
        for wrong in ("x", "0", "-3", "nan", "CTV=", "CTV=99"):
            self.refused(*evaluate, "--alpha-beta", "3", "--alpha-beta", wrong)
        self.refused(*evaluate, "--alpha-beta", "3", "--alpha-beta", "Nothing=3", naming=["Nothing"])
        self.refused(*evaluate, "--alpha-beta", "3", "--alpha-beta", "5", naming=["comes second"])
        self.refused(*evaluate, "--alpha-beta", "3", "--alpha-beta", "CTV=2", "--alpha-beta", "CTV=9", naming=["'CTV=9' comes second"])
        self.refused("evaluate", self.case, "--name", "let", "--alpha-beta", "3", naming=["without --rbe"])
        out = self.case.parent / "nothing"
        for words in (["--alpha-beta", "3"], ["--fractions", "5"]):
            self.refused("export", self.case, "--name", "let", "--to", out, *words, naming=["without --rbe"])
        # Nothing is written where a part of it cannot be
        self.refused("export", self.case, "--to", out, "--rbe", "mcnamara", "--alpha-beta", "3", naming=["--let protons"])
        self.refused("export", self.case, "--to", out, "--let", naming=["--let protons"])
        self.assertEqual(list(out.glob("*")), [])
        self.refused("evaluate", self.case, "--rbe", "mcnamara", "--alpha-beta", "3", naming=["--let protons"])
        self.refused("evaluate", self.case, "--name", "let", "--rbe", "constant", "--alpha-beta", "3")
        dose = self.case / "results/let/dose.nrrd"
        let = self.case / "results/let/let_d.nrrd"
        self.refused("evaluate", "--dose", dose, "--rbe", "carabe", "--alpha-beta", "3", "--let-file", let, naming=["--fractions"])
        self.refused("evaluate", "--dose", self.case / "results/dose/dose.nrrd", "--rbe", "carabe", "--alpha-beta", "3", "--let-file", let,
                     "--fractions", "30", naming=["different grids"])
        self.assertEqual(run("dose", self.case, *WORDS, "--let", "all")[0], 2)


if __name__ == "__main__":
    program.use(sys.argv.pop(1))
    unittest.main()
