"""A nuclide whose evaluation is not at hand, from ready pointwise tables: K-39.

Stands in for Nuclide where the library is packed. Rules, also written into the certificate: the 293.6 K table serves at
every temperature; all inelastic scattering is isotropic in the centre of mass and leaves the first level excited; its
photon of that energy is made.
"""

import csv

import numpy as np

from neutron import angles, photons
from neutron import exact_math as em
from neutron.endf6 import Table
from neutron.nuclide import Heat, Reaction

FIRST_LEVEL_eV = 2.5226e6  # K-39, ENSDF
Q_eV = {102: 7.7995e6, 103: 0.2175e6, 107: 1.3617e6}  # AME2020 masses
COLUMNS = {2: "elastic", 102: "capture", 103: "n_p", 107: "n_alpha", 51: "inelastic"}
RULES = [
    "pointwise table of ENDF/B-VII.1, thinned to 3 %, 293.6 K at every temperature",
    "elastic scattering isotropic in the centre of mass",
    "inelastic scattering as one level of 2.5226 MeV",
]


def _rows(path):
    with open(path) as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def _denser(columns):
    """The table keeps points for a tolerance of 3 %: four more between two of them, straight in log-log (exact for 1/v)."""
    grid = columns[0]
    part = np.arange(5) / 5.0
    logs = em.log(grid)
    found = []
    for y in columns:
        both = (y[:-1] > 0) & (y[1:] > 0)
        low, high = np.where(both, y[:-1], 1.0), np.where(both, y[1:], 1.0)
        curved = low[:, None] * em.exp(part * (em.log(high) - em.log(low))[:, None])
        x = em.exp(logs[:-1, None] + part * np.diff(logs)[:, None])
        straight = y[:-1, None] + (x - grid[:-1, None]) / np.maximum(np.diff(grid), 1e-30)[:, None] * np.diff(y)[:, None]
        found.append(np.concatenate([np.where(both[:, None], curved, straight).ravel(), y[-1:]]))
    return found


class PointwiseNuclide:
    Z, A, awr = 19, 39, 38.6532

    def __init__(self, sections_file, photons_file):
        rows = _rows(sections_file)
        columns = [np.array([float(r[name]) for r in rows]) for name in ["E_eV", "heating_eV_b", *COLUMNS.values()]]
        self.grid, self.heating, *values = _denser(columns)
        barns = dict(zip(COLUMNS, values))
        self.cold, self.warm_only, self.barns = [], [], []
        for mt, barn in barns.items():
            first = int(np.nonzero(barn > 0)[0][0])
            cold = first == 0
            at = slice(0 if cold else first - 1, None)
            table = Table(self.grid[at], barn[at], (len(self.grid[at]),), (2,))
            r = Reaction(mt, Q_eV.get(mt, 0.0), -FIRST_LEVEL_eV if mt == 51 else Q_eV.get(mt, 0.0), table, cold)
            if mt in (2, 51):
                r.neutrons, r.emission = 1.0, angles.Angles([], True)
            (self.cold if cold else self.warm_only).append(r)
            if cold:
                self.barns.append(barn)
        self.reactions = self.cold + self.warm_only
        self.sources = [self._capture_photons(photons_file), self._level_photon()]

    @staticmethod
    def _capture_photons(path):
        rows = _rows(path)
        energy = np.array([float(r["E_eV"]) for r in rows])
        density = np.array([float(r["p"]) for r in rows])
        parts = np.column_stack([energy[:-1], energy[1:], density[:-1] * np.diff(energy)])
        parts = parts[parts[:, 2] > 0]
        parts[:, 2] /= parts[:, 2].sum()
        return photons.Source(102, False, [1e-5, 20e6], [3.237, 3.237], [parts, parts])

    @staticmethod
    def _level_photon():
        line = np.array([[FIRST_LEVEL_eV, FIRST_LEVEL_eV, 1.0]])
        return photons.Source(51, False, [1e-5, 20e6], [1.0, 1.0], [line, line])

    def linear(self, r):
        return r.table.x, r.table.y

    def is_named(self, r):
        return False

    def at(self, kelvin):
        zero = np.zeros_like(self.grid)
        grid = self.grid.astype(np.float32).astype(float)
        keep = np.concatenate([[True], np.diff(grid) > 0])
        kerma = {"elastic": zero[keep], "capture": zero[keep], "named": zero[keep], "rest": self.heating[keep]}
        return Heat(kelvin, grid[keep], np.array(self.barns)[:, keep], kerma)
