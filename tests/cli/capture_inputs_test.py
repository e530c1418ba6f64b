#!/usr/bin/env python3
"""What neutron capture refuses, with what there is instead, and what it takes but says."""
import hashlib
import json
import shutil
import sys
import unittest

import pet_files
import program
from capture_case import QUICK, CaptureCase
from nrrd import Nrrd
from program import run, run_json


class CaptureInputs(CaptureCase):
    def test_words_of_rbe_do_not_go_with_it(self):
        for words in (["--fractions", "5"], ["--alpha-beta", "3"], ["--rbe", "constant"]):
            code, out, err = run("export", self.demo, "--name", "capture", "--to", self.demo.parent / "none", *words)
            self.assertEqual(code, 1, words)
            self.assertIn("--rbe", err)
        self.assertFalse((self.demo.parent / "none").exists())

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
        fails("0.005 times the level in blood", "irradiation would be too long", values=[0.01] * count)
        fails("of 'Brain'", "it is limited, or the target", size=(25, 50, 50), values=[4.0] * (count // 2))

        def eye_elsewhere(plan):  # limited, not listed, on the side that the map does not show
            self.with_map(keep_ratios=True)(plan)
            plan["elsewhere"].pop("boron_to_blood")
            plan["elsewhere"].pop("boron_relative_sigma")
            plan["limits"].append({"structure": "Eye_L", "dose": "weighted", "figure": "mean", "dose_Gy": 5})

        fails("of 'Eye_L'", "it is limited, or the target", change=eye_elsewhere, size=(25, 50, 50), values=[4.0] * (count // 2))
        fails("does not exist", write=False)
        fails("blood_SUV", change=self.with_map(blood_SUV=7000))  # Bq/ml
        fails("how the map goes with the blood", change=self.with_map(blood_ppm=10))
        fails("Bq/ml", change=lambda p: (self.with_map()(p), p["boron_map"].update(unit="Bq/ml")))
        fails("leads out of the case", change=lambda p: (self.with_map()(p), p["boron_map"].update(file="../../pet.mha")))
        fails("boron_to_blood", change=lambda p: p["elsewhere"].pop("boron_to_blood"))

    def test_the_last_structure_of_a_voxel_says_its_boron_or_leaves_it_to_the_map(self):
        def of(leaves):
            def change(plan):
                self.with_map(keep_ratios=True)(plan)
                for s in plan["structures"]:
                    if s["structure"] in leaves:
                        s.pop("boron_to_blood")
                        s.pop("boron_relative_sigma")
            case = self.changed(change)
            self.write_map(case)  # twice the blood's
            code, answer = run_json("dose", case, *QUICK)
            self.assertEqual(code, 0, answer)
            return set(Nrrd(case / "results/capture/boron_ratio.nrrd").values) - {0.0}

        self.assertEqual(of(["CTV"]), {1.0, 1.5, 2.0})  # inside the brain, which states its own
        self.assertEqual(of(["Brain", "Brainstem"]), {1.5, 2.0, 3.5})

    def test_a_structure_under_others_is_said(self):
        self.warned(lambda p: p["structures"].insert(0, p["structures"].pop()), "structure 'CTV' of capture.json fills no voxel of its own")

    # A PET of 12 mm cubes around the demo's head, in whole numbers; the slope differs from slice to slice
    SIZE, ORIGIN, MM = (50, 50, 50), (-300, -300, -300), 12.0

    @staticmethod
    def slope(k):
        return 1.25 + 0.0625 * (k % 7)

    def stored(self, k):
        columns, rows = self.SIZE[:2]
        return [2000 + (37 * i + 61 * j + 101 * k) % 8000 for j in range(rows) for i in range(columns)]

    def pet_case(self, frame_of_ct="1.2.9", map_has={}, **pet):
        """A case whose boron map is a folder of PET slices."""
        case = self.changed(lambda p: (self.with_map()(p), p["boron_map"].update(file="pet", **map_has)))
        description = json.loads((case / "case.json").read_text())
        description["dicom_source"] = {"frame_of_reference_uid": frame_of_ct}
        (case / "case.json").write_text(json.dumps(description))
        pet_files.write_pet(case / "pet", self.stored, self.slope, self.ORIGIN, self.SIZE, self.MM, **pet)
        return case

    def test_a_pet_gives_the_same_dose_as_its_uptake_in_a_volume(self):
        case = self.pet_case()
        code, answer = run_json("dose", case, *QUICK)
        self.assertEqual(code, 0, answer)
        record = json.loads((case / "results/capture/run.json").read_text())
        used = record["boron_map"]
        for key, value in (("units", "BQML"), ("weight_kg", 70), ("injected_Bq", 350e6), ("half_life_s", 6586.2), ("slices", 50),
                           ("decay_correction", "START"), ("min_from_injection", 60)):
            self.assertEqual(used[key], value, key)
        factor = used["SUV_per_value"]  # 70 kg over what is left of 350 MBq after an hour
        self.assertAlmostEqual(factor, 70e3 / (350e6 * 2 ** (-3600 / 6586.2)), delta=1e-15)
        # The hash is that of what sha256sum says of the files
        files = sorted((case / "pet").iterdir())
        listed = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
        found = [i for i in record["inputs"] if i["role"] == "boron map"]
        self.assertEqual(found, [{"role": "boron map", "name": "pet", "sha256": hashlib.sha256(listed.encode()).hexdigest()}])
        self.assertIn("The PET of the boron map", (case / "results/capture/report.html").read_text())
        self.assertFalse([w for w in record["warnings"] if "PET" in w["problem"]])
        # No date, UID or patient id of the PET is told
        for word in ("20260304", "2026-03-04", "1.2.9", "1.2.8"):
            self.assertNotIn(word, (case / "results/capture/run.json").read_text())

        suv = [self.slope(k) * p * factor for k in range(self.SIZE[2]) for p in self.stored(k)]
        volume = self.changed(self.with_map())
        self.write_map(volume, values=suv, origin=self.ORIGIN, size=self.SIZE, mm=self.MM)
        code, answer = run_json("dose", volume, *QUICK)
        self.assertEqual(code, 0, answer)
        for name in ("boron_ratio", "dose_boron", "dose_weighted", "rate_boron"):
            self.assertEqual((case / f"results/capture/{name}.nrrd").read_bytes(), (volume / f"results/capture/{name}.nrrd").read_bytes(), name)
        flat = self.changed(self.with_map())  # and the map is seen at all
        self.write_map(flat)
        code, answer = run_json("dose", flat, *QUICK)
        self.assertNotEqual((case / "results/capture/boron_ratio.nrrd").read_bytes(), (flat / "results/capture/boron_ratio.nrrd").read_bytes())

    def test_another_frame_of_reference_is_taken_only_by_name(self):
        def ends(code, case, *words):
            found, out, err = run("dose", case, "--modality", "bnct", "--grid", "8", "--histories", "20000")
            self.assertEqual(found, code, err)
            for word in words:
                self.assertIn(word, err)

        ends(1, self.pet_case(frame="1.2.77"), "frame of reference 1.2.77", "the CT has 1.2.9", '"accept_frame": "1.2.77"')
        ends(1, self.pet_case(frame="1.2.77", map_has={"accept_frame": "1.2.9"}), "frame of reference 1.2.77")
        ends(0, self.pet_case(frame="1.2.77", map_has={"accept_frame": "1.2.77"}), "another frame of reference", "accepted as asked")
        ends(0, self.pet_case(frame=""), "cannot be checked", "the PET states no")
        ends(0, self.pet_case(frame_of_ct=""), "cannot be checked", "the case keeps no")

    def test_wrong_pets_are_refused(self):
        def fails(case, *words):
            code, out, err = run("dose", case, *QUICK, "--name", "x")
            self.assertEqual(code, 1, err)
            for word in words:
                self.assertIn(word, err)
            self.assertFalse((case / "results" / "x").exists())

        fails(self.pet_case(weight="0"), "PatientWeight (0010,1030) is 0")
        fails(self.pet_case(units="CNTS"), "CNTS", "(7053,1000)")
        fails(self.pet_case(map_has={"unit": "ppm", "blood_SUV": 0}), "blood_SUV")
        fails(self.pet_case(map_has={"series": "1.2.88"}), "no PET series 1.2.88", "1.2.8 (50 images")
        case = self.pet_case()
        plan = json.loads((case / "capture.json").read_text())
        plan["boron_map"] = {"file": "pet", "unit": "ppm", "blood_ppm": 10}
        (case / "capture.json").write_text(json.dumps(plan))
        fails(case, "DICOM PET", "unit to SUV")
        case = self.pet_case()
        (case / "pet/slice_020.dcm").unlink()
        fails(case, "1 PET slice(s) missing")
        for file in (case / "pet").iterdir():
            file.unlink()
        fails(case, "no PET images")
        case = self.pet_case()
        link = case / "pet/slice_020.dcm"
        link.rename(case.parent / "outside.dcm")
        link.symlink_to(case.parent / "outside.dcm")
        fails(case, "leads out of the case")
        case = self.changed(self.with_map(series="1.2.8"))
        self.write_map(case)
        fails(case, "is no folder, but boron_map names a series")

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


if __name__ == "__main__":
    program.use(sys.argv.pop(1))
    unittest.main(verbosity=0)
