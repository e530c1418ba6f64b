#!/usr/bin/env python3
"""Writes the head phantom of the demo, data/phantoms/head.json: solids with CT numbers, and structures made of them.

Usage: build_phantom.py OUTPUT.json

Sizes come from the sources named below; positions of organs inside the head are ours, chosen so that the solids fit
each other, and stated as such. CT numbers are those that the calibration schneider2000 turns into the tissue meant.
"""
import json
import pathlib
import sys

SOURCES = [
    "Head (skin, skull, brain ellipsoids): Goorley, Kiger, Zamenhof, Med. Phys. 29 (2002) 145, equations 1-3, after "
    "Snyder et al., MIRD Pamphlet 5 (1969, revised 1978)",
    "Eye globe, diameter 24 mm: Bekerman, Gottlieb, Vaiman, J. Ophthalmol. 2014, 503645 (23.7 mm axial, 24.2 mm across)",
    "Optic nerve, sheath diameter 5 mm and intraorbital length 25 to 30 mm; chiasm about 14 x 8 x 4 mm: "
    "Scoccianti et al., Radiother. Oncol. 114 (2015) 230 (contouring organs at risk in the brain)",
    "Brainstem, about 30 cm3, pons about 30 mm wide: Scoccianti et al. 2015; Eekers et al., Radiother. Oncol. 128 (2018) 37",
    "Sphenoid sinus, about 20 mm in each direction: Lang, Clinical Anatomy of the Nose, Nasal Cavity and Paranasal "
    "Sinuses (1989), as commonly quoted; the book itself was not read",
    "CT numbers: Schneider, Bortfeld, Schlegel, Phys. Med. Biol. 45 (2000) 459, densities of ICRU Report 46 (1992): brain "
    "1.04, skin 1.09, cranium 1.61 g/cm3",
    "Positions of eyes, sinus, brainstem, target and the floor of the skull: ours, no patient's",
]

BRAIN_HU, SKIN_HU, BONE_HU, SOFT_HU, FAT_HU = 32, 74, 1000, 50, -90
GLOBE_HU, NERVE_HU, TARGET_HU, AIR_HU = 15, 35, 42, -1000


def ellipsoid(name, center, semi, hu=None, **more):
    return {"name": name, "shape": "ellipsoid", "center_mm": center, "semi_axes_mm": semi, "ct_HU": hu, **more}


def capsule(name, start, end, radius, hu=None, **more):
    return {"name": name, "shape": "capsule", "from_mm": start, "to_mm": end, "radius_mm": radius, "ct_HU": hu, **more}


def half_space(name, point, normal):
    return {"name": name, "shape": "half_space", "point_mm": point, "outward_normal": normal}


def face():
    """Soft tissue, bone floor and air below the front of the brain."""
    return [
        half_space("in front of the clivus", [0, -22, 0], [0, 1, 0.25]),
        half_space("below the anterior floor", [0, -22, -20], [0, 0.35, 1]),
        half_space("in front of the clivus, inner side", [0, -26, 0], [0, 1, 0.25]),
        half_space("below the anterior floor, inner side", [0, -22, -24.2], [0, 0.35, 1]),
        ellipsoid("face region", [0, 0, 0], [68, 98, 83],
                  only_inside=["in front of the clivus", "below the anterior floor"]),
        {"name": "skull base", "shape": "box", "least_mm": [-70, -100, -85], "most_mm": [70, 0, 20], "ct_HU": BONE_HU,
         "only_inside": ["face region"]},
        ellipsoid("face", [0, 0, 0], [68, 98, 83], SOFT_HU,
                  only_inside=["in front of the clivus, inner side", "below the anterior floor, inner side"]),
        ellipsoid("sphenoid bone", [0, -38, -29], [18, 15, 14], BONE_HU, only_inside=["face"]),
        ellipsoid("sphenoid sinus", [0, -38, -29], [15, 12, 10.5], AIR_HU),
        ellipsoid("nasal cavity", [0, -66, -40], [10, 22, 17], AIR_HU, only_inside=["face"]),
    ]


