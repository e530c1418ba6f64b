#!/usr/bin/env python3
"""Builds data/machines/*.json from public beam models.

usage: tools/build_machines.py REFERENCE_FOLDER [--out data/machines]

REFERENCE_FOLDER holds beam_models/*.csv and stopping/icru90_protons_air.csv (origin: docs/methods/machine_model.md).
Figures are taken as facts with their sources named in each file; nothing is filled in from memory. Deterministic.
"""
import argparse
import csv
import json
import math
from pathlib import Path

# Protons per MU of the generic machines: 1 MU = 3 nC collected per cm of dry air at 20 C and 101.325 kPa in a parallel
# plate chamber (the definition in MCsquare's compute_beam_model.c). W_air = 34.44 eV for protons and the stopping
# power of air are those of ICRU Report 90.
CHARGE_PER_CM_PER_MU = 3e-9
W_AIR_EV = 34.44
AIR_DENSITY = 1.20479e-3  # g/cm3
ELEMENTARY_CHARGE = 1.602176634e-19

IBA_SHIFTER = {"id": "RS_73MM_WET", "aliases": ["RS_Block"], "material": "PMMA", "density_g_per_cm3": 1.19,
               "wet_mm": 73.1}
DCPT_SHIFTERS = [{"id": f"RS_{cm}CM", "material": "Lexan", "thickness_mm": 10.0 * cm} for cm in (2, 3, 5)]
SHIFTER_SOURCES = [
    "Range shifter RS_5CM: 50 mm Lexan, nbassler/dicomexport res/range_shifters/rs_dcpt.csv (MIT); its plans state "
    "57 mm of water",
    "Range shifter RS_73MM_WET: PMMA, 1.19 g/cm3, 73.1 mm of water, e0404/MCsquare BDL_default_UN_RangeShifter "
    "(Apache-2.0)",
]
MU_SOURCE = ("Protons per MU: 1 MU = 3 nC per cm of air (definition as in e0404/MCsquare compute_beam_model.c), "
             "W = 34.44 eV and stopping power of ICRU Report 90 at the mean energy")


