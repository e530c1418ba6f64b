#!/usr/bin/env python3
"""Builds data/tissue_maps/head_icru46.json: what structures of the head are made of, for neutrons.

usage: tools/build_tissue_map.py REFERENCE_FOLDER [--out data/tissue_maps]

REFERENCE_FOLDER holds goorley2002_snyder_materials.csv (origin: docs/methods/tissue_map.md). Deterministic.
"""
import argparse
import csv
import json
from pathlib import Path

SOURCE = ("ICRU Report 46 (1992) compositions as used by Goorley, Kiger, Zamenhof 2002, Med. Phys. 29, 145 (transcribed from "
          "its deposited deck)")
RULES = [
    ("scalp", "Skin_ICRU46", ["skin*", "scalp*", "haut"]),
    ("cranium", "Cranium_ICRU46", ["skull*", "cranium*", "bone*", "bones*", "calvaria*"]),
    ("brain", "Brain_ICRU46", ["brain*", "cerebrum*", "cerebellum*", "*hippocampus*", "thalamus*", "gtv*", "tumor*", "tumour*"]),
    ("air", "Air_dry", ["air", "air_*", "*air_cavity*"]),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data/tissue_maps"))
    options = parser.parse_args()
    with open(options.reference / "goorley2002_snyder_materials.csv", encoding="utf-8") as file:
        table = {row["material"]: row for row in csv.DictReader(line for line in file if not line.startswith("#"))}
    rules = []
    for key, name, structures in RULES:
        row = table[key]
        fractions = {symbol: float(text) for symbol, text in row.items()
                     if symbol not in ("material", "density_g_cm3") and float(text) > 0}
        rules.append({"structures": structures,
                      "material": {"name": name, "density_g_per_cm3": float(row["density_g_cm3"]),
                                   "mass_fractions": fractions},
                      "source": SOURCE})
    document = {"format": "beamwright tissue map 1", "name": "head_icru46",
                "description": "Head of the Snyder comparison: skin, skull, brain (tumor as brain), air; everything else by HU",
                "sources": [SOURCE], "rules": rules}
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "head_icru46.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
