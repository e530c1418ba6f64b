"""The break-up model: the joint distribution of greatest entropy whose margins are the evaluated spectra.

A channel is a set of light products and a residual nucleus. Energies of its products are distributed as the product of
one spectrum per species, restricted to what the channel's energy allows; the rest goes to gammas and recoil. Spectra
and channel weights are found by iterative proportional fitting (Deming and Stephan 1940), so that every species has
its evaluated yield and spectrum. docs/methods/proton_nuclear_inelastic.md
"""

from dataclasses import dataclass

import numpy as np

from endf import masses

SPECIES = ["n", "p", "d", "t", "h", "a"]
ZA = {"n": (0, 1), "p": (1, 1), "d": (1, 2), "t": (1, 3), "h": (2, 3), "a": (2, 4)}
COUNT = len(SPECIES)
LEAST_PROBABILITY = 1e-4


@dataclass
class Channel:
    counts: tuple  # by SPECIES
    residual: tuple  # (Z, A); (0, 0) if nothing stays
    Q_MeV: float
    most_bins: int = 0

    @property
    def key(self):
        return self.counts, self.residual


def all_channels(target, residuals, species, energy_MeV, most_transported=9):
    """Every way to reach one of the residuals with light products of `species` and an open threshold."""
    Zc, Ac = target[0] + 1, target[1] + 1
    entrance = masses.atomic_mass_MeV(*target) + masses.atomic_mass_MeV(1, 1)
    light = [masses.atomic_mass_MeV(*ZA[s]) for s in SPECIES]
    found = []
    for Z, A in residuals:
        mass = masses.atomic_mass_MeV(Z, A)
        dZ, dA = Zc - Z, Ac - A
        if mass is None or dZ < 0 or dA < 1:
            continue
        most = {s: dA // ZA[s][1] if s in species else 0 for s in "dtha"}
        for a, h, t, d in np.ndindex(most["a"] + 1, most["h"] + 1, most["t"] + 1, most["d"] + 1):
            p = dZ - d - t - 2 * a - 2 * h
            n = dA - dZ - d - 2 * t - 2 * a - h
            if p < 0 or n < 0 or p + d + t > most_transported:
                continue
            counts = (n, p, d, t, h, a)
            Q = entrance - mass - sum(c * m for c, m in zip(counts, light))
            if energy_MeV * target[1] / Ac + Q > 0:
                found.append(Channel(counts, (Z, A), Q))
    return found


def _less(counts, s):
    return counts[:s] + (counts[s] - 1,) + counts[s + 1 :]


class Plan:
    """Which sums of energies a list of channels needs, each made from one with a product less."""

    def __init__(self, channels):
        self.index, self.steps = {(0,) * COUNT: 0}, []
        self.whole = [self._need(c.counts) for c in channels]
        self.parts = [
            [(s, n, self._need(_less(c.counts, s))) for s, n in enumerate(c.counts) if n] for c in channels
        ]

    def _need(self, counts):
        if counts not in self.index:
            s = next(i for i, n in enumerate(counts) if n)
            rest = self._need(_less(counts, s))
            self.index[counts] = len(self.steps) + 1
            self.steps.append((s, rest))
        return self.index[counts]

    def cumulative(self, spectra, bins):
        """Row per set: weight of a summed energy of at most k bins (rounded up per product), cut at `bins`."""
        density = np.zeros((len(self.steps) + 1, bins + 1))
        density[0, 0] = 1.0
        for row, (s, rest) in enumerate(self.steps):
            density[row + 1] = np.convolve(density[rest], spectra[s])[: bins + 1]
        return np.cumsum(density, axis=1)


class Fit:
    """State of the fit: a weight per channel and a spectrum per species (index bin + 1)."""

    def __init__(self, channels, targets, residual_yields, bins, start=None):
        self.channels, self.targets, self.bins = channels, targets, bins
        self.residual_yields = residual_yields
        if start:  # weights and spectra of a fit at a lower energy: its channels only
            known, spectra = start
            self.channels = [c for c in channels if c.key in known]
            self.weight = np.array([known[c.key] for c in self.channels])
            self.spectra = [np.where((x > 0) & (t > 0), x, t) for x, t in zip(spectra, targets)]
        else:
            self.weight = np.array([self._start(c) for c in channels])
            self.spectra = [np.array(t) for t in targets]
        self._regroup()

    @staticmethod
    def _start(channel):
        product = 1.0
        for count in channel.counts:
            product /= float(np.prod(np.arange(1, count + 1)))
        return product

    def _regroup(self):
        self.by_residual = {}
        for i, c in enumerate(self.channels):
            self.by_residual.setdefault(c.residual, []).append(i)
        self.most = np.array([c.most_bins for c in self.channels])
        self.plan = Plan(self.channels)

    def margins(self):
        """Weight of every channel, expected products per species and bin; not normalized."""
        sums = self.plan.cumulative(self.spectra, self.bins)
        weights = self.weight * sums[self.plan.whole, self.most]
        expected = np.zeros((COUNT, self.bins + 1))
        for weight, most, parts in zip(self.weight, self.most, self.plan.parts):
            for s, count, rest in parts:
                expected[s, : most + 1] += (count * weight) * sums[rest, most::-1]
        return weights, [e * x for e, x in zip(expected, self.spectra)]

    def prune(self, most, rare_too):
        """Keeps the `most` probable channels; later those of at least LEAST_PROBABILITY only."""
        weights, _ = self.margins()
        probability = weights / weights.sum()
        order = np.argsort(-probability, kind="stable")[:most]
        keep = sorted(i for i in order if not rare_too or probability[i] > LEAST_PROBABILITY)
        self.channels = [self.channels[i] for i in keep]
        self.weight = self.weight[keep]
        self._regroup()

    def joint_round(self, with_residuals, speed):
        """Channel weights and spectra together."""
        weights, expected = self.margins()
        total = weights.sum()
        if with_residuals:
            for residual, members in self.by_residual.items():
                have = max(weights[members].sum() / total, 1e-300)
                self.weight[members] *= np.clip(self.residual_yields.get(residual, 0.0) / have, 0.1, 10.0) ** speed
        self._rescale(expected, total, speed)
        self.weight /= self.weight.max()

    def _rescale(self, expected, total, speed):
        for s in range(COUNT):
            have, wanted = expected[s] / total, self.targets[s]
            ratio = np.where(have > 1e-30, wanted / np.maximum(have, 1e-30), 1.0)
            self.spectra[s] = self.spectra[s] * np.clip(ratio, 0.2, 5.0) ** speed

    def match_yields(self, probability):
        """Nearest channel probabilities with exactly the evaluated yields (Newton, exponential tilt)."""
        counts = np.array([c.counts for c in self.channels], float)
        wanted = np.array([t.sum() for t in self.targets])
        active = [s for s in range(COUNT) if wanted[s] > 0 and counts[:, s].max() > 0]
        counts, wanted = counts[:, active], wanted[active]
        shift = np.zeros(len(active))
        for _ in range(60):
            tilted = probability * np.exp(np.clip(counts @ shift, -50, 50))
            tilted /= tilted.sum()
            mean = tilted @ counts
            spread = (counts * tilted[:, None]).T @ counts - np.outer(mean, mean)
            step = np.linalg.lstsq(spread + 1e-9 * np.eye(len(active)), wanted - mean, rcond=None)[0]
            shift += np.clip(step, -0.5, 0.5)
        return tilted

    def shape_round(self, probability, speed):
        """Spectra alone, the channel probabilities held."""
        self.weight = np.ones(len(self.channels))
        chance, _ = self.margins()
        self.weight = probability / np.maximum(chance, 1e-300)
        _, expected = self.margins()
        self._rescale(expected, 1.0, speed)
        # the slow direction of the fit is the energy that is left over: tilt all spectra towards what is wanted
        place = np.arange(self.bins + 1) - 0.5
        have = sum((e * place).sum() for e in expected)
        wanted = sum((t * place).sum() for t in self.targets)
        room = sum(p * (c.most_bins - 0.5 * sum(c.counts)) for c, p in zip(self.channels, probability))
        step = (wanted - have) / max(room - have, 1.0) ** 2
        rise = np.exp(np.clip(step, -0.02, 0.02) * place)
        self.spectra = [x * rise / max((x * rise).max(), 1e-300) for x in self.spectra]
        return expected

    def joint(self, rounds, most=150, speed=0.6):
        """Channels and spectra together, then the channel probabilities are set."""
        for turn in range(rounds):
            if turn in (rounds // 6, rounds // 2, 3 * rounds // 4):
                self.prune({rounds // 6: 3 * most, rounds // 2: 2 * most}.get(turn, most), turn > rounds // 6)
            self.joint_round(self.residual_yields is not None and turn < 0.8 * rounds, speed)
        weights, _ = self.margins()
        self.state = {c.key: w for c, w in zip(self.channels, self.weight)}, [x.copy() for x in self.spectra]
        self.probability = self.match_yields(weights / weights.sum())

    def shape(self, rounds):
        """Spectra for these probabilities, until every margin is the evaluated one; keeps the best round.

        Where an evaluation contradicts itself no joint distribution has its margins and the fit does not settle.
        """
        best = np.inf
        for _ in range(rounds):
            tried = [x.copy() for x in self.spectra]
            expected = self.shape_round(self.probability, 0.8)
            error = self._distance(expected)
            if error < best:
                best, kept, self.expected = error, tried, expected
        self.spectra = kept

    def _distance(self, expected):
        """How far the charged spectra are from the evaluated ones: energy moved, in bins."""
        return sum(
            np.abs(np.cumsum(expected[s] - self.targets[s])).sum() for s in range(1, COUNT) if self.targets[s].sum() > 0
        )
