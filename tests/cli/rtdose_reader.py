"""A second reader of RTDOSE files, written from DICOM PS3.5 alone: explicit VR little endian, nothing of DCMTK."""
import struct

LONG = {b"OB", b"OW", b"OF", b"OD", b"OL", b"SQ", b"UC", b"UR", b"UT", b"UN", b"OV", b"SV", b"UV"}
UNDEFINED = 0xFFFFFFFF


def elements(data, at, end):
    """Elements of a data set as {(group, element): bytes, or a list of such for a sequence}, and where it ended."""
    found = {}
    while at < end:
        group, element = struct.unpack_from("<HH", data, at)
        if group == 0xFFFE:  # end of an item or a sequence of undefined length
            return found, at + 8
        vr = data[at + 4:at + 6]
        if vr in LONG:
            length, at = struct.unpack_from("<I", data, at + 8)[0], at + 12
        else:
            length, at = struct.unpack_from("<H", data, at + 6)[0], at + 8
        if vr == b"SQ":
            found[group, element], at = items(data, at, end if length == UNDEFINED else at + length)
        else:
            found[group, element], at = data[at:at + length], at + length
    return found, at


def items(data, at, end):
    found = []
    while at < end:
        tag, length = struct.unpack_from("<II", data, at)
        at += 8
        if tag == 0xE0DDFFFE:
            break
        one, after = elements(data, at, end if length == UNDEFINED else at + length)
        found.append(one)
        at = after if length == UNDEFINED else at + length
    return found, at


def text(value):
    return value.decode().rstrip("\0 ")


def read(path):
    """Size, doses in Gy in the order of the file, structure set and histograms of an RTDOSE."""
    data = path.read_bytes()
    assert data[128:132] == b"DICM"
    e, _ = elements(data, 132, len(data))
    assert text(e[2, 0x10]) == "1.2.840.10008.1.2.1", "explicit VR little endian"
    number = lambda *tag: struct.unpack("<H", e[tag])[0]
    rows, columns, bits = number(0x28, 0x10), number(0x28, 0x11), number(0x28, 0x100)
    frames = int(text(e[0x28, 8]))
    scaling = float(text(e[0x3004, 0xE]))
    count = rows * columns * frames
    stored = struct.unpack_from(f"<{count}{'H' if bits == 16 else 'I'}", e[0x7FE0, 0x10])
    histograms = {}
    for one in e.get((0x3004, 0x50), []):
        numbers = [float(word) for word in text(one[0x3004, 0x58]).split("\\")]
        assert len(numbers) == 2 * int(text(one[0x3004, 0x56]))
        structure = int(text(one[0x3004, 0x60][0][0x3006, 0x84]))
        histograms[structure] = (numbers[0], numbers[1::2])  # bin width [Gy], volume that gets at least i bins [cm3]
    sets = e.get((0x300C, 0x60), [])
    return {"size": (columns, rows, frames), "bits": bits, "dose_Gy": [scaling * word for word in stored],
            "type": text(e[0x3004, 4]), "comment": text(e[0x3004, 6]) if (0x3004, 6) in e else "",
            "plan_class": text(e[0x300C, 2][0][8, 0x1150]), "structure_set_uid": text(sets[0][8, 0x1155]) if sets else "", "dvhs": histograms}
