"""All that the library keeps of one nuclide: reactions, their neutrons and photons, kerma, at each temperature."""

from dataclasses import dataclass, field

import numpy as np

from neutron import angles, photons, products, reconstruct, resonances, spectra
from neutron.broaden import Broadened
from neutron.endf6 import Refused, linearized

HIGHEST_eV = 20e6
_SUMS = {103: (600, 649), 104: (650, 699), 105: (700, 749), 106: (750, 799), 107: (800, 849), 4: (50, 91), 16: (875, 891)}
# Neutrons that leave, by reaction (ENDF-102 table 0.5); absorbing reactions have none
_NEUTRONS = {11: 2, 16: 2, 17: 3, 22: 1, 23: 1, 24: 2, 25: 3, 28: 1, 29: 1, 30: 2, 32: 1, 33: 1, 34: 1, 35: 1, 36: 1,
             37: 4, 41: 2, 42: 3, 44: 1, 45: 1, 91: 1}


@dataclass
class Reaction:
    mt: int
    QM_eV: float
    QI_eV: float
    table: object
    starts_cold: bool  # has a cross section at the lowest energy
    neutrons: float = 0.0
    emission: object = None  # angles.Angles or spectra.Spectrum, None without neutrons
    neutron_yield: object = None  # MF=6: neutrons by energy; MT=5 only
    charged_laws: list = field(default_factory=list)
    charged: list = field(default_factory=list)  # (yield, Spectrum) of charged products in MT=5

    def neutrons_at(self, energy):
        return self.neutron_yield(energy) if self.mt == 5 and self.neutron_yield else np.full_like(energy, self.neutrons)


@dataclass
class Heat:
    """One temperature: grid, rows of cross sections, kerma in eV barn."""

    kelvin: float
    energy: np.ndarray
    rows: np.ndarray
    kerma: dict


