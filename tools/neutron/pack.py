"""The binary library: sections of records, little-endian, as src/tables/neutron_load.cpp reads them."""

import struct

import numpy as np

from neutron import angles, spectra, thermal

NO_ROW = -1
KIND_NONE, KIND_TWO_BODY, KIND_LAB, KIND_CENTRE = range(4)


class Packer:
    def __init__(self):
        self.bytes, self.count = {}, {}

    def add(self, section, data, records):
        first = self.count.get(section, 0)
        self.bytes.setdefault(section, bytearray()).extend(data)
        self.count[section] = first + records
        return first

    def floats(self, section, values):
        flat = np.ascontiguousarray(values, "<f4").ravel()
        return self.add(section, flat.tobytes(), flat.size)

    def cosines(self, values):
        flat = np.round(np.clip(np.asarray(values), -1, 1) * 32767).astype("<i2").ravel()
        return self.add("cosines", flat.tobytes(), flat.size)

    def blob(self):
        """(bytes, {section: offset, records}); sections start at multiples of 8."""
        data, sections = bytearray(), {}
        for name, part in self.bytes.items():
            sections[name] = {"offset": len(data), "records": self.count[name]}
            data.extend(part)
            data.extend(b"\0" * (-len(data) % 8))
        return bytes(data), sections


def _emission(packer, r):
    if r.emission is None:
        return KIND_NONE, 0, 0
    if isinstance(r.emission, angles.Angles):
        first, nodes = packer.count.get("angle_nodes", 0), r.emission.thinned() if r.emission.nodes else []
        for n in nodes:
            packer.add("angle_nodes", struct.pack("<fI", n.energy_eV, packer.cosines(n.bounds())), 1)
        return KIND_TWO_BODY, first, len(nodes)
    first = packer.count.get("spectrum_nodes", 0)
    nodes = [n for n in r.emission.nodes if n.energy_eV <= 20e6 * (1 + 1e-9)]
    for n in nodes:
        at = packer.floats("spectra", np.concatenate([n.bounds_eV, n.cosine]))
        packer.add("spectrum_nodes", struct.pack("<fI", n.energy_eV, at), 1)
    return (KIND_CENTRE if r.emission.centre_of_mass else KIND_LAB), first, len(nodes)


def _threshold_table(packer, nuclide, r):
    from neutron.reconstruct import thinned

    x, y = nuclide.linear(r)
    kept = thinned(x, y[None, :], 1e-3, 1e-9)
    x = x[kept].astype(np.float32)
    rising = np.concatenate([[True], np.diff(x) > 0])
    first = packer.floats("threshold_eV", x[rising])
    packer.floats("threshold_barn", y[kept][rising])
    return first, int(rising.sum())


def add_nuclide(packer, nuclide, heats):
    """Index entry of one nuclide; its heats are those of the library's temperatures in order."""
    first_reaction = packer.count.get("reactions", 0)
    for row, r in list(enumerate(nuclide.cold)) + [(NO_ROW, r) for r in nuclide.warm_only]:
        kind, first_node, nodes = _emission(packer, r)
        first_point, points = (0, 0) if row != NO_ROW else _threshold_table(packer, nuclide, r)
        neutrons = r.neutrons
        if r.mt == 5 and r.neutron_yield is not None:
            neutrons = float(r.neutron_yield(np.array(10e6)))
        record = struct.pack("<iifffIIIII", r.mt, row, r.QM_eV, r.QI_eV, neutrons, kind, first_node, nodes, first_point, points)
        packer.add("reactions", record, 1)
    first_source = packer.count.get("photon_sources", 0)
    for s in nuclide.sources:
        _add_source(packer, s)
    first_grid = packer.count.get("grids", 0)
    named = any(np.any(h.kerma["named"] > 0) for h in heats)
    for h in heats:
        other = h.kerma["elastic"] + h.kerma["capture"] + h.kerma["rest"]
        rows = np.concatenate([h.rows, [other], [h.kerma["named"]] if named else np.zeros((0, len(other)))])
        first_energy = packer.floats("grid_eV", h.energy)
        first_value = packer.floats("rows", rows)
        packer.add("grids", struct.pack("<fIIII", h.kelvin, first_energy, len(h.energy), first_value, len(rows)), 1)
    return {
        "Z": nuclide.Z, "A": nuclide.A, "mass_ratio": nuclide.awr, "first_reaction": first_reaction,
        "reactions": len(nuclide.reactions), "first_source": first_source, "sources": len(nuclide.sources),
        "first_grid": first_grid, "cold_reactions": len(nuclide.cold), "named_kerma": named,
    }


def _add_source(packer, s):
    keep = _needed(s)
    first_node = packer.count.get("photon_nodes", 0)
    at, last = None, None
    for i in keep:
        rows = s.entries[i]
        if last is None or len(rows) != len(last) or not np.array_equal(rows, last):
            cumulative = np.cumsum(rows[:, 2]) if len(rows) else np.zeros(0)
            if len(rows):
                cumulative = cumulative / cumulative[-1]
            table = np.column_stack([rows[:, :2], cumulative]).astype("<f4")
            at, last = packer.add("photon_entries", table.tobytes(), len(table)), rows
        packer.add("photon_nodes", struct.pack("<ffII", s.energies_eV[i], s.amount[i], at, len(rows)), 1)
    packer.add("photon_sources", struct.pack("<iIII", s.mt, int(s.own_cross_section), first_node, len(keep)), 1)


def _needed(s):
    """Nodes whose neighbours do not give them back: same entries on both sides, amount on the line to 0.1 %."""
    keep = [0]
    for i in range(1, len(s.energies_eV) - 1):
        same = all(len(s.entries[i]) == len(s.entries[j]) and np.allclose(s.entries[i], s.entries[j], 1e-3, 0) for j in (keep[-1], i + 1))
        a, b = keep[-1], i + 1
        part = (s.energies_eV[i] - s.energies_eV[a]) / max(s.energies_eV[b] - s.energies_eV[a], 1e-30)
        line = s.amount[a] + part * (s.amount[b] - s.amount[a])
        if not same or abs(line - s.amount[i]) > 1e-3 * abs(s.amount[i]):
            keep.append(i)
    return keep + ([len(s.energies_eV) - 1] if len(s.energies_eV) > 1 else [])


def add_law(packer, nodes):
    first = packer.count.get("thermal_nodes", 0)
    for n in nodes:
        bound = packer.floats("thermal_bounds", n.bounds_eV)
        cosine = packer.cosines(n.cosines[:, ::1])
        packer.add("thermal_nodes", struct.pack("<ffII", n.energy_eV, n.barn, bound, cosine), 1)
    return {"first_node": first, "nodes": len(nodes)}


def add_element(packer, e):
    first = packer.floats("photo_eV", e.energy)
    value = packer.floats("photo_rows", e.rows)
    form = packer.floats("form_x", e.form_factor[0])
    packer.floats("form_y", e.form_factor[1])
    incoherent = packer.floats("form_x", e.scattering[0])
    packer.floats("form_y", e.scattering[1])
    return {"Z": e.Z, "first_energy": first, "points": len(e.energy), "first_row": value, "first_form": form,
            "form_points": len(e.form_factor[0]), "first_scattering": incoherent, "scattering_points": len(e.scattering[0])}


def levels_used():
    return {"angle_parts": angles.PARTS, "spectrum_parts": spectra.PARTS, "thermal_parts": thermal.PARTS,
            "thermal_tail_halvings": thermal.TAIL, "thermal_cosines": thermal.COSINES}
