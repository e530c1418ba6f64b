"""Resolved resonances (MF=2) to cross sections at 0 K: SLBW, MLBW, Reich-Moore, R-matrix limited (Reich-Moore form).

Equations: ENDF-102 manual appendix D; docs/methods/neutron_data.md section 2. Energies in eV, lengths in 1e-12 cm,
so that 1/k^2 comes out in barn.
"""

from dataclasses import dataclass, field

import numpy as np

from neutron import coulomb
from neutron import exact_math as em
from neutron.endf6 import Refused

NEUTRON_eV = 939.56542052e6  # CODATA 2018
NEUTRON_u = 1.00866491595
U_eV = 931.49410242e6
HBAR_C = 197.3269804e6 * 0.1  # eV 1e-12 cm
_K_PER_SQRT_E = float(np.sqrt(2 * NEUTRON_eV)) / HBAR_C


def wave_number(awri, energy):
    return _K_PER_SQRT_E * awri / (awri + 1.0) * np.sqrt(np.abs(energy))


def penetrability(l, rho):
    """P and S of a neutral channel, l = 0..4 (ENDF-102 table D.1)."""
    r2 = rho * rho
    if l == 0:
        return rho, 0.0 * rho
    if l == 1:
        return rho * r2 / (1 + r2), -1.0 / (1 + r2)
    if l == 2:
        d = 9 + r2 * (3 + r2)
        return rho * r2 * r2 / d, -(18 + 3 * r2) / d
    if l == 3:
        d = 225 + r2 * (45 + r2 * (6 + r2))
        return rho * r2 * r2 * r2 / d, -(675 + r2 * (90 + 6 * r2)) / d
    if l == 4:
        d = 11025 + r2 * (1575 + r2 * (135 + r2 * (10 + r2)))
        return rho * r2 * r2 * r2 * r2 / d, -(44100 + r2 * (4725 + r2 * (270 + 10 * r2))) / d
    raise Refused(f"resonances of orbital momentum l={l} are not known")


def hard_sphere_phase(l, rho):
    r2 = rho * rho
    if l == 0:
        return rho
    if l == 1:
        return rho - em.atan(rho)
    if l == 2:
        return rho - em.atan(3 * rho / (3 - r2))
    if l == 3:
        return rho - em.atan(rho * (15 - r2) / (15 - 6 * r2))
    if l == 4:
        return rho - em.atan(rho * (105 - 10 * r2) / (105 - r2 * (45 - r2)))
    raise Refused(f"resonances of orbital momentum l={l} are not known")


def _tabulated_radius(awri):
    return 0.123 * em.cube_root(awri * NEUTRON_u) + 0.08


@dataclass
class Range:
    """One energy range: its limits and a function energies -> {MT: barn}."""

    low_eV: float
    high_eV: float
    peaks: list  # (energy, width)
    kind: str
    data: dict = field(default_factory=dict)

    def __call__(self, energy):
        return _EVALUATE[self.kind](self.data, energy)


def read(tape):
    """All resolved ranges of a tape. Unresolved ones are taken where MF=3 holds the average (LSSF=1)."""
    records = tape.records(2, 151)
    isotopes = records.cont()[4]
    if isotopes != 1:
        raise Refused(f"{tape.name}: MF=2 with {isotopes} isotopes")
    found = []
    for _ in range(records.cont()[4]):
        low, high, lru, lrf, nro, naps = records.cont()
        if nro:
            raise Refused(f"{tape.name}: energy-dependent scattering radius (NRO={nro})")
        if lru == 0:
            records.cont()
        elif lru == 1 and lrf in (1, 2):
            found.append(_read_breit_wigner(records, low, high, lrf, naps))
        elif lru == 1 and lrf == 3:
            found.append(_read_reich_moore(records, low, high, naps))
        elif lru == 1 and lrf == 7:
            found.append(_read_r_matrix(records, low, high))
        elif lru == 2:
            _skip_unresolved(records, lrf, tape.name)
        else:
            raise Refused(f"{tape.name}: LRU={lru} LRF={lrf}")
    records.done()
    return found


def _skip_unresolved(records, lrf, name):
    head = records.cont()
    if head[2] != 1 or lrf != 2:
        raise Refused(f"{name}: unresolved resonances (LRU=2) with LSSF={head[2]}, LRF={lrf}")
    for _ in range(head[4]):
        for _ in range(records.cont()[4]):
            records.list()


