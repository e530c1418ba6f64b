#!/usr/bin/env python3
"""registry demand, counts and figures as a planner calls them; every wrong value is refused in three parts."""
import json
import pathlib
import sys
import tempfile
import unittest

import program
from program import run, run_json

TABLE = """registry,sex,site,age_group,year,cases,person_years
North,male,C33-C34,0-64,2020,100,900000
North,male,C33-C34,65+,2020,300,100000
North,female,C33-C34,0-64,2020,60,900000
North,female,C33-C34,65+,2020,140,100000
North,male,C61,0-64,2020,80,900000
North,male,C61,65+,2020,220,100000
"""


class Demand(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def refused(self, *words, naming=()):
        code, out, err = run("registry", *words, timeout=60)
        self.assertEqual(code, 1, f"{words}: {code} {out[-300:]} {err[-600:]}")
        for part in ("refused: ", "  why:", "  do:", *naming):
            self.assertIn(part, err, words)
        code, document = run_json("registry", *words)
        self.assertEqual((code, set(document["refused"])), (1, {"problem", "why", "do"}), words)

    def test_a_country_in_one_line(self):
        code, out, _ = run("registry", "demand", "--cases", 3120000)
        self.assertEqual(code, 0)
        for text in ("about 8,550", "six", "365 days", "4,605", "4,710", "Barton", "Wong"):
            self.assertIn(text, out)
        code, answer = run_json("registry", "demand", "--cases", 3120000)
        xray = answer["modalities"][0]
        self.assertEqual(xray["rooms"], 4605)
        self.assertAlmostEqual(next(s for s in xray["steps"] if s["step"] == "courses")["value"], 1883700, delta=0.1)
        for entry in xray["inputs"]:
            self.assertTrue(entry["source"], entry)
            self.assertIn(entry["mark"], ("P", "USER"))
        self.assertEqual(run_json("registry", "demand", "--cases", 3120000)[1]["modalities"], answer["modalities"])
        self.assertEqual(run_json("registry", "demand", "--cases", 3120000, "--threads", 1)[1]["modalities"], answer["modalities"])

    def test_all_modalities_and_a_report(self):
        page = self.folder / "demand.html"
        code, answer = run_json("registry", "demand", "--cases", "500000", "--modality", "xray,proton,bnct", "--fractions", "proton=25:20:30",
                                "--eligible", "bnct=0.005", "--setup-minutes", "bnct=30", "--utilization", "0.5:0.45:0.55", "--report", page)
        self.assertEqual(code, 0)
        self.assertEqual([m["modality"] for m in answer["modalities"]], ["xray", "proton", "bnct"])
        text = page.read_text(encoding="utf-8")
        for part in ("Demand for treatment rooms", "Glimelius", "P-COMMERCIAL", "<svg"):
            self.assertIn(part, text)
        self.assertNotIn("<script", text)

    def test_cases_of_a_table(self):
        table = self.folder / "counts.csv"
        table.write_text(TABLE)
        code, answer = run_json("registry", "demand", "--table", table)
        self.assertEqual((code, answer["cases"]["per_year"]), (0, 900))
        self.assertEqual(run_json("registry", "demand", "--table", table, "--site", "lung")[1]["cases"]["per_year"], 600)
        self.assertEqual(run_json("registry", "demand", "--table", table, "--year", 2020)[1]["cases"]["days_in_year"], 366)
        code, scaled = run_json("registry", "demand", "--table", table, "--site", "C33-C34", "--population", 20000000)
        self.assertAlmostEqual(scaled["cases"]["per_year"], 6000, delta=1e-6)
        self.assertTrue(scaled["run"]["warnings"])
        self.refused("demand", "--table", table, "--site", "liver", naming=["sites are"])
        self.refused("demand", "--table", table, "--year", 1999)
        self.refused("demand", "--table", table, "--cases", 5)
        self.refused("demand", "--table", self.folder / "none.csv")
        table.write_text(TABLE.replace(",100,", ",-100,", 1))
        self.refused("demand", "--table", table, naming=["line 2"])

    def test_what_nobody_published_is_asked_for(self):
        self.refused("demand", "--cases", 1e5, "--modality", "proton", naming=["--fractions VALUE"])
        self.refused("demand", "--cases", 1e5, "--modality", "bnct", naming=["--eligible VALUE", "--setup-minutes VALUE"])

    def test_wrong_values_are_refused(self):
        wrong = {"--utilization": ["0", "-0.1", "1.01", "48.3", "nan", "inf", "half", "0.5:0.6:0.7", "0.5:0.4", "0.5:0:0.6", "1e999"],
                 "--retreatment": ["-0.1", "11", "0.2:0.3:0.4"], "--fractions": ["0", "101", "-3"], "--fractions-per-hour": ["0", "61"],
                 "--hours-per-day": ["0", "25"], "--days-per-year": ["0", "367"], "--patients-per-room": ["0", "1e6"],
                 "--minutes": ["0", "1441"], "--cases": ["0", "-5", "1e11", "many", "5:6:7"], "--eligible": ["0", "1.5"]}
        for option, values in wrong.items():
            for value in values:
                words = ["demand"] + ([] if option == "--cases" else ["--cases", "1000"]) + [f"{option}={value}"]
                self.refused(*words, naming=["--"])
        for words in (["--setup-minutes", "10"], ["--irradiation-minutes", "10"], ["--radical-share", "0.5"], ["--modality", "carbon"],
                      ["--fractions", "proton=20"], ["--fractions", "carbon=20"], ["--modality", "xray,proton", "--fractions", "20"],
                      ["--fractions", "20", "--fractions", "25"], ["--eligible-of", "everybody"], ["--eligible-of", "new_cases"],
                      ["--site", "lung"], ["--population", "1000"], ["--registry", "North"]):
            self.refused("demand", "--cases", "1000", *words)
        page = self.folder / "no" / "such" / "folder.html"
        self.refused("demand", "--cases", "1000", "--report", page)
        self.assertFalse(page.exists())
        for words in (["--year", "12"], ["--population", "-5"], ["--seed", "x"], ["--fraktions", "5"]):
            self.assertEqual(run("registry", "demand", "--cases", "1000", *words)[0], 2, words)

    def test_counts(self):
        code, counts = run_json("registry", "counts", "--cases", 3120000, "--deaths", 2700000, "--all-deaths", 20000000)
        self.assertEqual(code, 0)
        self.assertAlmostEqual(counts["cases"]["per_day"], 8547.945, places=3)
        self.assertEqual(counts["cases"]["in_words"], {"per_day": "about 8,550", "per_minute": "six", "interval": "one every 10 seconds"})
        self.assertEqual(counts["share_of_all_deaths"]["in_words"], "one in seven to eight")
        self.assertAlmostEqual(run_json("registry", "counts", "--cases", 366, "--year", 2012)[1]["cases"]["per_day"], 1)
        for words in (["--cases", 0], ["--cases", -1], ["--cases", "nan"], ["--cases", "inf"], ["--cases", 5, "--all-deaths", 10],
                      ["--cases", 5, "--deaths", 11, "--all-deaths", 10], ["--cases", 5, "--deaths", 0]):
            self.refused("counts", *words)
        self.assertEqual(run("registry", "counts")[0], 2)

    def test_figures_name_sources_and_trust(self):
        code, document = run_json("registry", "figures")
        self.assertEqual(code, 0)
        for figure in document["figures"]:
            self.assertTrue(figure["source"])
            self.assertFalse(figure["default"] and figure["mark"] != "P")
        published = {(f["parameter"], f["modality"]) for f in document["figures"]}
        for absent in (("fractions_per_course", "proton"), ("eligible_share", "bnct"), ("setup_minutes", "bnct")):
            self.assertNotIn(absent, published)
        for verb in ("demand", "counts", "figures"):
            self.assertIn("Example", run("registry", verb, "--help")[1])


if __name__ == "__main__":
    program.use(sys.argv.pop(1))
    unittest.main()
