#!/usr/bin/env python3
"""registry rates as a user calls it: table, JSON, CSV, report; refusals that leave nothing behind."""
import csv
import json
import pathlib
import sys
import tempfile
import unittest

import program
from program import run, run_json

SOURCE = pathlib.Path(".")


class RegistryRates(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.example = SOURCE / "examples/registry/counts.csv"

    def read(self, name):
        with open(self.folder / name, encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def test_the_example_of_the_guide(self):
        code, out, err = run("registry", "rates", self.example, "--trend", "--compare", "sex", "--both-sexes")
        self.assertEqual(code, 0, err)
        for words in ("Rates per 100,000", "Oldtown", "Trachea, bronchus and lung", "Quality of registration",
                      "annual percent change", "Rates against each other"):
            self.assertIn(words, out)

    def test_json_csv_and_report_say_the_same(self):
        code, answer = run_json("registry", "rates", self.example, "--standard", "segi", "--standard", "china_2000",
                                "--interval", "gamma", "--interval", "normal", "--csv", self.folder / "rates.csv",
                                "--ages-csv", self.folder / "ages.csv", "--trend", "--trend-csv", self.folder / "t.csv",
                                "--compare", "registry", "--sir-reference", "Oldtown",
                                "--compare-csv", self.folder / "c.csv", "--report", self.folder / "rates.html")
        self.assertEqual(code, 0)
        self.assertEqual(answer["run"]["inputs"][0]["name"], "counts.csv")
        rows = self.read("rates.csv")
        self.assertEqual(len(rows), 2 * len(answer["results"]))
        first, row = answer["results"][0], rows[1]
        self.assertEqual(row["standard"], "china_2000")
        self.assertEqual(first["standardized"][1]["standard"], "china_2000")
        self.assertAlmostEqual(float(row["asr_per_100000"]), first["standardized"][1]["rate_per_100000"], places=4)
        normal = first["standardized"][1]["intervals"][1]
        self.assertEqual(normal["method"], "normal")
        self.assertAlmostEqual(float(row["asr_upper_normal"]), normal["upper"], places=4)
        self.assertAlmostEqual(float(row["cumulative_risk_0_74_percent"]), first["cumulative_0_74"]["risk_percent"], places=4)
        ages = [age for age in self.read("ages.csv") if all(age[key] == first[key] for key in ("registry", "sex", "site", "period"))]
        self.assertEqual([age["age_group"] for age in ages], first["ages"]["age_group"])
        self.assertEqual(sum(float(age["cases"]) for age in ages) + first["cases_unknown_age"], first["cases"])
        self.assertEqual(len(self.read("t.csv")), len(answer["trends"]))
        self.assertEqual(len(self.read("c.csv")), len(answer["comparisons"]) + len(answer["sirs"]))
        self.assertIn("</html>", (self.folder / "rates.html").read_text(encoding="utf-8"))

    def test_the_answer_follows_its_schema(self):
        _, answer = run_json("registry", "rates", self.example, "--trend", "--compare", "sex", "--sir-reference", "Oldtown")
        schema = json.loads((SOURCE / "docs/formats/registry_rates.schema.json").read_text(encoding="utf-8"))
        self.follows(answer, schema, schema, "answer")

    def follows(self, value, rule, root, path):
        """The part of JSON Schema that our schema uses: $ref, type, required, properties, items, additionalProperties."""
        if "$ref" in rule:
            return self.follows(value, root["$defs"][rule["$ref"].split("/")[-1]], root, path)
        kinds = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int, "boolean": bool,
                 "null": type(None)}
        allowed = rule.get("type", list(kinds))
        allowed = [allowed] if isinstance(allowed, str) else allowed
        self.assertTrue(any(isinstance(value, kinds[kind]) for kind in allowed), f"{path}: {value!r} is no {allowed}")
        if isinstance(value, dict):
            for key in rule.get("required", []):
                self.assertIn(key, value, path)
            if rule.get("additionalProperties") is False:
                self.assertLessEqual(set(value), set(rule["properties"]), path)
            for key, inner in rule.get("properties", {}).items():
                if key in value:
                    self.follows(value[key], inner, root, f"{path}.{key}")
        if isinstance(value, list) and "items" in rule:
            for index, inner in enumerate(value):
                self.follows(inner, rule["items"], root, f"{path}[{index}]")

    def test_deaths_open_group_and_own_standard(self):
        (self.folder / "own.csv").write_text("age_group,weight\n0-39,50\n40-64,30\n65+,20\n", encoding="utf-8")
        code, answer = run_json("registry", "rates", self.example, "--count", "deaths", "--open-from", "75",
                                "--standard", self.folder / "own.csv")
        self.assertEqual(code, 0)
        self.assertEqual(answer["results"][0]["ages"]["age_group"][-1], "75+")
        self.assertEqual(answer["results"][0]["standardized"][0]["age_groups_used"], 3)
        self.assertIsNone(answer["results"][0]["standardized"][0]["truncated_35_64"])
        self.assertIn("were added up to 3", answer["warnings"][0]["problem"])

    def test_bad_rows_leave_nothing_behind(self):
        text = self.example.read_text(encoding="utf-8").replace("30-34,2015", "30-43,2015", 1)
        (self.folder / "bad.csv").write_text(text, encoding="utf-8")
        code, out, err = run("registry", "rates", self.folder / "bad.csv", "--csv", self.folder / "rates.csv")
        self.assertEqual(code, 1)
        self.assertEqual(out, "")
        for part in ("refused: bad.csv: 1 bad row", "line 9: overlap of age groups", "  do:"):
            self.assertIn(part, err)
        self.assertFalse((self.folder / "rates.csv").exists())

    def test_words_that_are_not_known(self):
        for words, said in ((["--standard", "segy"], "unknown standard population"),
                            (["--interval", "gama"], "did you mean 'gamma'"),
                            (["--sir-reference", "Oldtwn"], "did you mean 'Oldtown'"),
                            (["--compare", "year", "--reference", "1999"], "no year '1999'")):
            code, _, err = run("registry", "rates", self.example, *words)
            self.assertEqual(code, 1, words)
            self.assertIn(said, err)
        self.assertEqual(run("registry", "rates", self.example, "--compare", "height")[0], 2)
        self.assertEqual(run("registry", "rates")[0], 2)
        self.assertEqual(run("registry", "rates", self.folder / "none.csv")[0], 1)

    def test_lists(self):
        code, answer = run_json("registry", "standards")
        self.assertEqual(code, 0)
        self.assertEqual(len(answer["standards"]), 10)
        self.assertIn("C33-C34", run("registry", "sites")[1])


if __name__ == "__main__":
    program.use(sys.argv[1])
    SOURCE = pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
