#!/usr/bin/env python3
"""LET beside the dose, and RBE-weighted dose that always carries its name."""
import pathlib
import sys
import tempfile
import unittest

import program
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

    def test_what_is_missing_is_asked_for(self):
        evaluate = ["evaluate", self.case, "--name", "let", "--rbe", "mcnamara"]
        self.refused(*evaluate, naming=["--alpha-beta"])
        for wrong in ("x", "0", "-3", "nan", "CTV=", "CTV=99"):
            self.refused(*evaluate, "--alpha-beta", "3", "--alpha-beta", wrong)
        self.refused(*evaluate, "--alpha-beta", "3", "--alpha-beta", "Nothing=3", naming=["Nothing"])
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
