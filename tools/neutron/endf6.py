"""The ENDF-6 format (ENDF-102 manual, BNL-203218-2018): records, sections, cross sections.

Every count is checked: sections against the directory in MF=1, records against the lines that are there, and each
section must be read to its last line. Columns 76-80 (line numbers) are not used. A law that is not known is refused
by its name.
"""

import lzma
from dataclasses import dataclass

import numpy as np


class Refused(ValueError):
    """Something in an evaluation that this reader does not know or that contradicts itself."""


def number(text):
    """A number as Fortran writes it: 1.234567+5, 1.2e5, blanks for zero."""
    try:
        return float(text)
    except ValueError:
        t = text.strip().replace(" ", "")
        if not t:
            return 0.0
        for at in range(len(t) - 1, 0, -1):
            if t[at] in "+-" and t[at - 1] not in "eEdD":
                return float(t[:at] + "e" + t[at:])
        return float(t.replace("d", "e").replace("D", "e"))


@dataclass
class Table:
    """TAB1: y(x) with interpolation regions (last point of each, law)."""

    x: np.ndarray
    y: np.ndarray
    ends: tuple
    laws: tuple
    head: tuple = ()

    def __call__(self, at):
        """Values; zero outside the table. At a step the upper value counts."""
        at = np.asarray(at, float)
        i = np.clip(np.searchsorted(self.x, at, side="right") - 1, 0, max(len(self.x) - 2, 0))
        if len(self.x) == 1:
            return np.where(at == self.x[0], self.y[0], 0.0)
        result = interpolate(self, i, at)
        result = np.where(at == self.x[-1], self.y[-1], result)
        return np.where((at < self.x[0]) | (at > self.x[-1]), 0.0, result)

    def law_of(self, i):
        """Interpolation law of intervals i (from point i to i + 1)."""
        which = np.searchsorted(np.asarray(self.ends) - 1, i, side="right")
        return np.asarray(self.laws)[np.minimum(which, len(self.laws) - 1)]


def interpolate(table, i, at):
    from neutron import exact_math as em

    x0, x1, y0, y1 = table.x[i], table.x[i + 1], table.y[i], table.y[i + 1]
    law = table.law_of(i)
    width = np.where(x1 > x0, x1 - x0, 1.0)
    part = (at - x0) / width
    value = y0 + part * (y1 - y0)
    value = np.where(law == 1, y0, value)
    for kind in np.unique(law):
        if kind in (1, 2):
            continue
        if kind not in (3, 4, 5):
            raise Refused(f"interpolation law INT={kind} is not known")
        some = law == kind
        if kind in (3, 5):
            ok = some & (x0 > 0) & (at > 0)
            up = em.log(np.where(ok, at, 1.0)) - em.log(np.where(ok, x0, 1.0))
            full = em.log(np.where(ok, x1, 2.0)) - em.log(np.where(ok, x0, 1.0))
            p = np.where(ok & (full > 0), up / np.where(full > 0, full, 1.0), part)
        else:
            p = part
        if kind in (4, 5):
            ok = some & (y0 > 0) & (y1 > 0)
            ratio = em.log(np.where(ok, y1, 1.0)) - em.log(np.where(ok, y0, 1.0))
            shaped = np.where(ok, y0 * em.exp(p * ratio), y0 + p * (y1 - y0))
        else:
            shaped = y0 + p * (y1 - y0)
        value = np.where(some, shaped, value)
    return value


def linearized(table, tolerance=1e-3):
    """(x, y) with straight lines between points, true to the tolerance; steps keep their double points."""
    x, y = table.x, table.y
    while True:
        i = np.arange(len(x) - 1)
        middle = 0.5 * (x[:-1] + x[1:])
        wide = (x[1:] - x[:-1]) > 1e-9 * np.maximum(np.abs(x[1:]), 1e-30)
        law = table.law_of(np.clip(np.searchsorted(table.x, middle, side="right") - 1, 0, len(table.x) - 2))
        true = table(middle)
        line = 0.5 * (y[:-1] + y[1:])
        bad = wide & (law != 2) & (law != 1) & (np.abs(true - line) > tolerance * np.abs(true) + 1e-30)
        if np.any(law[wide] == 1):  # steps: double points once
            return _with_steps(table)
        if not bad.any():
            return x, y
        at = i[bad] + 1
        x, y = np.insert(x, at, middle[bad]), np.insert(y, at, true[bad])


