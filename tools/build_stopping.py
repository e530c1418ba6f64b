#!/usr/bin/python3
"""Builds data/tables/proton_stopping.json: proton stopping powers of water and of the elements.

    tools/build_stopping.py REFERENCE_FOLDER OUTPUT_FILE

REFERENCE_FOLDER holds stopping/ (ICRU 90 water, NIST PSTAR) and tissues/ (mean excitation energies). The file
carries tabulated numbers only; interpolation, the missing elements and compounds are the work of
src/tables/proton_materials.cpp (docs/methods/proton_stopping.md). Standard library only; same input, same bytes.
"""
import csv
import hashlib
import json
import sys
from pathlib import Path

HIGHEST_ENERGY_MEV = 600.0

# The elements that PSTAR tabulates. Carbon is the amorphous form (I = 81 eV, the value ICRU 90 has for graphite too).
PSTAR_ELEMENTS = {
    1: "HYDROGEN", 2: "HELIUM", 4: "BERYLLIUM", 6: "CARBON (amorphous, density 2.0 g/cm3)", 7: "NITROGEN",
    8: "OXYGEN", 10: "NEON", 13: "ALUMINUM", 14: "SILICON", 18: "ARGON", 22: "TITANIUM", 26: "IRON", 29: "COPPER",
    32: "GERMANIUM", 36: "KRYPTON", 42: "MOLYBDENUM", 47: "SILVER", 50: "TIN", 54: "XENON", 64: "GADOLINIUM",
    74: "TUNGSTEN", 78: "PLATINUM", 79: "GOLD", 82: "LEAD", 92: "URANIUM",
}

# IUPAC standard atomic weights (abridged to five digits, 2021 table; the mass number where no standard weight
# exists), in the order of Z from 1 to 92.
SYMBOLS_AND_WEIGHTS = """
H 1.008 He 4.0026 Li 6.94 Be 9.0122 B 10.81 C 12.011 N 14.007 O 15.999 F 18.998 Ne 20.180 Na 22.990 Mg 24.305
Al 26.982 Si 28.085 P 30.974 S 32.06 Cl 35.45 Ar 39.95 K 39.098 Ca 40.078 Sc 44.956 Ti 47.867 V 50.942 Cr 51.996
Mn 54.938 Fe 55.845 Co 58.933 Ni 58.693 Cu 63.546 Zn 65.38 Ga 69.723 Ge 72.630 As 74.922 Se 78.971 Br 79.904
Kr 83.798 Rb 85.468 Sr 87.62 Y 88.906 Zr 91.224 Nb 92.906 Mo 95.95 Tc 97 Ru 101.07 Rh 102.91 Pd 106.42 Ag 107.87
Cd 112.41 In 114.82 Sn 118.71 Sb 121.76 Te 127.60 I 126.90 Xe 131.29 Cs 132.91 Ba 137.33 La 138.91 Ce 140.12
Pr 140.91 Nd 144.24 Pm 145 Sm 150.36 Eu 151.96 Gd 157.25 Tb 158.93 Dy 162.50 Ho 164.93 Er 167.26 Tm 168.93
Yb 173.05 Lu 174.97 Hf 178.49 Ta 180.95 W 183.84 Re 186.21 Os 190.23 Ir 192.22 Pt 195.08 Au 196.97 Hg 200.59
Tl 204.38 Pb 207.2 Bi 208.98 Po 209 At 210 Rn 222 Fr 223 Ra 226 Ac 227 Th 232.04 Pa 231.04 U 238.03
""".split()


def rows(path):
    with path.open(newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def water(table):
    kept = [row for row in table if float(row["T_MeV"]) <= HIGHEST_ENERGY_MEV]
    return {
        "energy_MeV": [float(row["T_MeV"]) for row in kept],
        "electronic_MeV_cm2_per_g": [float(row["S_el_MeV_cm2_per_g"]) for row in kept],
        "total_MeV_cm2_per_g": [float(row["S_tot_MeV_cm2_per_g"]) for row in kept],
    }


def elements(pstar, mean_excitation_eV):
    energies = sorted({float(row["T_MeV"]) for row in pstar["HYDROGEN"]})
    energies = [energy for energy in energies if energy <= HIGHEST_ENERGY_MEV]
    table = []
    for Z in range(1, 93):
        symbol, weight = SYMBOLS_AND_WEIGHTS[2 * Z - 2 : 2 * Z]
        entry = {"Z": Z, "symbol": symbol, "atomic_weight": float(weight), "mean_excitation_eV": mean_excitation_eV[Z]}
        if Z in PSTAR_ELEMENTS:
            block = pstar[PSTAR_ELEMENTS[Z]]
            by_energy = {float(row["T_MeV"]): float(row["S_el_MeV_cm2_per_g"]) for row in block}
            entry["electronic_MeV_cm2_per_g"] = [by_energy[energy] for energy in energies]
        table.append(entry)
    return energies, table


def main(reference, output):
    inputs = {
        "icru90": reference / "stopping" / "icru90_protons_water.csv",
        "pstar": reference / "stopping" / "pstar_nist_74_materials.csv",
        "elements": reference / "tissues" / "geant4_nist_elements.csv",
    }
    pstar = {}
    for row in rows(inputs["pstar"]):
        pstar.setdefault(row["material_nist"], []).append(row)
    mean_excitation_eV = {}
    for row in rows(inputs["elements"]):
        # Each element as a pure solid or gas; liquefied gases and graphite follow at the end of the table
        mean_excitation_eV.setdefault(int(row["Z"]), float(row["I_eV"]))
    energies, table = elements(pstar, mean_excitation_eV)
    what = {
        "icru90": "ICRU Report 90 (2016) table A.9, protons in liquid water",
        "pstar": "NIST PSTAR (SRD 124): protons in liquid water and in 25 elements",
        "elements": "mean excitation energies of the elements, NIST/ICRU 37 and 49 values",
    }
    document = {
        "what": "electronic and total mass stopping power of protons, tabulated values without interpolation",
        "made_by": "tools/build_stopping.py",
        "sources": [
            {"title": what[key], "file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
            for key, path in inputs.items()
        ] + [{"title": "IUPAC standard atomic weights, abridged to five digits (2021)"}],
        "water_icru90": {"mean_excitation_eV": 78.0, **water(rows(inputs["icru90"]))},
        "water_pstar": {"mean_excitation_eV": 75.0, **water(pstar["WATER, LIQUID"])},
        "element_energy_MeV": energies,
        "elements": table,
    }
    output.parent.mkdir(parents=True, exist_ok=True)
    lines = json.dumps(document, indent=None).replace('{"Z"', '\n  {"Z"').replace(', "water_', ',\n"water_')
    lines = lines.replace(', "element', ',\n"element').replace(', "sources"', ',\n"sources"')
    output.write_text(lines + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
