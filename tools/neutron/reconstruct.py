"""Cross sections at 0 K on one grid that straight lines may join: MF=3 plus resonances."""

import numpy as np

from neutron.endf6 import linearized

TOLERANCE = 1e-3
LOWEST_eV, HIGHEST_eV = 1e-5, 20e6


def _nudged(x):
    """Steps are written as double points; the second one moves up by a relative 3e-7, so that the grid rises."""
    x = np.array(x)
    for i in range(1, len(x)):
        if x[i] <= x[i - 1]:
            x[i] = x[i - 1] * (1 + 3e-7)
    return x


class Sum:
    """MF=3 backgrounds and resonance ranges, evaluated together."""

    def __init__(self, tables, ranges):
        self.tables, self.ranges = tables, ranges

    def __call__(self, energy):
        out = np.array([np.interp(energy, x, y) for x, y in self.tables.values()])
        where = {mt: i for i, mt in enumerate(self.tables)}
        for r in self.ranges:
            inside = (energy >= r.low_eV) & (energy < r.high_eV)
            if inside.any():
                for mt, barn in r(energy[inside]).items():
                    for name in {600: (600, 103), 800: (800, 107)}.get(mt, (mt,)):
                        if name in where:
                            out[where[name], inside] += barn
        return np.maximum(out, 0.0)


def seed_energies():
    decades = [np.array([1.0, 2.0, 5.0]) * float(f"1e{exponent}") for exponent in range(-5, 7)]
    return np.concatenate([np.array([LOWEST_eV, 0.0253, HIGHEST_eV])] + decades)


def _seeds(tables, ranges):
    points = [seed_energies()] + [x for x, _ in tables.values()]
    for r in ranges:
        edge = np.array([r.low_eV, r.high_eV * (1 - 3e-7), r.high_eV])
        points.append(edge)
        for energy, width in r.peaks:
            near = energy + width * np.array([-8, -4, -2, -1, -0.5, -0.2, 0, 0.2, 0.5, 1, 2, 4, 8])
            points.append(near[(near > r.low_eV) & (near < r.high_eV)])
    grid = np.unique(np.concatenate(points))
    return grid[(grid >= LOWEST_eV) & (grid <= HIGHEST_eV)]


def refine(function, grid, tolerance=TOLERANCE, floor_barn=1e-9, rounds=40, least=2e-8):
    """Halves every interval whose middle is not on the line, until all are."""
    values = function(grid)
    done_e, done_v = [], []
    left, right = grid[:-1], grid[1:]
    left_v, right_v = values[:, :-1], values[:, 1:]
    for _ in range(rounds):
        middle = 0.5 * (left + right)
        true = function(middle)
        line = 0.5 * (left_v + right_v)
        bad = np.any(np.abs(true - line) > tolerance * np.abs(true) + floor_barn, axis=0)
        bad &= (right - left) > least * right
        if not bad.any():
            break
        done_e.append(middle[bad])
        done_v.append(true[:, bad])
        left, right, left_v, right_v, middle, true = (a[..., bad] for a in (left, right, left_v, right_v, middle, true))
        left, right = np.concatenate([left, middle]), np.concatenate([middle, right])
        left_v, right_v = np.concatenate([left_v, true], axis=1), np.concatenate([true, right_v], axis=1)
    energies = np.concatenate([grid] + done_e)
    order = np.argsort(energies, kind="stable")
    return energies[order], np.concatenate([values] + done_v, axis=1)[:, order]


def thinned(energy, values, tolerance, floor_barn=1e-9, keep=None):
    """Drops points that a straight line between the points kept gives back within the tolerance."""
    kept, at, last = [0], 0, len(energy) - 1
    must = np.zeros(len(energy), bool) if keep is None else keep
    # only a few straight segments are tried per point: doubling, then halving
    while at < last:
        good, step = at + 1, 2
        while at + step <= last and not must[at + 1 : at + step].any() and _fits(energy, values, at, at + step, tolerance, floor_barn):
            good, step = at + step, step * 2
        low, high = good, min(at + step, last)
        while high - low > 1:
            middle = (low + high) // 2
            if not must[at + 1 : middle].any() and _fits(energy, values, at, middle, tolerance, floor_barn):
                low = middle
            else:
                high = middle
        kept.append(low)
        at = low
    return np.array(kept)


def _fits(energy, values, a, b, tolerance, floor_barn):
    inner = slice(a + 1, b)
    part = (energy[inner] - energy[a]) / (energy[b] - energy[a])
    line = values[:, a : a + 1] + part * (values[:, b : b + 1] - values[:, a : a + 1])
    return bool(np.all(np.abs(line - values[:, inner]) <= tolerance * np.abs(values[:, inner]) + floor_barn))


def cold(tape, mts, ranges):
    """(energies, {MT: barn}) of reactions that start at the lowest energy, on one grid at 0 K."""
    tables = {}
    for mt in mts:
        x, y = linearized(tape.cross_section(mt)[2], TOLERANCE / 2)
        tables[mt] = (_nudged(x), y)
    function = Sum(tables, ranges)
    energy, values = refine(function, _seeds(tables, ranges), TOLERANCE / 2)
    return energy, values
