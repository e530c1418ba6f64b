"""Oxygen's elastic angles: the evaluations carry carbon's nuclear part, so they are drawn to measured points.

Measured over evaluated cross section as a function of momentum transfer, in which the diffraction pattern of a nucleus
stays in place: at the energies of the measurements; between them the logarithm of the ratio goes evenly with the
logarithm of the energy. Below the lowest it fades to 1 at the energy from which on the evaluation equals carbon's. Nearer to forward than the measurement
the last ratio multiplies what the Coulomb field does not give.
"""

import csv

import numpy as np

CARBON_FROM_MEV = 24.0
MERGE_PER_FM = 0.02  # points nearer than this are one (repeated angles, two experiments)
SAME_ENERGY_MEV = 5.0
HBAR_C_MEV_FM = 197.3269804
PROTON_MEV, OXYGEN_MEV = 938.27208816, 14895.0798


def momentum_transfer_per_fm(energy_MeV, angle_deg):
    square = energy_MeV * (energy_MeV + 2 * PROTON_MEV) * OXYGEN_MEV**2 / (
        (PROTON_MEV + OXYGEN_MEV) ** 2 + 2 * energy_MeV * OXYGEN_MEV
    )
    return 2 * np.sqrt(square) / HBAR_C_MEV_FM * np.sin(np.radians(angle_deg) / 2)


def read_measured(path):
    """[(energy, angles, barn per sr)], experiments of nearly one energy together."""
    groups = []
    with open(path) as file:
        for r in csv.DictReader(line for line in file if not line.startswith("#")):
            energy = float(r["E_MeV"])
            near = next((g for g in groups if abs(g[0] - energy) < SAME_ENERGY_MEV), None)
            if near is None:
                near = (energy, [])
                groups.append(near)
            near[1].append((energy, float(r["angle_cm_deg"]), float(r["dsigma_mb_per_sr"]) * 1e-3))
    return sorted(groups)


def evaluated(nodes, energy_MeV, angle_deg):
    """Barn per sr between the nodes [(energy, angles, values)], even in the logarithm."""
    above = next(i for i, n in enumerate(nodes) if n[0] >= energy_MeV)
    ends = [nodes[max(above - 1, 0)], nodes[above]]
    low, high = (np.interp(angle_deg, n[1], np.log(n[2])) for n in ends)
    width = ends[1][0] - ends[0][0]
    share = (energy_MeV - ends[0][0]) / width if width > 0 else 1.0
    return np.exp(low + share * (high - low))


def log_ratios(nodes, path):
    """[(energy, momentum transfers, ln(measured / evaluated))], merged and ascending."""
    found = []
    for energy, points in read_measured(path):
        rows = sorted(
            (momentum_transfer_per_fm(e, angle), np.log(value / evaluated(nodes, e, angle))) for e, angle, value in points
        )
        merged, group = [], []
        for row in rows + [(np.inf, 0.0)]:
            if group and row[0] - group[0][0] > MERGE_PER_FM:
                merged.append(tuple(np.mean(group, axis=0)))
                group = []
            group.append(row)
        at, value = np.array(merged).T
        found.append((energy, at, value))
    return found


def drawn_to_measured(nodes, coulomb, path):
    """The nodes [(energy, angles, barn per sr)] times the ratio; outside the measured angles its last value is kept.

    `coulomb(energy, angles)`: barn per sr of the Coulomb field alone.
    """
    ratios = log_ratios(nodes, path)
    energies = np.array([r[0] for r in ratios])
    found = []
    for energy, angles, values in nodes:
        transfer = momentum_transfer_per_fm(energy, angles)
        curves = [np.interp(transfer, at, value) for _, at, value in ratios]
        if energy <= energies[0]:
            factor = curves[0] * np.clip((energy - CARBON_FROM_MEV) / (energies[0] - CARBON_FROM_MEV), 0, 1)
            first = ratios[0][1][0]
        else:
            above = min(int(np.searchsorted(energies, energy)), len(energies) - 1)
            low, high = np.log(energies[above - 1]), np.log(energies[above])
            share = min((np.log(energy) - low) / (high - low), 1.0)
            factor = curves[above - 1] + share * (curves[above] - curves[above - 1])
            first = ratios[above - 1][1][0] + share * (ratios[above][1][0] - ratios[above - 1][1][0])
        forward = coulomb(energy, angles) * (transfer < first)
        found.append((energy, angles, forward + (values - forward) * np.exp(factor)))
    return found