def _read_breit_wigner(records, low, high, lrf, naps):
    spin, ap, _, _, nls, _ = records.cont()
    groups, peaks = [], []
    for _ in range(nls):
        head, numbers = records.list()
        awri, qx, l, lrx = head[0], head[1], head[2], head[3]
        rows = numbers.reshape(-1, 6)
        if lrx:
            raise Refused(f"{records.name}: competitive widths (LRX={lrx})")
        radius = ap if naps == 1 else _tabulated_radius(awri)
        groups.append({"l": l, "awri": awri, "radius": radius, "ap": ap, "rows": rows, "qx": qx})
        peaks += [(r[0], r[2]) for r in rows]
    return Range(low, high, peaks, "slbw" if lrf == 1 else "mlbw", {"spin": spin, "groups": groups, "mlbw": lrf == 2})


def _breit_wigner(data, energy):
    spin = data["spin"]
    elastic, capture = np.zeros_like(energy), np.zeros_like(energy)
    for group in data["groups"]:
        l, rows = group["l"], group["rows"]
        k = wave_number(group["awri"], energy)
        p, s = penetrability(l, k * group["radius"])
        sin_p, cos_p = em.sincos(hard_sphere_phase(l, k * group["ap"]))
        sin2, sin2p, cos2p = sin_p * sin_p, 2 * sin_p * cos_p, 1 - 2 * sin_p * sin_p
        scale = em.PI / (k * k)
        left = 2.0 * l + 1.0
        for J in sorted(set(np.abs(rows[:, 1]))):
            g = (2 * J + 1) / (2 * (2 * spin + 1))
            left -= g
            real, imaginary = np.zeros_like(energy), np.zeros_like(energy)
            single, caught = np.zeros_like(energy), np.zeros_like(energy)
            for E, _, total, neutron, gamma, fission in rows[np.abs(rows[:, 1]) == J]:
                if fission:
                    raise Refused("fission widths")
                pr, sr = penetrability(l, np.array([wave_number(group["awri"], E) * group["radius"]]))
                gn = neutron * p / pr
                d = energy - (E + neutron * (sr - s) / (2 * pr))
                width = gn + gamma
                bell = 1.0 / (d * d + 0.25 * width * width)
                caught += gn * gamma * bell
                single += gn * bell * (gn * cos2p - 2 * width * sin2 + 2 * d * sin2p)
                real += gn * width * 0.5 * bell
                imaginary += gn * d * bell
            capture += scale * g * caught
            if data["mlbw"]:  # |1 - U|^2 with U = e^(-2i phi) (1 - 2 (real part) - ...)
                a, b = 1 - real, imaginary
                ur, ui = cos2p * a - sin2p * b, -sin2p * a - cos2p * b
                elastic += scale * g * ((1 - ur) ** 2 + ui**2)
            else:
                elastic += scale * g * (single + 4 * sin2)
        elastic += scale * left * 4 * sin2
    return {2: elastic, 102: capture}


def _read_reich_moore(records, low, high, naps):
    spin, ap, _, _, nls, _ = records.cont()
    groups, peaks = [], []
    for _ in range(nls):
        head, numbers = records.list()
        rows = numbers.reshape(-1, 6)
        awri, apl, l = head[0], head[1] or ap, head[2]
        if np.any(rows[:, 4:]):
            raise Refused(f"{records.name}: fission widths")
        radius = apl if naps == 1 else _tabulated_radius(awri)
        groups.append({"l": l, "awri": awri, "radius": radius, "ap": apl, "rows": rows})
        peaks += [(r[0], abs(r[2]) + r[3]) for r in rows]
    return Range(low, high, peaks, "rm", {"spin": spin, "groups": groups})


