"""Thermal scattering laws (MF=7): S(alpha, beta) to tables of equally probable outgoing energies and cosines.

d2 sigma / dE' dmu = sigma_b / (2 k T) sqrt(E' / E) exp(-beta / 2) S(alpha, beta), alpha = (E + E' - 2 mu sqrt(E E')) /
(A k T), beta = (E' - E) / k T (ENDF-102 chapter 7); beyond the tables the short-collision-time form. Elastic parts:
incoherent (Debye-Waller integral) and coherent (Bragg edges). docs/methods/thermal_scattering.md
"""

from dataclasses import dataclass, field

import numpy as np

from neutron import exact_math as em
from neutron.broaden import BOLTZMANN_eV_PER_K as K
from neutron.endf6 import Refused

LAT_eV = 0.0253  # kT of LAT=1 tables, ENDF-102
PARTS, TAIL = 64, 8  # equally probable parts; the first and the last one are halved TAIL times
COSINES = 16
TINY = -300.0


def levels():
    """Cumulative probabilities of the bounds of outgoing energy."""
    middle = np.arange(1, PARTS) / PARTS
    tail = np.array([0.5**k for k in range(TAIL, 0, -1)]) / PARTS
    return np.concatenate([[0.0], tail, middle, 1.0 - tail[::-1], [1.0]])


def with_mean(bounds, at, mean):
    """Even parts of a falling density lie too high: the upper half is drawn together until the mean is the exact one.

    Some 0.3 % of its width at thermal energy. Without it neutrons in equilibrium would gain 0.06 meV per collision.
    """
    share, middle = np.diff(at), 0.5 * (bounds[1:] + bounds[:-1])
    half = int(np.searchsorted(at, 0.5))
    above = bounds - bounds[half]
    reach = float(np.sum(share[half:] * 0.5 * (above[half + 1 :] + above[half:-1])))
    excess = float(np.sum(share * middle)) - mean
    if reach <= 0 or abs(excess) > 0.2 * reach:
        return bounds
    return np.where(np.arange(len(bounds)) > half, bounds - above * (excess / reach), bounds)


def inverse_speed(bounds, at):
    """Mean of E^-1/2 of even parts."""
    root = np.sqrt(bounds)
    return float(np.sum(np.diff(at) * 2.0 / (root[1:] + root[:-1])))


def with_moments(bounds, at, mean, slowness):
    """Even parts with the exact mean of E and of E^-1/2.

    Even parts of a rising density lie too low: without it neutrons in equilibrium are slower than Maxwell's, by 0.14 % in
    water. The lower half is drawn up, in the logarithm and each bound by the same share of its distance from the median.
    """
    half = int(np.searchsorted(at, 0.5))
    lower = np.arange(len(bounds)) < half
    way = em.log(np.maximum(bounds[half] / np.maximum(bounds, 1e-30), 1.0))
    share = 0.0

    def drawn(by):
        return with_mean(np.where(lower, bounds * em.exp(by * way), bounds), at, mean)

    for _ in range(4):  # Newton's steps; each leaves a hundredth of the error
        now = inverse_speed(drawn(share), at) - slowness
        slope = (inverse_speed(drawn(share + 1e-3), at) - slowness - now) / 1e-3
        share -= now / slope
    return drawn(share) if abs(share) < 0.1 else with_mean(bounds, at, mean)


@dataclass
class Law:
    name: str
    awr: float
    free_barn: float  # per atom, of the principal scatterer
    highest_eV: float
    kelvin: float
    effective_K: float
    unit_eV: float  # kT of the table's alpha and beta
    alpha: np.ndarray = None
    beta: np.ndarray = None
    log_s: np.ndarray = None  # [beta][alpha]

    @property
    def bound_barn(self):
        return self.free_barn * ((self.awr + 1) / self.awr) ** 2