def rows(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


class ProtonsPerMU:
    def __init__(self, reference):
        table = rows(reference / "stopping/icru90_protons_air.csv")
        self.points = [(math.log(float(r["T_MeV"])), math.log(float(r["S_el_MeV_cm2_per_g"]))) for r in table]

    def __call__(self, energy_MeV):
        x = math.log(energy_MeV)
        for (a, sa), (b, sb) in zip(self.points, self.points[1:]):
            if a <= x <= b:
                stopping = math.exp(sa + (x - a) / (b - a) * (sb - sa))
                electronvolt_per_cm = stopping * AIR_DENSITY * 1e6
                return CHARGE_PER_CM_PER_MU / ELEMENTARY_CHARGE * W_AIR_EV / electronvolt_per_cm
        raise ValueError(f"{energy_MeV} MeV is outside the stopping power table")


def rounded(value, digits=6):
    return float(f"{value:.{digits}g}")


def axis(sigma, divergence, correlation):
    return {"sigma_mm": rounded(sigma), "divergence_rad": rounded(divergence), "correlation": rounded(correlation)}


def energy(nominal, mean, sigma, protons, x, y):
    return {"nominal_MeV": nominal, "mean_MeV": rounded(mean, 7), **sigma, "protons_per_MU": rounded(protons, 7),
            "gaussians": [{"weight": 1, "x": x, "y": y}]}


def write(folder, machine):
    path = folder / f"{machine['name']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    energies = machine.pop("energies")
    text = json.dumps(machine, indent=1)[:-2] + ',\n "energies": [\n'
    text += ",\n".join("  " + json.dumps(e, separators=(",", ":")) for e in energies) + "\n ]\n}\n"
    path.write_text(text, encoding="utf-8")
    print(f"{path}: {len(energies)} energies, {path.stat().st_size} bytes")


def generic_cyclotron(reference, protons_per_MU):
    energies = []
    for r in rows(reference / "beam_models/mcsquare_matrad_P1.csv"):
        nominal, mean = float(r["NominalEnergy_MeV"]), float(r["MeanEnergy_MeV"])
        axes = [axis(float(r[f"SpotSize1{a}_mm"]), float(r[f"Divergence1{a}_rad"]), float(r[f"Correlation1{a}_-"]))
                for a in "xy"]
        spread = {"energy_sigma_percent_of_nominal": rounded(float(r["EnergySpread_percent_of_nominal"]))}
        energies.append(energy(nominal, mean, spread, protons_per_MU(mean), *axes))
    return {
        "format": "beamwright machine 1",
        "name": "generic_cyclotron",
        "description": "A cyclotron with degrader and pencil beam scanning, put together from public figures. For "
                       "studies and training; it is no particular machine and must not be used to treat.",
        "kind": "cyclotron",
        "trust": "optics fitted by others to one machine; protons per MU by definition; generic as a whole",
        "sources": [
            "Mean energy, spread, spot size, divergence, correlation, distances: P1 machine as packed for matRad, "
            "jinkoo2/opentps2 and e0404/MCsquare BDL (Apache-2.0), fitted",
            MU_SOURCE,
            "Scan field 40 cm x 30 cm (which side is x is not said; 40 cm taken as y): Sumitomo press text 2016-05-25",
        ] + SHIFTER_SOURCES,
        "treatment_machine_names": [],
        "optics_plane_z_mm": 420.0,
        "virtual_source_mm": {"x": 2218.0, "y": 1839.0},
        "medium_after_plane": "air",
        "limits": {"scan_field_mm": {"x": [-150, 150], "y": [-200, 200]}},
        "range_shifters": [DCPT_SHIFTERS[2], IBA_SHIFTER],
        "energies": energies,
    }


def generic_synchrotron(reference, protons_per_MU):
    energies = []
    for r in rows(reference / "beam_models/ideal_example_synchrotron_evaluated.csv"):
        nominal, mean = float(r["E_nominal_MeV"]), float(r["mean_energy_MeV"])
        axes = []
        for size, angle, emittance in (("x_sigma_mm", "theta_rad", "emittance_x_mm_rad"),
                                       ("y_sigma_mm", "phi_rad", "emittance_y_mm_rad")):
            sigma, divergence = float(r[size]), float(r[angle])
            # The ellipse area is pi * sigma * divergence * sqrt(1 - correlation^2); the beam diverges.
            ratio = float(r[emittance]) / (math.pi * sigma * divergence)
            axes.append(axis(sigma, divergence, math.sqrt(max(0.0, 1.0 - ratio * ratio))))
        spread = {"energy_sigma_MeV": rounded(float(r["energy_spread_MeV"]))}
        energies.append(energy(nominal, mean, spread, protons_per_MU(mean), *axes))
    return {
        "format": "beamwright machine 1",
        "name": "generic_synchrotron",
        "description": "A synchrotron with pencil beam scanning and small energy spread, put together from public "
                       "figures. For studies and training; it is no particular machine and must not be used to treat.",
        "kind": "synchrotron",
        "trust": "optics called an example by their authors; protons per MU by definition; generic as a whole",
        "sources": [
            "Mean energy, spread, spot size, divergence, emittance, distances: OpenGATE/IDEAL example proton beam "
            "line, polynomials evaluated every 5 MeV (LGPL-3 project; figures taken as facts), called an example",
            MU_SOURCE,
            "Scan field 30 cm x 30 cm: Gillin et al. 2010, Med. Phys. 37:154 (Hitachi ProBeat synchrotron)",
            "Time between spills 1 to 2 s, 2 s taken for an energy switch: Imperial CCAP note of 2019-06-26 "
            "(MedAustron)",
        ] + SHIFTER_SOURCES,
        "treatment_machine_names": [],
        "optics_plane_z_mm": 1300.0,
        "virtual_source_mm": {"x": 6700.0, "y": 7420.0},
        "medium_after_plane": "air",
        "limits": {"scan_field_mm": {"x": [-150, 150], "y": [-150, 150]}},
        "energy_switch_s": 2.0,
        "range_shifters": [DCPT_SHIFTERS[2], IBA_SHIFTER],
        "energies": energies,
    }


def dcpt(reference, version, plane_mm, valid):
    energies = []
    for r in rows(reference / f"beam_models/dcpt_varian_probeam_{version}.csv"):
        nominal = float(r["energy_nominal_MeV"])
        if nominal != round(nominal):
            continue  # thinned to 1 MeV; what that costs is tested against the whole table
        axes = [axis(float(r[f"sigma_{a}_mm"]), float(r[f"div_{a}_rad"]), float(r[f"cor_{a}{a}"])) for a in "xy"]
        spread = {"energy_sigma_MeV": rounded(float(r["energy_sigma_MeV"]))}
        energies.append(energy(nominal, float(r["energy_real_MeV"]), spread, float(r["protons_per_MU"]), *axes))
    return {
        "format": "beamwright machine 1",
        "name": f"dcpt_probeam_{version}",
        "description": f"Varian ProBeam of the Danish Centre for Particle Therapy, Aarhus: mean of the gantry rooms, "
                       f"beam model {version} ({valid}). For comparison with public data; not for treatment.",
        "kind": "cyclotron",
        "trust": "fitted by the centre to measured range, spot size in air and dose",
        "sources": [
            f"Beam model {version}: APTG/2022_DCPT_LET data/resources/dcpt_beam_model, CC BY 4.0, DCPT Aarhus; thinned "
            "from 0.1 to 1 MeV",
            "Virtual source distances 2000 and 2560 mm: Virtual Source-Axis Distances of the centre's RT Ion Plans",
            "Range shifters: 20, 30, 50 mm Lexan, nbassler/dicomexport res/range_shifters/rs_dcpt.csv (MIT)",
        ],
        "treatment_machine_names": [],
        "optics_plane_z_mm": plane_mm,
        "virtual_source_mm": {"x": 2000.0, "y": 2560.0},
        "medium_after_plane": "air",
        "limits": {},
        "range_shifters": DCPT_SHIFTERS,
        "energies": energies,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data/machines"))
    options = parser.parse_args()
    protons_per_MU = ProtonsPerMU(options.reference)
    write(options.out, generic_cyclotron(options.reference, protons_per_MU))
    write(options.out, generic_synchrotron(options.reference, protons_per_MU))
    write(options.out, dcpt(options.reference, "v2", 500.0, "valid until July 2024"))
    write(options.out, dcpt(options.reference, "v5", 600.0, "valid from August 2024"))


if __name__ == "__main__":
    main()
