"use strict";
// Unpacks the volumes of the page: CT, maps and outlines on one grid. See docs/formats/results.md.

/** Undoes the packing of src/report/payload.cpp: low bytes, high bytes, folded differences. */
function unpackDifferences(bytes, offset, count) {
  const values = new Int16Array(count);
  let value = 0;
  for (let i = 0; i < count; i++) {
    const folded = bytes[offset + i] | (bytes[offset + count + i] << 8);
    value += folded & 1 ? -((folded + 1) >> 1) : folded >> 1;
    values[i] = value;
  }
  return values;
}

async function inflate(base64) {
  const text = atob(base64.trim());
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function loadData() {
  const head = JSON.parse(document.getElementById("bw-head").textContent);
  const bytes = await inflate(document.getElementById("bw-block").textContent);
  const count = head.size[0] * head.size[1] * head.size[2];
  head.ct = unpackDifferences(bytes, 0, count);
  for (const map of head.maps) map.steps = unpackDifferences(bytes, map.offset, count);
  for (const s of head.structures) s.filled = bytes.subarray(s.offset, s.offset + s.bytes);
  return head;
}

/** Value of a map at a voxel, or NaN where it says nothing. */
function mapValue(map, index) {
  const steps = map.steps[index];
  if (map.zero_hides) return steps === 0 ? NaN : (steps - 1) * map.step;
  return steps * map.step;
}

// Planes as a reader looks at them; axes are indices into (x, y, z). Rows run from the top.
const PLANES = [
  { key: "axial", u: 0, v: 1, w: 2, flip: false, ends: ["R", "L", "A", "P"] },
  { key: "coronal", u: 0, v: 2, w: 1, flip: true, ends: ["R", "L", "S", "I"] },
  { key: "sagittal", u: 1, v: 2, w: 0, flip: true, ends: ["A", "P", "S", "I"] },
];

/** A slice as Float32Array with width and height; pick(i, j, k) gives the value. */
function makeSlice(data, plane, at, pick) {
  const width = data.size[plane.u], height = data.size[plane.v];
  const values = new Float32Array(width * height);
  const ijk = [0, 0, 0];
  ijk[plane.w] = at;
  for (let y = 0; y < height; y++) {
    ijk[plane.v] = plane.flip ? height - 1 - y : y;
    for (let x = 0; x < width; x++) {
      ijk[plane.u] = x;
      values[y * width + x] = pick(ijk[0], ijk[1], ijk[2]);
    }
  }
  return { width, height, values };
}

function voxelIndex(data, i, j, k) {
  return (k * data.size[1] + j) * data.size[0] + i;
}

function outlinePick(s) {
  const [fx, fy, fz] = s.first, [nx, ny, nz] = s.size;
  return (i, j, k) => {
    const x = i - fx, y = j - fy, z = k - fz;
    return x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz ? 0 : s.filled[(z * ny + y) * nx + x];
  };
}

/** Marching squares, calling line(x0, y0, x1, y1); around the slice lies what is below the level. */
function levelLines(slice, level, line) {
  const { width, height, values } = slice;
  const get = (x, y) => (x < 0 || y < 0 || x >= width || y >= height ? level - 1 : values[y * width + x]);
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const c = [get(x, y), get(x + 1, y), get(x + 1, y + 1), get(x, y + 1)];
      const high = (c[0] >= level) + (c[1] >= level) + (c[2] >= level) + (c[3] >= level);
      if (high === 0 || high === 4) continue;
      const px = [x, x + 1, x + 1, x], py = [y, y, y + 1, y + 1], cut = [];
      for (let s = 0; s < 4; s++) {
        const e = (s + 1) & 3;
        if (c[s] >= level !== c[e] >= level) {
          const t = (level - c[s]) / (c[e] - c[s]);
          cut.push([px[s] + t * (px[e] - px[s]), py[s] + t * (py[e] - py[s])]);
        }
      }
      if (cut.length === 2) {
        line(cut[0][0], cut[0][1], cut[1][0], cut[1][1]);
      } else {
        const joined = (c[0] + c[1] + c[2] + c[3]) / 4 >= level;
        const shift = joined === c[0] >= level ? 1 : 0;
        for (const k of [shift, shift + 2]) {
          const a = cut[(k + 3) & 3], b = cut[k & 3];
          line(a[0], a[1], b[0], b[1]);
        }
      }
    }
  }
}