def read_inelastic(tape, kelvin, name):
    records = tape.records(7, 4)
    head = records.cont()
    lat, lasym = head[3], head[4]
    if lasym:
        raise Refused(f"{records.name}: asymmetric S(alpha, beta)")
    row, b = records.list()
    log_stored = row[2]
    tab2, _ = records.tab2()
    beta, columns, alpha = [], [], None
    for _ in range(tab2[5]):
        first = records.tab1()
        temperatures = [first.head[0]]
        tables = [first.y]
        for _ in range(first.head[2]):
            more, numbers = records.list()
            temperatures.append(more[0])
            tables.append(numbers)
        if any(law != 4 for law in first.laws):
            raise Refused(f"{records.name}: interpolation {first.laws} of S over alpha")
        beta.append(first.head[1])
        if alpha is not None and len(alpha) != len(first.x):
            raise Refused(f"{records.name}: alpha grids differ")
        alpha = first.x
        columns.append(tables[_nearest(temperatures, kelvin, records.name)])
    effective = records.tab1()
    for i in range(int(b[6::6][: row[5]].size)):  # secondary scatterers with a law of their own have a table too
        if b[6 + 6 * i] == 0:
            records.tab1()
    records.done()
    s = np.array(columns)
    log_s = s if log_stored else np.where(s > 0, em.log(np.where(s > 0, s, 1.0)), TINY)
    unit = LAT_eV if lat else K * kelvin
    t_eff = float(effective(kelvin)) if kelvin <= effective.x[-1] else float(effective.y[-1])
    return Law(name, float(b[2]), float(b[0] / b[5]), float(b[3]), kelvin, t_eff, unit, alpha, np.array(beta), log_s)


def _nearest(temperatures, kelvin, name):
    best = min(range(len(temperatures)), key=lambda i: abs(temperatures[i] - kelvin))
    if abs(temperatures[best] - kelvin) > 3.5:
        raise Refused(f"{name}: no table within 3.5 K of {kelvin} K (there are {temperatures})")
    return best


def _log_s(law, alpha, beta_index, beta_part, beta):
    """ln S on a [energy out][angle] array; beta given per row by its table place, alpha per element (table units)."""
    a = law.alpha
    inside = np.clip(alpha, a[0], a[-1])
    i = np.clip(np.searchsorted(a, inside, side="right") - 1, 0, len(a) - 2)
    p = (inside - a[i]) / (a[i + 1] - a[i])
    low, high = law.log_s[beta_index], law.log_s[np.minimum(beta_index + 1, len(law.beta) - 1)]
    rows = np.arange(len(beta))[:, None]
    corners = [low[rows, i], low[rows, i + 1], high[rows, i], high[rows, i + 1]]
    left = corners[0] + p * (corners[1] - corners[0])
    right = corners[2] + p * (corners[3] - corners[2])
    value = left + beta_part[:, None] * (right - left)
    # S falls off as 1 / sqrt(alpha) below the table's first alpha for no inelastic law: it is linear in alpha
    value = np.where(alpha < a[0], value + em.log(np.maximum(alpha, 1e-12) / a[0]), value)
    gone = np.minimum.reduce(corners) <= TINY + 1
    beyond = (alpha > a[-1]) | (np.abs(beta) > law.beta[-1])[:, None] | gone
    if beyond.any():
        ratio = law.effective_K / law.kelvin
        scale = law.unit_eV / (K * law.kelvin)
        al, be = alpha * scale, (np.abs(beta) * scale)[:, None]
        short = -((al - be) ** 2) / (4 * al * ratio) - 0.5 * be - 0.5 * em.log(4 * em.PI * al * ratio)
        value = np.where(beyond, short, value)
    return value


def _outgoing(law, energy):
    """Outgoing energies to integrate over: the table's beta on both sides, refined, and the neighbourhood of E."""
    kt = law.unit_eV
    beta = np.concatenate([law.beta, law.beta[-1] * np.array([1.1, 1.3, 1.6, 2.0, 3.0])])
    fine = np.unique(np.concatenate([beta[:-1] + f * np.diff(beta) for f in (0.0, 0.25, 0.5, 0.75)]))
    near = energy * np.array([0.5**k for k in range(1, 30)])
    out = np.concatenate([energy + fine * kt, energy - fine * kt, near, [energy]])
    out = np.unique(out[(out > 1e-3 * min(energy, kt) * 1e-3) & (out < energy + 40 * kt + 1e-9)])
    return np.concatenate([[0.0], out])


