"""Laboratory energy-angle distributions of products, from ENDF (centre of mass, Kalbach) or ICRU 63 tables.

Every function returns a histogram [energy bin][cosine bin] whose sum is 1, energies in bins of equal width.
"""

import lzma
import re

import numpy as np

COSINE_BINS = 200
TAIL_HALVINGS = 8  # nuclear_tail_halvings of src/tables/nuclear_view.hpp
_EDGES = np.linspace(-1.0, 1.0, COSINE_BINS + 1)

# Kalbach 1988 (Phys. Rev. C 37, 2350), constants of the ENDF-6 manual: separation energies and projectile factors
_BREAK_UP_MEV = {1: 0.0, 1001: 0.0, 1002: 2.224566, 1003: 8.481798, 2003: 7.718043, 2004: 28.29566}
_EJECTILE_FACTOR = {1: 0.5, 1001: 1.0, 1002: 1.0, 1003: 1.0, 2003: 1.0, 2004: 2.0}


def _za(zap):
    return (0, 1) if zap == 1 else (zap // 1000, zap % 1000)


def _separation_MeV(Zc, Ac, zap):
    z, a = _za(zap)
    Z, A = Zc - z, Ac - a
    N, Nc = A - Z, Ac - Zc
    return (
        15.68 * (Ac - A)
        - 28.07 * ((Nc - Zc) ** 2 / Ac - (N - Z) ** 2 / A)
        - 18.56 * (Ac ** (2 / 3) - A ** (2 / 3))
        + 33.22 * ((Nc - Zc) ** 2 / Ac ** (4 / 3) - (N - Z) ** 2 / A ** (4 / 3))
        - 0.717 * (Zc**2 / Ac ** (1 / 3) - Z**2 / A ** (1 / 3))
        + 1.211 * (Zc**2 / Ac - Z**2 / A)
        - _BREAK_UP_MEV[zap]
    )


def kalbach_slope(target_za, projectile_MeV, zap, ejectile_MeV):
    """Slope a of the Kalbach distribution for protons in; ejectile energy in the centre of mass."""
    Zt, At = target_za // 1000, target_za % 1000
    Zc, Ac = Zt + 1, At + 1
    _, ab = _za(zap)
    ea = projectile_MeV * At / Ac + _separation_MeV(Zc, Ac, 1001)
    eb = ejectile_MeV * Ac / (Ac - ab) + _separation_MeV(Zc, Ac, zap)
    x1 = np.minimum(ea, 130.0) * eb / ea
    x3 = np.minimum(ea, 41.0) * eb / ea
    return 0.04 * x1 + 1.8e-6 * x1**3 + 6.7e-7 * _EJECTILE_FACTOR[zap] * x3**4


def _histogram(energy, cosine, weight, bin_MeV, bins):
    # what lies above the last bin (frame and rounding) is counted in it
    index = np.clip((energy / bin_MeV).astype(int), 0, bins - 1)
    column = np.clip(((cosine + 1.0) * (COSINE_BINS / 2)).astype(int), 0, COSINE_BINS - 1)
    flat = np.bincount((index * COSINE_BINS + column).ravel(), weight.ravel(), bins * COSINE_BINS)
    return flat.reshape(bins, COSINE_BINS) / flat.sum()


def endf_lab(product, target_za, target_mass_ratio, table, bin_MeV, bins):
    """LAW=1 table in the centre of mass: histogram in the laboratory (non-relativistic frames, as ENDF-6 defines)."""
    projectile_MeV, head, numbers = table
    rows = numbers.reshape(head[5], -1)
    low = rows[:-1, 0] * 1e-6
    width = np.diff(rows[:, 0]) * 1e-6
    density, preequilibrium = rows[:-1, 1], rows[:-1, 2] if product.lang == 2 else np.zeros(len(low))
    pieces = np.maximum(2, np.ceil(4 * width / bin_MeV).astype(int))
    which = np.repeat(np.arange(len(low)), pieces)
    place = np.concatenate([(np.arange(n) + 0.5) / n for n in pieces])
    energy = low[which] + place * width[which]
    weight = density[which] * width[which] / pieces[which]
    keep = weight > 0
    energy, weight, which = energy[keep], weight[keep], which[keep]
    slope = np.maximum(kalbach_slope(target_za, projectile_MeV, product.zap, energy), 1e-6)
    mu = 0.5 * (np.linspace(-1, 1, 101)[1:] + np.linspace(-1, 1, 101)[:-1])[None, :]
    r = preequilibrium[which][:, None]
    shape = slope[:, None] / np.sinh(slope)[:, None]
    shape = shape * (np.cosh(slope[:, None] * mu) + r * np.sinh(slope[:, None] * mu))
    shape /= shape.sum(axis=1, keepdims=True)
    proton_ratio = 0.99862
    shift = projectile_MeV * proton_ratio * product.mass_ratio / (target_mass_ratio + proton_ratio) ** 2
    lab = energy[:, None] + shift + 2 * mu * np.sqrt(energy[:, None] * shift)
    along = np.sqrt(shift) + mu * np.sqrt(energy[:, None])
    return _histogram(lab, along / np.sqrt(np.maximum(lab, 1e-12)), weight[:, None] * shape, bin_MeV, bins)


class Icru63:
    """One element of the ICRU 63 non-elastic tables: blocks by projectile energy."""

    ANGLES = np.array([0, 10, 20, 30, 40, 50, 60, 70, 90, 110, 130, 150, 180], float)

    def __init__(self, path):
        self.blocks = {}
        block, table = None, None
        with lzma.open(path, "rt") as file:
            for line in file:
                words = line.split()
                if not words:
                    continue
                if words[0] == "Energy":
                    block = {"multiplicity": {}, "table": {}, "recoil": 0.0}
                    self.blocks[float(words[1])] = block
                elif words[0] == "Cross_section":
                    block["barn"] = float(words[1])
                elif words[0] == "Multiplicity":
                    block["multiplicity"][words[1]] = float(words[2])
                elif words[0] == "Differential_cross_section":
                    table = block["table"].setdefault(words[1], [])
                elif words[0] == "Energy_fraction_recoils":
                    block["recoil"] = float(words[1])
                elif re.match(r"[0-9.+-]", words[0]) and table is not None:
                    table.append([float(w) for w in words[:15]])

    def lab(self, energy_MeV, species, bin_MeV, bins):
        rows = np.array(self.blocks[energy_MeV]["table"][species])
        energy = (np.arange(4 * bins) + 0.5) * bin_MeV / 4
        energy = energy[energy < rows[-1, 0]]
        integral = np.interp(energy, rows[:, 0], rows[:, 1])
        # The tables print 0 at 0 MeV: what their integral lacks of the multiplicity lies below the first energy
        block, first = self.blocks[energy_MeV], rows[1, 0]
        known = ((rows[1:, 1] + rows[:-1, 1]) / 2 * np.diff(rows[:, 0])).sum()
        lacking = block["barn"] * block["multiplicity"][species] - known
        integral = np.where(energy < first, integral + max(lacking, 0.0) / first, integral)
        angle = np.arange(0.5, 180.0, 1.0)
        at_rows = np.array([np.interp(angle, self.ANGLES, row[2:15]) for row in rows])
        shape = np.array([np.interp(energy, rows[:, 0], column) for column in at_rows.T]).T
        shape = shape * np.sin(np.radians(angle))[None, :]
        total = shape.sum(axis=1, keepdims=True)
        shape = np.where(total > 0, shape / np.maximum(total, 1e-300), 1.0 / len(angle))
        cosine = np.broadcast_to(np.cos(np.radians(angle))[None, :], shape.shape)
        where = np.broadcast_to(energy[:, None], shape.shape)
        return _histogram(where, cosine, integral[:, None] * shape, bin_MeV, bins)


def levels(parts):
    """Equally probable parts, the first (backward) one halved again and again: few go there, but they go far."""
    return np.concatenate([[0.0], 2.0 ** np.arange(-TAIL_HALVINGS, 0) / parts, np.arange(1, parts + 1) / parts])


def cosine_bounds(histogram, rows, parts):
    """Cosines at `levels`, rows of equal width over the energy bins; an empty row takes its neighbour's."""
    bins = histogram.shape[0]
    edges = (np.arange(rows + 1) * bins) // rows
    bounds, known = np.zeros((rows, len(levels(parts)))), np.zeros(rows, bool)
    for k in range(rows):
        part = histogram[edges[k] : edges[k + 1]].sum(axis=0)
        if part.sum() > 1e-12:
            cumulative = np.concatenate([[0], np.cumsum(part)]) / part.sum()
            rising = np.concatenate([[True], np.diff(cumulative) > 0])
            bounds[k] = np.interp(levels(parts), cumulative[rising], _EDGES[rising])
            filled = np.nonzero(part)[0]
            bounds[k, 0], bounds[k, -1] = _EDGES[filled[0]], _EDGES[filled[-1] + 1]
            known[k] = True
    if not known.any():
        return np.tile(2 * levels(parts) - 1, (rows, 1))
    nearest = [int(np.nonzero(known)[0][np.argmin(np.abs(np.nonzero(known)[0] - k))]) for k in range(rows)]
    return bounds[nearest]
