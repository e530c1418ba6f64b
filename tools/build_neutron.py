#!/usr/bin/env python3
"""Makes data/tables/neutron_library.{bin,json} from evaluated data (ENDF-6).

    tools/build_neutron.py REFERENCE_FOLDER [--out data/tables] [--processes N] [--only H1,B10,...] [--checks FILE]

REFERENCE_FOLDER holds `endf/`, `tsl/`, `photoat/`, `openmc/` and `reference/`. Layout: src/tables/neutron_load.cpp;
methods: docs/methods/neutron_data.md. The same bits on every processor (tools/neutron/exact_math.py).
--checks writes the comparison with the pointwise reference table.
"""

import argparse
import csv
import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from endf import masses
from neutron import pack, photo_atomic, pointwise, thermal
from neutron.endf6 import Tape
from neutron.nuclide import Nuclide

KELVIN = (293.6, 310.0)
NUCLIDES = {
    "H1": "n-001_H_001", "H2": "n-001_H_002", "Li6": "n-003_Li_006", "Li7": "n-003_Li_007", "B10": "n-005_B_010",
    "B11": "n-005_B_011", "C12": "n-006_C_012", "C13": "n-006_C_013", "N14": "n-007_N_014", "N15": "n-007_N_015",
    "O16": "n-008_O_016_VII.1", "O17": "n-008_O_017", "O18": "n-008_O_018", "F19": "n-009_F_019",
    "Na23": "n-011_Na_023", "Mg24": "n-012_Mg_024", "Mg25": "n-012_Mg_025", "Mg26": "n-012_Mg_026",
    "Al27": "n-013_Al_027", "Si28": "n-014_Si_028", "P31": "n-015_P_031", "S32": "n-016_S_032", "S33": "n-016_S_033",
    "S34": "n-016_S_034", "Cl35": "n-017_Cl_035", "Cl37": "n-017_Cl_037", "Ar40": "n-018_Ar_040", "K39": "",
    "Ca40": "n-020_Ca_040_VII.1", "Ca44": "n-020_Ca_044", "Ti48": "n-022_Ti_048", "Fe56": "n-026_Fe_056_VII.1",
}
K39_FILES = ("openmc/K39_endfb71_pointwise_293.6K.csv", "openmc/K39_endfb71_capture_photons_thermal.csv")
LAWS = {"H in H2O": ("tsl-HinH2O_VIII.1_regenerated", 1), "H in CH2": ("tsl-HinCH2_VIII.1_regenerated", 1)}
POINTWISE = "reference/njoy2016_pointwise_293K.csv"


def one_nuclide(folder, name):
    """(nuclide, heats, notes): everything that takes time."""
    if name == "K39":
        nuclide = pointwise.PointwiseNuclide(*(folder / f for f in K39_FILES))
        return nuclide, [nuclide.at(t) for t in KELVIN], list(pointwise.RULES)
    nuclide = Nuclide(Tape(folder / "endf" / f"{NUCLIDES[name]}.endf.xz"))
    heats = [nuclide.at(t) for t in KELVIN]
    notes = []
    if any(s.anisotropic for s in nuclide.sources):
        notes.append("photons that the evaluation has anisotropic leave isotropically")
    if any(r.mt == 5 for r in nuclide.reactions):
        notes.append("MT=5: neutrons by the yield at 10 MeV, kerma from the evaluated charged products")
    tape = nuclide.tape
    nuclide.header = tape.sections[(1, 451)][4][:66].strip()
    nuclide.balance = capture_balance(nuclide)
    nuclide.overdrawn = overdrawn(nuclide)
    for r in nuclide.reactions:  # what was read is no longer needed
        r.table = None
    nuclide.tape, nuclide.cold_table, nuclide.ranges = None, None, None
    return nuclide, heats, notes


