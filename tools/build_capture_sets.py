#!/usr/bin/env python3
"""Builds data/capture_weights, data/photon_isoeffective and data/boron_uptake from transcribed tables.

usage: tools/build_capture_sets.py REFERENCE_FOLDER [--out data]

REFERENCE_FOLDER holds weighting_factors_rbe_cbe.csv, photon_isoeffective_parameters.csv and boron_uptake.csv (origin:
docs/methods/capture_biology.md, docs/methods/boron_distribution.md). Nothing is filled in from memory but the duration of the reference irradiation, whose
source stands below. Deterministic.
"""
import argparse
import csv
import json
from pathlib import Path

TRANSCRIBED = "transcribed: taken from somebody's file or text; the primary papers were not readable here"
WEIGHT_SETS = {
    "BPA_common": ("bpa_common", "Fixed weights as commonly used with BPA", {"tumor": "tumour", "brain": "brain",
                                                                             "skin": "skin"}),
    "RA6_TECDOC1223": ("ra6_tecdoc1223", "Fixed weights of the advantage depth of the RA-6 beam",
                       {"tumor": "tumour", "healthy": "healthy"}),
}
COMPONENTS = {"boron": "boron", "nitrogen": "nitrogen_capture", "fast": "fast_neutron", "photon": "photon"}
REFERENCE_MINUTES = 30.0
REFERENCE_SOURCE = ("duration of the reference photon irradiation, 30 min: as in the same program "
                    "(sebastiang2010/BNCTAr SlicerModule/BNCTDosimetry.py)")
BRAIN_NOTE = ("the repair times (42 and 228 min) look like half-times that were taken as time constants; with half-times they "
              "would be 61 and 329 min")


def rows(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def write(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def weight_set(table, key):
    name, description, tissues = WEIGHT_SETS[key]
    mine = [row for row in table if row["set"] == key]
    first_source = mine[0]["source"]

    def source(row):
        return row["source"].replace("same", first_source, 1) if row["source"].startswith("same") else row["source"]

    listed = []
    for tissue, word in tissues.items():
        weights, sources = {}, []
        for ours, theirs in COMPONENTS.items():
            row = next(r for r in mine if r["component"] == theirs and r["tissue"] in (word, "all"))
            weights[ours] = float(row["factor"])
            sources.append(source(row))
        # "X (remark)" says all that "X" says
        said = [s for s in dict.fromkeys(sources) if not any(t != s and t.startswith(s) for t in sources)]
        listed.append({"tissue": tissue, "weights": weights, "source": "; ".join(said)})
    return name, {"format": "beamwright capture weights 1", "name": name, "description": description,
                  "trust": TRANSCRIBED, "sources": [first_source], "tissues": listed}


def isoeffective_set(table):
    listed = []
    for row in table:
        number = {key: float(value) for key, value in row.items() if key not in ("name", "paper")}
        if abs(number["p_fast_photon"] + number["p_slow_photon"] - 1) > 1e-9 or \
                abs(number["p_fast_bnct"] + number["p_slow_bnct"] - 1) > 1e-9:
            raise ValueError(f"{row['name']}: repair shares do not sum to 1")
        tissue = {"tissue": row["name"].replace("tumour", "tumor")}
        for quantity, unit in (("alpha", "per_Gy"), ("beta", "per_Gy2")):
            tissue[f"{quantity}_{unit}"] = {"boron": number[f"{quantity}_boron"],
                                            "nitrogen": number[f"{quantity}_thermal"],
                                            "fast": number[f"{quantity}_fast"],
                                            "photon": number[f"{quantity}_photon"]}
        tissue |= {"fast_repair_min": number["t_fast_min"], "slow_repair_min": number["t_slow_min"],
                   "fast_share_photon": number["p_fast_photon"], "fast_share_capture": number["p_fast_bnct"],
                   "reference_minutes": REFERENCE_MINUTES, "source": row["paper"]}
        if row["name"] == "brain":
            tissue["note"] = BRAIN_NOTE
        listed.append(tissue)
    return {"format": "beamwright photon isoeffective 1", "name": "transcribed_2026",
            "description": "Photon-isoeffective parameters of nine tissues as stored by users of the model",
            "trust": TRANSCRIBED,
            "sources": ["sebastiang2010/BNCTAr model_list.txt and json/models.jsonc; papers named per tissue",
                        REFERENCE_SOURCE],
            "tissues": listed}


UPTAKE_WORDS = {"tumour_to_blood": "tumor", "tumour_to_blood_GBM": "glioblastoma", "tumour_to_blood_melanoma": "melanoma",
                "skin_to_blood": "skin"}
BLOOD_WORDS = {"blood_10B_aorta": "aorta at irradiation", "blood_10B_end_of_infusion": "end of infusion"}


def boron_uptake(table):
    def figure(row, tissue):
        made = {"tissue": tissue, "value": float(row["value"])}
        if row["low"]:
            made |= {"low": float(row["low"]), "high": float(row["high"]), "range_means": row["meaning_of_range"]}
        elif row["meaning_of_range"]:
            made["range_means"] = row["meaning_of_range"]
        return made | {"source": row["source"]}

    return {"format": "beamwright boron uptake 1", "name": "bpa_published", "compound": "BPA",
            "description": "Tissue-to-blood ratios and blood levels of B-10 with BPA",
            "trust": "measured, second-hand: the primary papers were not readable here",
            "sources": list(dict.fromkeys(row["source"] for row in table)),
            "tissue_to_blood": [figure(r, UPTAKE_WORDS[r["quantity"]]) for r in table if r["quantity"] in UPTAKE_WORDS],
            "blood_ppm": [figure(r, BLOOD_WORDS[r["quantity"]]) for r in table if r["quantity"] in BLOOD_WORDS]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data"))
    options = parser.parse_args()
    weights = rows(options.reference / "weighting_factors_rbe_cbe.csv")
    for key in WEIGHT_SETS:
        name, document = weight_set(weights, key)
        write(options.out / "capture_weights" / f"{name}.json", document)
    document = isoeffective_set(rows(options.reference / "photon_isoeffective_parameters.csv"))
    write(options.out / "photon_isoeffective" / f"{document['name']}.json", document)
    document = boron_uptake(rows(options.reference / "boron_uptake.csv"))
    write(options.out / "boron_uptake" / f"{document['name']}.json", document)


if __name__ == "__main__":
    main()
