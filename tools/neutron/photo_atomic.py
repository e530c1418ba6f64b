"""Photons and atoms (MF=23, 27): cross sections, form factors, and the energy that stays, on one grid per element.

docs/methods/photon_data.md
"""

from dataclasses import dataclass

import numpy as np

from neutron import exact_math as em
from neutron.endf6 import Refused, linearized

LOWEST_eV, HIGHEST_eV = 1e3, 20e6
ELECTRON_eV = 510998.95  # CODATA 2018
HC_eV_A = 12398.41984  # eV * Angstrom
ROWS = ("coherent", "incoherent", "photoelectric", "pair", "absorbed_eV")
TOLERANCE = 1e-3


@dataclass
class Element:
    Z: int
    energy: np.ndarray
    rows: np.ndarray  # by ROWS, barn and eV barn, per atom; straight lines in log-log
    transfer: np.ndarray  # eV barn handed to electrons, before radiation
    form_factor: tuple  # x in 1/Angstrom, F
    scattering: tuple  # x, S
    edges_eV: dict


def _cross_section(tape, mt):
    records = tape.records(23, mt)
    records.cont()
    table = records.tab1()
    records.done()
    return table


def _function(tape, mt):
    records = tape.records(27, mt)
    records.cont()
    table = records.tab1()
    records.done()
    return linearized(table, 1e-3)


def _thin_curve(x, y, tolerance):
    from neutron.reconstruct import thinned

    kept = thinned(x, y[None, :], tolerance, 1e-6 * float(np.max(np.abs(y))))
    return x[kept], y[kept]


_MU = 1.0 - 2.0 * np.linspace(0, 1, 801) ** 2  # denser forward


def compton_mean(energy, x, s):
    """Mean energy given to the electron in one incoherent collision: Klein-Nishina times S."""
    k = energy[:, None] / ELECTRON_eV
    mu = _MU[None, :]
    ratio = 1.0 / (1.0 + k * (1.0 - mu))
    klein_nishina = ratio * ratio * (ratio + 1.0 / ratio - (1.0 - mu * mu))
    weight = klein_nishina * np.interp(energy[:, None] / HC_eV_A * np.sqrt(0.5 * (1.0 - mu)), x, s)
    step = -np.diff(_MU)[None, :]
    total = np.sum(0.5 * (weight[:, 1:] + weight[:, :-1]) * step, axis=1)
    given = weight * (1.0 - ratio)
    return energy * np.sum(0.5 * (given[:, 1:] + given[:, :-1]) * step, axis=1) / total


def radiation_yield(Z, T_eV):
    """Part of an electron's energy that leaves as bremsstrahlung: y / (1 + y), y = 6e-4 Z T/MeV (Koch and Motz 1959;
    Evans 1955), good to about 15 % of itself for light elements from 0.1 to 10 MeV."""
    y = 6e-4 * Z * T_eV * 1e-6
    return y / (1.0 + y)


def fluorescence_yield(Z):
    """K-shell yield after Bambynek et al. 1972 (Rev. Mod. Phys. 44, 716): (w / (1 - w))^(1/4) = A + B Z + C Z^3."""
    u = 0.015 + 0.0327 * Z - 0.64e-6 * Z**3
    return u**4 / (1 + u**4)


def read(tape):
    Z = tape.za // 1000
    tables = {name: _cross_section(tape, mt) for name, mt in
              (("coherent", 502), ("incoherent", 504), ("photoelectric", 522), ("pair", 516))}
    shells = [mt for mt in tape.mts(23) if 534 <= mt <= 572]
    edges = {mt: _cross_section(tape, mt).head[0] for mt in shells}
    if any(law not in (2, 5) for t in tables.values() for law in t.laws):
        raise Refused(f"{tape.name}: interpolation of photon cross sections")
    # one grid: all points of the evaluation, steps at edges moved apart by 1e-7
    grid = np.concatenate([t.x for t in tables.values()] + [np.array([LOWEST_eV, HIGHEST_eV])])
    inside = [e for e in edges.values() if e > LOWEST_eV]
    grid = np.concatenate([grid] + [np.array([e * (1 - 3e-7), e * (1 + 3e-7)]) for e in inside])
    grid = np.unique(grid[(grid >= LOWEST_eV) & (grid <= HIGHEST_eV)])
    for e in inside:  # keep one point on either side of an edge
        grid = grid[(np.abs(grid - e) > 2.9e-7 * e)]
    sigma = {name: t(grid) for name, t in tables.items()}
    x_s = _thin_curve(*_function(tape, 504), 2e-3)
    x_f = _thin_curve(*_function(tape, 502), 2e-3)
    absorbed, transfer = _absorbed(tape, Z, grid, sigma, edges, x_s)
    rows = np.array([sigma["coherent"], sigma["incoherent"], sigma["photoelectric"], sigma["pair"], absorbed])
    logs = np.where(rows > 0, em.log(np.maximum(rows, 1e-30)), -69.0)
    must = np.zeros(len(grid), bool)
    for e in inside + [2 * ELECTRON_eV, 4 * ELECTRON_eV]:
        near = np.searchsorted(grid, e)
        must[max(near - 1, 0) : near + 1] = True
    from neutron.reconstruct import thinned

    kept = thinned(em.log(grid), logs, 0.0, TOLERANCE, must)
    return Element(Z, grid[kept], rows[:, kept], transfer[kept], x_f, x_s, edges)


def _absorbed(tape, Z, energy, sigma, edges, scattering):
    compton = compton_mean(energy, *scattering)
    pair = np.maximum(energy - 2 * ELECTRON_eV, 0.0)
    photo = energy.copy()
    if 534 in edges and 537 in edges:  # K and L3: the line K - L3 leaves with the K-shell's fluorescence yield
        shell = _cross_section(tape, 534)
        part = np.where(energy > edges[534], shell(energy) / np.maximum(sigma["photoelectric"], 1e-30), 0.0)
        photo = energy - part * fluorescence_yield(Z) * (edges[534] - edges[537])
    transfer = sigma["incoherent"] * compton + sigma["pair"] * pair + sigma["photoelectric"] * photo
    kept = (sigma["incoherent"] * compton * (1 - radiation_yield(Z, compton))
            + sigma["pair"] * pair * (1 - radiation_yield(Z, 0.5 * pair))
            + sigma["photoelectric"] * photo * (1 - radiation_yield(Z, photo)))
    return kept, transfer
