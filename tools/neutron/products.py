"""MF=6: what leaves a reaction, and with what mean energy. Neutrons and photons as tables, charged ones as energies."""

from dataclasses import dataclass, field

import numpy as np

from neutron import angles, photons, spectra
from neutron.endf6 import Refused


@dataclass
class Products:
    """Of one reaction."""

    neutron: object = None  # angles.Angles or spectra.Spectrum
    neutron_yield: object = None
    photons: list = field(default_factory=list)
    charged_laws: list = field(default_factory=list)
    charged: list = field(default_factory=list)  # (yield, Spectrum), MT=5 only
    frame: int = 2


def _skip(records, law):
    if law in (0, 3, 4):
        return
    if law in (1, 2, 5):
        head, _ = records.tab2()
        for _ in range(head[5]):
            records.list()
    elif law == 6:
        records.cont()
    elif law == 7:
        head, _ = records.tab2()
        for _ in range(head[5]):
            head2, _ = records.tab2()
            for _ in range(head2[5]):
                records.tab1()
    else:
        raise Refused(f"{records.name}: LAW={law}")


def _photon(records, mt, amount):
    law = amount.head[3]
    if law == 1:
        head, _ = records.tab2()
        tables = []
        for _ in range(head[5]):
            row, numbers = records.list()
            tables.append((row[1], photons.law1_photon_rows(row, numbers.reshape(row[5], 2 + row[3]), head[3])))
        return photons.from_mf6(mt, amount, 1, tables, 0.0)
    if law == 2:
        _skip(records, 2)
        return photons.from_mf6(mt, amount, 2, [], amount.head[1])
    raise Refused(f"{records.name}: photons with LAW={law}")


def read(tape, mt, q):
    records = tape.records(6, mt)
    head = records.cont()
    found = Products(frame=head[3])
    for _ in range(head[4]):
        amount = records.tab1()
        zap, law = int(round(amount.head[0])), amount.head[3]
        if zap == 1:
            cm = head[3] in (2, 3)
            if law == 1:
                nodes = spectra.read_law1(records, tape.za, tape.awr)
                found.neutron = spectra.Spectrum(nodes, cm)
            elif law == 2:
                found.neutron = angles.read_law2(records)
            elif law == 3:
                found.neutron = angles.Angles([], True)
            elif law == 6:
                found.neutron = spectra.Spectrum(spectra.read_law6(records, tape.awr, q), True)
            elif law == 7:
                found.neutron = spectra.Spectrum(spectra.read_law7(records), False)
            else:
                raise Refused(f"{records.name}: neutrons with LAW={law}")
            found.neutron_yield = amount
        elif zap == 0:
            found.photons.append(_photon(records, mt, amount))
        else:
            found.charged_laws.append((zap, law))
            if mt == 5 and law == 1:
                nodes = spectra.read_law1(records, tape.za, tape.awr)
                cm = head[3] == 2 or (head[3] == 3 and zap <= 2004)
                found.charged.append((amount, spectra.Spectrum(nodes, cm)))
            else:
                _skip(records, law)
    records.done()
    return found