def capture_balance(nuclide):
    """Energy of thermal capture: Q, photons, recoil, and what the evaluation leaves unexplained."""
    e = np.array([0.0253])
    r = next((r for r in nuclide.reactions if r.mt == 102), None)
    if r is None:
        return None
    photons = float(nuclide.photon_energy(102, e)[0])
    recoil = float(nuclide.capture_recoil(e)[0]) if photons else 0.0
    return {"Q_eV": r.QM_eV, "photons_eV": round(photons, 1), "recoil_eV": round(recoil, 1),
            "missing_eV": round(r.QM_eV - photons - recoil, 1)}


def overdrawn(nuclide):
    """Reactions whose neutrons and photons carry off more than the energy there is: [MT, worst at eV, eV missing]."""
    found = []
    for r in nuclide.reactions:
        x, y = nuclide.linear(r)
        energy = np.unique(np.clip(np.concatenate([x[y > 0], [1e3, 1e5, 1e6, 14e6]]), x[0], x[-1]))
        energy = energy[nuclide.sigma(r, energy) > 1e-6] if not r.starts_cold else energy
        if len(energy) and r.mt not in (2, 102):
            left = nuclide.heating(r, energy)
            worst = int(np.argmin(left))
            if left[worst] < -0.01 * energy[worst]:
                found.append([r.mt, float(f"{energy[worst]:.6g}"), round(float(-left[worst]))])
    return found


def law_nodes(folder, name, kelvin):
    file, _ = LAWS[name]
    tape = Tape(folder / "tsl" / f"{file}.endf.xz")
    law = thermal.read_inelastic(tape, kelvin, name)
    nodes = [thermal.node(law, float(e)) for e in thermal.incident_grid(law.highest_eV)]
    return law, nodes, thermal.read_elastic(tape, kelvin, 2)


def element(folder, file):
    return photo_atomic.read(Tape(file))


def compared(folder, name, nuclide, heat):
    """Worst deviations from the reference table, per column; rows of cross section and of kerma."""
    found = {}
    with open(folder / POINTWISE) as file:
        for r in csv.DictReader(line for line in file if not line.startswith("#")):
            energy = float(r["energy_eV"])
            if r["file"] != NUCLIDES[name] or energy > 19.9e6:
                continue
            k = {n: float(np.interp(energy, heat.energy, v)) for n, v in heat.kerma.items()}
            mine = {"h301": sum(k.values()), "h302": k["elastic"], "h402": k["capture"]}
            mine.update({f"mt{x.mt}": float(np.interp(energy, heat.energy, v)) for x, v in zip(nuclide.cold, heat.rows)})
            if name in ("B10", "N14"):
                mine["h407" if name == "B10" else "h403"] = k["named"]
            for column, value in mine.items():
                reference = float(r.get(column) or 0.0)
                if reference > 1e-6:
                    found.setdefault(column, []).append((value / reference - 1, energy))
    return {c: {"worst": round(max(v, key=lambda d: abs(d[0]))[0], 5), "at_eV": max(v, key=lambda d: abs(d[0]))[1],
                "beyond_0.5_percent": [[float(f"{e:.6g}"), round(d, 4)] for d, e in v if abs(d) > 5e-3]}
            for c, v in found.items()}