def _reich_moore(data, energy):
    elastic, capture = np.zeros_like(energy), np.zeros_like(energy)
    for group in data["groups"]:
        l, rows = group["l"], group["rows"]
        k = wave_number(group["awri"], energy)
        p, _ = penetrability(l, k * group["radius"])
        sin_p, cos_p = em.sincos(hard_sphere_phase(l, k * group["ap"]))
        sin2p, cos2p = 2 * sin_p * cos_p, 1 - 2 * sin_p * sin_p
        scale = em.PI / (k * k)
        left = 2.0 * l + 1.0
        for J in sorted(set(rows[:, 1])):  # the sign tells the channel spin
            g = (2 * abs(J) + 1) / (2 * (2 * data["spin"] + 1))
            left -= g
            real, imaginary = np.zeros_like(energy), np.zeros_like(energy)
            for E, _, neutron, gamma, _, _ in rows[rows[:, 1] == J]:
                pr, _ = penetrability(l, np.array([wave_number(group["awri"], E) * group["radius"]]))
                gn, d = neutron * p / pr, E - energy
                bell = 0.5 * gn / (d * d + 0.25 * gamma * gamma)
                # K = (i/2) gn / (E_r - E - i gamma/2)
                real -= bell * 0.5 * gamma
                imaginary += bell * d
            # U = e^(-2i phi) (1 + K) / (1 - K)
            inverse = 1.0 / ((1 - real) ** 2 + imaginary**2)
            a = ((1 + real) * (1 - real) - imaginary**2) * inverse
            b = 2 * imaginary * inverse
            ur, ui = cos2p * a + sin2p * b, cos2p * b - sin2p * a
            elastic += scale * g * ((1 - ur) ** 2 + ui**2)
            # 1 - |U|^2 written without a difference of nearly equal numbers: -4 Re K / |1 - K|^2
            capture += scale * g * (-4 * real * inverse)
        if left > 1e-9:
            elastic += scale * left * 2 * (1 - cos2p)
    return {2: elastic, 102: capture}


