#!/usr/bin/env python3
"""Builds data/materials/standard.json and data/calibrations/*.json from public tissue tables.

usage: tools/build_calibrations.py REFERENCE_FOLDER [--out data]

REFERENCE_FOLDER holds tissues/*.csv (see docs/methods/ct_calibration.md for their origin). Output is deterministic.
"""
import argparse
import csv
import json
from pathlib import Path

# Materials whose composition and mean excitation energy are taken from the NIST compound list (ICRU 37, ICRU 49),
# with the name that this program gives them, and the number of MCsquare's material list where it has one.
NIST = [
    ("water", ["H2O"], 17, "G4_WATER"),
    ("air", ["dry air"], 13, "G4_AIR"),
    ("PMMA", ["plexiglas", "lucite", "acrylic", "perspex"], 64, "G4_PLEXIGLASS"),
    ("Lexan", ["polycarbonate"], 66, "G4_POLYCARBONATE"),
    ("Polystyrene", [], 70, "G4_POLYSTYRENE"),
    ("PEHD", ["polyethylene"], 81, "G4_POLYETHYLENE"),
    ("Pyrex", [], 71, "G4_Pyrex_Glass"),
    ("Boron_Carbide", ["B4C"], 79, "G4_BORON_CARBIDE"),
    ("PTFE", ["teflon"], None, "G4_TEFLON"),
    ("Kapton", [], None, "G4_KAPTON"),
    ("Mylar", ["polyethylene terephthalate"], None, "G4_MYLAR"),
    ("POM", ["delrin"], None, "G4_POLYOXYMETHYLENE"),
]
DENSITY = {"Lexan": 1.20}  # g/cm3, as range shifters are described (MCsquare list); NIST lists 1.20 too
# Atomic weights (IUPAC 2021, abridged) to turn numbers of atoms into mass fractions
ATOMIC_WEIGHT = {"H": 1.008, "B": 10.81, "C": 12.011, "N": 14.007, "O": 15.999, "F": 18.998, "Na": 22.990}
# Pure elements of MCsquare's list, whose rows carry no composition
PURE = {
    "hydrogen": "H", "carbon": "C", "nitrogen": "N", "oxygen": "O", "aluminium": "Al", "silicon": "Si",
    "phosphorus": "P", "calcium": "Ca", "iron": "Fe", "copper": "Cu", "tungsten": "W", "lead": "Pb",
    "titanium": "Ti", "tantalum": "Ta",
}
SYMBOL = {**PURE, "sodium": "Na", "magnesium": "Mg", "sulfur": "S", "sulphur": "S", "chlorine": "Cl",
          "argon": "Ar", "potassium": "K", "zinc": "Zn", "silver": "Ag", "tin": "Sn", "iodine": "I"}

# Implant metals that neither list has: name, aliases, density, mass fractions, source
NIST_DENSITY = "NIST element densities as in Geant4 G4NistMaterialBuilder.cc"
METALS = [
    ("chromium", [], 7.18, {"Cr": 1.0}, NIST_DENSITY),
    ("cobalt", [], 8.9, {"Co": 1.0}, NIST_DENSITY),
    ("nickel", [], 8.902, {"Ni": 1.0}, NIST_DENSITY),
    ("zinc", [], 7.133, {"Zn": 1.0}, NIST_DENSITY),
    ("molybdenum", [], 10.22, {"Mo": 1.0}, NIST_DENSITY),
    ("silver", [], 10.5, {"Ag": 1.0}, NIST_DENSITY),
    ("tin", [], 7.31, {"Sn": 1.0}, NIST_DENSITY),
    ("platinum", [], 21.45, {"Pt": 1.0}, NIST_DENSITY),
    ("gold", [], 19.32, {"Au": 1.0}, NIST_DENSITY),
    ("Stainless_steel_316L", ["stainless steel", "316L"], 7.95,
     {"Cr": 0.18, "Mn": 0.02, "Fe": 0.6325, "Ni": 0.14, "Mo": 0.0275},
     "ASTM F138 implant steel: middle of its ranges (Cr 17-19, Ni 13-15, Mo 2.25-3, Mn up to 2 %), iron the rest; "
     "density of the standard grade"),
    ("CoCrMo", ["cobalt chromium", "cobalt-chrome"], 8.3, {"Cr": 0.285, "Co": 0.655, "Mo": 0.06},
     "ASTM F75 cast implant alloy: middle of its ranges (Cr 27-30, Mo 5-7 %), cobalt the rest; density of the cast alloy"),
    ("Nitinol", ["NiTi"], 6.45, {"Ti": 0.4425, "Ni": 0.5575},
     "ASTM F2063: 54.5-57 % nickel, titanium the rest; density of the standard"),
]
ALIASES = {"Ti-6Al-4V": ["titanium alloy"]}