def orbit(side, sign):
    """Bone shell, fat, globe and nerve of one eye."""
    return [
        ellipsoid(f"orbit wall {side}", [sign * 31, -64, -33], [20, 31, 18], BONE_HU, only_inside=["face"]),
        ellipsoid(f"orbit {side}", [sign * 31, -66, -33], [17, 29, 15], FAT_HU, only_inside=["skin"]),
        ellipsoid(f"globe {side}", [sign * 32, -71, -33], [12.1, 11.9, 12.1], GLOBE_HU),
        capsule(f"optic nerve in the orbit {side}", [sign * 31, -61, -33], [sign * 16, -37, -20], 2.5, NERVE_HU),
        capsule(f"optic nerve in the canal {side}", [sign * 16, -37, -20], [sign * 6, -19, -8], 2.5, NERVE_HU),
    ]


def solids():
    head = [
        ellipsoid("skin", [0, 0, 0], [73, 103, 88], SKIN_HU),
        ellipsoid("skull outer", [0, 0, 0], [68, 98, 83], BONE_HU),
        ellipsoid("brain outer", [0, 0, 10], [60, 90, 65], BRAIN_HU),
    ]
    middle = [
        ellipsoid("chiasm", [0, -14, -7], [7, 5, 2.5], NERVE_HU),
        ellipsoid("midbrain", [0, 7, 3], [14, 9.5, 12], NERVE_HU),
        ellipsoid("pons", [0, 3, -16], [15, 12.5, 14], NERVE_HU),
        capsule("medulla", [0, 7, -27], [0, 11, -46], 7.5, NERVE_HU, only_inside=["brain outer"]),
        ellipsoid("target", [33, 8, -14], [14, 17, 16], TARGET_HU, note="beside the brainstem, gap about 4 mm"),
    ]
    return head + face() + orbit("left", 1) + orbit("right", -1) + middle


def structures():
    def one(number, name, kind, color, step, union, minus=()):
        return {"number": number, "name": name, "type": kind, "color": color, "contour_step_mm": step,
                "union_of": union, "not_inside": list(minus)}

    face_parts = ["skull base", "face", "orbit wall left", "orbit wall right", "orbit left", "orbit right"]
    return [
        one(1, "BODY", "EXTERNAL", [120, 130, 140], 3, ["skin"]),
        one(2, "CTV", "CTV", [213, 62, 79], 1, ["target"]),
        one(3, "Brainstem", "ORGAN", [0, 158, 115], 1, ["midbrain", "pons", "medulla"]),
        one(4, "OpticChiasm", "ORGAN", [230, 159, 0], 0.5, ["chiasm"]),
        one(5, "OpticNrv_L", "ORGAN", [86, 180, 233], 0.5,
            ["optic nerve in the orbit left", "optic nerve in the canal left"], ["globe left", "chiasm"]),
        one(6, "OpticNrv_R", "ORGAN", [0, 114, 178], 0.5,
            ["optic nerve in the orbit right", "optic nerve in the canal right"], ["globe right", "chiasm"]),
        one(7, "Eye_L", "ORGAN", [204, 121, 167], 1, ["globe left"]),
        one(8, "Eye_R", "ORGAN", [150, 84, 150], 1, ["globe right"]),
        one(9, "Brain", "ORGAN", [240, 228, 66], 2, ["brain outer"], face_parts),
        one(10, "Skull", "ORGAN", [190, 170, 140], 2, ["skull outer"],
            ["brain outer", "face", "orbit left", "orbit right"]),
        one(11, "AirCavity", "CAVITY", [160, 200, 230], 1, ["sphenoid sinus", "nasal cavity"]),
    ]


def compact(items):
    """A JSON list with one short line per item."""
    lines = []
    for item in items:
        kept = {key: value for key, value in item.items() if value is not None and value != []}
        lines.append("    " + json.dumps(kept))
    return "[\n" + ",\n".join(lines) + "\n  ]"


def main():
    head = {
        "schema_version": 1,
        "name": "head",
        "description": "Adult head made of ellipsoids, with a target beside the brainstem. Nobody's anatomy.",
        "frame": "DICOM patient coordinates, mm: x to the left, y to the back, z to the top; head first, supine",
        "made_by": "tools/build_phantom.py",
        "sources": SOURCES,
        "background_HU": AIR_HU,
        "least_mm": [-79.5, -109.5, -94.5],
        "most_mm": [79.5, 109.5, 94.5],
    }
    text = json.dumps(head, indent=2)[:-2]
    text += f',\n  "solids": {compact(solids())},\n  "structures": {compact(structures())}\n}}\n'
    json.loads(text)
    pathlib.Path(sys.argv[1]).write_text(text)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
