"""Writes a small PET series as DICOM files (explicit VR little endian), with nothing but the standard library."""
import struct

PET_CLASS = "1.2.840.10008.5.1.4.1.1.128"
LITTLE_ENDIAN = "1.2.840.10008.1.2.1"


def element(group, number, vr, value):
    """One data element; text is padded to an even length."""
    if vr == "US":
        value = struct.pack("<H", value)
    elif isinstance(value, str):
        value = value.encode()
        value += (b"\0" if vr == "UI" else b" ") * (len(value) % 2)
    head = struct.pack("<HH", group, number) + vr.encode()
    if vr in ("OW", "OB", "SQ"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def item(*elements):
    body = b"".join(elements)
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(body)) + body


def numbers(values):
    return "\\".join(f"{value:.10g}" for value in values)


def write_pet(folder, stored, slope, origin, size, mm, *, frame="1.2.9", series="1.2.8", weight="70", units="BQML", injected="093000"):
    """Slices of `size` at `origin` with cubes of `mm`; `stored(k)` gives the pixels of slice k, `slope(k)` its RescaleSlope.
    350 MBq of F-18, scanned at 10:30."""
    folder.mkdir()
    for k in range(size[2]):
        instance = f"{series}.{k + 1}"
        meta = element(2, 1, "OB", b"\0\1") + element(2, 2, "UI", PET_CLASS) + element(2, 3, "UI", instance) + element(2, 0x10, "UI", LITTLE_ENDIAN)
        meta = element(2, 0, "UL", struct.pack("<I", len(meta))) + meta
        tracer = item(element(0x18, 0x1072, "TM", injected), element(0x18, 0x1074, "DS", "350000000"), element(0x18, 0x1075, "DS", "6586.2"))
        data = b"".join((
            element(8, 0x08, "CS", "ORIGINAL\\PRIMARY"), element(8, 0x16, "UI", PET_CLASS), element(8, 0x18, "UI", instance),
            element(8, 0x21, "DA", "20260304"), element(8, 0x22, "DA", "20260304"), element(8, 0x31, "TM", "103000"),
            element(8, 0x32, "TM", "103000"), element(8, 0x60, "CS", "PT"), element(0x10, 0x20, "LO", "P1"),
            element(0x10, 0x1030, "DS", weight), element(0x20, 0x0D, "UI", "1.2.7"), element(0x20, 0x0E, "UI", series),
            element(0x20, 0x32, "DS", numbers((origin[0], origin[1], origin[2] + k * mm))), element(0x20, 0x37, "DS", "1\\0\\0\\0\\1\\0"),
            element(0x20, 0x52, "UI", frame), element(0x28, 0x02, "US", 1), element(0x28, 0x04, "CS", "MONOCHROME2"),
            element(0x28, 0x10, "US", size[1]), element(0x28, 0x11, "US", size[0]), element(0x28, 0x30, "DS", numbers((mm, mm))),
            element(0x28, 0x51, "CS", "DECY\\ATTN\\SCAT"), element(0x28, 0x100, "US", 16), element(0x28, 0x101, "US", 16),
            element(0x28, 0x102, "US", 15), element(0x28, 0x103, "US", 0), element(0x28, 0x1052, "DS", "0"),
            element(0x28, 0x1053, "DS", repr(slope(k))), element(0x54, 0x16, "SQ", tracer), element(0x54, 0x81, "US", size[2]),
            element(0x54, 0x1000, "CS", "STATIC\\IMAGE"), element(0x54, 0x1001, "CS", units), element(0x54, 0x1002, "CS", "EMISSION"),
            element(0x54, 0x1102, "CS", "START"), element(0x7FE0, 0x10, "OW", struct.pack(f"<{size[0] * size[1]}H", *stored(k)))))
        (folder / f"slice_{k:03}.dcm").write_bytes(bytes(128) + b"DICM" + meta + data)
