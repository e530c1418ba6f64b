#!/usr/bin/env python3
"""Makes data/tables/proton_nuclear.{bin,json} from evaluated data.

    tools/build_nuclear.py REFERENCE_FOLDER [--out data/tables] [--digest tests/physics/nuclear_inclusive.json]
                           [--processes N] [--cache FOLDER]

REFERENCE_FOLDER holds `endfb81_protons/`, `icru63_mcsquare/` and the CSV files named in SOURCES. The layout of the
binary file is that of src/tables/nuclear_load.cpp; methods: docs/methods/proton_nuclear_data.md. Deterministic.
"""

import argparse
import csv
import functools
import hashlib
import json
import pickle
import struct
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from endf import cross_sections, elastic, masses, oxygen
from endf.channels import COUNT, SPECIES
from endf.endf6 import Evaluation
from endf.events import BINS, Donor
from endf.spectra import Icru63

DONORS = {  # Z: (main isotope of the events, ICRU 63 file)
    6: ("006_C_012", "carbon"),
    7: ("007_N_014", "nitrogen"),
    8: ("008_O_016", "oxygen"),
    13: ("013_Al_027", "aluminium"),
    14: ("014_Si_028", "silicon"),
    15: ("015_P_031", "phosphorus"),
    20: ("020_Ca_040", "calcium"),
    26: ("026_Fe_056", "iron"),
    29: ("029_Cu_063", "copper"),
    74: ("074_W_184", "tungsten"),
    82: ("082_Pb_208", "lead"),
}
SOURCES = {
    "mf3": "endfb81_protons_mf3_cross_sections.csv",
    "summary": "icru63_inelastic_summary.csv",
    "elastic": "icru63_elastic_dsdo.csv",
    "oxygen": "exfor_p_O16_elastic_angular_measured.csv",
    "water": "geant4_water_macroscopic_from_moqui.csv",
}
HIGH_HYDROGEN_MEV = (150, 160, 180, 200, 220, 250, 260)
DIGEST_MEV = (20, 30, 50, 70, 100, 130, 150, 180, 200, 250)


def donor_nodes(folder, cache, Z):
    """The fitted nodes of one element; with a cache folder they are kept there (work on the packing only)."""
    name, element = DONORS[Z]
    kept = cache / f"{element}.pkl" if cache else None
    if kept and kept.exists():
        return pickle.loads(kept.read_bytes())
    nodes = fitted_nodes(folder, name, element)
    if kept:
        kept.write_bytes(pickle.dumps(nodes))
    return nodes


def fitted_nodes(folder, name, element):
    evaluation = Evaluation(folder / "endfb81_protons" / f"p-{name}.endf.xz")
    return Donor(evaluation, Icru63(folder / "icru63_mcsquare" / f"{element}_inelastic.dat.xz")).nodes()


def hydrogen_growth(folder):
    with open(folder / SOURCES["water"]) as file:
        rows = [r for r in csv.DictReader(line for line in file if not line.startswith("#"))]
    at = np.array([float(r["E_elastic_tables_MeV"]) for r in rows])
    value = np.array([float(r["pp_elastic_mm2_per_g"]) for r in rows])
    base = np.interp(elastic.HYDROGEN_LAST_MEV, at, value)
    return [(float(e), float(np.interp(e, at, value) / base)) for e in HIGH_HYDROGEN_MEV]


def elastic_nodes(folder):
    """{Z: nodes} of hydrogen and of the donors."""
    icru = elastic.read_icru(folder / SOURCES["elastic"])
    hydrogen = Evaluation(folder / "endfb81_protons" / "p-001_H_001.endf.xz")
    found = {1: elastic.hydrogen(hydrogen, hydrogen_growth(folder))}
    for Z, (name, element) in DONORS.items():
        evaluation = Evaluation(folder / "endfb81_protons" / f"p-{name}.endf.xz")
        mend = functools.partial(oxygen.drawn_to_measured, path=folder / SOURCES["oxygen"]) if Z == 8 else None
        found[Z] = elastic.nucleus(evaluation, icru.get(element, {}), mend)
    return found


def on_grid(nodes):
    grid = cross_sections.GRID
    curve = np.interp(grid, [n[0] for n in nodes], [n[1] for n in nodes])
    return np.where(grid < nodes[0][0], curve * grid / nodes[0][0], curve)


def elastic_on_grid(nodes_by_donor):
    """Curves of the donors; one whose table ends at 150 MeV (copper) goes on as the nearest that goes further."""
    curves = {Z: on_grid(nodes) for Z, nodes in nodes_by_donor.items()}
    whole = [Z for Z, nodes in nodes_by_donor.items() if Z > 1 and nodes[-1][0] > 200]
    for Z, nodes in nodes_by_donor.items():
        end = nodes[-1][0]
        if end < 200:
            near = min(whole, key=lambda z: abs(z - Z))
            growth = curves[near] / np.interp(end, cross_sections.GRID, curves[near])
            curves[Z] = np.where(cross_sections.GRID > end, curves[Z] * growth, curves[Z])
    return curves


