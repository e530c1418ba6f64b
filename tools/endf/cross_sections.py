"""Cross sections of natural elements on one energy grid; elements without data lie between their neighbours."""

import csv

import numpy as np

from endf import masses

GRID_STEP_MEV, GRID_POINTS = 0.5, 521
GRID = np.arange(GRID_POINTS) * GRID_STEP_MEV
# Carbon is the lightest with a full evaluation; Li, Be, B, He follow its rule
FIRST_Z, LAST_Z = 1, 83


def read_mf3(path):
    """{(Z, A): (energies, barn)} of MT=5."""
    found = {}
    with open(path) as file:
        for r in csv.DictReader(line for line in file if not line.startswith("#")):
            if r["MT"] == "5":
                _, symbol, A = r["target"][2:].split("_")
                key = (int(r["target"][2:5]), int(A))
                found.setdefault(key, []).append((float(r["E_MeV"]), float(r["xs_mb"]) * 1e-3))
    return {k: np.array(v).T for k, v in found.items()}


def read_summary(path):
    """{Z: (energies, barn)} of ICRU 63."""
    found = {}
    with open(path) as file:
        for r in csv.DictReader(line for line in file if not line.startswith("#")):
            found.setdefault(int(r["Z"]), []).append((float(r["E_MeV"]), float(r["xs_nonelastic_mb"]) * 1e-3))
    return {k: np.array(v).T for k, v in found.items()}


def evaluated(mf3, icru):
    """{Z: barn on the grid} where an evaluation to 150 MeV exists; above it ICRU 63, joined at the last ENDF energy."""
    found, growth = {}, {}
    for Z in sorted({z for z, _ in mf3}):
        isotopes = {A: mf3[(Z, A)] for z, A in mf3 if z == Z and mf3[(Z, A)][0][-1] >= 150}
        shares = {A: share for A, share in masses.abundances(Z).items() if A in isotopes}
        if not shares:
            continue
        total = sum(shares.values())
        curve = sum(s / total * np.interp(GRID, *isotopes[A]) for A, s in shares.items())
        found[Z] = curve
        if Z in icru:
            at, barn = icru[Z]
            growth[Z] = np.interp(np.maximum(GRID, 150), at, barn) / np.interp(150, at, barn)
    for Z, curve in found.items():
        nearest = min(growth, key=lambda z: abs(z - Z))
        at150 = np.interp(150, GRID, curve)
        found[Z] = np.where(GRID <= 150, curve, at150 * growth[nearest])
    return found


def all_elements(known):
    """{Z: barn on the grid}: sigma / A^(2/3), the transparency, is linear in A^(1/3) between the neighbours with data."""
    root = {Z: masses.atomic_weight(Z) ** (1 / 3) for Z in range(FIRST_Z + 1, LAST_Z + 1)}
    have = sorted(known)
    result = {}
    for Z in range(FIRST_Z + 1, LAST_Z + 1):
        if Z in known:
            result[Z] = known[Z]
            continue
        low = max((k for k in have if k < Z), default=None)
        high = min((k for k in have if k > Z), default=None)
        low, high = (low or high), (high or low)
        reduced = {k: known[k] / root[k] ** 2 for k in (low, high)}
        part = 0.0 if low == high else (root[Z] - root[low]) / (root[high] - root[low])
        result[Z] = root[Z] ** 2 * ((1 - part) * reduced[low] + part * reduced[high])
    return result
