"""Elastic scattering: cross section above a cut angle, and centre-of-mass cosines at the levels of `spectra`."""

import csv

import numpy as np

from endf import masses
from endf.spectra import levels

PARTS = 64
LEAST_DEGREES = 5.0
HYDROGEN_LAST_MEV = 140.0
PROTON_MEV, ELECTRON_MEV = 938.27208816, 0.51099895
HBAR_C_MEV_FM, ALPHA = 197.3269804, 7.2973525693e-3


def _frame(target_mass_MeV, energy_MeV):
    """Wave number (1/fm) and Sommerfeld parameter per charge product, non-relativistic as the ENDF-6 manual has them."""
    reduced = PROTON_MEV * target_mass_MeV / (PROTON_MEV + target_mass_MeV)
    momentum = reduced * np.sqrt(2 * energy_MeV / PROTON_MEV)
    return momentum / HBAR_C_MEV_FM, ALPHA * np.sqrt(PROTON_MEV / (2 * energy_MeV))


def rutherford_barn_per_sr(Z, target_mass_MeV, energy_MeV, mu):
    wave, eta = _frame(target_mass_MeV, energy_MeV)
    return (eta * Z / (wave * (1 - mu))) ** 2 * 1e-2


def _node(energy, mu_high_to_low, barn_per_sr, coulomb):
    """Cuts where the Coulomb field alone gives more than half; sigma above the cut and cosine bounds, ascending."""
    part = np.nonzero(coulomb > 0.5 * barn_per_sr)[0]
    # angles ascending: the cut lies behind the last angle of the unbroken Coulomb part
    first = 0
    while first < len(barn_per_sr) and first in part:
        first += 1
    if first > len(barn_per_sr) - 3:  # heavy nuclei absorb: always less than Rutherford, from here on less than half
        first = int(np.nonzero(barn_per_sr >= 0.5 * coulomb)[0][-1]) + 1
    mu, value = mu_high_to_low[first:][::-1], barn_per_sr[first:][::-1]
    if len(mu) < 3:
        return None
    steps = np.concatenate([[0], np.cumsum(np.diff(mu) * (value[1:] + value[:-1]) / 2)])
    bounds = np.interp(levels(PARTS), steps / steps[-1], mu)
    return energy, 2 * np.pi * steps[-1], bounds, float(np.degrees(np.arccos(mu[-1])))


def _fine(angles_deg, values):
    fine = np.arange(LEAST_DEGREES, 180.01, 0.25)
    return fine, np.exp(np.interp(fine, angles_deg, np.log(np.maximum(values, 1e-9))))


def nucleus(evaluation, icru_rows, mend=None):
    """ENDF MF=6 MT=2 LAW=5 LTP=12 to 150 MeV: dsigma/dOmega = Rutherford + MF3 value x table; ICRU 63 above.

    `mend(nodes, coulomb)` changes the nodes [(energy, angles in degrees, barn per sr)] before the cut is looked for.
    """
    Z, A = evaluation.za // 1000, evaluation.za % 1000
    mass = masses.atomic_mass_MeV(Z, A) - Z * ELECTRON_MEV
    at, integral = evaluation.cross_section(2)
    nodes = []
    for energy, row, numbers in evaluation.products(2)[0].tables:
        if energy < 3 or row[2] != 12:
            continue
        mu, shape = numbers.reshape(-1, 2).T
        value = rutherford_barn_per_sr(Z, mass, energy, mu) + np.interp(energy, at, integral) * shape
        angle, fine = _fine(np.degrees(np.arccos(mu))[::-1], value[::-1])
        nodes.append((energy, angle, fine))
    for energy in sorted(icru_rows):
        if energy > nodes[-1][0] + 0.1:
            rows = np.array(icru_rows[energy])
            angle, fine = _fine(rows[:, 0], rows[:, 1])
            nodes.append((energy, angle, fine))
    found = []

    def coulomb(energy, angle_deg):
        return rutherford_barn_per_sr(Z, mass, energy, np.cos(np.radians(angle_deg)))

    for energy, angle, fine in mend(nodes, coulomb) if mend else nodes:
        node = _node(energy, np.cos(np.radians(angle)), fine, coulomb(energy, angle))
        if node:
            found.append(node)
    return found


def read_icru(path):
    """{element: {energy: [(angle, barn per sr)]}}"""
    found = {}
    with open(path) as file:
        for r in csv.DictReader(line for line in file if not line.startswith("#")):
            rows = found.setdefault(r["element"], {}).setdefault(float(r["E_MeV"]), [])
            rows.append((float(r["angle_deg"]), float(r["dsigma_domega_b_per_sr"])))
    return found


def _proton_proton(numbers, count, energy, mu):
    """ENDF-6 manual, LAW=5 LTP=1, identical particles: Coulomb, interference and nuclear part, barn per unit cosine/2pi."""
    wave, eta = _frame(PROTON_MEV, energy)
    b = numbers[: count + 1]
    a = numbers[count + 1 :].reshape(-1, 2) @ np.array([1, 1j])
    legendre = [np.polynomial.legendre.Legendre.basis(l)(mu) for l in range(2 * count + 1)]
    log_ratio = np.log((1 + mu) / (1 - mu))
    coulomb = 2 * eta**2 / (wave**2 * (1 - mu**2)) * ((1 + mu**2) / (1 - mu**2) - 0.5 * np.cos(eta * log_ratio)) * 1e-2
    low, high = np.exp(1j * eta * np.log((1 - mu) / 2)), np.exp(1j * eta * np.log((1 + mu) / 2))
    total = sum(
        ((1 + mu) * low + (-1) ** l * (1 - mu) * high) * (2 * l + 1) / 2 * a[l] * legendre[l] for l in range(count + 1)
    )
    interference = -2 * eta / (1 - mu**2) * total.real
    nuclear = sum((4 * l + 1) / 2 * b[l] * legendre[2 * l] for l in range(count + 1))
    return coulomb, coulomb + interference + nuclear


def hydrogen(evaluation, growth):
    """Proton on proton; cosines 0..1 (one of the two goes there). `growth` = [(energy, ratio to the last energy used)].

    The evaluation's last energy, 150 MeV, jumps by 17 % against 140 MeV (the end of its fit) and is not used.
    """
    product = evaluation.products(2)[0]
    angle = np.arange(LEAST_DEGREES, 90.01, 0.25)
    mu = np.cos(np.radians(angle))
    found = []
    for energy, row, numbers in product.tables:
        if 1 <= energy <= HYDROGEN_LAST_MEV:
            coulomb, total = _proton_proton(numbers, row[5], energy, mu)
            found.append(_node(energy, mu, total, coulomb))
    last = found[-1]
    return found + [(energy, last[1] * ratio, last[2], last[3]) for energy, ratio in growth]