class Nuclide:
    def __init__(self, tape):
        self.tape, self.awr = tape, tape.awr
        self.Z, self.A = divmod(tape.za, 1000)
        self.reactions = [self._reaction(mt) for mt in self._final()]
        self.reactions = [r for r in self.reactions if r]
        self.sources = photons.read(tape)
        for r in self.reactions:
            self._emission(r)
        mts = {r.mt for r in self.reactions}
        for s in self.sources:
            if not s.own_cross_section and s.mt not in mts:
                self._tie(s)
        self.cold = [r for r in self.reactions if r.starts_cold]
        self.warm_only = [r for r in self.reactions if not r.starts_cold]

    def _final(self):
        mts = [mt for mt in self.tape.mts(3) if mt < 201 or 600 <= mt < 900]
        drop = {1, 3, 10, 27, 101}
        for whole, (low, high) in _SUMS.items():
            if any(low <= mt <= high for mt in mts):
                drop.add(whole)
        return [mt for mt in mts if mt not in drop]

    def _reaction(self, mt):
        qm, qi, table = self.tape.cross_section(mt)
        below = table.x <= HIGHEST_eV
        positive = np.nonzero((table.y > 0) & below)[0]
        if not len(positive) and mt not in (2, 102):
            return None
        first = table.x[max(positive[0] - 1, 0)] if len(positive) else 1e-5
        return Reaction(mt, qm, qi, table, mt in (2, 102) or first <= 1e-5)

    def _tie(self, source):
        """MF=12 yields of a sum of reactions (MT 4, 103, 107, ...): its cross section times the yield."""
        if not self.tape.has(3, source.mt):
            raise Refused(f"{self.tape.name}: photons of MT={source.mt}, which has no cross section")
        table = self.tape.cross_section(source.mt)[2]
        source.amount = [a * float(table(e)) for a, e in zip(source.amount, source.energies_eV)]
        source.own_cross_section = True

    def _emission(self, r):
        tape, mt = self.tape, r.mt
        if 50 < mt < 91 or mt == 2:
            r.neutrons = 1.0
        else:
            r.neutrons = float(_NEUTRONS.get(mt, 0))
        if tape.has(6, mt):
            p = products.read(tape, mt, r.QM_eV)
            self.sources += p.photons
            r.charged_laws, r.charged = p.charged_laws, p.charged
            if r.neutrons or (mt == 5 and p.neutron):
                r.emission, r.neutron_yield = p.neutron, p.neutron_yield
        if r.neutrons and r.emission is None and tape.has(5, mt):
            r.emission = spectra.read_mf5(tape, mt)
        if r.neutrons and r.emission is None and tape.has(4, mt):
            r.emission = angles.read_mf4(tape, mt)
            if not r.emission.centre_of_mass:
                raise Refused(f"{tape.name} MT={mt}: two-body angles in the laboratory frame")
        if r.neutrons and r.emission is None:
            raise Refused(f"{tape.name} MT={mt}: no distribution of its neutrons")

    def neutron_energy(self, r, energy):
        """Mean laboratory energy of all neutrons of a reaction."""
        if r.emission is None:
            return np.zeros_like(energy)
        if isinstance(r.emission, spectra.Spectrum):
            return r.neutrons_at(energy) * r.emission.mean_lab_eV(energy, self.awr)
        a, mu = self.awr, r.emission.mean(energy)
        b2 = np.maximum(a * a * (1 + (a + 1) / a * r.QI_eV / energy), 0.0)
        return energy / (a + 1) ** 2 * (1 + b2 + 2 * np.sqrt(b2) * mu)

    def photon_energy(self, mt, energy):
        total = np.zeros_like(energy)
        for s in self.sources:
            if s.mt == mt and not s.own_cross_section:
                total += s.mean_eV(energy, self.awr)
        return total

    def heating(self, r, energy):
        """Energy that stays per reaction: E + Q - neutrons - photons."""
        if r.mt == 2:
            mu = r.emission.mean(energy)
            return energy * 2 * self.awr / (self.awr + 1) ** 2 * (1 - mu)
        if r.mt == 102 and any(s.mt == 102 for s in self.sources):
            return self.capture_recoil(energy)
        if r.mt == 5:  # no Q of its own: the charged products as the evaluation has them
            return sum((y(energy) * s.mean_lab_eV(energy, self.awr) for y, s in r.charged), np.zeros_like(energy))
        return energy + r.QM_eV - self.neutron_energy(r, energy) - self.photon_energy(r.mt, energy)

    def capture_recoil(self, energy):
        """The compound's motion, E / (A + 1), and the recoil of each photon, E_g^2 / 2 M c^2, in random directions."""
        square = sum((s.square_eV2(energy, self.awr) for s in self.sources if s.mt == 102), np.zeros_like(energy))
        return energy / (self.awr + 1) + square / (2 * (self.awr + 1) * resonances.NEUTRON_eV)

    def own_photon_heating(self, energy):
        """Photons with a cross section of their own, eV barn."""
        return sum((s.mean_eV(energy, self.awr) for s in self.sources if s.own_cross_section), np.zeros_like(energy))

    def own_photon_heating_of(self, low, high, energy):
        return sum((s.mean_eV(energy, self.awr) for s in self.sources if s.own_cross_section and low <= s.mt <= high),
                   np.zeros_like(energy))

    def is_named(self, r):
        """The reactions with a dose component of their own: B-10(n,alpha), N-14(n,p)."""
        if (self.Z, self.A) == (5, 10):
            return r.mt == 107 or 800 <= r.mt <= 849
        if (self.Z, self.A) == (7, 14):
            return r.mt == 103 or 600 <= r.mt <= 649
        return False

    def sigma(self, r, energy):
        return np.interp(energy, *self.linear(r), left=0.0)

    def linear(self, r):
        if not hasattr(r, "line"):
            x, y = linearized(r.table, 5e-4)
            keep = x <= HIGHEST_eV * (1 + 1e-9)
            if not r.starts_cold:  # from the last zero before the threshold
                keep &= np.arange(len(x)) >= max(int(np.nonzero(y > 0)[0][0]) - 1, 0)
            r.line = reconstruct._nudged(x[keep]), y[keep]
        return r.line

    def kerma(self, energy, rows):
        """{name: eV barn} on a grid: elastic, capture, named, rest."""
        k = {name: np.zeros_like(energy) for name in ("elastic", "capture", "named", "rest")}
        for r, sigma in list(zip(self.cold, rows)) + [(r, self.sigma(r, energy)) for r in self.warm_only]:
            some = sigma > 0
            part = np.zeros_like(energy)
            part[some] = sigma[some] * self.heating(r, energy[some])
            name = "elastic" if r.mt == 2 else "capture" if r.mt == 102 else "named" if self.is_named(r) else "rest"
            k[name] += part
        named = {(5, 10): (107, 107), (7, 14): (103, 103)}.get((self.Z, self.A))
        lost = self.own_photon_heating(energy)
        if named:
            its = self.own_photon_heating_of(*named, energy)
            k["named"] -= its
            lost = lost - its
        k["rest"] -= lost
        return k

    def at(self, kelvin):
        """The grid at a temperature: rows of reactions that start cold, and kerma, on one thinned grid."""
        if not hasattr(self, "cold_table"):
            self.ranges = resonances.read(self.tape)
            self.cold_table = reconstruct.cold(self.tape, [r.mt for r in self.cold], self.ranges)
        energy0, values0 = self.cold_table
        thresholds = [self.linear(r)[0][0] for r in self.warm_only]
        top = min(thresholds + [max([1e6] + [r.high_eV for r in self.ranges])])
        elastic = [i for i, r in enumerate(self.cold) if r.mt == 2]
        hot = Broadened(energy0, values0, elastic, self.awr, kelvin, top)
        energy, values = reconstruct.refine(hot, self._seeds(hot), 5e-4)
        k = self.kerma(energy, values)
        stack = np.concatenate([values, np.array([k["elastic"], k["capture"], k["named"], k["rest"]])])
        floors = np.concatenate([np.full(len(values), 1e-9), np.full(4, 1e-3)])[:, None]
        kept = reconstruct.thinned(energy, stack, 1e-3, floors)
        grid = np.unique(energy[kept].astype(np.float32)).astype(float)
        rows = hot(grid)
        return Heat(kelvin, grid, rows, self.kerma(grid, rows))

    def _seeds(self, hot):
        points = [reconstruct.seed_energies()] + [self.linear(r)[0] for r in self.reactions]
        for r in self.ranges:
            points.append(np.array([r.low_eV, r.high_eV * (1 - 3e-7), r.high_eV]))
            for energy, width in r.peaks:
                if energy > 0:
                    spread = width + 2 * float(np.sqrt(energy / hot.alpha))
                    near = energy + spread * np.array([-4, -2, -1, -0.5, 0, 0.5, 1, 2, 4])
                    points.append(near[(near > r.low_eV) & (near < r.high_eV)])
        grid = np.unique(np.concatenate(points))
        return grid[(grid >= reconstruct.LOWEST_eV) & (grid <= HIGHEST_eV)]



