#!/usr/bin/env python3
"""Neutron capture through the program: the demo's case, its balance, the same bits, and what is refused."""
import json
import math
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

QUICK = ["--modality", "bnct", "--grid", "8", "--histories", "20000", "--quiet"]


class Capture(unittest.TestCase):
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

    def test_the_demo_writes_every_component_with_its_uncertainty(self):
        result = self.demo / "results" / "capture"
        for name in ("boron", "nitrogen", "fast", "photon", "weighted", "isoeffective"):
            self.assertTrue((result / f"dose_{name}.nrrd").exists(), name)
            self.assertTrue((result / f"dose_{name}_uncertainty.nrrd").exists(), name)
        record = json.loads((result / "run.json").read_text())
        self.assertLess(abs(record["energy_budget"]["imbalance"]), 0.05)  # biased mode balances in the mean only
        rows = {row["structure"]: row for row in record["structures"]}
        # Boron of the tumor is 3.5 times that of the brain around it
        self.assertGreater(rows["CTV"]["boron_mean_Gy"], 2.5 * rows["Brainstem"]["boron_mean_Gy"])
        self.assertGreater(record["irradiation"]["minutes"], 1)
        decides = [limit for limit in record["irradiation"]["limits"] if limit["limit"] == record["irradiation"]["limiting"]]
        self.assertEqual(len(decides), 1)
        report = (result / "report.html").read_text()
        for word in ("Photon-isoeffective", "Irradiation time", "boron to blood", "bpa_common"):
            self.assertIn(word, report)

    def test_same_seed_same_bits_on_any_threads(self):
        volumes = []
        for threads in ("1", "2"):
            case = self.changed(lambda plan: None)
            code, answer = run_json("dose", case, *QUICK, "--threads", threads, "--seed", "5")
            self.assertEqual(code, 0)
            volumes.append((case / "results" / "capture" / "dose_weighted.nrrd").read_bytes())
        self.assertEqual(volumes[0], volumes[1])

    def test_every_component_is_exported_as_rtdose_that_says_what_it_is(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch.name))
        code, said = run_json("export", self.demo, "--name", "capture", "--to", folder)
        self.assertEqual(code, 0, said)
        self.assertEqual(len(said["files"]), 6)
        record = json.loads((self.demo / "results/capture/run.json").read_text())
        minutes = "%.1f min" % record["irradiation"]["minutes"]
        for name in ("boron", "nitrogen", "fast", "photon", "weighted", "isoeffective"):
            path = folder / f"dose_{name}.dcm"
            back = rtdose_reader.read(path)
            total = name in ("weighted", "isoeffective")
            self.assertEqual(back["type"], "EFFECTIVE" if total else "PHYSICAL")
            self.assertEqual(back["plan_class"], "1.2.840.10008.5.1.4.1.1.481.5")  # RT Plan: no proton plan is claimed
            for word in (name, minutes, "bpa_common" if name == "weighted" else "transcribed_2026" if total else "physical Gy"):
                self.assertIn(word, back["comment"])
            volume = Nrrd(self.demo / "results/capture" / f"dose_{name}.nrrd")
            worst = max(abs(a - b) for a, b in zip(back["dose_Gy"], volume.values))
            self.assertLess(worst, max(volume.values) * 0.51 / 65535)
            if shutil.which("dciodvfy"):
                text = subprocess.run(["dciodvfy", path], capture_output=True, text=True, errors="replace").stderr
                self.assertIn("RTDose", text)
                self.assertEqual([line for line in text.splitlines() if line.startswith("Error")], [])
        # The project's own reader, histograms of the same structures
        mean = self.means(record)["CTV"]
        structures = ["--structures", self.demo / "structures.json", "--structure", "CTV"]
        code, boron = run_json("evaluate", "--dose", folder / "dose_boron.dcm", *structures)
        self.assertEqual(code, 0, boron)
        self.assertAlmostEqual(boron["structures"][0]["mean_Gy"], mean["boron_mean_Gy"], delta=2e-3)
        code, out, err = run("evaluate", "--dose", folder / "dose_weighted.dcm", *structures)
        self.assertEqual(code, 1)
        self.assertIn("EFFECTIVE", err)
        code, weighted = run_json("evaluate", "--dose", folder / "dose_weighted.dcm", "--accept-effective", *structures)
        self.assertAlmostEqual(weighted["structures"][0]["mean_Gy"], mean["weighted_mean_Gy"], delta=1e-2)

    def test_words_of_rbe_do_not_go_with_it(self):
        for words in (["--fractions", "5"], ["--alpha-beta", "3"], ["--rbe", "constant"]):
            code, out, err = run("export", self.demo, "--name", "capture", "--to", self.demo.parent / "none", *words)
            self.assertEqual(code, 1, words)
            self.assertIn("--rbe", err)
        self.assertFalse((self.demo.parent / "none").exists())

    def test_evaluated_anew_it_is_the_same_where_nothing_changed(self):
        case = self.changed(lambda plan: None)
        run_file = case / "results/capture/run.json"
        before = run_file.read_bytes()
        code, same = run_json("capture", case)
        self.assertEqual(code, 0, same)
        self.assertEqual(run_file.read_bytes(), before)
        run_before = json.loads(before)
        self.assertAlmostEqual(same["irradiation"]["minutes"], run_before["irradiation"]["minutes"], places=9)
        for name in ("boron", "photon", "weighted", "isoeffective"):
            ours, theirs = (Nrrd(case / "results" / folder / f"dose_{name}.nrrd") for folder in ("capture-again", "capture"))
            self.assertEqual(list(ours.values), list(theirs.values), name)
        # Correlations are kept in steps of 1e-4
        ours, theirs = (Nrrd(case / "results" / folder / "dose_weighted_uncertainty.nrrd") for folder in ("capture-again", "capture"))
        most = max(theirs.values)
        self.assertLess(max(abs(a - b) for a, b in zip(ours.values, theirs.values)), 1e-3 * most)
        self.assertIn("as in the transport", same["self_shielding"]["text"])
        self.assertEqual(same["scenarios"]["structures"], run_before["scenarios"]["structures"])

    def test_a_new_blood_level_needs_no_transport_and_advises_one_where_it_is_far(self):
        case = self.changed(lambda plan: None)
        base = json.loads((case / "results/capture/run.json").read_text())
        code, answer = run_json("capture", case, "--blood-ppm", "30", "--minutes", base["irradiation"]["minutes"], "--to", "measured")
        self.assertEqual(code, 0, answer)
        for row in answer["structures"]:
            old = self.means(base)[row["structure"]]
            self.assertAlmostEqual(row["boron_mean_Gy"], 2 * old["boron_mean_Gy"], delta=1e-5 * old["boron_mean_Gy"])
            self.assertAlmostEqual(row["photon_mean_Gy"], old["photon_mean_Gy"], delta=1e-6)
        self.assertTrue(answer["self_shielding"]["new_run_advised"])
        self.assertTrue(any("boron differs" in w["problem"] for w in answer["warnings"]))
        self.assertIn("calculate again", (case / "results/measured/report.html").read_text())
        code, near = run_json("capture", case, "--blood-ppm", "15.2")
        self.assertFalse(near["self_shielding"]["new_run_advised"])
        code, ratio = run_json("capture", case, "--structure-ratio", "CTV=7", "--minutes", base["irradiation"]["minutes"])
        self.assertAlmostEqual(self.means(ratio)["CTV"]["boron_mean_Gy"] / self.means(base)["CTV"]["boron_mean_Gy"], 2, delta=0.1)  # margins lie half in other voxels

    def test_an_evaluation_writes_over_no_run_and_refuses_what_it_cannot_know(self):
        case = self.changed(lambda plan: None)

        def fails(*words, args=(), change=None):
            if change:
                plan = json.loads((case / "capture.json").read_text())
                change(plan)
                (case / "capture.json").write_text(json.dumps(plan))
            code, out, err = run("capture", case, *args)
            self.assertEqual(code, 1, err)
            for word in words:
                self.assertIn(word, err)

        fails("never written over", args=["--to", "capture"])
        fails("it has: capture", args=["--name", "missing"])
        fails("Liver", "CTV", args=["--structure-ratio", "Liver=2"])
        fails("not understood", args=["--structure-ratio", "CTV=many"])
        fails("twice", args=["--structure-ratio", "CTV=2", "--structure-ratio", "CTV=3"])
        fails("best", "bpa_common", args=["--weights", "best"])
        code, out, err = run("capture", case, "--blood-ppm", "nan")
        self.assertEqual(code, 2, err)
        code, out, err = run("report", case, "--name", "capture")
        self.assertEqual(code, 1, err)
        fails("field 1", change=lambda p: p["placement"].update(gantry_deg=80))
        shutil.copytree(case / "results/capture", case / "results/other")
        fails("calculated, not evaluated", args=["--to", "other"])
        (case / "results/other/rate_fast.nrrd").unlink()
        fails("rate_fast.nrrd", args=["--name", "other"], change=lambda p: p["placement"].update(gantry_deg=90))
        (case / "results/other/run.json").write_text("{}")
        fails("not one of neutron capture", args=["--name", "other"])

    def test_what_the_transport_saw_may_not_change(self):
        case = self.changed(lambda plan: plan["structures"][0].update(material="brain"))
        code, answer = run_json("dose", case, *QUICK)
        self.assertEqual(code, 0, answer)
        file = case / "case.json"
        before = file.read_text()
        file.write_text(json.dumps({**json.loads(before), "outside_body": {"as": "air"}}))
        code, out, err = run("capture", case)
        self.assertEqual(code, 1, out)
        self.assertIn("changed since then: outside_body", err)
        file.write_text(before)
        self.assertEqual(run("capture", case)[0], 0)
        # Where structures overlap the later material wins: their order counts
        plan = json.loads((case / "capture.json").read_text())
        plan["structures"][1]["material"] = "water"
        (case / "capture.json").write_text(json.dumps(plan))
        code, answer = run_json("dose", case, *QUICK)
        self.assertEqual(code, 0, answer)
        plan["structures"][0:2] = plan["structures"][1::-1]
        (case / "capture.json").write_text(json.dumps(plan))
        code, out, err = run("capture", case)
        self.assertEqual(code, 1, out)
        self.assertIn("order of materials", err)

    def test_a_damaged_record_is_refused(self):
        case = self.changed(lambda plan: None)
        file = case / "results/capture/run.json"
        sound = json.loads(file.read_text())
        for key, value in (("fields", 5), ("fields", []), ("fields", [3]), ("wall_s", "long"), ("histories", "many"), ("stop_text", 5),
                           ("transport", {**sound["transport"], "blood_ppm": [-5]}),
                           ("transport", {**sound["transport"], "blood_ppm": [1e300]})):
            file.write_text(json.dumps({**sound, key: value}))
            code, out, err = run("capture", case)
            self.assertEqual(code, 1, f"{key} {value}: {err}")
            self.assertIn("run.json: $." + key, err)
        for value in ({}, {"minutes": "x"}, 5):
            file.write_text(json.dumps({**sound, "irradiation": value}))
            code, out, err = run("export", case, "--name", "capture", "--to", case / "out")
            self.assertEqual(code, 1, err)
            self.assertIn("$.irradiation", err)

    def warned(self, change, *problem, args=()):
        """Unusual but usable: the run ends well, and the warning is said and kept."""
        case = self.changed(change)
        code, out, err = run("dose", case, "--modality", "bnct", "--grid", "8", "--histories", "20000", *args)
        self.assertEqual(code, 0, err)
        record = json.loads((case / "results/capture/run.json").read_text())
        for word in problem:
            self.assertTrue(any(word in w["problem"] for w in record["warnings"]), word)
            self.assertIn(word, err)
        return record

    def test_what_is_unusual_is_said(self):
        self.warned(lambda p: p.update(amount=250000), "1e+06 times its own setting", "uncertainty is not known")  # kW taken for MW, and more

        def samples(start):
            return lambda p: p.update(blood={"samples": [[0, 30], [60, 15], [120, 7.5]], "curve": "exponential", "start_min": start})

        self.warned(samples(400), "begins at 400 min, the blood samples are of 0 to 120 min")
        self.refused(samples(-1e5), "start_min", "ppm")
        self.refused(samples(-600), "start_min", "3.07e+04 ppm")

        def without_axis(plan):
            plan["tumor_tissue"] = "Brain"

        self.assertNotIn("beam_axis", self.warned(without_axis, "no figures of the beam axis")["fields"][0])
        # Twenty thousand neutrons five metres away: hardly any meets the axis; the run is not lost
        self.warned(lambda p: p["placement"].update(skin_to_port_mm=5000), "uncertainty is not known")

    def test_a_time_beyond_the_limits_is_said(self):
        code, answer = run_json("capture", self.demo, "--minutes", "1000", "--to", "long")
        self.assertEqual(code, 0, answer)
        self.assertTrue(any("exceeds the limit 'Brain" in w["problem"] for w in answer["warnings"]), answer["warnings"])

    def test_two_ports_share_the_irradiation_and_their_doses_add_up(self):
        def two(plan):
            placement, port = plan.pop("placement"), plan.pop("port")
            other = dict(placement, gantry_deg=0)
            plan["fields"] = [{"name": "left", "port": port, "placement": placement, "share": 2},
                              {"name": "vertex", "port": "generic_epithermal", "placement": other, "share": 1}]
            plan["pause_min"] = 10

        case = self.changed(two)
        code, answer = run_json("dose", case, *QUICK)
        self.assertEqual(code, 0, answer)
        first, second = answer["fields"]
        minutes = answer["irradiation"]["minutes"]
        self.assertAlmostEqual(first["minutes"], 2 * second["minutes"], places=6)
        self.assertAlmostEqual(first["minutes"] + second["minutes"], minutes, places=6)
        decides = next(l for l in answer["irradiation"]["limits"] if l["limit"] == answer["irradiation"]["limiting"])
        self.assertAlmostEqual(decides["at_chosen_Gy"], float(decides["limit"].split(", ")[-1].split()[0]), delta=1e-4)
        result = case / "results/capture"
        total = Nrrd(result / "dose_nitrogen.nrrd").values
        parts = [Nrrd(result / f"field_{i}_rate_nitrogen.nrrd").values for i in (1, 2)]
        for v in (v for v in range(0, len(total), 97) if total[v] > 0):  # air outside the body gets no dose
            self.assertAlmostEqual(total[v], first["minutes"] * parts[0][v] + second["minutes"] * parts[1][v], delta=1e-5 * max(total))
        report = (result / "report.html").read_text()
        for word in ("Field 1 (left)", "Field 2 (vertex)", "generic_epithermal"):
            self.assertIn(word, report)
        code, again = run_json("capture", case)
        self.assertEqual(code, 0, again)
        self.assertAlmostEqual(again["irradiation"]["minutes"], minutes, places=6)

    def test_boron_from_samples_finds_its_mean_level(self):
        def samples(plan):
            plan["blood"] = {"samples": [[0, 30], [60, 15], [120, 7.5]], "curve": "exponential", "start_min": 30}

        case = self.changed(samples)
        code, answer = run_json("dose", case, *QUICK)
        self.assertEqual(code, 0, answer)
        search = answer["boron_level_search"]
        self.assertEqual(search[0]["run"], "short")
        self.assertLess(abs(search[-1]["flux_change"]), 0.02)
        end = 30 + answer["irradiation"]["minutes"]
        rate = math.log(2) / 60
        mean = 30 / rate * (math.exp(-30 * rate) - math.exp(-end * rate)) / answer["irradiation"]["minutes"]
        self.assertAlmostEqual(answer["irradiation"]["mean_blood_ppm"], mean, delta=1e-3 * mean)

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

    def test_boron_comes_from_a_volume(self):
        case = self.changed(self.with_map())
        self.write_map(case)
        code, answer = run_json("dose", case, *QUICK)
        self.assertEqual(code, 0, answer)
        ratio = Nrrd(case / "results/capture/boron_ratio.nrrd").values
        self.assertAlmostEqual(max(ratio), 2.0, places=5)  # SUV 4 over 2 in blood
        plain = self.changed(lambda p: [s.update(boron_to_blood=2.0) for s in p["structures"] + [p["elsewhere"]]])
        code, same = run_json("dose", plain, *QUICK)
        for name in ("CTV", "Brain"):
            a, b = self.means(answer)[name], self.means(same)[name]
            self.assertAlmostEqual(a["boron_mean_Gy"] / answer["irradiation"]["minutes"],
                                   b["boron_mean_Gy"] / same["irradiation"]["minutes"], delta=1e-5)  # the same boron: the same run

    def test_wrong_boron_maps_are_refused(self):
        count = 50 ** 3

        def fails(*words, change=None, **volume):
            case = self.changed(change or self.with_map())
            if volume.pop("write", True):
                self.write_map(case, **volume)
            code, out, err = run("dose", case, *QUICK)
            self.assertEqual(code, 1, err)
            for word in words:
                self.assertIn(word, err)

        fails("pet.mha", write=False)
        fails("negative", values=[-1.0] + [4.0] * (count - 1))
        fails("no finite number", values=[float("nan")] + [4.0] * (count - 1))
        fails("is empty", values=[0.0] * count)
        fails("outside the body", origin=(5000, 0, 0))
        fails("another unit", values=[4e4] * count)
        fails("how the map goes with the blood", change=self.with_map(blood_ppm=10))
        fails("Bq/ml", change=lambda p: (self.with_map()(p), p["boron_map"].update(unit="Bq/ml")))
        fails("leads out of the case", change=lambda p: (self.with_map()(p), p["boron_map"].update(file="../../pet.mha")))
        fails("boron_to_blood", change=lambda p: p["elsewhere"].pop("boron_to_blood"))

    def test_ports_are_listed_and_named(self):
        code, ports = run_json("machine", "ports")
        self.assertEqual({p["name"] for p in ports["ports"]}, {"accelerator_30MeV_beryllium", "fir1_k63", "generic_epithermal"})
        for port in ports["ports"]:
            code, one = run_json("machine", "port", port["name"])
            self.assertEqual(code, 0, one)
            self.assertEqual(len(one["in_air"]["figures"]), 6)
        code, answer = run_json("dose", self.changed(lambda plan: None), *QUICK, "--port", "accelerator_30MeV_beryllium")
        self.assertEqual(code, 0, answer)
        self.assertEqual(answer["fields"][0]["port"]["name"], "accelerator_30MeV_beryllium")
        code, out, err = run("machine", "port", "tokyo")
        self.assertEqual(code, 1, err)
        self.assertIn("fir1_k63", err)

    def test_analog_runs_balance_and_agree(self):
        case = self.changed(lambda plan: None)
        code, analog = run_json("dose", case, *QUICK, "--analog")
        self.assertEqual(code, 0)
        self.assertLess(abs(analog["energy_budget"]["imbalance"]), 1e-6)
        code, biased = run_json("dose", self.changed(lambda plan: None), *QUICK)
        mean = {a["structure"]: (a["boron_mean_Gy"] / x["irradiation"]["minutes"]) for x in (analog,) for a in x["structures"]}
        for row in biased["structures"]:
            if row["structure"] in ("Brain", "CTV"):
                # 20,000 histories: 3 % in the mean of the brain, 8 % in the target; a wrong weight shows as 40 %
                self.assertAlmostEqual(row["boron_mean_Gy"] / biased["irradiation"]["minutes"] / mean[row["structure"]], 1, delta=0.3)

    def test_wrong_input_is_refused_with_what_there_is(self):
        self.refused(lambda p: p.update(port="tokyo"), "tokyo", "fir1_k63")
        self.refused(lambda p: p.update(weights="best"), "best", "bpa_common")
        self.refused(lambda p: p["structures"][0].update(weights_tissue="liver"), "liver", "brain")
        self.refused(lambda p: p["structures"][0].update(isoeffective_tissue="liver"), "liver", "mucosa")
        self.refused(lambda p: p["structures"][1].update(structure="Liver"), "Liver", "Brain")
        self.refused(lambda p: p["structures"][0].update(boron_to_blood=-1), "boron_to_blood", "-1")
        self.refused(lambda p: p["placement"].update(target="Nobody"), "Nobody")
        self.refused(lambda p: p["placement"].update(target_mm=[0, 0, 0]), "two targets")
        self.refused(lambda p: p["limits"].clear(), "limits")
        self.refused(lambda p: p["limits"][0].update(figure="D2"), "D2cc")
        self.refused(lambda p: p["blood"].pop("ppm"), "not at all")
        self.refused(lambda p: p.update(amount=0), "amount")
        self.refused(lambda p: p.update(speed=1), "speed")
        self.refused(lambda p: p["placement"].update(gantry_deg=float("nan")), "capture.json")
        self.refused(lambda p: p["placement"].update(skin_to_port_mm=-5), "skin_to_port_mm", "-5")
        self.refused(lambda p: p["placement"].update(patient_position="XYZ"), "XYZ")
        self.refused(lambda p: (p["placement"].pop("target"), p["placement"].update(target_mm=[5000, 0, 0])), "misses")
        self.refused(lambda p: p["blood"].update(ppm=-3), "ppm", "-3")
        self.refused(lambda p: p["blood"].update(ppm=1e6), "ppm")
        self.refused(lambda p: (p["blood"].pop("ppm"), p["blood"].update(samples=[[0, -1], [5, 2]])), "samples", "-1")
        self.refused(lambda p: (p["blood"].pop("ppm"), p["blood"].update(samples=[[0, 20]])), "sample")
        self.refused(lambda p: (p["blood"].pop("ppm"), p["blood"].update(samples=[[0, 20], [0, 20]])), "0")
        self.refused(lambda p: p["structures"][0].update(boron_to_blood=1e5), "boron_to_blood", "100000")
        self.refused(lambda p: p["structures"].append(dict(p["structures"][0])), "again")
        self.refused(lambda p: p["structures"][0].update(material="Unobtainium"), "Unobtainium")
        self.refused(lambda p: p.update(tissue_map="nowhere"), "nowhere", "head_icru46")
        self.refused(lambda p: p.update(normal_tissue="Liver"), "normal_tissue", "Liver")
        self.refused(lambda p: p["limits"][0].update(structure="Liver"), "Liver", "Brain")
        self.refused(lambda p: p["limits"][0].update(figure="D9999cc"), "9999")
        self.refused(lambda p: p["limits"][0].update(dose_Gy=-1), "dose_Gy")
        self.refused(lambda p: p["limits"][0].update(dose="physical"), "physical", "weighted")
        self.refused(lambda p: p.update(longest_min=0), "longest_min")
        self.refused(lambda p: p.update(position_sigma_mm=-1), "position_sigma_mm")
        self.refused(lambda p: p.update(pause_min=5), "one field")
        self.refused(lambda p: p.update(structures={}), "structures")

        def fields(plan, *names):
            placement, port = plan.pop("placement"), plan.pop("port")
            plan["fields"] = [{"name": n, "port": port, "placement": placement, "share": 1} for n in names]

        self.refused(lambda p: fields(p, "a", "a"), "name of its own")
        self.refused(lambda p: fields(p, ""), "name of its own")
        self.refused(lambda p: fields(p), "0 fields")
        self.refused(lambda p: (fields(p, "a", "b"), p["fields"][1].update(share=0)), "share")
        self.refused(lambda p: (fields(p, "a", "b"), p["fields"][1].update(port="tokyo")), "field 2 (b)", "tokyo")
        self.refused(lambda p: p.update(fields=[]), "beside 'fields'")

    def test_a_port_that_enters_the_patient_is_refused(self):
        # A wide flat housing in contact with the face below the forehead, which stands further out
        port = self.changed(lambda plan: None) / "wide.json"
        shipped = program.PROGRAM.parent.parent.parent.parent / "data" / "ports" / "fir1_k63.json"
        if not shipped.exists():
            self.skipTest("the shipped port is not beside the build tree")
        wide = json.loads(shipped.read_text())
        wide["aperture"]["housing_radius_mm"] = 400
        port.write_text(json.dumps(wide))


        def on_the_crown(plan):
            plan.update(port=str(port))
            plan["placement"].pop("target")
            plan["placement"].update(skin_to_port_mm=0, target_mm=[0, -60, -40], gantry_deg=0)

        self.refused(on_the_crown, "enters the patient")

    def test_options_of_the_other_modality_are_refused(self):
        for modality, words in (("bnct", ["--let", "protons"]), ("bnct", ["--species"]), ("proton", ["--port", "fir1_k63"]),
                                ("proton", ["--tracer"]), ("proton", ["--analog"])):
            code, out, err = run("dose", self.demo, "--modality", modality, "--name", "x", *words)
            self.assertEqual(code, 1, words)
            self.assertIn(f"{words[0]} does not go with", err)
        self.assertFalse((self.demo / "results/x").exists())

    def test_a_case_without_capture_says_what_to_write(self):
        case = self.changed(lambda plan: None)
        description = json.loads((case / "case.json").read_text())
        description.pop("capture_file")
        (case / "case.json").write_text(json.dumps(description))
        code, out, err = run("dose", case, *QUICK)
        self.assertEqual(code, 1)
        self.assertIn("capture_file", err)

    def test_a_finished_demo_is_shown_again(self):
        code, answer = run_json("demo", "--modality", "bnct", "--case", self.demo, "--uncertainty", "50")
        self.assertEqual(code, 0)
        self.assertTrue(answer["reused"])


if __name__ == "__main__":
    program.use(sys.argv.pop(1))
    unittest.main(verbosity=0)
