#!/usr/bin/env python3
"""Bad input and hard luck: each is refused in three parts, leaves nothing half done, and never crashes."""
import hashlib
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import program
from program import run, run_json

SOURCE = pathlib.Path(".")
QUICK = ["--histories", "2000", "--grid", "8"]


def tree(folder):
    """Every file below a folder with the hash of its content."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()}


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory()
        cls.demo = pathlib.Path(cls.shared.name) / "demo"
        code, _, err = run("demo", "--case", cls.demo, "--uncertainty", 40)
        assert code == 0, err

    @classmethod
    def tearDownClass(cls):
        cls.shared.cleanup()

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def refused(self, *words, naming=()):
        """The program refuses, names what is asked, and speaks of problem, why and what to do."""
        code, out, err = run(*words, timeout=60)
        self.assertEqual(code, 1, f"{words}: {code} {out[-300:]} {err[-600:]}")
        for part in ("refused: ", "  why:", "  do:", *naming):
            self.assertIn(part, err, words)
        return err

    def case(self):
        """A copy of the demo case that may be spoiled."""
        shutil.copytree(self.demo, self.folder / "case")
        return self.folder / "case"

    def changed(self, file, change):
        """Changes a JSON file; NaN and Infinity are written as Python does."""
        document = json.loads(file.read_text())
        change(document)
        file.write_text(json.dumps(document))

    # Machines and calibrations

    def machine_file(self, change):
        file = self.folder / "machine.json"
        file.write_text((SOURCE / "data/machines/generic_cyclotron.json").read_text())
        self.changed(file, change)
        return file

    def test_machine_files_with_faults_are_refused_by_path_and_value(self):
        def set_at(key, value):
            def change(document):
                document["energies"][3][key] = value
            return change

        def swap(document):
            document["energies"][3], document["energies"][4] = document["energies"][4], document["energies"][3]

        first = json.loads((SOURCE / "data/machines/generic_cyclotron.json").read_text())["energies"][0]
        some_number = next(key for key, value in first.items() if isinstance(value, (int, float)))
        faults = [(lambda d: d.update(enegries=d.pop("energies")), ["enegries", "energies"]),
                  (lambda d: d.pop("energies"), ["energies"]),
                  (lambda d: d.update(energies=[]), ["energies"]), (lambda d: d.update(energies="many"), ["energies"]),
                  (swap, ["energies"]), (set_at(some_number, float("nan")), []), (set_at(some_number, float("inf")), []),
                  (set_at(some_number, -5), ["energies"]), (set_at(some_number, "70"), ["energies", "[3]"]),
                  (set_at("colour", 1), ["colour"]), (set_at(some_number, None), ["energies"])]
        for change, words in faults:
            file = self.machine_file(change)
            self.refused("machine", "show", file, naming=["machine.json", *words])
            self.refused("dose", self.demo, *QUICK, "--machine", file, naming=["machine.json"])

    def test_calibration_files_with_faults_are_refused_by_path_and_value(self):
        def point(i, value):
            return lambda d: d["density_g_per_cm3"].__setitem__(i, value)

        faults = [lambda d: d.update(density=d.pop("density_g_per_cm3")), point(2, [0, -1]), point(2, [0, float("nan")]),
                  point(2, [-3000, 1.0]), point(2, [0]), point(2, ["0", 1]), lambda d: d.update(density_g_per_cm3=[]),
                  lambda d: d["materials"][2].update(mass_fractions={"H": 2.0}),
                  lambda d: d["materials"][2].update(mass_fractions={"Unobtainium": 1.0}),
                  lambda d: d.update(hu_limits={"least": -5000, "most": 3071, "outside": "clamp"}),
                  lambda d: d.update(format="another 1"), lambda d: d.update(base="schneider2000")]
        for number, change in enumerate(faults):
            file = self.folder / "calibration.json"
            file.write_text((SOURCE / "data/calibrations/schneider2000.json").read_text())
            self.changed(file, change)
            self.refused("machine", "calibration", file, naming=["calibration.json"])

    def test_files_that_are_no_json_are_refused(self):
        for name, content in (("empty", b""), ("cut", b'{"format": "beamwright mach'), ("deep", b"[" * 3_000_000),
                              ("deep_object", b'{"a":' * 1_000_000), ("binary", bytes(range(256)) * 50),
                              ("zeros", bytes(100_000)), ("twice", b'{"format": "a", "format": "b"}'), ("list", b"[1, 2]"),
                              ("number", b"1e999")):
            file = self.folder / f"{name}.json"
            file.write_bytes(content)
            self.refused("machine", "show", file, naming=[f"{name}.json"])
            self.refused("machine", "calibration", file, naming=[f"{name}.json"])

    def test_beam_libraries_and_tables_with_faults_are_refused(self):
        for name, content in (("a.bdl", b""), ("b.bdl", b"junk\n\0\xff\n"), ("c.txt", b"Nozzle exit to Isocenter distance\n"),
                              ("d.csv", b""), ("e.csv", b"energy,sigma\n70,nan\n"), ("f.csv", bytes(200_000)),
                              ("g.bdl", b"--UPenn beam model (double gaussian)--\n\nNozzle exit to Isocenter distance\nNaN\n")):
            file = self.folder / name
            file.write_bytes(content)
            self.refused("machine", "show", file, naming=[name])
        self.refused("machine", "show", self.folder, naming=[str(self.folder)])

    def test_options_that_refusals_name_exist_and_help(self):
        table = self.folder / "table.csv"
        columns = ("energy_nominal_MeV,energy_real_MeV,energy_sigma_MeV,protons_per_MU,sigma_x_mm,sigma_y_mm,"
                   "div_x_rad,div_y_rad,cor_xx,cor_yy")
        table.write_text(columns + "".join(f"\n{e},{e},0.6,1e6,4,4,0.003,0.003,0,0" for e in (70, 110, 150, 190, 230)) + "\n")
        self.refused("machine", "show", table, naming=["--optics-plane"])
        words = [self.demo, *QUICK, "--machine", table]
        self.refused("dose", *words, naming=["--optics-plane"])
        self.refused("dose", *words, "--optics-plane", 500, naming=["--virtual-source"])
        for wrong in ("2000", "2000,x", "nan,nan", "2000,2000,1", "-1,5", ",", "1e9,1e9"):
            self.refused("dose", *words, "--optics-plane", 500, "--virtual-source", wrong, naming=["--virtual-source"])
        self.assertEqual(run("machine", "show", table, "--optics-plane", 500)[0], 0)
        code, _, err = run("dose", *words, "--optics-plane", 500, "--virtual-source", "2000,2560")
        self.assertIn("--range-shifter-material", err)
        case = self.case()
        self.changed(case / "plan.json", lambda d: [s.update(wet_mm=57) for b in d["beams"] for s in b["range_shifters"]])
        code, _, err = run("dose", case, *words[1:], "--optics-plane", 500, "--virtual-source", "2000,2560", "--range-shifter-material",
                           "Lexan")
        self.assertEqual(code, 0, err)
        self.changed(case / "case.json", lambda d: d.update(machine=str(table), virtual_source="2000,2560", optics_plane_mm=500))
        code, _, err = run("dose", case, *QUICK, "--range-shifter-material", "Lexan")  # the case keeps both
        self.assertEqual(code, 0, err)
        code, _, err = run("dose", case, *QUICK, "--machine", "generic_synchrotron")  # and for its own machine alone
        self.assertEqual(code, 0, err)
        self.changed(case / "case.json", lambda d: [d.pop("virtual_source"), d.pop("optics_plane_mm"), d.update(machine="generic_synchrotron")])
        self.changed(case / "plan.json", lambda d: d.update(patient_position=""))
        err = self.refused("dose", case, *QUICK, naming=["--patient-position"])
        self.refused("dose", case, *QUICK, "--patient-position", "UP", naming=["UP"])
        self.assertEqual(run("dose", case, *QUICK, "--patient-position", "HFS")[0], 0)
        self.refused("dose", self.demo, *QUICK, "--patient-position", "FFS", naming=["HFS"])

    # Requests

    def test_numbers_that_make_no_sense_never_start_a_run(self):
        before = tree(self.demo)
        for words in (["--histories", "0"], ["--histories", "-5"], ["--histories", "nan"], ["--histories", "inf"],
                      ["--uncertainty", "nan"], ["--uncertainty", "0"], ["--time", "nan"], ["--time", "-1"], ["--grid", "nan"],
                      ["--grid", "0"], ["--grid", "-2"], ["--grid", "inf"], ["--grid", "2mm"], ["--grid", ""], ["--seed", "-1"],
                      ["--seed", "1e99"], ["--threads", "-1"], ["--memory", "nan"], ["--memory", "-1"], ["--water-i", "nan"],
                      ["--memory", "0.0001"], ["--optics-plane", "nan"], ["--range-shifter-material", "cheese"],
                      ["--end-cap", "no"], ["--physics", "slow"]):
            code, _, err = run("dose", self.demo, "--grid", "8", *words, timeout=60) if words[0] == "--grid" else run(
                "dose", self.demo, *([] if words[0] == "--histories" else ["--histories", "2000"]), "--grid", "8", *words,
                timeout=60)
            self.assertIn(code, (1, 2), f"{words}: {err}")
        self.assertEqual(tree(self.demo), before)

    def test_spots_that_make_no_sense_are_refused(self):
        for words in (["--energy", "nan"], ["--sigma", "nan"], ["--divergence", "nan"], ["--slab", "water:-5"],
                      ["--slab", "water:nan"], ["--slab", "water:0"], ["--slab", ":5"], ["--slab", "water:5:0"],
                      ["--slab", "water:5:-1"], ["--slab", "water:1e300"], ["--voxel", "nan"], ["--depth", "nan"],
                      ["--energy-spread", "nan"], ["--energy-spread", "-1%"], ["--energy-spread", "900%"], ["--histories", "nan"],
                      ["--rings", "5,5"], ["--rings", "nan"], ["--rings", "10,5"], ["--depths", "nan"], ["--depths", "-5"],
                      ["--voxel", "0.01", "--depth", "5000", "--lateral", "nan"], ["--material", ""], ["--physics", ""]):
            code, _, err = run("spot", *([] if "--histories" in words else ["--histories", "100"]), *words, timeout=60)
            self.assertIn(code, (1, 2), f"{words}: {err}")

    def test_grids_like_another_file(self):
        broken = self.folder / "broken.nrrd"
        broken.write_bytes((self.demo / "ct.nrrd").read_bytes()[:5000])
        for name in (self.folder / "absent.nrrd", broken, self.folder, "", SOURCE / "README.md", "/dev/null"):
            self.refused("dose", self.demo, "--histories", 2000, "--grid", f"like:{name}")
        whole = self.demo / "results/dose/dose.nrrd"
        code, _, err = run("dose", self.case(), "--histories", 2000, "--grid", f"like:{whole}", "--name", "like")
        self.assertEqual(code, 0, err)

    def test_names_never_leave_the_case(self):
        case = self.case()
        outside = sorted(os.listdir(self.folder))
        for name in ("..", ".", "", "a/b", "/tmp/x", "../../x", "x" * 300, "a\nb", "a\x01b", ".hidden", "~"):
            code, _, err = run("dose", case, *QUICK, "--name", name, timeout=60)
            self.assertEqual(code, 1, f"{name!r}: {err}")
            self.assertEqual(run("export", case, "--to", self.folder / "out", "--name", name)[0], 1, repr(name))
            self.assertEqual(run("report", case, "--name", name)[0], 1, repr(name))
            self.assertEqual(run("evaluate", case, "--name", name)[0], 1, repr(name))
        self.assertEqual(sorted(set(os.listdir(self.folder)) - {"out"}), outside)
        self.assertEqual(sorted(os.listdir(case / "results")), ["dose"])
        for member in ("ct_file", "plan_file", "structures_file"):
            spoiled = self.folder / member
            shutil.copytree(self.demo, spoiled)
            self.changed(spoiled / "case.json", lambda d: d.update({member: "../case/ct.nrrd"}))
            self.refused("dose", spoiled, *QUICK, naming=[member])

    def test_structure_names_are_only_text(self):
        case = self.case()
        names = ["../../escaped", "/etc/passwd", "<script>alert(1)</script>", 'a"b,c\nd', "標的" * 30, ""]
        def rename(document):
            for structure, name in zip(document["structures"], names):
                structure["name"] = name
        self.changed(case / "structures.json", rename)
        self.changed(case / "case.json", lambda d: [d.pop(k, None) for k in ("prescription", "goals", "body_structure")])
        before = sorted(os.listdir(self.folder))
        code, answer = run_json("dose", case, *QUICK)
        if code == 0:
            page = (case / "results/dose/report.html").read_text()
            self.assertNotIn("<script>alert(1)", page)
            self.assertEqual(run("export", case, "--to", case / "out")[0], 0)
            self.assertEqual(run("evaluate", case, "--csv", case / "dvh.csv")[0], 0)
        else:
            self.assertIn("structures.json", answer["refused"]["problem"])
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        self.assertFalse((self.folder.parent / "escaped").exists())

    # Cases

    def test_spoiled_case_files_are_refused(self):
        def spoil(file, change, named=None):
            named = named or file
            case = self.folder / "spoiled"
            shutil.rmtree(case, ignore_errors=True)
            shutil.copytree(self.demo, case)
            change(case / file) if file.endswith("nrrd") else self.changed(case / file, change)
            before = tree(case)
            self.refused("dose", case, *QUICK, naming=[named])
            self.assertEqual(tree(case), before, file)

        beam = lambda key, value: lambda d: d["beams"][0].update({key: value})
        layer = lambda key, value: lambda d: d["beams"][0]["layers"][0].update({key: value})
        spoil("ct.nrrd", lambda file: file.write_bytes(file.read_bytes()[:9000]))
        spoil("ct.nrrd", lambda file: file.write_bytes(b"NRRD0004\nsizes: 99999 99999 99999\n\n"))
        spoil("ct.nrrd", lambda file: file.write_bytes(file.read_bytes().replace(b"1.5,0,0", b"nan,0,0")))
        spoil("ct.nrrd", lambda file: file.unlink())
        spoil("case.json", lambda d: d.update(schema_version=99))
        spoil("case.json", lambda d: d.update(prescription={"structure": "CTV", "dose_Gy": -1}))
        spoil("case.json", lambda d: d.update(prescribtion={}))
        spoil("case.json", lambda d: d.update(goals=[{"structure": "CTV", "metric": "D95x", "at_least_Gy": 1}]))
        spoil("plan.json", lambda d: d.update(beams=[]))
        spoil("plan.json", lambda d: d.update(fractions=0))
        spoil("plan.json", beam("gantry_deg", float("nan")))
        spoil("plan.json", beam("isocenter_mm", [0, 0]))
        spoil("plan.json", beam("layers", []))
        spoil("plan.json", layer("energy_MeV", 900), "900")
        spoil("plan.json", layer("energy_MeV", -70))
        spoil("plan.json", layer("spots", []))
        contours = lambda value: lambda d: d["structures"][0]["contours_mm"].__setitem__(0, value)
        spoil("structures.json", contours([0, 0, float("nan")] * 3))
        spoil("structures.json", contours([0, 0]))
        spoil("structures.json", lambda d: d["structures"][0].update(number="one"))

    def test_structures_that_are_not_there_are_named(self):
        case = self.case()
        self.refused("dose", case, *QUICK, "--uncertainty", 20, "--in", "Nose", naming=["Nose", "CTV"])
        self.changed(case / "case.json", lambda d: d["prescription"].update(structure="Nose"))
        self.refused("dose", case, *QUICK, naming=["Nose"])

    def test_a_beam_that_misses_is_said(self):
        case = self.case()
        self.changed(case / "plan.json", lambda d: [b.update(isocenter_mm=[0, 0, 5000]) for b in d["beams"]])
        code, out, err = run("dose", case, *QUICK, timeout=60)
        self.assertIn(code, (0, 1))
        self.assertTrue("outside" in err or "miss" in err, err)

    # Hard luck

    def test_a_result_that_cannot_be_written_loses_nothing(self):
        case = self.case()
        kept = tree(case / "results/dose")
        shutil.move(case / "results", case / "kept")
        (case / "results").write_text("no folder")
        self.refused("dose", case, *QUICK)
        self.assertEqual((case / "results").read_text(), "no folder")
        (case / "results").unlink()
        shutil.move(case / "kept", case / "results")
        for limit in (2_000, 20_000, 200_000):  # bytes per file, as a full disk would stop them
            def full(limit=limit):
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            done = subprocess.run([program.PROGRAM, "dose", case, "--histories", "2000", "--grid", "4"], capture_output=True, text=True,
                                  preexec_fn=full, restore_signals=False, timeout=60)
            self.assertEqual(done.returncode, 1, f"{limit}: {done.stderr}")
            self.assertIn("refused: ", done.stderr)
            self.assertEqual(tree(case / "results/dose"), kept)
            self.assertEqual(os.listdir(case / "results"), ["dose"], "nothing half written stays")
        for target in ("/proc/x", "/dev/null/x", case / "case.json"):
            self.refused("export", case, "--to", target)
        for target in ("/proc/x.html", "/dev/null/x.html", case):
            self.refused("report", case, "--output", target)
        self.refused("evaluate", case, "--csv", "/proc/x.csv")
        self.refused("evaluate", case, "--gamma-against", self.demo / "results/dose/dose.nrrd", "--gamma-map", "/proc/x.nrrd")

    def start(self, *words):
        return subprocess.Popen([program.PROGRAM, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def test_a_killed_run_keeps_the_old_result_and_goes_on_from_its_checkpoint(self):
        case = self.case()
        kept = tree(case / "results/dose")
        words = ["dose", case, "--grid", "6", "--histories", "300000", "--threads", "2"]
        process = self.start(*words)
        for _ in range(100):  # stop it once it follows protons; then a checkpoint is there
            time.sleep(0.1)
            if "Following" in process.stderr.readline():
                break
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        if process.returncode == 0:
            self.skipTest("this machine finishes before it can be stopped")
        self.assertEqual(process.returncode, 3)
        checkpoint, = (case / "checkpoints").iterdir()
        process = self.start(*words)  # goes on from it, and is killed on the way
        time.sleep(1.0)
        process.kill()
        process.communicate()
        self.assertEqual(tree(case / "results/dose"), kept)
        self.assertTrue(checkpoint.exists() or process.returncode == 0)
        if process.returncode == 0:
            self.skipTest("this machine finishes before it can be killed")
        whole = checkpoint.read_bytes()
        # A damaged checkpoint, or one of other inputs, is never used in silence
        checkpoint.write_bytes(whole[:len(whole) // 2])
        self.refused(*words)
        checkpoint.write_bytes(whole[:-20] + bytes(20))
        self.refused(*words)
        checkpoint.write_bytes(whole)
        err = self.refused(*words, "--seed", 9)
        self.assertIn("--fresh", err)
        self.refused(*words, "--physics", "fast", naming=["physics"])
        self.assertEqual(checkpoint.read_bytes(), whole)
        code, answer = run_json(*words)
        self.assertEqual(code, 0, answer)
        self.assertTrue(answer["resumed"])
        self.assertFalse(checkpoint.exists())
        code, fresh = run_json(*words, "--name", "fresh")
        self.assertEqual([s.get("mean_Gy") for s in answer["structures"]], [s.get("mean_Gy") for s in fresh["structures"]])


if __name__ == "__main__":
    program.use(sys.argv.pop(1))
    SOURCE = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=1)
