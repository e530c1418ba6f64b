"""Angular distributions of emitted neutrons: MF=4, and MF=6 LAW 2 and 3, as cosines between equally probable parts."""

from dataclasses import dataclass

import numpy as np

from neutron import exact_math as em
from neutron.endf6 import Refused, Table
from neutron.thermal import with_mean

PARTS = 32
_MU = np.linspace(-1.0, 1.0, 1601)


def legendre_sum(coefficients, mu):
    """Sum of (2l + 1) / 2 a_l P_l(mu), a_0 = 1 first."""
    before, now = np.ones_like(mu), mu.copy()
    total = 0.5 * coefficients[0] * before
    for l in range(1, len(coefficients)):
        total += (l + 0.5) * coefficients[l] * now
        before, now = now, ((2 * l + 1) * mu * now - l * before) / (l + 1)
    return total


@dataclass
class Node:
    energy_eV: float
    pdf: np.ndarray  # on _MU
    mean: float  # from the coefficients, not from the table

    def cumulative(self):
        density = np.maximum(self.pdf, 0.0)
        steps = 0.5 * (density[1:] + density[:-1]) * (_MU[1] - _MU[0])
        F = np.concatenate([[0.0], np.cumsum(steps)])
        return F / F[-1]

    def bounds(self):
        F, levels = self.cumulative(), np.arange(PARTS + 1) / PARTS
        bounds = np.interp(levels, F + np.arange(len(F)) * 1e-15, _MU)
        return np.clip(with_mean(bounds, levels, self.mean), -1.0, 1.0)


@dataclass
class Angles:
    """Nodes in rising energy; an empty list is isotropic. centre_of_mass tells the frame."""

    nodes: list
    centre_of_mass: bool

    def mean(self, energy):
        if not self.nodes:
            return np.zeros_like(np.asarray(energy, float))
        return np.interp(energy, [n.energy_eV for n in self.nodes], [n.mean for n in self.nodes])

    def thinned(self, tolerance=1e-3):
        """Nodes that a mixture of their kept neighbours gives back (greatest difference of the cumulative)."""
        nodes = [n for n in self.nodes if n.energy_eV <= 20e6 * (1 + 1e-9)]
        F = np.array([n.cumulative()[::25] for n in nodes])
        e = np.array([n.energy_eV for n in nodes])
        kept, at = [0], 0
        while at < len(nodes) - 1:
            good = at + 1
            for end in range(at + 2, len(nodes)):
                part = ((e[at + 1 : end] - e[at]) / (e[end] - e[at]))[:, None]
                if np.max(np.abs(F[at] + part * (F[end] - F[at]) - F[at + 1 : end])) > tolerance:
                    break
                good = end
            kept.append(good)
            at = good
        kept_nodes = [nodes[i] for i in kept]
        flat = all(np.max(np.abs(n.pdf - 0.5)) < 2e-3 for n in kept_nodes)
        return [] if flat else kept_nodes


def legendre_node(energy, a):
    """a = a_1, a_2, ..."""
    return Node(energy, legendre_sum(np.concatenate([[1.0], a]), _MU), float(a[0]) if len(a) else 0.0)


def table_node(energy, table: Table):
    pdf = table(_MU)
    norm = np.sum(0.5 * (pdf[1:] + pdf[:-1])) * (_MU[1] - _MU[0])
    mean = np.sum(0.5 * (pdf[1:] * _MU[1:] + pdf[:-1] * _MU[:-1])) * (_MU[1] - _MU[0]) / norm
    return Node(energy, pdf / norm, float(mean))


def read_mf4(tape, mt):
    records = tape.records(4, mt)
    ltt = records.cont()[3]
    head = records.cont()
    isotropic, frame = head[2], head[3]
    nodes = []
    if head[4]:
        raise Refused(f"{records.name}: transformation matrix (NK={head[4]})")
    if not isotropic and ltt in (1, 3):
        tab2, _ = records.tab2()
        for _ in range(tab2[5]):
            row, numbers = records.list()
            nodes.append(legendre_node(row[1], numbers))
    if not isotropic and ltt in (2, 3):
        tab2, _ = records.tab2()
        for _ in range(tab2[5]):
            table = records.tab1()
            nodes.append(table_node(table.head[1], table))
    if ltt not in (0, 1, 2, 3):
        raise Refused(f"{records.name}: LTT={ltt}")
    records.done()
    return Angles(sorted(nodes, key=lambda n: n.energy_eV), frame == 2)


def read_law2(records):
    """The part of an MF=6 subsection behind its yield: discrete two-body scattering."""
    tab2, _ = records.tab2()
    nodes = []
    for _ in range(tab2[5]):
        row, numbers = records.list()
        lang, count = row[2], row[5]
        if lang == 0:
            nodes.append(legendre_node(row[1], numbers))
        elif lang in (12, 14):
            pairs = numbers.reshape(-1, 2)
            y = pairs[:, 1] if lang == 12 else em.exp(pairs[:, 1])
            nodes.append(table_node(row[1], Table(pairs[:, 0], y, (count,), (2,))))
        else:
            raise Refused(f"{records.name}: LAW=2 with LANG={lang}")
    return Angles(nodes, True)
