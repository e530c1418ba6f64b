"""Photons that neutrons make: MF=12 (yields, cascades), 13 (cross sections), 15 (spectra), MF=6 (ZAP = 0).

A source is tied to a reaction (yield per reaction) or has a cross section of its own (MF=13, mt of a sum of
reactions). Per node: yield or barn, and entries (low, high, weight) of lines (low = high), of uniform parts, and of
primary lines, whose energy grows by A / (A + 1) E (marked by high < 0).
"""

from dataclasses import dataclass, field

import numpy as np

from neutron.endf6 import Refused, linearized


@dataclass
class Source:
    mt: int
    own_cross_section: bool
    energies_eV: list = field(default_factory=list)
    amount: list = field(default_factory=list)  # yield or barn at the nodes
    entries: list = field(default_factory=list)  # arrays (n, 3), weights add up to one
    anisotropic: bool = False

    def tidy(self):
        """A node without photons takes the entries of its neighbour, so that any mixture of nodes can be drawn."""
        full = [i for i, rows in enumerate(self.entries) if len(rows)]
        for i, rows in enumerate(self.entries):
            if not len(rows) and full:
                self.entries[i] = self.entries[min(full, key=lambda j: (abs(j - i), -j))]
        return self

    def _mixed(self, energy, moment):
        """Amount and mean of a moment, both on straight lines between nodes: what the sampler does."""
        amount = np.interp(energy, self.energies_eV, self.amount, left=0.0 if self.own_cross_section else self.amount[0])
        means = [float(np.sum(moment(e, rows) * rows[:, 2])) for e, rows in zip(self.energies_eV, self.entries)]
        return amount * np.interp(energy, self.energies_eV, means)

    def mean_eV(self, energy, awr):
        """Photon energy per reaction; for a cross section of its own times barn."""

        def middle(e, rows):
            return np.where(rows[:, 1] < 0, rows[:, 0] + awr / (awr + 1) * e, 0.5 * (rows[:, 0] + rows[:, 1]))

        return self._mixed(energy, middle)

    def square_eV2(self, energy, awr):
        """Sum of the squared photon energies per reaction."""

        def square(e, rows):
            low = np.where(rows[:, 1] < 0, rows[:, 0] + awr / (awr + 1) * e, rows[:, 0])
            high = np.where(rows[:, 1] < 0, low, rows[:, 1])
            return (low * low + low * high + high * high) / 3

        return self._mixed(energy, square)


def _bins(table):
    """(low, high, weight) of a spectrum; at most 128 parts."""
    x, y = linearized(table, 1e-2)
    return _parts(x, y, False)


def _parts(x, y, histogram):
    """Uniform parts of a density; where it slopes a part lies evenly around its mean energy, so that energy is kept."""
    width = np.diff(x)
    mass = (y[:-1] if histogram else 0.5 * (y[1:] + y[:-1])) * width
    keep = mass > 0
    low, high, mass = x[:-1][keep], x[1:][keep], mass[keep]
    mean = 0.5 * (low + high)
    if not histogram:
        slope = (y[1:] - y[:-1])[keep] / (y[1:] + y[:-1])[keep]
        mean = mean + (high - low) * slope / 6
    reach = np.minimum(mean - low, high - mean)
    return _merged(np.column_stack([mean - reach, mean + reach, mass]))


def _merged(rows, most=128):
    """Joins neighbouring parts until `most` are left; a joined part lies evenly around the mean energy of the two."""
    while len(rows) > most:
        half = len(rows) // 2 * 2
        a, b, rest = rows[0:half:2], rows[1:half:2], rows[half:]
        weight = a[:, 2] + b[:, 2]
        mean = (0.5 * (a[:, 0] + a[:, 1]) * a[:, 2] + 0.5 * (b[:, 0] + b[:, 1]) * b[:, 2]) / weight
        reach = np.minimum(mean - a[:, 0], b[:, 1] - mean)
        rows = np.concatenate([np.column_stack([mean - reach, mean + reach, weight]), rest])
    return rows