def double_differential(law, energy):
    """(E', d sigma / dE', bounds of COSINES equally probable cosines per E')."""
    kt = K * law.kelvin
    out = _outgoing(law, energy)
    beta = (out - energy) / law.unit_eV
    size = np.abs(beta)
    i = np.clip(np.searchsorted(law.beta, size, side="right") - 1, 0, len(law.beta) - 2)
    part = np.clip((size - law.beta[i]) / (law.beta[i + 1] - law.beta[i]), 0, 1)
    root = np.sqrt(np.maximum(out, 1e-30) * energy)
    low = (np.sqrt(out) - np.sqrt(energy)) ** 2 / (law.awr * law.unit_eV)
    high = (np.sqrt(out) + np.sqrt(energy)) ** 2 / (law.awr * law.unit_eV)
    # alpha nodes: even in ln(alpha) and even in alpha, so that forward peaks and wide ranges are both met
    u = np.linspace(0, 1, 97)
    log_low, log_high = em.log(np.maximum(low, 1e-9 * high + 1e-12)), em.log(np.maximum(high, 1e-12))
    both = np.concatenate([em.exp(log_low[:, None] + u * (log_high - log_low)[:, None]),
                           low[:, None] + u * (high - low)[:, None]], axis=1)
    alpha = np.sort(np.clip(both, low[:, None], high[:, None]), axis=1)
    density = em.exp(np.maximum(_log_s(law, np.maximum(alpha, 1e-12), i, part, beta), -600.0))
    steps = 0.5 * (density[:, 1:] + density[:, :-1]) * np.diff(alpha, axis=1)
    F = np.concatenate([np.zeros((len(out), 1)), np.cumsum(steps, axis=1)], axis=1)
    moments = 0.5 * (density[:, 1:] * alpha[:, 1:] + density[:, :-1] * alpha[:, :-1]) * np.diff(alpha, axis=1)
    M = np.concatenate([np.zeros((len(out), 1)), np.cumsum(moments, axis=1)], axis=1)
    integral = F[:, -1]
    # d mu = -A kT / (2 root) d alpha
    front = law.bound_barn / (2 * kt) * np.sqrt(out / energy)
    shape = em.exp(np.clip(-(out - energy) / (2 * kt), -600, 600))
    sigma = front * shape * integral * law.awr * law.unit_eV / (2 * root)
    sigma[0] = 0.0
    cosines = np.empty((len(out), COSINES + 1))
    for k in range(len(out)):
        total = F[k, -1]
        if total <= 0:
            cosines[k] = np.linspace(-1, 1, COSINES + 1)
            continue
        wanted = total * (1 - np.arange(COSINES + 1) / COSINES)
        a = np.interp(wanted, F[k], alpha[k])
        # The outermost parts are long tails: their ends are drawn in until an even spread has the part's mean
        below = np.interp(a, alpha[k], M[k])
        mean_first, mean_last = (below[0] - below[1]) * COSINES / total, (below[-2] - below[-1]) * COSINES / total
        a[0] = np.clip(2 * mean_first - a[1], a[1], a[0])
        a[-1] = np.clip(2 * mean_last - a[-2], a[-1], a[-2])
        cosines[k] = np.clip((energy + out[k] - a * law.awr * law.unit_eV) / (2 * max(root[k], 1e-30)), -1, 1)
    return out, sigma, cosines


@dataclass
class Node:
    energy_eV: float
    barn: float
    mean_out_eV: float
    bounds_eV: np.ndarray
    cosines: np.ndarray  # [part of outgoing energy][COSINES + 1]
    mean_cosine: float = 0.0