def metals():
    return [{"name": name, **({"aliases": aliases} if aliases else {}), "density_g_per_cm3": density,
             "mass_fractions": fractions, "source": source} for name, aliases, density, fractions, source in METALS]


def rows(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def normalized(fractions):
    total = sum(fractions.values())
    return {symbol: round(value / total, 8) for symbol, value in fractions.items() if value > 0}


def nist_materials(folder):
    table = {}
    for row in rows(folder / "tissues/geant4_nist_compounds.csv"):
        entry = table.setdefault(row["material"], {"density": row["density_g_per_cm3"], "I": row["I_eV"], "parts": []})
        entry["parts"].append((row["element"], row["kind"], float(row["value"])))
    out = []
    for name, aliases, label, nist in NIST:
        entry = table[nist]
        by_number = entry["parts"][0][1] == "n"
        fractions = {e: v * ATOMIC_WEIGHT[e] if by_number else v for e, _, v in entry["parts"]}
        material = {"name": name}
        if aliases:
            material["aliases"] = aliases
        if label:
            material["mcsquare_label"] = label
        material["density_g_per_cm3"] = DENSITY.get(name, float(entry["density"]))
        material["mass_fractions"] = normalized(fractions)
        material["mean_excitation_eV"] = float(entry["I"])
        material["source"] = f"NIST/ICRU 37 compound list ({nist})"
        out.append(material)
    return out


def mcsquare_materials(folder, taken):
    table = {}
    for row in rows(folder / "tissues/mcsquare_materials.csv"):
        entry = table.setdefault(int(row["label"]), {"name": row["material"], "density": row["density_g_per_cm3"],
                                                     "parts": {}})
        if row["component"]:
            entry["parts"][SYMBOL[row["component"]]] = float(row["percent_by_mass"])
    out = []
    for label, entry in sorted(table.items()):
        if label in taken:
            continue
        parts = entry["parts"] or {PURE[entry["name"]]: 100.0}
        aliases = ALIASES.get(entry["name"])
        out.append({"name": entry["name"], **({"aliases": aliases} if aliases else {}), "mcsquare_label": label,
                    "density_g_per_cm3": float(entry["density"]), "mass_fractions": normalized(parts), "source": "MCsquare material list"})
    return out


def schneider_bins(folder, first_hu):
    bins = []
    table = rows(folder / "tissues/schneider2000_composition.csv")
    for row in table:
        # Amalgam and titanium are additions of another program, not of Schneider et al.: left out
        if row["name"] in ("AmalgamTooth", "MetallImplants"):
            continue
        name = row["name"].replace("SoftTissus", "SoftTissue")
        fractions = normalized({e: float(v) for e, v in row.items() if e not in ("HU_from", "name")})
        hu = max(float(row["HU_from"]), first_hu)
        bins.append({"from_HU": int(hu), "name": "Schneider_" + name, "mass_fractions": fractions})
    return bins


def with_density(bins, curve):
    """Nominal density of a bin: the curve at its lower edge (information only, voxels carry their own)."""
    def at(hu):
        if hu <= curve[0][0]:
            return curve[0][1]
        for (a, x), (b, y) in zip(curve, curve[1:]):
            if a <= hu <= b:
                return x + (hu - a) / (b - a) * (y - x)
        return curve[-1][1]
    return [{"from_HU": b["from_HU"], "name": b["name"], "density_g_per_cm3": round(at(b["from_HU"]), 6),
             "mass_fractions": b["mass_fractions"]} for b in bins]


def curve_points(folder, name):
    return [[float(r["HU"]), float(r["value"])] for r in rows(folder / "tissues/hu_curves.csv") if r["curve"] == name]


def write(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data"))
    options = parser.parse_args()
    folder = options.reference

    nist = nist_materials(folder)
    taken = {m["mcsquare_label"] for m in nist if "mcsquare_label" in m}
    write(options.out / "materials/standard.json", {
        "format": "beamwright materials 1",
        "description": "Materials by name: tissues, plastics, metals. Fractions by mass. A mean excitation energy "
                       "is given where ICRU 37 or ICRU 90 list the compound; else it follows from the elements.",
        "sources": [
            "NIST compound list (ICRU 37, ICRU 49; water I = 78 eV of ICRU 90) as in Geant4 G4NistMaterialBuilder.cc",
            "MCsquare material list (ICRU 44, ICRU 46, Schneider 2000, plastics, metals), jinkoo2/opentps2, Apache-2.0",
        ],
        "materials": nist + mcsquare_materials(folder, taken) + metals()})

    density = [[float(r["HU"]), float(r["density_g_per_cm3"])]
               for r in rows(folder / "tissues/schneider2000_density_gate.csv")]
    schneider = "Schneider et al. 2000, Phys. Med. Biol. 45:459 (table 6), as in OpenGATE/opengate Schneider2000*.txt"
    write(options.out / "calibrations/schneider2000.json", {
        "format": "beamwright calibration 1",
        "name": "schneider2000",
        "description": "Stoichiometric tissue model of Schneider et al. 2000: density ramp and 24 tissue compositions. "
                       "The density steps down between 100 and 101 HU in the original. Above 1600 HU the densest bone "
                       "composition goes on: metal and dental material need an override. No scanner is mapped.",
        "sources": [schneider],
        "hu_limits": {"least": -1024, "most": 3071, "outside": "clamp"},
        "warn_above_HU": 1600,
        "scanners": [],
        "density_g_per_cm3": [[-1024.0, density[0][1]]] + density + [[3071.0, density[-1][1]]],
        "materials": with_density(schneider_bins(folder, -1024), density)})

    mcsquare = curve_points(folder, "MCsquare_default")
    write(options.out / "calibrations/mcsquare_default_density.json", {
        "format": "beamwright calibration 1",
        "name": "mcsquare_default_density",
        "description": "Density curve that MCsquare ships as its default, with the Schneider 2000 compositions by HU. "
                       "Not the same as MCsquare's own material table, which maps 0 HU to an adipose-like tissue.",
        "sources": ["e0404/MCsquare, Scanners/default, Apache-2.0 (density curve)", schneider + " (compositions)"],
        "hu_limits": {"least": mcsquare[0][0], "most": mcsquare[-1][0], "outside": "refuse"},
        "warn_above_HU": 1565,
        "scanners": [],
        "density_g_per_cm3": mcsquare,
        "base": "schneider2000"})

    matrad = curve_points(folder, "matRad_default")
    write(options.out / "calibrations/matrad_default_rsp.json", {
        "format": "beamwright calibration 1",
        "name": "matrad_default_rsp",
        "description": "HU to relative stopping power as matRad ships it: an example of a stopping power table. "
                       "Compositions of Schneider 2000; density is scaled so that the engine's relative stopping "
                       "power at 100 MeV equals the table.",
        "sources": ["e0404/matRad, default HLUT, BSD-3 (table)", schneider + " (compositions)"],
        "hu_limits": {"least": -1024, "most": 3071, "outside": "clamp"},
        "warn_above_HU": 1600,
        "scanners": [],
        "relative_stopping_power": matrad + [[3071.0, matrad[-1][1]]],
        "energy_MeV": 100,
        "base": "schneider2000"})

    write(options.out / "calibrations/spr_map.json", {
        "format": "beamwright calibration 1",
        "name": "spr_map",
        "description": "For images that hold (RSP - 1) x 1000 instead of CT numbers, as dual-energy scanners and planning "
                       "systems export them: 0 is water, -1000 is vacuum. The straight line by definition; compositions "
                       "of Schneider 2000, taken at the same number.",
        "sources": ["definition of such maps (line)", schneider + " (compositions)"],
        "hu_limits": {"least": -1024, "most": 3071, "outside": "clamp"},
        "warn_above_HU": 1200,
        "scanners": [],
        # Below -999 air: nothing is lighter than 0.001 of water
        "relative_stopping_power": [[-1024.0, 0.001], [-999.0, 0.001], [3071.0, 4.071]],
        "energy_MeV": 100,
        "base": "schneider2000"})


if __name__ == "__main__":
    main()
