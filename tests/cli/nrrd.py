"""A tiny NRRD reader: what the program writes, nothing more."""
import array
import gzip


class Nrrd:
    """Voxels with their place in patient coordinates (LPS, mm)."""

    def __init__(self, path):
        head, data = path.read_bytes().split(b"\n\n", 1)
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line and line[0] != "#")
        self.size = [int(word) for word in fields["sizes"].split()]
        vectors = lambda words: [[float(x) for x in word[1:-1].split(",")] for word in words.split()]
        self.steps = vectors(fields["space directions"])
        self.origin = vectors(fields["space origin"])[0]
        assert fields["space"] == "left-posterior-superior" and fields["endian"] == "little"
        code = {"short": "h", "int16": "h", "float": "f"}[fields["type"]]
        self.values = array.array(code, gzip.decompress(data) if fields["encoding"] == "gzip" else data)
        assert len(self.values) == self.size[0] * self.size[1] * self.size[2]

    def index(self, point_mm):
        """Fractional index of a place; the axes are at right angles."""
        offset = [p - o for p, o in zip(point_mm, self.origin)]
        return [sum(a * b for a, b in zip(offset, step)) / sum(a * a for a in step) for step in self.steps]

    def at(self, point_mm):
        """Trilinear value at a place inside."""
        low, share = [], []
        for x, n in zip(self.index(point_mm), self.size):
            i = min(max(int(x // 1), 0), max(n - 2, 0))
            low.append(i)
            share.append(min(max(x - i, 0.0), 1.0))
        total = 0.0
        for corner in range(8):
            weight, position, stride = 1.0, 0, 1
            for axis in range(3):
                up = corner >> axis & 1
                weight *= share[axis] if up else 1 - share[axis]
                position += min(low[axis] + up, self.size[axis] - 1) * stride
                stride *= self.size[axis]
            if weight:
                total += weight * self.values[position]
        return total
