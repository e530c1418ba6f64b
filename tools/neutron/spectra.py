"""Energies of neutrons that leave in a continuum: MF=5 (LF 1, 7, 9) and MF=6 (LAW 1, 6, 7), as equally probable parts.

A node holds bounds of PARTS equally probable energies and the mean cosine in each part. Angles are then drawn from
exp(a mu) with that mean; docs/methods/neutron_data.md section 6 says what that leaves out.
"""

from dataclasses import dataclass

import numpy as np

from neutron import exact_math as em
from neutron.endf6 import Refused, linearized
from neutron.thermal import with_mean

PARTS = 32
_MU = np.linspace(-1, 1, 201)


@dataclass
class Node:
    energy_eV: float
    bounds_eV: np.ndarray
    cosine: np.ndarray
    mean_eV: float
    mean_cosine: float = 0.0


@dataclass
class Spectrum:
    nodes: list
    centre_of_mass: bool

    def mean_lab_eV(self, energy, awr):
        """Mean laboratory energy per neutron."""
        e = [n.energy_eV for n in self.nodes]
        if not self.centre_of_mass:
            return np.interp(energy, e, [n.mean_eV for n in self.nodes])
        # E_lab = E' + E / (A+1)^2 + 2 mu sqrt(E' E) / (A+1)
        cross = []
        for n in self.nodes:
            middle = 0.5 * (n.bounds_eV[1:] + n.bounds_eV[:-1])
            cross.append(float(np.mean(n.cosine * np.sqrt(np.maximum(middle, 0.0) * n.energy_eV))))
        mean = [n.mean_eV + n.energy_eV / (awr + 1) ** 2 + 2 * c / (awr + 1) for n, c in zip(self.nodes, cross)]
        return np.interp(energy, e, mean)


def node_from_pdf(energy, out, pdf, cosine=None, histogram=False):
    """Equally probable parts of a density that is linear (or constant) between points."""
    out, pdf = np.asarray(out, float), np.maximum(np.asarray(pdf, float), 0.0)
    cosine = np.zeros_like(out) if cosine is None else np.asarray(cosine, float)
    width = np.diff(out)
    if histogram:
        mass, moment = pdf[:-1] * width, pdf[:-1] * width * 0.5 * (out[1:] + out[:-1])
        turned = cosine[:-1] * mass
    else:
        mass = 0.5 * (pdf[1:] + pdf[:-1]) * width
        moment = width * (out[:-1] * (2 * pdf[:-1] + pdf[1:]) + out[1:] * (pdf[:-1] + 2 * pdf[1:])) / 6
        turned = 0.5 * (cosine[1:] + cosine[:-1]) * mass
    total = mass.sum()
    if total <= 0:
        return None
    F = np.concatenate([[0.0], np.cumsum(mass)]) / total
    fine = np.linspace(0, 1, 17)[None, :]
    if histogram:
        inner = F[:-1, None] + fine * np.diff(F)[:, None]
    else:
        p0, p1 = pdf[:-1, None], pdf[1:, None]
        inner = F[:-1, None] + width[:, None] * (p0 * fine + 0.5 * (p1 - p0) * fine * fine) / total
    place = out[:-1, None] + fine * width[:, None]
    flatF, flatE = inner.ravel(), place.ravel()
    order = np.concatenate([[True], np.diff(flatF) > 0])
    levels = np.arange(PARTS + 1) / PARTS
    bounds = with_mean(np.interp(levels, flatF[order], flatE[order]), levels, float(moment.sum() / total))
    swept = np.interp(bounds, out, np.concatenate([[0.0], np.cumsum(turned)])) / total
    return Node(energy, bounds, np.clip(np.diff(swept) * PARTS, -1, 1), float(moment.sum() / total), float(turned.sum() / total))


def read_mf5(tape, mt):
    records = tape.records(5, mt)
    parts = []
    for _ in range(records.cont()[4]):
        share = records.tab1()
        law = share.head[3]
        if law == 1:
            tab2, _ = records.tab2()
            parts.append((share, law, [records.tab1() for _ in range(tab2[5])]))
        elif law in (7, 9):
            parts.append((share, law, records.tab1()))
        else:
            raise Refused(f"{records.name}: LF={law}")
    records.done()
    if len(parts) == 1 and parts[0][1] == 1:
        tables = parts[0][2]
        return Spectrum([n for n in (node_from_pdf(t.head[1], *linearized(t, 1e-2)) for t in tables) if n], False)
    if any(law == 1 for _, law, _ in parts):
        raise Refused(f"{records.name}: LF=1 among several partial spectra")
    return Spectrum(_evaporation(parts), False)


