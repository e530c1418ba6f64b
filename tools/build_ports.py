#!/usr/bin/env python3
"""Builds data/ports/*.json from published figures.

usage: tools/build_ports.py REFERENCE_FOLDER [--out data/ports]

REFERENCE_FOLDER holds goorley2002_beam_spectrum.csv, fir1_k63_free_beam_spectrum_digitized.csv and
beam_ports_in_air_and_phantom.csv (origin: docs/methods/neutron_port.md). Deterministic.
"""
import argparse
import csv
import json
import math
from pathlib import Path

THERMAL_EV, FAST_EV = 0.5, 1e4
BOLTZMANN_EV_PER_K = 8.617333262e-5  # CODATA 2018
ROOM_K = 293.6
PER_DECADE = 20


def rows(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def rounded(value, digits=6):
    return float(f"{value:.{digits}g}")


def edges_between(low, high):
    """Even steps in the logarithm, with the borders of thermal, epithermal and fast neutrons among them."""
    stops = [low] + [e for e in (THERMAL_EV, FAST_EV) if low < e < high] + [high]
    edges = [low]
    for a, b in zip(stops, stops[1:]):
        parts = max(1, round(PER_DECADE * math.log10(b / a)))
        edges += [a * (b / a)**(i / parts) for i in range(1, parts)] + [b]
    return edges


def group_integral(per_lethargy, low, high, parts=40):
    width = math.log(high / low) / parts
    return sum(per_lethargy(low * math.exp((i + 0.5) * width)) for i in range(parts)) * width


def figures_of(table, port):
    found = []
    for row in table:
        if row["port"] == port:
            figure = {"quantity": row["quantity"], "value": float(row["value"]), "unit": row["unit"],
                      "trust": row["trust"], "source": row["source"]}
            if row["source"] == "same":
                figure["source"] = found[-1]["source"]
            if row["sigma"]:
                figure["sigma"] = float(row["sigma"])
            found.append(figure)
    return found


def spectrum(edges, shares, even_in, quantity):
    total = sum(shares)
    return {"edges_eV": [rounded(e, 8) for e in edges], "shares": [rounded(s / total) for s in shares],
            "even_in": even_in, "quantity": quantity}


def generic_beam(reference):
    edges, shares = [], []
    for row in rows(reference / "goorley2002_beam_spectrum.csv"):
        low, high = float(row["low_MeV"]) * 1e6, float(row["high_MeV"]) * 1e6
        edges += [low * (high / low)**(i / 100) for i in range(0 if not edges else 1, 101)]
        shares += [float(row["fraction"]) / 100] * 100
    area_cm2 = math.pi * 5.0**2
    return {
        "format": "beamwright port 1", "name": "generic_epithermal", "kind": "reference",
        "description": "Generic epithermal beam of the Snyder head comparison of 2002: parallel, 10 cm disk, neutrons only",
        "trust": "exact: a definition, not a machine",
        "sources": ["Goorley, Kiger, Zamenhof 2002, Med. Phys. 29, 145 and its deposited MCNP deck (si5, si6, si7): three "
                    "groups of 100 bins of equal lethargy and probability, energy even inside a bin"],
        "missing": [],
        "aperture": {"shape": "disk", "radius_mm": 50.0},
        "neutrons": spectrum(edges, shares, "energy", "current"),
        "angles": [{"law": "parallel"}],
        "strength": {"setting": "normalization of the study", "unit": "1e10 neutrons/(cm2 s)", "amount": 1.0,
                     "neutrons_per_s": rounded(1e10 * area_cm2, 9),
                     "derivation": "1e10 neutrons/(cm2 s) over the disk of 10 cm diameter", "trust": "exact: a definition"},
        "in_air_figures": [],
    }


def fir1(reference):
    points = [(float(r["energy_eV"]), float(r["flux_per_unit_lethargy_n_cm2_s"]))
              for r in rows(reference / "fir1_k63_free_beam_spectrum_digitized.csv")]
    figures = figures_of(rows(reference / "beam_ports_in_air_and_phantom.csv"), "FiR1_K63_14cm_250kW")
    value = {f["quantity"]: f["value"] for f in figures}

    def marker(energy):  # straight between the markers in the logarithms, nothing outside
        for (a, fa), (b, fb) in zip(points, points[1:]):
            if a <= energy <= b:
                return fa * (fb / fa)**(math.log(energy / a) / math.log(b / a))
        return 0.0

    def maxwell(energy):  # flux per lethargy of a room-temperature gas
        x = energy / (BOLTZMANN_EV_PER_K * ROOM_K)
        return x * x * math.exp(-x)

    edges = edges_between(1e-3, points[-1][0])
    groups = list(zip(edges, edges[1:]))
    shape = [group_integral(marker, a, b) for a, b in groups]
    gas = [group_integral(maxwell, a, b) for a, b in groups]

    def total(values, low, high):
        return sum(v for v, (a, b) in zip(values, groups) if a >= low * (1 - 1e-9) and b <= high * (1 + 1e-9))

    # Every region is scaled to its published fluence rate; what the markers leave of the thermal one is a Maxwellian
    epithermal = value["epithermal_fluence_rate_0.5eV_10keV"] / total(shape, THERMAL_EV, FAST_EV)
    fast = value["fast_fluence_rate_above_10keV"] / total(shape, FAST_EV, edges[-1])
    rest = value["thermal_fluence_rate_below_0.5eV"] - epithermal * total(shape, 0, THERMAL_EV)
    if rest < 0:
        raise ValueError("the markers hold more thermal neutrons than were measured")
    warm = rest / total(gas, 0, THERMAL_EV)
    shares = [(fast if a >= FAST_EV * (1 - 1e-9) else epithermal) * s + (warm * g if b <= THERMAL_EV * (1 + 1e-9) else 0.0)
              for s, g, (a, b) in zip(shape, gas, groups)]
    ratio = value["current_to_fluence_ratio"]
    area_cm2 = math.pi * 7.0**2
    return {
        "format": "beamwright port 1", "name": "fir1_k63", "kind": "reactor",
        "description": "FiR 1 (Otaniemi, Finland; shut down 2015), K63 port with its 14 cm aperture",
        "trust": "figure: spectrum read off a figure of unfolded foils, scaled to measured fluence rates; angles from one "
                 "measured ratio",
        "sources": [
            "Spectrum: INEEL/EXT-01-00204, figure 5 (activation foils, iterative adjustment), digitized in AvilaLabs/OpenBNCT "
            "(MIT); here each region scaled to the fluence rates of Seppala 2002 (HU-P-D103, table 4): epithermal by "
            f"{epithermal:.3f}, fast by {fast:.3f}",
            f"Below 0.5 eV: the markers plus a Maxwellian of {ROOM_K} K that fills up the measured thermal fluence rate",
            "Angles: cosine power n with n/(n+1) = current over fluence = 0.77 (Seppala 2002), the same at all energies"],
        "missing": ["Photons of the beam itself: not in the tables at hand. Koivunoro et al. 2014 (Appl. Radiat. Isot., "
                    "abstract) put them at 2 % of the total weighted patient dose at the most.",
                    "Profile across the aperture (taken as uniform), divergence by energy, and the shape of the collimator."],
        "aperture": {"shape": "disk", "radius_mm": 70.0},
        "neutrons": spectrum(edges, shares, "logarithm", "fluence"),
        "angles": [{"law": "cosine_power", "power": rounded(ratio / (1 - ratio))}],
        "strength": {"setting": "250 kW reactor power", "unit": "MW", "amount": 0.25,
                     "neutrons_per_s": rounded(sum(shares) * ratio * area_cm2),
                     "derivation": "measured fluence rates x current over fluence x area of the aperture, uniform over it",
                     "trust": "derived from measured figures"},
        "in_air_figures": figures,
    }


def accelerator():
    """A moderated spectrum with a peak at 10 keV; the shape is ours."""
    fluoride_eV, slope, tail_per_epithermal, evaporation_eV = 1.2e4, 0.18, 0.029, 4e5

    def moderated(energy):
        return energy**slope * math.exp(-(energy / fluoride_eV)) / (1 + (0.3 / energy)**2)

    def tail(energy):
        x = energy / evaporation_eV
        return x * math.exp(-x)

    edges = edges_between(1e-2, 1.0e7)
    groups = list(zip(edges, edges[1:]))
    shape = [group_integral(moderated, a, b) for a, b in groups]
    epithermal = sum(s for s, (a, b) in zip(shape, groups) if THERMAL_EV * (1 - 1e-9) <= a and b <= FAST_EV * (1 + 1e-9))
    fast = [group_integral(tail, a, b) for a, b in groups]
    shares = [s + tail_per_epithermal * epithermal * f / sum(fast) for s, f in zip(shape, fast)]
    ratio, flux = 0.7, 1.2e9
    area_cm2 = math.pi * 6.0**2
    return {
        "format": "beamwright port 1", "name": "accelerator_30MeV_beryllium", "kind": "accelerator",
        "description": "A port of the kind that a 30 MeV proton cyclotron with a beryllium target and a moderator of lead, iron, "
                       "aluminum and calcium fluoride makes; a model for planning studies, not a measured beam",
        "trust": "model: the shape of the spectrum, the angles and the fast tail are ours; the fluence rate is a remembered figure, "
                 "to be verified. Never for a patient",
        "sources": [
            "Kind of machine: Tanaka et al. 2009, Nucl. Instrum. Methods B (abstract): 30 MeV protons on beryllium, moderator of "
            "iron, lead, aluminum and calcium fluoride; J. Neutron Res., JNR-220037 (abstract): slowed down to about 10 keV",
            "Spectrum: model, per lethargy E^0.18 exp(-E/12 keV) with a cut below 0.3 eV (thermal filter), plus an evaporation "
            "tail (0.4 MeV) with 2.9 % of the epithermal fluence, so that the fast dose per epithermal neutron lies between "
            "those of iBNCT001 (3.8e-13 Gy cm2) and RA-6 (1.13e-12 Gy cm2)",
            "Angles: cosine power with a current over fluence of 0.7, the IAEA's target",
            "Fluence rate: 1.2e9 epithermal neutrons/(cm2 s) at 1 mA, remembered, no source readable: to be verified"],
        "missing": ["A published table of the spectrum, angles and photons of such a port.",
                    "Photons of the beam itself.", "Profile across the aperture (taken as uniform)."],
        "aperture": {"shape": "disk", "radius_mm": 60.0},
        "neutrons": spectrum(edges, shares, "logarithm", "fluence"),
        "angles": [{"law": "cosine_power", "power": rounded(ratio / (1 - ratio))}],
        "strength": {"setting": "1 mA proton current", "unit": "mA", "amount": 1.0,
                     "neutrons_per_s": rounded(flux * sum(shares) / epithermal_of(groups, shares) * ratio * area_cm2),
                     "derivation": "epithermal fluence rate over its share, x current over fluence x area of the aperture",
                     "trust": "to be verified"},
        "in_air_figures": [],
    }


def epithermal_of(groups, shares):
    return sum(s for s, (a, b) in zip(shares, groups) if THERMAL_EV * (1 - 1e-9) <= a and b <= FAST_EV * (1 + 1e-9))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data/ports"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for port in (generic_beam(options.reference), fir1(options.reference), accelerator()):
        text = json.dumps(port, indent=1, ensure_ascii=False)
        (options.out / f"{port['name']}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