def nearest_donor(Z):
    A = masses.atomic_weight(Z)
    return min(DONORS, key=lambda d: (abs(masses.atomic_weight(d) - A), d))


def alias(probability):
    """Walker's table with 16-bit keeps."""
    n = len(probability)
    p = np.asarray(probability, float) / np.sum(probability) * n
    keep, other = np.full(n, 65535, int), np.arange(n)
    small = [i for i in range(n) if p[i] < 1]
    large = [i for i in range(n) if p[i] >= 1]
    while small and large:
        s, g = small.pop(), large.pop()
        keep[s], other[s] = min(65535, int(round(p[s] * 65536))), g
        p[g] -= 1 - p[s]
        (small if p[g] < 1 else large).append(g)
    return keep, other


def scaled_spectrum(node, s):
    """In units of its value at the mean energy; a factor per species changes nothing."""
    wanted = node.wanted[s]
    mean = int((wanted * np.arange(BINS)).sum() / max(wanted.sum(), 1e-300))
    spectrum = np.asarray(node.spectra[s])
    positive = np.nonzero(spectrum > 0)[0]
    unit = spectrum[positive[np.argmin(np.abs(positive - mean))]]
    scaled = np.minimum(spectrum / unit, 1e30)
    return np.where(scaled < 1e-30, 0.0, scaled)


class Packer:
    """Collects the sections of the binary file, each little-endian and of one record type."""

    def __init__(self):
        self.bytes, self.count = {}, {}

    def add(self, section, data, records):
        first = self.count.get(section, 0)
        self.bytes.setdefault(section, bytearray()).extend(data)
        self.count[section] = first + records
        return first

    def add_node(self, node):
        keep, other = alias(node.probability)
        first_channel = self.count.get("channels", 0)
        for c, k, o in zip(node.channels, keep, other):
            self.add("channels", struct.pack("<fHHH6B", c.Q_MeV, k, o, c.most_bins, *c.counts), 1)
        first_energy = []
        for s in range(COUNT):
            if any(c.counts[s] for c in node.channels):
                scaled = scaled_spectrum(node, s)
                first_energy.append(self.add("spectra", scaled.astype("<f4").tobytes(), len(scaled)))
            else:
                first_energy.append(0xFFFFFFFF)
        first_cosine = []
        for bounds in node.cosines:
            flat = np.round(bounds * 32767).astype("<i2")
            first_cosine.append(self.add("cosines", flat.tobytes(), flat.size))
        self.add("nodes", struct.pack("<fffIII6I2II", node.energy_MeV, node.bin_MeV, node.recoil_share, first_channel,
                                      len(node.channels), len(node.spectra[0]), *first_energy, *first_cosine,
                                      len(node.cosines[0])), 1)

    def add_elastic(self, nodes):
        first = self.count.get("elastic_nodes", 0)
        for energy, _, bounds, _ in nodes:
            at = self.add("elastic_cosines", np.asarray(bounds, "<f4").tobytes(), len(bounds))
            self.add("elastic_nodes", struct.pack("<fI", energy, at), 1)
        return first, len(nodes)


def digest_of(nodes_by_donor):
    """What the evaluations say, for the tests: yields, mean energies, coarse spectra."""
    digest = {}
    for Z, nodes in nodes_by_donor.items():
        rows = []
        for node in nodes:
            if min(abs(node.energy_MeV - e) for e in DIGEST_MEV) > 0.1:
                continue
            row = {"energy_MeV": node.energy_MeV, "bin_MeV": node.bin_MeV * 8, "products": {}}
            place = (np.arange(BINS) + 0.5) * node.bin_MeV
            for s in (0, 1, 2, 3, 5):
                wanted = node.wanted[s]
                if wanted.sum() > 1e-3:
                    row["products"][SPECIES[s]] = {
                        "yield": round(float(wanted.sum()), 6),
                        "mean_MeV": round(float((wanted * place).sum() / wanted.sum()), 4),
                        "per_bin": [float(f"{x:.5g}") for x in wanted.reshape(-1, 8).sum(axis=1)],
                    }
            rows.append(row)
        digest[str(Z)] = rows
    return digest