def elements_of(nuclides):
    """Every element as mixture of the nuclides that are there; the main one takes the place of those that are not."""
    have = {}
    for name, n in nuclides.items():
        have.setdefault(n.Z, {})[n.A] = name
    rows = []
    for Z in sorted(have):
        natural = masses.abundances(Z)
        shares = {A: natural.get(A, 0.0) for A in have[Z]}
        absent = {f"{masses.SYMBOLS[Z]}{A}": round(s, 6) for A, s in natural.items() if A not in shares}
        main = max(shares, key=shares.get)
        shares[main] += 1.0 - sum(shares.values())
        rows.append({"Z": Z, "atomic_weight": masses.atomic_weight(Z), "main": have[Z][main],
                     "nuclides": {have[Z][A]: round(s, 8) for A, s in sorted(shares.items())}, "absent": absent})
    return rows


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build(folder, names, processes, checks):
    packer, index, laws, elements = pack.Packer(), [], [], []
    photo_files = sorted((folder / "photoat").glob("photoat-*.endf.xz"))
    with ProcessPoolExecutor(processes) as pool:
        jobs = [pool.submit(one_nuclide, folder, n) for n in names]
        law_jobs = [(n, t, pool.submit(law_nodes, folder, n, t)) for n in LAWS for t in KELVIN]
        photo_jobs = [pool.submit(element, folder, f) for f in photo_files]
        results = [j.result() for j in jobs]
        nuclides = {name: r[0] for name, r in zip(names, results)}
        for name, (nuclide, heats, notes) in zip(names, results):
            entry = {"name": name, **pack.add_nuclide(packer, nuclide, heats), "notes": notes}
            if NUCLIDES[name]:
                entry["evaluation"] = f"{NUCLIDES[name]}: {nuclide.header}"
                entry["capture_eV"] = nuclide.balance
                entry["overdrawn"] = nuclide.overdrawn
                checks[name] = compared(folder, name, nuclide, heats[0])
            index.append(entry)
        for name, kelvin, job in law_jobs:
            law, nodes, elastic = job.result()
            laws.append({"name": name, "kelvin": kelvin, "free_barn": law.free_barn, "mass_ratio": law.awr,
                         "highest_eV": law.highest_eV, **pack.add_law(packer, nodes),
                         "incoherent_elastic_barn": elastic.incoherent_barn,
                         "debye_waller_per_eV": elastic.debye_waller_per_eV, "file": LAWS[name][0]})
        for job in photo_jobs:
            elements.append(pack.add_element(packer, job.result()))
    return packer, nuclides, index, laws, elements


def input_hashes(folder, names):
    files = [folder / "endf" / f"{NUCLIDES[n]}.endf.xz" for n in names if NUCLIDES[n]]
    files += [folder / f for f in K39_FILES] + [folder / "tsl" / f"{f}.endf.xz" for f, _ in LAWS.values()]
    files += sorted((folder / "photoat").glob("photoat-*.endf.xz")) + [masses.TABLE_FILE]
    return {f.name: sha256(f) for f in files}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data/tables"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--checks", type=Path)
    options = parser.parse_args()
    names = [n for n in NUCLIDES if not options.only or n in options.only.split(",")]
    checks = {}
    packer, nuclides, index, laws, elements = build(options.folder, names, options.processes, checks)
    blob, sections = packer.blob()
    certificate = {
        "what": "neutron and photon data: cross sections, kerma, emission, photon production, thermal laws, photons and atoms",
        "format": "beamwright-neutron-library-1",
        "made_by": "tools/build_neutron.py",
        "method": "docs/methods/neutron_data.md",
        "sources": [
            "ENDF/B-VIII.1 neutron sublibrary; O-16, Ca-40, Fe-56 of ENDF/B-VII.1 (no VIII.x file at hand)",
            "K-39: pointwise tables of ENDF/B-VII.1; K-41 has no data and its share is K-39",
            "H in H2O, H in CH2: ENDF/B-VIII.1 parameters, regenerated; 310 K of H in CH2 is the 313 K table",
            "EPICS2023 photo-atomic data (ENDF/B-VIII.1)",
            "NIST atomic masses and abundances",
        ],
        "kelvin": list(KELVIN),
        "parts": pack.levels_used(),
        "inputs_sha256": input_hashes(options.folder, names),
        "sha256": hashlib.sha256(blob).hexdigest(),
        "bytes": len(blob),
        "sections": sections,
        "nuclides": index,
        "elements": elements_of(nuclides),
        "thermal_laws": laws,
        "photo_elements": elements,
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "neutron_library.bin").write_bytes(blob)
    (options.out / "neutron_library.json").write_text(json.dumps(certificate, indent=1) + "\n")
    if options.checks:
        options.checks.write_text(json.dumps(checks, indent=1) + "\n")


if __name__ == "__main__":
    main()