def _subsections(tape, mf, mt):
    """MF=12 LO=1 or MF=13: [(line energy or 0, LP, LF, table)]."""
    records = tape.records(mf, mt)
    head = records.cont()
    count = head[4]
    if count > 1:
        records.tab1()
    found = []
    for _ in range(count):
        table = records.tab1()
        found.append((table.head[0], table.head[2], table.head[3], table))
    records.done()
    return found


def _spectrum(tape, mt):
    """MF=15: [(energy, rows)]."""
    records = tape.records(15, mt)
    if records.cont()[4] != 1:
        raise Refused(f"{records.name}: several partial spectra")
    share = records.tab1()
    if share.head[3] != 1:
        raise Refused(f"{records.name}: LF={share.head[3]}")
    head, _ = records.tab2()
    nodes = []
    for _ in range(head[5]):
        table = records.tab1()
        rows = _bins(table)
        nodes.append((table.head[1], rows))
    records.done()
    return nodes


def _from_lines(tape, mf, mt):
    parts = _subsections(tape, mf, mt)
    continuum = [p for p in parts if p[2] == 1]
    if len(continuum) > 1 or any(p[2] not in (1, 2) for p in parts):
        raise Refused(f"{tape.name} MF={mf} MT={mt}: {len(continuum)} continua, LF of parts {sorted({p[2] for p in parts})}")
    spectrum = _spectrum(tape, mt) if continuum else []
    grid = [linearized(p[3], 5e-3)[0] for p in parts] + [np.array([e for e, _ in spectrum])]
    # a table that starts with a step: nothing just below it
    grid += [np.array([p[3].x[0] * (1 - 1e-7)]) for p in parts if p[3].y[0] > 0 and p[3].x[0] > 1e-4]
    for p in parts:  # steps need a point on either side
        x = linearized(p[3], 5e-3)[0]
        grid.append(x[1:][np.diff(x) == 0] * (1 - 1e-7))
    grid = np.unique(np.concatenate(grid))
    grid = grid[(grid >= 1e-5) & (grid <= 20e6)]
    source = Source(mt, mf == 13, anisotropic=_anisotropic(tape, mt))
    for energy in grid:
        rows = []
        for line, lp, lf, table in parts:
            amount = float(table(energy))
            if amount <= 0:
                continue
            if lf == 2:
                rows.append(np.array([[line, -1.0 if lp == 2 else line, amount]]))
            else:
                rows.append(_at(spectrum, energy, amount))
        rows = np.concatenate(rows) if rows else np.zeros((0, 3))
        total = float(rows[:, 2].sum())
        source.energies_eV.append(float(energy))
        source.amount.append(total)
        if total > 0:
            rows[:, 2] /= total
        source.entries.append(rows)
    return source.tidy()


def _at(spectrum, energy, amount):
    """Mixture of the neighbouring spectra (linear interpolation)."""
    e = np.array([s[0] for s in spectrum])
    i = int(np.clip(np.searchsorted(e, energy, side="right") - 1, 0, len(e) - 1))
    mix = [(spectrum[i][1], 1.0)]
    if i + 1 < len(e) and energy > e[i]:
        part = (energy - e[i]) / (e[i + 1] - e[i])
        mix = [(spectrum[i][1], 1 - part), (spectrum[i + 1][1], part)]
    rows = []
    for parts, share in mix:
        if share > 0:
            scaled = parts.copy()
            scaled[:, 2] *= amount * share / parts[:, 2].sum()
            rows.append(scaled)
    return np.concatenate(rows)


def _anisotropic(tape, mt):
    if not tape.has(14, mt):
        return False
    return tape.records(14, mt).cont()[2] == 0


