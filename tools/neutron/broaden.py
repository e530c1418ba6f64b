"""Doppler broadening of cross sections by the motion of free target nuclei (the SIGMA1 kernel).

sigma(y) = 1 / (y^2 sqrt(pi)) Int_0^inf x^2 sigma(x) [exp(-(x - y)^2) - exp(-(x + y)^2)] dx, x^2 = A E / kT
(Cullen and Weisbin 1976, Nucl. Sci. Eng. 60, 199). The integral is taken by Gauss-Legendre panels of at most half a
unit between the points of the cold table; docs/methods/neutron_data.md section 3.
"""

import numpy as np

from neutron import exact_math as em

BOLTZMANN_eV_PER_K = 8.617333262e-5  # CODATA 2018
_REACH = 6.0
_GAUSS = np.array([-0.8611363115940526, -0.3399810435848563, 0.3399810435848563, 0.8611363115940526])
_WEIGHT = np.array([0.3478548451374538, 0.6521451548625461, 0.6521451548625461, 0.3478548451374538])
_CHUNK = 1_000_000


class Broadened:
    """Function energies -> barn (rows as in the cold table) at a temperature, up to top_eV; cold above."""

    def __init__(self, energy, values, elastic_rows, awr, kelvin, top_eV):
        self.energy, self.values, self.top = energy, values, top_eV
        self.alpha = awr / (BOLTZMANN_eV_PER_K * kelvin)
        last = min(len(energy), int(np.searchsorted(energy, top_eV * 1.3)) + 2)
        edges = np.sqrt(self.alpha * energy[:last])
        split = np.maximum(1, np.ceil(np.diff(edges) / 0.5).astype(int))
        start = np.repeat(edges[:-1], split)
        part = np.arange(split.sum()) - np.repeat(np.cumsum(split) - split, split)
        width = np.repeat(np.diff(edges) / split, split)
        left = start + part * width
        # Below the first point: elastic constant, all else as 1/v
        left, width = np.concatenate([[0.0], left]), np.concatenate([[edges[0]], width])
        self.x = (left[:, None] + 0.5 * width[:, None] * (1 + _GAUSS)).ravel()
        barn = np.array([np.interp(self.x * self.x / self.alpha, energy, v) for v in values])
        for row in range(len(values)):
            if row not in elastic_rows:
                barn[row, :4] = values[row, 0] * edges[0] / self.x[:4]
        self.weighted = barn * self.x * self.x * (0.5 * width[:, None] * _WEIGHT).ravel()

    def __call__(self, energy):
        out = np.array([np.interp(energy, self.energy, v) for v in self.values])
        warm = np.nonzero(energy < self.top)[0]
        if len(warm):
            out[:, warm] = self._integrate(np.sqrt(self.alpha * energy[warm]))
        return out

    def _integrate(self, y):
        first = np.searchsorted(self.x, y - _REACH)
        last = np.searchsorted(self.x, y + _REACH)
        result = np.empty((len(self.values), len(y)))
        at = 0
        ends = np.cumsum(last - first)
        while at < len(y):
            base = ends[at - 1] if at else 0
            stop = max(at + 1, int(np.searchsorted(ends, base + _CHUNK, side="right")))
            result[:, at:stop] = self._chunk(y[at:stop], first[at:stop], last[at:stop])
            at = stop
        return result

    def _chunk(self, y, first, last):
        count = last - first
        begin = np.cumsum(count) - count
        node = np.arange(count.sum()) - np.repeat(begin - first, count)
        spread = np.repeat(y, count)
        x = self.x[node]
        kernel = em.exp(-((x - spread) ** 2))
        low = spread < _REACH
        if low.any():
            kernel[low] -= em.exp(-((x[low] + spread[low]) ** 2))
        norm = 1.0 / (y * y * np.sqrt(em.PI))
        return np.array([np.add.reduceat(w[node] * kernel, begin) for w in self.weighted]) * norm
