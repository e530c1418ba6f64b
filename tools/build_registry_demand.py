#!/usr/bin/env python3
"""Builds data/registry/demand_figures.json from a table of published planning figures.

usage: tools/build_registry_demand.py REFERENCE_FOLDER [--out data]

REFERENCE_FOLDER holds registry/demand_inputs.csv (see docs/methods/registry_demand.md for the origin of its rows).
Each figure keeps its source and trust mark: P printed by the source, P-COMMERCIAL a vendor's or provider's claim.
A default is always P. What has no published figure has no row here, so that the program must ask. Deterministic.
"""
import argparse
import csv
import json
from pathlib import Path

# (parameter, modality) of the table -> parameter of the program and the modalities that it serves
PARAMETERS = {
    ("optimal_utilisation", "external X-ray"): ("utilization", ["xray"]),
    ("retreatment_addition", "external X-ray"): ("retreatment", ["xray"]),
    ("fractions_per_course", "external X-ray"): ("fractions_per_course", ["xray"]),
    ("fractions_per_course_site_range", "external X-ray"): ("fractions_per_course", ["xray"]),
    ("fractions_per_hour", "linac"): ("fractions_per_hour", ["xray"]),
    ("shift_hours", "linac"): ("hours_per_day", ["xray", "proton", "bnct"]),
    ("working_days", "linac"): ("days_per_year", ["xray", "proton", "bnct"]),
    ("room_capacity_patients", "linac"): ("patients_per_room", ["xray"]),
    ("room_capacity_patients", "proton"): ("patients_per_room", ["proton"]),
    ("eligible_share", "proton"): ("eligible_share", ["proton"]),
    ("eligible_share", "proton or carbon"): ("eligible_share", ["proton"]),
    ("minutes_per_fraction", "proton"): ("minutes_per_fraction", ["proton"]),
    ("irradiation_minutes", "BNCT"): ("irradiation_minutes", ["bnct"]),
    ("fractions_per_course", "BNCT"): ("fractions_per_course", ["bnct"]),
}
# Defaults: the row of (parameter, modality) whose meaning starts like this. One reason per choice.
DEFAULTS = {
    ("optimal_utilisation", "external X-ray"): "ever needs external beam at least once",  # newest full evidence base (2014)
    ("retreatment_addition", "external X-ray"): "reirradiation raised",  # the only figure
    ("fractions_per_course", "external X-ray"): "optimal, first course, 27 sites",  # same evidence base as the utilization
    ("fractions_per_hour", "linac"): "planning workload",
    ("shift_hours", "linac"): "planning workload",
    ("working_days", "linac"): "planning workload",
    ("room_capacity_patients", "linac"): "ESTRO/QUARTS",
    ("eligible_share", "proton"): "Sweden, national survey",  # a whole country, protons alone, with its interval
    ("minutes_per_fraction", "proton"): "by site: vertebrae 26",  # the only measured one
    ("irradiation_minutes", "BNCT"): "up to 60 min",  # the longest: rooms are not underestimated
    ("fractions_per_course", "BNCT"): "at most two",
}
BASES = {
    "share of irradiated patients": "irradiated",
    "share of radical radiotherapy": "radical",
    "share of new cancer patients": "new_cases",
}
UNITS = {"min in the gantry room": "min", "patients/room/year": "patients/year", "patients/unit/year": "patients/year"}
# Sources that the table names by "same", in the order of its rows
REPEATED = {
    "same two abstracts": "Barton et al 2014 abstract (PubMed 24833561); Evidence-based estimates 2014 (PubMed 25455408)",
}


def number(text):
    return float(text) if text.strip() else None


def figures(path):
    """One entry per figure and modality, in the order of the table."""
    out, last_source = [], ""
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            source = REPEATED.get(row["source_read"], row["source_read"])
            source = last_source if source == "same" else source
            last_source = source
            key = (row["parameter"], row["modality"])
            value, low, high = number(row["value"]), number(row["low"]), number(row["high"])
            if key not in PARAMETERS or row["mark"] == "USER" or (value is None and low is None):
                continue
            parameter, modalities = PARAMETERS[key]
            default = key in DEFAULTS and row["meaning"].startswith(DEFAULTS[key])
            if default and row["mark"] != "P":
                raise SystemExit(f"{path}: the default of {key} has mark {row['mark']}; a default is a published figure")
            unit = UNITS.get(row["unit"], row["unit"])
            for modality in modalities:
                entry = {"parameter": parameter, "modality": modality, "value": value, "low": low, "high": high,
                         "unit": unit, "meaning": row["meaning"], "source": source, "mark": row["mark"]}
                if parameter == "eligible_share":
                    entry["share_of"] = BASES.get(unit, "unknown")
                if modality != "xray" and key[1] == "linac":
                    entry["meaning"] += "; read for linacs, taken for this modality too"
                if default:
                    # A range without a middle: the program takes the middle and says so
                    if value is None:
                        entry["value"] = round((low + high) / 2, 6)
                        entry["meaning"] += "; the value is the middle of the range (ours)"
                    # "up to" figures are an upper end, not an interval around the value
                    if low is None:
                        entry["high"] = None
                    entry["default"] = True
                out.append(entry)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data"))
    arguments = parser.parse_args()
    found = figures(arguments.reference / "registry/demand_inputs.csv")
    missing = set(DEFAULTS) - {key for key in DEFAULTS if any(
        entry.get("default") and entry["parameter"] == PARAMETERS[key][0] and entry["modality"] == PARAMETERS[key][1][0]
        for entry in found)}
    if missing:
        raise SystemExit(f"no row for the default of {sorted(missing)}")
    document = {
        "format": "beamwright demand figures 1",
        "description": "Published planning figures of radiotherapy demand. Marks: P printed by its source; P-COMMERCIAL a "
                       "vendor's or provider's own claim, never a default. A figure that is missing here was not found "
                       "published: the user gives it.",
        "figures": found,
    }
    target = arguments.out / "registry/demand_figures.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{target}: {len(found)} figures, {sum(1 for entry in found if entry.get('default'))} defaults")


if __name__ == "__main__":
    main()
