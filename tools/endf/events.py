"""Break-up data of one element at each tabulated energy: targets from the evaluations, then the fit of channels.py."""

from dataclasses import dataclass

import numpy as np

from endf import masses, spectra
from endf.channels import COUNT, SPECIES, Fit, all_channels

BINS = 128
SPARE = 8  # bins above the range, for the half bins of the rule "energies rounded to bin centres"
ZAP = {"n": 1, "p": 1001, "d": 1002, "t": 1003, "h": 2003, "a": 2004}
ICRU_NAME = {"p": "proton", "d": "deuteron", "a": "alpha"}
COSINE_ROWS = 12
COSINE_PARTS = 16
LEAST_YIELD = 1e-5
LEAST_MEV = 3.0  # below it a proton has 0.15 mm of water left


@dataclass
class Node:
    energy_MeV: float
    bin_MeV: float
    channels: list
    probability: np.ndarray
    spectra: list  # by SPECIES, index = bin
    cosines: list  # protons, deuterons: [row][bound]
    recoil_share: float
    wanted: list  # evaluated histograms by SPECIES, products per event
    report: dict


class Donor:
    """Both evaluations of one element."""

    def __init__(self, evaluation, icru):
        self.evaluation, self.icru = evaluation, icru
        self.products = {p.zap: p for p in evaluation.products(5)}
        self.target = (evaluation.za // 1000, evaluation.za % 1000)
        energies, barn = evaluation.cross_section(5)
        open_from = energies[np.nonzero(barn > 0)[0][0]]
        known = [t[0] for t in self.products[1001].tables if t[0] >= max(open_from, LEAST_MEV)]
        self.low = [e for e in known if not any(abs(e - k) < 0.45 for k in known if k < e)]
        self.high = [e for e in sorted(icru.blocks) if e > max(self.low) + 0.1]
        self.state = None
        self.last = None
        self.joins = {}

    def _yield(self, zap, energy):
        p = self.products.get(zap)
        return float(np.interp(energy, p.yield_energy_MeV, p.yield_value)) if p else 0.0

    def _residuals(self, energy):
        found = {}
        for zap in self.products:
            if zap > 2004:
                key = (zap // 1000, zap % 1000)
                found[key] = found.get(key, 0.0) + self._yield(zap, energy)
        found = {k: v for k, v in found.items() if v > LEAST_YIELD}
        total = sum(found.values())
        if total < 1:
            found[(0, 0)] = 1.0 - total
        return {k: v / max(total, 1.0) for k, v in found.items()}

    def _mean_energy(self, zap, energy):
        tables = self.products[zap].tables
        at, row, numbers = min(tables, key=lambda t: abs(t[0] - energy))
        m = numbers.reshape(row[5], -1)
        weight = m[:-1, 1] * np.diff(m[:, 0])
        return float((weight * (m[1:, 0] + m[:-1, 0]) / 2).sum() / max(weight.sum(), 1e-30)) * 1e-6

    def _endf(self, energy, bin_MeV):
        hists, yields = {}, {}
        for s in SPECIES:
            yields[s] = self._yield(ZAP[s], energy)
            if yields[s] > LEAST_YIELD:
                product = self.products[ZAP[s]]
                table = min(product.tables, key=lambda t: abs(t[0] - energy))
                ev = self.evaluation
                hists[s] = spectra.endf_lab(product, ev.za, ev.mass_ratio, table, bin_MeV, BINS)
        residuals = self._residuals(energy)
        recoil = sum(y * self._mean_energy(1000 * k[0] + k[1], energy) for k, y in residuals.items() if k != (0, 0))
        gamma = self._yield(0, energy) * self._mean_energy(0, energy)
        return yields, hists, residuals, recoil, gamma

    def _icru(self, energy, bin_MeV):
        """Above the end of ENDF: ICRU 63, joined there; what it lacks follows from the last ENDF energy."""
        block, old = self.icru.blocks[energy], self.last
        yields, hists = {}, {}
        for s, name in ICRU_NAME.items():
            number = block["multiplicity"].get(name, 0.0)
            if number > LEAST_YIELD and s in old["hists"]:
                joined = self._join(s)[:, None] * self.icru.lab(energy, name, bin_MeV, BINS)
                yields[s], hists[s] = number * float(joined.sum()), joined / joined.sum()
        growth = yields["p"] / old["yields"]["p"]
        for s in "nth":
            yields[s] = old["yields"].get(s, 0.0) * growth
            if yields[s] > LEAST_YIELD and s in old["hists"]:
                hists[s] = _stretched(old["hists"][s], energy / old["energy"] * old["bin"] / bin_MeV)
        return yields, hists, old["residuals"], block["recoil"] * energy, old["gamma"]

    def _join(self, s):
        """ENDF over ICRU 63 spectrum at the last ENDF energy, by share of the range; 1 where they are one evaluation."""
        if s not in self.joins:
            old = self.last
            block = self.icru.blocks[old["energy"]]
            ours = old["yields"][s] * old["hists"][s].sum(axis=1)
            theirs = self.icru.lab(old["energy"], ICRU_NAME[s], old["bin"], BINS).sum(axis=1)
            theirs = theirs * block["multiplicity"][ICRU_NAME[s]]
            window = np.ones(9)
            ours, theirs = np.convolve(ours, window, "same"), np.convolve(theirs, window, "same")
            mean = ours.sum() / theirs.sum()
            ratio = np.where(theirs > 1e-4 * theirs.max(), ours / np.maximum(theirs, 1e-30), mean)
            self.joins[s] = np.clip(ratio, mean / 3, mean * 3)
        return self.joins[s]

    def nodes(self):
        """All tabulated energies at which a channel is open."""
        return [n for n in map(self.node, self.low + self.high) if n]

    def node(self, energy):
        residual_seed = self._residuals(min(energy, self.low[-1]))
        species = [s for s in SPECIES if self._yield(ZAP[s], min(energy, self.low[-1])) > LEAST_YIELD]
        candidates = all_channels(self.target, list(residual_seed), species + ["t", "h"], energy)
        if not candidates:
            return None
        bin_MeV = max(energy + max(0.0, max(c.Q_MeV for c in candidates)), 1.0) / BINS
        above = energy > self.low[-1] + 0.1
        yields, hists, residuals, recoil, gamma = (self._icru if above else self._endf)(energy, bin_MeV)
        if not above:
            self._close_nucleons(yields, hists, residuals)
            self.last = dict(energy=energy, yields=dict(yields), hists=dict(hists), residuals=residuals, gamma=gamma,
                             bin=bin_MeV)
        live = [i for i, s in enumerate(SPECIES) if s in hists]
        channels = []
        for c in candidates:
            size = sum(c.counts)
            c.most_bins = min(BINS + SPARE, int((energy + c.Q_MeV) / bin_MeV + size / 2 + 1e-9))
            if c.most_bins >= size and all(n == 0 or i in live for i, n in enumerate(c.counts)):
                channels.append(c)
        if not channels:
            return None
        targets = []
        for s in SPECIES:
            t = np.zeros(BINS + SPARE + 1)
            if s in hists:
                t[1 : BINS + 1] = yields[s] * hists[s].sum(axis=1)
            targets.append(t)
        fit = Fit(channels, targets, None if above else residuals, BINS + SPARE, self.state if above else None)
        fit.joint(48)
        stretch = self._close_energy(fit, targets, energy, bin_MeV, recoil + gamma)
        fit.shape(40)
        if not above:
            self.state = fit.state
        return self._finished(energy, bin_MeV, fit, targets, hists, recoil, gamma, stretch)

    def _close_nucleons(self, yields, hists, residuals):
        """Light elements: the tables know no t and He-3; both appear as often as nucleons are missing."""
        if 1003 in self.products:
            return
        nucleons = sum(yields[s] * a for s, a in zip(SPECIES, (1, 1, 2, 3, 3, 4)))
        nucleons += sum(y * k[1] for k, y in residuals.items())
        missing = max(0.0, (self.target[1] + 1 - nucleons) / 6)
        if missing > 1e-3 and "a" in hists:
            for s in "th":
                yields[s], hists[s] = missing, hists["a"]

    @staticmethod
    def _close_energy(fit, targets, energy, bin_MeV, left_over):
        """Stretches the neutron spectrum so that the mean energy is conserved; gives the factor."""
        if targets[0].sum() < 1e-3:
            return 1.0
        place = (np.arange(BINS + SPARE + 1) - 0.5) * bin_MeV
        charged = sum((t * place).sum() for t in targets[1:])
        Q = sum(p * c.Q_MeV for p, c in zip(fit.probability, fit.channels))
        have = (targets[0] * place).sum()
        factor = float(np.clip((energy + Q - charged - left_over) / have, 0.5, 1.3))
        shape = _stretched(targets[0][1 : BINS + 1, None], factor)[:, 0]
        targets[0][1 : BINS + 1] = shape * targets[0].sum()
        fit.targets[0] = targets[0]
        return factor

    @staticmethod
    def cosines(hists):
        flat = np.zeros((BINS, spectra.COSINE_BINS))
        return [spectra.cosine_bounds(hists.get(s, flat), COSINE_ROWS, COSINE_PARTS) for s in "pd"]

    def _finished(self, energy, bin_MeV, fit, targets, hists, recoil, gamma, stretch):
        place = (np.arange(BINS + SPARE + 1) - 0.5) * bin_MeV
        Q = sum(p * c.Q_MeV for p, c in zip(fit.probability, fit.channels))
        rest = energy + Q - sum((e * place).sum() for e in fit.expected)
        share = float(np.clip(recoil / max(rest, 1e-9), 0.0, 1.0))
        cosines = self.cosines(hists)
        report = {"Q": Q, "rest": rest, "wanted_rest": recoil + gamma, "stretch": stretch, "channels": len(fit.channels)}
        for s, name in enumerate(SPECIES):
            if targets[s].sum() > 0:
                want, have = (targets[s] * place).sum() / targets[s].sum(), (fit.expected[s] * place).sum()
                have /= max(fit.expected[s].sum(), 1e-300)
                report[name] = (targets[s].sum(), fit.expected[s].sum() / targets[s].sum() - 1, have / want - 1)
        return Node(energy, bin_MeV, fit.channels, fit.probability, [x[1:] for x in fit.spectra], cosines, share,
                    [t[1 : BINS + 1] for t in targets], report)


def _stretched(histogram, factor):
    """The same spectrum with all energies times `factor` (rebinned; what leaves the range stays in the last bin)."""
    bins = histogram.shape[0]
    out = np.zeros_like(histogram)
    for k in range(bins):
        low, high = k * factor, (k + 1) * factor
        first, last = int(low), min(int(np.ceil(high)), bins)
        if first >= bins:
            out[-1] += histogram[k]
            continue
        edges = np.clip(np.arange(first, last + 1), low, high)
        part = np.diff(edges) / (high - low)
        out[first:last] += part[:, None] * histogram[k]
        out[-1] += (1 - part.sum()) * histogram[k]
    return out / max(out.sum(), 1e-300)