def input_hashes(folder):
    files = [folder / name for name in SOURCES.values()] + [folder / "endfb81_protons" / "p-001_H_001.endf.xz"]
    for name, element in DONORS.values():
        files.append(folder / "endfb81_protons" / f"p-{name}.endf.xz")
        files.append(folder / "icru63_mcsquare" / f"{element}_inelastic.dat.xz")
    files.append(masses.TABLE_FILE)
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def quality_of(nodes_by_donor):
    """Worst relative deviations of the fit from the evaluations, at 35 MeV and above, per donor."""
    rows = {}
    for Z, nodes in nodes_by_donor.items():
        worst = {}
        for node in nodes:
            for name in "npda":
                if node.energy_MeV >= 35 and name in node.report and node.report[name][0] > 1e-2:
                    _, number, mean = node.report[name]
                    old = worst.get(name, (0.0, 0.0))
                    worst[name] = (max(old[0], abs(number)), max(old[1], abs(mean)))
        rows[masses.SYMBOLS[Z]] = {k: {"yield": round(v[0], 5), "mean_energy": round(v[1], 5)} for k, v in worst.items()}
    return rows


def build(folder, processes, cache):
    with ProcessPoolExecutor(processes) as pool:
        nodes_by_donor = dict(zip(DONORS, pool.map(donor_nodes, [folder] * len(DONORS), [cache] * len(DONORS), DONORS)))
    elastic_by_donor = elastic_nodes(folder)
    packer = Packer()
    first_node, first_elastic = {}, {}
    for Z, nodes in nodes_by_donor.items():
        first_node[Z] = (packer.count.get("nodes", 0), len(nodes))
        for node in nodes:
            packer.add_node(node)
    for Z, nodes in elastic_by_donor.items():
        first_elastic[Z] = packer.add_elastic(nodes)
    mf3 = cross_sections.read_mf3(folder / SOURCES["mf3"])
    nonelastic = cross_sections.all_elements(
        cross_sections.evaluated(mf3, cross_sections.read_summary(folder / SOURCES["summary"]))
    )
    curves = elastic_on_grid(elastic_by_donor)
    elastic_barn = cross_sections.all_elements({Z: c for Z, c in curves.items() if Z > 1})
    elastic_barn[1], nonelastic[1] = curves[1], np.zeros(cross_sections.GRID_POINTS)
    targets = []
    for Z in range(cross_sections.FIRST_Z, cross_sections.LAST_Z + 1):
        donor = 1 if Z == 1 else nearest_donor(Z)
        A = masses.main_isotope(Z) if masses.abundances(Z) else round(masses.atomic_weight(Z))
        packer.add("nonelastic", nonelastic[Z].astype("<f4").tobytes(), cross_sections.GRID_POINTS)
        packer.add("elastic", elastic_barn[Z].astype("<f4").tobytes(), cross_sections.GRID_POINTS)
        weight = masses.atomic_weight(Z)
        mass = (masses.atomic_mass_MeV(Z, A) or weight * masses.U_MEV) - Z * elastic.ELECTRON_MEV
        n, e = first_node.get(donor, (0, 0)), first_elastic[donor]
        targets.append({"Z": Z, "A": A, "atomic_weight": weight, "mass_MeV": round(mass, 4), "first_node": n[0],
                        "nodes": n[1], "first_elastic": e[0], "elastic_nodes": e[1],
                        "events_of": masses.SYMBOLS[donor]})
    return packer, targets, nodes_by_donor


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data/tables"))
    parser.add_argument("--digest", type=Path, default=Path("tests/physics/nuclear_inclusive.json"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    packer, targets, nodes_by_donor = build(options.folder, options.processes, options.cache)
    blob, sections = bytearray(), {}
    for name, data in packer.bytes.items():
        sections[name] = {"offset": len(blob), "records": packer.count[name]}
        blob.extend(data)
        blob.extend(b"\0" * (-len(blob) % 8))
    certificate = {
        "what": "proton nuclear interactions: cross sections, break-up channels, spectra, elastic angles",
        "format": "beamwright-proton-nuclear-2",
        "made_by": "tools/build_nuclear.py",
        "method": "docs/methods/proton_nuclear_data.md",
        "sources": [
            "ENDF/B-VIII.1 proton sublibrary (LA150), to 150 MeV",
            "ICRU Report 63 tables as shipped with MCsquare (Apache-2.0), 150 to 250 MeV",
            "Geant4 p-p elastic cross section (moquimc tables, MIT), above 140 MeV, relative",
            "EXFOR E0166002, C0063002, C0550002, C0148002 (Sakaguchi 1979, Kelly 1989, Glover 1985, Seifert 1993): "
            "measured p + O-16 elastic angles, to which oxygen's are drawn",
            "NIST atomic masses and abundances",
        ],
        "inputs_sha256": input_hashes(options.folder),
        "sha256": hashlib.sha256(blob).hexdigest(),
        "bytes": len(blob),
        "sections": sections,
        "targets": targets,
        "fit_quality": quality_of(nodes_by_donor),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "proton_nuclear.bin").write_bytes(blob)
    (options.out / "proton_nuclear.json").write_text(json.dumps(certificate, indent=1) + "\n")
    options.digest.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"made_by": "tools/build_nuclear.py", "donors": digest_of(nodes_by_donor)}, separators=(",", ":"))
    options.digest.write_text(text + "\n")


if __name__ == "__main__":
    main()
