#!/usr/bin/env python3
"""Builds data/registry/standard_populations.json from the tables of standard populations.

usage: tools/build_registry.py REFERENCE_FOLDER [--out data]

REFERENCE_FOLDER holds registry/standard_populations_*.csv (see docs/methods/registry_rates.md for their origin).
Output is deterministic. The groups of five years are the authority; a finer split (0 and 1-4, or above 85) only says how
the weight of its group is shared, so that folding a split never changes a rate.
"""
import argparse
import csv
import json
from pathlib import Path

SEER = "SEER standard-population files, read through the data of the R package narcan"
CHINA = ("weights per million of the R package canregtools; 17 groups also read on wendangku.net (document 6d8e1ebd), "
         "85+ by subtraction")
# name, title, aliases, column of the 18 groups, column of the infant split, column of the split above 85, source, trust
STANDARDS = [
    ("segi_world_1960", "Segi world population (1960, as changed by Doll 1966)", ["segi", "world_segi", "segi_world"],
     "segi_world_1960_per_100000", "segi_infant_split_per_100000", None,
     SEER + "; same in Rcan 1.3.92. Split of 0-4 (2400/9600): canregtools",
     "printed by two sources alike; the split by one"),
    ("who_2000_2025", "WHO world average population 2000-2025 (Ahmad 2001)", ["who", "world_who", "who_world"],
     "who_2000_2025_pct", "who_2000_2025_seer_per_million", "who_2000_2025_pct",
     SEER + ". The percentages add up to 100.035. Split of 0-4: SEER's weights per million",
     "printed; Rcan has it rounded to 100,030"),
    ("european_1976", "European (Scandinavian) population 1976", ["esp_1976", "esp1976"],
     "european_1976_per_100000", "european_1976_per_100000", None, SEER, "printed by two sources alike"),
    ("european_2013", "European population 2013 (Eurostat)", ["esp_2013", "esp2013"],
     "european_2013_per_100000", "european_2013_per_100000", "european_2013_per_100000",
     SEER + "; PHEindicatormethods (19 groups, 90+ in one)", "printed by two sources alike"),
    ("nordic_2000", "Nordic population 2000 (NORDCAN)", ["nordic", "nordcan"],
     "nordic_2000_per_100000", None, None, "popEpi 0.5.0", "printed by one source"),
    ("us_2000", "United States population 2000", ["us2000", "usa_2000"],
     "us_2000_population", "us_2000_population", None, SEER, "printed"),
    ("china_1964", "China, census 1964", ["china1964"], "china_1964_per_million", "china_1964_pct", None, CHINA,
     "one step less certain than the census of 2000: shares of 1964 are read from secondary sources"),
    ("china_1982", "China, census 1982", ["china1982"], "china_1982_per_million", "china_1982_pct", None, CHINA,
     "one step less certain than the census of 2000: two sources differ at 85+ (0.12 % and 0.1342 %)"),
    ("china_2000", "China, census 2000", ["china2000"], "china_2000_population", "china_2000_population", None,
     "canregtools; agrees in 17 groups with the UN demographic data set of the census", "printed by two sources alike"),
    ("china_2010", "China, census 2010", ["china2010"], "china_2010_population", "china_2010_population",
     "china_2010_population", "UN demographic data set of the census of 2010", "printed"),
]


def rows(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(text):
    value = float(text)
    return int(value) if value == int(value) else value


def label(row):
    low, high = row["age_low_y"], row["age_high_y"]
    return f"{low}+" if high == "open" else (low if low == high else f"{low}-{high}")


def parts_of(table, column, low, high):
    """The rows of a finer table between two ages, as parts of one group."""
    out = []
    for row in table:
        if row[column] and low <= int(row["age_low_y"]) <= high:
            out.append([label(row), number(row[column])])
    return out


def standard(entry, groups, infants, old):
    name, title, aliases, column, infant, above_85, source, trust = entry
    out = []
    for row in groups:
        group = {"ages": label(row), "weight": number(row[column])}
        parts = []
        if infant and row["age_low_y"] == "0":
            parts = parts_of(infants, infant, 0, 4)
        if above_85 and row["age_low_y"] == "85":
            parts = parts_of(old, above_85, 85, 200)
            if not parts[-1][0].endswith("+"):  # the last row holds all that is older
                parts[-1][0] = parts[-1][0].split("-")[0] + "+"
        if parts:
            group["parts"] = [{"ages": ages, "weight": weight} for ages, weight in parts]
        out.append(group)
    return {"name": name, "title": title, "aliases": aliases, "source": source, "trust": trust, "groups": out}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data"))
    arguments = parser.parse_args()
    folder = arguments.reference / "registry"
    groups = rows(folder / "standard_populations_18.csv")
    infants = rows(folder / "standard_populations_19_infant.csv")
    old = rows(folder / "standard_populations_85plus_detail.csv")
    document = {
        "schema_version": 1,
        "made_by": "tools/build_registry.py",
        "note": "Only shares count: every use divides by the sum. Parts say how a group's weight is shared among finer ages.",
        "standards": [standard(entry, groups, infants, old) for entry in STANDARDS],
    }
    target = arguments.out / "registry" / "standard_populations.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=1, ensure_ascii=False)
    # One group per line reads better than one number per line
    text = text.replace('{\n     "ages"', '{"ages"').replace('",\n     "weight"', '", "weight"').replace('\n    },\n    {"ages"', '},\n    {"ages"')
    target.write_text(text + "\n", encoding="utf-8")
    print(f"{target}: {len(STANDARDS)} standard populations")


if __name__ == "__main__":
    main()
