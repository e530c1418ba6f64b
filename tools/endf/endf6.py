"""Reads what we need of the ENDF-6 format (ENDF-102 manual): cross sections (MF=3) and products (MF=6)."""

import lzma
import re
from dataclasses import dataclass, field

import numpy as np

_EXPONENT = re.compile(r"(?<=[0-9.])([+-])(?=\d)")


def _number(text):
    text = text.strip()
    return float(_EXPONENT.sub(r"e\1", text)) if text else 0.0


class _Records:
    """Walks over the 66-column records of one section."""

    def __init__(self, lines):
        self.lines = lines
        self.at = 0

    def fields(self):
        line = self.lines[self.at]
        self.at += 1
        return [line[11 * i : 11 * i + 11] for i in range(6)]

    def cont(self):
        f = self.fields()
        return [_number(f[0]), _number(f[1])] + [int(_number(x)) for x in f[2:]]

    def numbers(self, count):
        values = []
        while len(values) < count:
            values.extend(_number(x) for x in self.fields())
        return np.array(values[:count])

    def tab1(self):
        head = self.cont()
        self.numbers(2 * head[4])
        pairs = self.numbers(2 * head[5]).reshape(-1, 2)
        return head, pairs[:, 0], pairs[:, 1]

    def tab2(self):
        head = self.cont()
        self.numbers(2 * head[4])
        return head

    def list(self):
        head = self.cont()
        return head, self.numbers(head[4])


@dataclass
class Product:
    """One product of a reaction: its yield and, per projectile energy, its table (raw numbers)."""

    zap: int
    mass_ratio: float  # to the neutron
    law: int
    yield_energy_MeV: np.ndarray
    yield_value: np.ndarray
    lang: int = 0
    lep: int = 0
    spin: float = 0.0
    identical: bool = False
    tables: list = field(default_factory=list)  # (energy_MeV, head, numbers)


class Evaluation:
    """One ENDF file, opened as text or .xz."""

    def __init__(self, path):
        opened = lzma.open(path, "rt") if str(path).endswith(".xz") else open(path)
        with opened as file:
            lines = file.read().splitlines()
        self.sections = {}
        for line in lines:
            mf, mt = int(line[70:72]), int(line[72:75])
            if mt:
                self.sections.setdefault((mf, mt), []).append(line)
        head = _Records(next(v for k, v in self.sections.items() if k[0] == 3)).cont()
        self.za, self.mass_ratio = int(head[0]), head[1]

    def cross_section(self, mt):
        """MF=3: energies in MeV, values in barn."""
        records = _Records(self.sections[(3, mt)])
        records.cont()
        _, energy, value = records.tab1()
        return energy * 1e-6, value

    def products(self, mt):
        """MF=6: list of products with LAW 1 or LAW 5 tables."""
        records = _Records(self.sections[(6, mt)])
        count = records.cont()[4]
        found = []
        for _ in range(count):
            head, energy, value = records.tab1()
            product = Product(int(head[0]), head[1], head[3], energy * 1e-6, value)
            table = records.tab2()
            if product.law == 1:
                product.lang, product.lep = table[2], table[3]
            elif product.law == 5:
                product.spin, product.identical = table[0], table[2] == 1
            else:
                raise ValueError(f"LAW={product.law} of product {product.zap} is not read here")
            for _ in range(table[5]):
                row, numbers = records.list()
                product.tables.append((row[1] * 1e-6, row, numbers))
            found.append(product)
        return found
