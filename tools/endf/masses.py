"""Atomic masses, atomic weights and reaction energies."""

import csv
from functools import lru_cache
from pathlib import Path

U_MEV = 931.49410242
NEUTRON_MEV = 939.56542052
SYMBOLS = (
    "n H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y "
    "Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os "
    "Ir Pt Au Hg Tl Pb Bi"
).split()
TABLE_FILE = Path(__file__).with_name("nist_masses.csv")


@lru_cache(maxsize=1)
def _table():
    with open(TABLE_FILE) as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {
            (int(r["Z"]), int(r["A"])): (float(r["mass_u"]), float(r["abundance_percent"]), float(r["atomic_weight"]))
            for r in rows
        }


def atomic_mass_MeV(Z, A):
    """Mass with electrons; None where the table has none."""
    if (Z, A) == (0, 0):
        return 0.0
    if (Z, A) == (0, 1):
        return NEUTRON_MEV
    row = _table().get((Z, A))
    return row[0] * U_MEV if row else None


def atomic_weight(Z):
    return next(v[2] for k, v in _table().items() if k[0] == Z)


def abundances(Z):
    """{A: share of atoms} of the natural element."""
    found = {k[1]: v[1] / 100.0 for k, v in _table().items() if k[0] == Z and v[1] > 0}
    total = sum(found.values())
    return {A: share / total for A, share in found.items()}


def main_isotope(Z):
    found = abundances(Z)
    return max(found, key=found.get)