def _read_r_matrix(records, low, high):
    head = records.cont()
    if head[2] != 0 or head[3] != 3 or head[5] != 0:
        raise Refused(f"{records.name}: R-matrix limited with IFG={head[2]} KRM={head[3]} KRL={head[5]}")
    _, pair_numbers = records.list()
    pairs = pair_numbers.reshape(-1, 12)
    groups, peaks = [], []
    for _ in range(head[4]):
        h, numbers = records.list()
        J, channels = h[0], numbers.reshape(-1, 6)
        if h[2] or h[3]:
            raise Refused(f"{records.name}: background R-matrix (KBK={h[2]}, KPS={h[3]})")
        h2, numbers = records.list()
        count = h2[3]
        rows = numbers.reshape(-1, 6 * ((1 + len(channels) + 5) // 6))[:count, : 1 + len(channels)]
        groups.append({"J": abs(J), "channels": channels, "rows": rows})
        peaks += [(r[0], float(np.sum(np.abs(r[1:])))) for r in rows]
    return Range(low, high, peaks, "rml", {"pairs": pairs, "groups": groups})


def _channel(pair, channel, energy, entrance):
    """(P, wave number) of a channel at neutron energies; P = 0 below threshold."""
    ma, mb, za, zb = pair[:4]
    q, l = pair[6], int(channel[1])
    reduced = ma * mb / (ma + mb) * NEUTRON_eV
    com = energy * entrance + q
    k = np.sqrt(2 * reduced * np.maximum(com, 1e-12)) / HBAR_C
    if za * zb:
        p = coulomb.penetrability(l, float(za * zb), reduced, float(channel[5]), com)
    else:
        p = penetrability(l, k * channel[5])[0]
    return np.where(com > 0, p, 0.0), k


def _resonance_penetrability(pair, channel, energy, entrance):
    """At a resonance: of the distance |E_r - threshold|, so that bound levels have one too."""
    above = abs(energy * entrance + pair[6])
    return float(_channel(pair, channel, np.array([(above - pair[6]) / entrance]), entrance)[0][0])


def _r_matrix(data, energy):
    pairs = data["pairs"]
    elastic_pair = next(i for i, p in enumerate(pairs) if int(p[9]) == 2)
    gamma_pair = next(i for i, p in enumerate(pairs) if int(p[9]) == 102)
    ma, mb = pairs[elastic_pair][:2]
    spin = abs(pairs[elastic_pair][5])
    awri = mb / ma
    k = wave_number(awri, energy)
    scale = em.PI / (k * k)
    result = {int(p[9]): np.zeros_like(energy) for p in pairs}
    left = {}
    for group in data["groups"]:
        kept = [(i, c) for i, c in enumerate(group["channels"]) if int(c[0]) - 1 != gamma_pair]
        caught = [i for i, c in enumerate(group["channels"]) if int(c[0]) - 1 == gamma_pair][0]
        g = (2 * group["J"] + 1) / (2 * (2 * spin + 1))
        p_at, phases = [], []
        for _, c in kept:
            pair = pairs[int(c[0]) - 1]
            p_at.append(_channel(pair, c, energy, awri / (awri + 1))[0])
            neutral = int(pair[9]) == 2
            phases.append(hard_sphere_phase(int(c[1]), k * c[4]) if neutral else np.zeros_like(energy))
            if neutral:
                l = int(c[1])
                left.setdefault(l, [2.0 * l + 1.0, c[4]])[0] -= g
        u = _scattering_matrix(pairs, group["rows"], kept, caught, p_at, energy, awri)
        _add_group(result, pairs, kept, u, phases, scale * g)
    for l, (missing, radius) in left.items():
        if missing > 1e-9:
            sine, _ = em.sincos(hard_sphere_phase(l, k * radius))
            result[2] += scale * missing * 4 * sine * sine
    return result


def _scattering_matrix(pairs, rows, kept, caught, p_at, energy, awri):
    """W = 1 + 2i sqrt(P) (1 - i R P)^-1 R sqrt(P) as nested lists of complex arrays."""
    n = len(kept)
    R = [[np.zeros(len(energy), complex) for _ in range(n)] for _ in range(n)]
    for row in rows:
        E, gamma = row[0], row[1 + caught]
        amplitude = []
        for i, c in kept:
            width = row[1 + i]
            p = _resonance_penetrability(pairs[int(c[0]) - 1], c, E, awri / (awri + 1))
            amplitude.append(np.sign(width) * np.sqrt(abs(width) / (2 * p)) if width else 0.0)
        bell = 1.0 / ((E - energy) ** 2 + 0.25 * gamma * gamma)
        pole = (E - energy) * bell + 1j * (0.5 * gamma * bell)
        for a in range(n):
            for b in range(a, n):
                if amplitude[a] and amplitude[b]:
                    R[a][b] += amplitude[a] * amplitude[b] * pole
    for a in range(n):
        for b in range(a):
            R[a][b] = R[b][a]
    M = [[(1.0 if a == b else 0.0) - 1j * R[a][b] * p_at[b] for b in range(n)] for a in range(n)]
    X = _solve(M, [[R[a][b] for b in range(n)] for a in range(n)])
    root = [np.sqrt(p) for p in p_at]
    return [[(1.0 if a == b else 0.0) + 2j * root[a] * X[a][b] * root[b] for b in range(n)] for a in range(n)]


def _solve(M, B):
    """Gauss elimination on arrays of small matrices; no pivoting needed (the diagonal is near or above 1 in size)."""
    n = len(M)
    for i in range(n):
        inverse = 1.0 / M[i][i]
        for j in range(n):
            if j != i:
                f = M[j][i] * inverse
                M[j] = [M[j][c] - f * M[i][c] for c in range(n)]
                B[j] = [B[j][c] - f * B[i][c] for c in range(len(B[i]))]
    return [[B[i][c] / M[i][i] for c in range(len(B[i]))] for i in range(n)]


def _add_group(result, pairs, kept, u, phases, scale):
    for a, (_, ca) in enumerate(kept):
        if int(pairs[int(ca[0]) - 1][9]) != 2:
            continue
        lost = np.ones_like(scale)
        for b, (_, cb) in enumerate(kept):
            mt = int(pairs[int(cb[0]) - 1][9])
            sine, cosine = em.sincos(phases[a] + phases[b])
            U = u[a][b] * (cosine - 1j * sine)
            lost = lost - (u[a][b].real ** 2 + u[a][b].imag ** 2)
            if mt == 2:
                d = (1.0 if a == b else 0.0) - U
                result[2] += scale * (d.real**2 + d.imag**2)
            else:
                result[mt] += scale * (U.real**2 + U.imag**2)
        result[102] += scale * np.maximum(lost, 0.0)


_EVALUATE = {"slbw": _breit_wigner, "mlbw": _breit_wigner, "rm": _reich_moore, "rml": _r_matrix}