def node(law, energy):
    out, sigma, cosines = double_differential(law, energy)
    width = np.diff(out)
    mass = 0.5 * (sigma[1:] + sigma[:-1]) * width
    total = mass.sum()
    moment = (width * (out[:-1] * (2 * sigma[:-1] + sigma[1:]) + out[1:] * (sigma[:-1] + 2 * sigma[1:])) / 6).sum()
    F = np.concatenate([[0.0], np.cumsum(mass)]) / total
    # inside an interval the density is a straight line: eight points of its parabola
    t = np.linspace(0, 1, 9)[None, :]
    inner = F[:-1, None] + width[:, None] * (sigma[:-1, None] * t + 0.5 * np.diff(sigma)[:, None] * t * t) / total
    place = out[:-1, None] + t * width[:, None]
    inner, place = inner.ravel(), place.ravel()
    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(inner)) > 0])
    at = levels()
    # integral of (straight line) E^-1/2 over an interval, from the roots of its ends
    low, high = np.sqrt(out[:-1]), np.sqrt(out[1:])
    slope = np.diff(sigma) / width
    slow = ((high - low) * (2 * sigma[:-1] + slope * (high - low) * (low + 2 * high) * 2 / 3)).sum()
    even = np.interp(at, inner[rising], place[rising])
    bounds = with_moments(even, at, float(moment / total), float(slow / total))
    # cosines belong to the middle (in probability) of each part
    middle = np.interp(0.5 * (at[1:] + at[:-1]), inner[rising], place[rising])
    k = np.clip(np.searchsorted(out, middle) - 1, 0, len(out) - 2)
    p = ((middle - out[k]) / (out[k + 1] - out[k]))[:, None]
    chosen = cosines[k] + p * (cosines[k + 1] - cosines[k])
    mean_of = 0.5 * (cosines[:, 1:] + cosines[:, :-1]).mean(axis=1)
    mean_cosine = float((0.5 * (mean_of[1:] + mean_of[:-1]) * mass).sum() / total)
    return Node(energy, float(total), float(moment / total), bounds, chosen, mean_cosine)


def incident_grid(highest):
    """Energies of the tables, even in the logarithm: 12 per decade to 1 meV, 40 above; 0.0253 eV is one of them."""
    ten = float(em.log(np.array(10.0)))
    top, thermal = (float(em.log(np.array(e))) / ten for e in (highest, 0.0253))
    low, middle, high = np.linspace(-5, -3, 25), np.linspace(-3, thermal, 57), np.linspace(thermal, top, 105)
    energies = em.exp(np.unique(np.concatenate([low, middle, high])) * ten)
    energies[0], energies[-1] = 1e-5, highest
    return energies


@dataclass
class Elastic:
    """Incoherent: barn, Debye-Waller integral (1/eV). Coherent: Bragg edges and the sum S."""

    incoherent_barn: float = 0.0
    debye_waller_per_eV: float = 0.0
    edges_eV: np.ndarray = field(default_factory=lambda: np.zeros(0))
    sums: np.ndarray = field(default_factory=lambda: np.zeros(0))


def read_elastic(tape, kelvin, atoms):
    """MF=7 MT=2, LTHR 1 (coherent), 2 (incoherent), 3 (both); per principal atom."""
    if not tape.has(7, 2):
        return Elastic()
    records = tape.records(7, 2)
    kind = records.cont()[2]
    found = Elastic()
    if kind not in (1, 2, 3):
        raise Refused(f"{records.name}: LTHR={kind}")
    if kind in (1, 3):
        first = records.tab1()
        temperatures, sums = [first.head[0]], [first.y]
        for _ in range(first.head[2]):
            more, numbers = records.list()
            temperatures.append(more[0])
            sums.append(numbers)
        found.edges_eV, found.sums = first.x, sums[_nearest(temperatures, kelvin, records.name)]
    if kind in (2, 3):
        table = records.tab1()
        found.incoherent_barn = table.head[0] / atoms
        found.debye_waller_per_eV = float(np.interp(kelvin, table.x, table.y))
    records.done()
    return found