def cascade_yields(tape, first_mt, levels):
    """MF=12 LO=2 of a series of levels: {level: {photon energy: photons}}; the levels below are followed down."""
    found = {0: {}}
    for n in sorted(levels):
        mt = first_mt + n
        if not (tape.has(12, mt) and tape.records(12, mt).cont()[2] == 2):
            found[n] = None
            continue
        records = tape.records(12, mt)
        head = records.cont()
        row, numbers = records.list()
        records.done()
        table = numbers.reshape(row[5], 1 + head[3])  # level energy, transition, [conditional photon]
        energies = {0.0: 0}
        energies.update({levels[k]: k for k in levels if k < n})
        lines = {}
        for entry in table:
            lower = min(energies, key=lambda e: abs(e - entry[0]))
            photon = row[0] - entry[0]
            emitted = entry[1] * (entry[2] if head[3] == 2 else 1.0)
            lines[photon] = lines.get(photon, 0.0) + emitted
            for e, y in (found.get(energies[lower]) or {}).items():
                lines[e] = lines.get(e, 0.0) + entry[1] * y
        found[n] = lines
    return found


def _cascades(tape, mts):
    """MF=12 LO=2 sections -> sources with one node."""
    found = []
    for first, last in ((50, 90), (600, 648), (650, 698), (700, 748), (750, 798), (800, 848)):
        present = [mt for mt in tape.mts(3) if first < mt <= last]
        if not any(mt in mts for mt in present):
            continue
        ground = tape.cross_section(first)[1] if tape.has(3, first) else tape.cross_section(present[0])[0]
        levels = {mt - first: ground - tape.cross_section(mt)[1] for mt in present}
        lines = cascade_yields(tape, first, levels)
        for mt in present:
            if mt in mts and lines[mt - first]:
                rows = np.array([[e, e, y] for e, y in sorted(lines[mt - first].items())])
                total = float(rows[:, 2].sum())
                rows[:, 2] /= total
                found.append(Source(mt, False, [1e-5, 20e6], [total, total], [rows, rows], _anisotropic(tape, mt)))
    return found


def from_mf6(mt, product_yield, law, tables, awp):
    """MF=6 photons: LAW 1 lists [(energy, discrete, rows (E, weight))], or the single line of LAW 2."""
    source = Source(mt, False)
    if law == 2:
        rows = np.array([[awp, -1.0, 1.0]])
        for e, y in zip(*linearized(product_yield, 1e-2)):
            source.energies_eV.append(float(e))
            source.amount.append(float(y))
            source.entries.append(rows)
        return source
    for energy, rows in tables:
        if energy > 20e6 * (1 + 1e-9):
            break
        source.energies_eV.append(float(energy))
        source.amount.append(float(product_yield(min(energy, product_yield.x[-1]))))
        source.entries.append(rows)
    return source.tidy()


def law1_photon_rows(row, table, lep):
    """Discrete energies and a continuum out of one LAW=1 list."""
    discrete = row[2]
    rows = [np.column_stack([np.abs(table[:discrete, 0]), np.where(table[:discrete, 0] < 0, -1.0, table[:discrete, 0]), table[:discrete, 1]])]
    rest = table[discrete:]
    if len(rest) > 1:
        rows.append(_parts(rest[:, 0], rest[:, 1], lep == 1))
    rows = np.concatenate(rows)
    rows = rows[rows[:, 2] > 0]
    total = rows[:, 2].sum()
    if total > 0:
        rows[:, 2] /= total
    return rows


def read(tape):
    """Sources of MF=12, 13 and 15."""
    found, cascades = [], []
    for mt in tape.mts(12):
        kind = tape.records(12, mt).cont()[2]
        if kind == 1:
            found.append(_from_lines(tape, 12, mt))
        elif kind == 2:
            cascades.append(mt)
        else:
            raise Refused(f"{tape.name} MF=12 MT={mt}: LO={kind}")
    found += _cascades(tape, cascades)
    found += [_from_lines(tape, 13, mt) for mt in tape.mts(13)]
    return found