def _evaporation(parts):
    """Maxwell (LF=7) and evaporation (LF=9) spectra, mixed by their shares."""
    low = min(share.x[0] for share, _, _ in parts)
    grid = np.linspace(low, 20e6, 32)[1:]
    grid = np.unique(np.concatenate([grid] + [theta.x[(theta.x > low) & (theta.x < 20e6)] for _, _, theta in parts]))
    nodes = []
    for energy in grid:
        shapes, longest = [], 0.0
        for share, law, theta in parts:
            t, top = float(theta(energy)), energy - share.head[0]
            if top > 0 and t > 0 and float(share(energy)) > 0:
                shapes.append((float(share(energy)), law, t, min(top, 40 * t)))
                longest = max(longest, shapes[-1][3])
        out, pdf = np.linspace(0, longest, 601), np.zeros(601)
        for weight, law, t, top in shapes:
            shape = np.where(out <= top, (out if law == 9 else np.sqrt(out)) * em.exp(-out / t), 0.0)
            if shape.sum() > 0:
                pdf += weight * shape / shape.sum()
        if longest > 0:
            nodes.append(node_from_pdf(energy, out, pdf))
    return [n for n in nodes if n]


def _kalbach(row, za, awr, energy):
    """Mean cosine at the outgoing energies of a LAW=1 LANG=2 list: r (coth a - 1/a), a from Kalbach's systematics."""
    out, r = row[:, 0], row[:, 2]
    Z, A = divmod(int(za), 1000)
    A = A or round(awr)
    sep = _separation(Z, A + 1, Z, A)
    e_a = energy * awr / (awr + 1) * 1e-6 + sep
    e_b = out * (awr + 1) / awr * 1e-6 + sep
    e_a_floor = np.maximum(e_a, 1e-9)
    x1 = np.minimum(e_a_floor, 130.0) * e_b / e_a_floor
    x3 = np.minimum(e_a_floor, 41.0) * e_b / e_a_floor
    a = np.maximum(0.04 * x1 + 1.8e-6 * x1**3 + 6.7e-7 * x3**4, 1e-3)
    e2 = em.exp(-2 * a)
    return r * ((1 + e2) / (1 - e2) - 1 / a)


def _separation(Zc, Ac, Z, A):
    """Energy in MeV to part a neutron from the compound (formula of Kalbach 1988, ENDF-102 eq. 6.9)."""
    Nc, N = Ac - Zc, A - Z
    def third(x):
        return em.cube_root(float(x))
    return (15.68 * (Ac - A) - 28.07 * ((Nc - Zc) ** 2 / Ac - (N - Z) ** 2 / A) - 18.56 * (third(Ac) ** 2 - third(A) ** 2)
            + 33.22 * ((Nc - Zc) ** 2 / third(Ac) ** 4 - (N - Z) ** 2 / third(A) ** 4)
            - 0.717 * (Zc**2 / third(Ac) - Z**2 / third(A)) + 1.211 * (Zc**2 / Ac - Z**2 / A))


def read_law1(records, za, awr):
    """Behind the yield of an MF=6 subsection. Discrete energies (ND) become narrow parts."""
    head, _ = records.tab2()
    lang, lep = head[2], head[3]
    if lang not in (1, 2):
        raise Refused(f"{records.name}: LAW=1 with LANG={lang}")
    nodes = []
    for _ in range(head[5]):
        row, numbers = records.list()
        discrete, na = row[2], row[3]
        if discrete:
            raise Refused(f"{records.name}: discrete neutron energies in LAW=1")
        table = numbers.reshape(row[5], 2 + na)
        if lang == 1:
            cosine = np.where(table[:, 1] > 0, table[:, 2] / np.where(table[:, 1] > 0, table[:, 1], 1.0), 0.0) if na else None
        else:
            cosine = _kalbach(table, za, awr, row[1]) if na else None
        if lep not in (1, 2):
            raise Refused(f"{records.name}: LEP={lep}")
        nodes.append(node_from_pdf(row[1], table[:, 0], table[:, 1], cosine, lep == 1))
    return [n for n in nodes if n]


def read_law6(records, awr, q):
    """N-body phase space (ENDF-102 section 6.2.7): centre-of-mass spectrum, isotropic there."""
    head = records.cont()
    apsx, bodies = head[0], head[5]
    nodes = []
    for energy in np.linspace(-q * (awr + 1) / awr * 1.0005, 20e6, 40):
        top = (apsx - 1) / apsx * (awr / (awr + 1) * energy + q)
        out = np.linspace(0, top, 801)
        power = 1.5 * bodies - 4
        left = np.maximum(top - out, 0)
        shape = np.sqrt(out) * (np.where(left > 0, em.power(np.maximum(left, 1e-30), power), 0.0) if power else 1.0)
        nodes.append(node_from_pdf(energy, out, shape))
    return [n for n in nodes if n]


def read_law7(records):
    """Laboratory angle-energy tables, summed over angles."""
    head, _ = records.tab2()
    nodes = []
    for _ in range(head[5]):
        head2, _ = records.tab2()
        tables = [records.tab1() for _ in range(head2[5])]
        mu = np.array([t.head[1] for t in tables])
        out = np.unique(np.concatenate([t.x for t in tables]))
        grid = np.array([t(out) for t in tables])
        weight = np.zeros(len(mu))
        weight[:-1] += 0.5 * np.diff(mu)
        weight[1:] += 0.5 * np.diff(mu)
        pdf = np.sum(grid * weight[:, None], axis=0)
        turned = np.sum(grid * (weight * mu)[:, None], axis=0)
        nodes.append(node_from_pdf(head2[1], out, pdf, np.where(pdf > 0, turned / np.where(pdf > 0, pdf, 1), 0.0)))
    return [n for n in nodes if n]
