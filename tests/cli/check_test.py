"""check physics: the fast subset passes, what is missing is NOT RUN, what is wrong is refused or fails."""
import json
import os
import pathlib
import resource
import sys
import tempfile
import unittest

import program
from program import run, run_json

SOURCE = pathlib.Path(".")


def reference():
    """The outside reference sets, where there are any."""
    folder = pathlib.Path(os.environ.get("BEAMWRIGHT_SHARED", SOURCE / ".." / "shared")) / "reference" / "proton"
    return folder if folder.is_dir() else None


class Check(unittest.TestCase):
    def test_the_fast_subset_passes_in_30_cpu_seconds(self):
        """False alarm 1e-6 per run; a change of 0.5 % of the dose or 0.2 mm of the range is found (the case 'steadiness')."""
        with tempfile.TemporaryDirectory() as folder:
            words = ["--reference", reference()] if reference() else []
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            code, answer = run_json("check", "physics", "--fast", "--out", folder, *words)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            verdicts = {case["name"]: case["verdict"] for case in answer["cases"]}
            self.assertEqual(code, 0, verdicts)
            self.assertLess(after.ru_utime - before.ru_utime, 30 if "sanitize" not in str(program.PROGRAM) else 3000)
            for name in ("steadiness", "coverage", "random_worlds", "energy_of_all_runs"):
                self.assertEqual(verdicts[name], "passed", name)
            for name in ("range_water", "csda_range"):
                self.assertEqual(verdicts[name], "passed" if reference() else "NOT RUN", name)
            self.assertEqual(verdicts["depth_dose_mcsquare"], "NOT RUN")
            self.assertEqual(verdicts["in_tests_9"], "in the test command")
            page = pathlib.Path(folder, "report.html").read_text()
            self.assertIn("Acceptance tests", page)
            self.assertNotIn("http", page.replace("http://www.w3.org", "").replace("http-equiv", ""))
            written = json.loads(pathlib.Path(folder, "report.json").read_text())
            schema = json.loads((SOURCE / "docs/formats/physics_report.schema.json").read_text())
            for key in schema["required"]:
                self.assertIn(key, written)
            for case in written["cases"]:
                for key in schema["$defs"]["case"]["required"]:
                    self.assertIn(key, case)
                self.assertIn(case["verdict"], schema["$defs"]["verdict"]["enum"])
            code, again = run_json("check", "physics", "--fast", "--out", folder, *words)
            self.assertTrue(next(case for case in again["cases"] if case["name"] == "steadiness")["kept"])

    def test_lists_its_cases(self):
        code, out, _ = run("check", "physics", "--list")
        self.assertEqual(code, 0)
        self.assertIn("slab_widths", out)

    def test_refuses_what_makes_no_sense(self):
        with tempfile.TemporaryDirectory() as folder:
            for words, said in ((["--only", "23"], "no acceptance test"), (["--case", "ringz_mcsquare"], "did you mean 'rings_mcsquare'"),
                                (["--reference", folder + "/none"], "is no folder"), (["--cases", folder], "no case texts")):
                code, _, err = run("check", "physics", "--out", folder + "/out", *words)
                self.assertEqual(code, 1, words)
                self.assertIn(said, err)
                self.assertIn("why:", err)
            self.assertEqual(run("check")[0], 2)
            for particle, other in (("neutron", "proton"), ("proton", "neutron")):
                code, _, err = run("check", "physics", "--particle", particle, "--cases", SOURCE / "validation" / other, "--list")
                self.assertEqual(code, 1)
                self.assertIn(f"is not one of the {particle} suite", err)

    def test_a_failing_case_is_exit_code_1_and_said_first(self):
        with tempfile.TemporaryDirectory() as folder:
            cases = pathlib.Path(folder, "cases")
            cases.mkdir()
            text = json.loads((SOURCE / "validation/proton/depth_dose.json").read_text())
            one = next(case for case in text["cases"] if case["name"] == "steadiness")
            one["settings"]["window_MeV"][0] *= 1.005  # half a percent of the dose
            one["settings"]["r80_mm"][-1] += 0.2
            cases.joinpath("one.json").write_text(json.dumps({**text, "cases": [one]}))
            code, out, _ = run("check", "physics", "--fast", "--cases", cases, "--out", folder + "/out", "--quiet")
            self.assertEqual(code, 1)
            self.assertTrue(out.startswith("Beyond their bars:"))
            self.assertEqual(out.count(" failed: "), 2, out)


if __name__ == "__main__":
    program.use(sys.argv.pop(1))
    SOURCE = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