def _with_steps(table):
    x, y = [table.x[0]], [table.y[0]]
    for i in range(len(table.x) - 1):
        if table.law_of(np.array([i]))[0] == 1 and table.y[i + 1] != table.y[i]:
            x.append(table.x[i + 1])
            y.append(table.y[i])
        x.append(table.x[i + 1])
        y.append(table.y[i + 1])
    return np.array(x), np.array(y)


class Records:
    """Walks over the records of one section."""

    def __init__(self, lines, name):
        self.lines, self.name, self.at = lines, name, 0

    def fields(self):
        if self.at >= len(self.lines):
            raise Refused(f"{self.name}: the section ends before its records do")
        line = self.lines[self.at]
        self.at += 1
        return [line[11 * i : 11 * i + 11] for i in range(6)]

    def cont(self):
        f = self.fields()
        return (number(f[0]), number(f[1])) + tuple(int(number(x)) for x in f[2:])

    def numbers(self, count):
        if count < 0 or count > 6 * (len(self.lines) - self.at):
            raise Refused(f"{self.name}: {count} numbers announced, fewer lines are there")
        values = []
        while len(values) < count:
            values.extend(number(x) for x in self.fields())
        return np.array(values[:count])

    def regions(self, count, points):
        pairs = self.numbers(2 * count).astype(int).reshape(-1, 2)
        if count and (pairs[-1, 0] != points or np.any(np.diff(pairs[:, 0]) <= 0)):
            raise Refused(f"{self.name}: interpolation regions end at {pairs[:, 0]}, {points} points follow")
        return tuple(pairs[:, 0]), tuple(pairs[:, 1])

    def tab1(self):
        head = self.cont()
        ends, laws = self.regions(head[4], head[5])
        pairs = self.numbers(2 * head[5]).reshape(-1, 2)
        x = pairs[:, 0].copy()
        if np.any(np.diff(x) < 0):
            raise Refused(f"{self.name}: abscissae fall")
        return Table(x, pairs[:, 1].copy(), ends, laws, head)

    def tab2(self):
        head = self.cont()
        return head, self.regions(head[4], head[5])

    def list(self):
        head = self.cont()
        return head, self.numbers(head[4])

    def done(self):
        if self.at != len(self.lines):
            raise Refused(f"{self.name}: {len(self.lines) - self.at} lines left over")


class Tape:
    """One evaluation, as text or .xz."""

    def __init__(self, path):
        self.name = str(path).split("/")[-1].split(".endf")[0]
        opened = lzma.open(path, "rt", encoding="latin1") if str(path).endswith(".xz") else open(path, encoding="latin1")
        with opened as file:
            lines = file.read().splitlines()
        self.sections = {}
        for line in lines[1:]:
            mf, mt = int(line[70:72] or 0), int(line[72:75] or 0)
            if mt:
                self.sections.setdefault((mf, mt), []).append(line)
        self._directory()

    def _directory(self):
        records = self.records(1, 451)
        head = records.cont()
        self.za, self.awr, self.lrp, self.nlib = int(round(head[0])), head[1], head[2], head[4]
        records.cont()
        records.cont()
        counts = records.cont()
        self.temperature_K = counts[0]
        listed = {}
        for _ in range(counts[4]):
            records.fields()
        for _ in range(counts[5]):
            f = records.fields()
            listed[(int(f[2]), int(f[3]))] = int(f[4])
        records.done()
        for key, lines in self.sections.items():
            if listed.get(key, -1) != len(lines):
                raise Refused(f"{self.name}: MF={key[0]} MT={key[1]} has {len(lines)} lines, directory {listed.get(key)}")
        if set(listed) != set(self.sections):
            raise Refused(f"{self.name}: the directory lists sections that are not there")

    def has(self, mf, mt):
        return (mf, mt) in self.sections

    def mts(self, mf):
        return sorted(mt for f, mt in self.sections if f == mf)

    def records(self, mf, mt):
        return Records(self.sections[(mf, mt)], f"{self.name} MF={mf} MT={mt}")

    def cross_section(self, mt):
        """MF=3: (QM, QI, table) in eV and barn."""
        records = self.records(3, mt)
        records.cont()
        table = records.tab1()
        records.done()
        return table.head[0], table.head[1], table
