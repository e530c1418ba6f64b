// One plane on a canvas: CT in a window, a map washed over it, isodose lines, outlines, cross.

class PlaneView {
  constructor(data, state, plane, canvas) {
    Object.assign(this, { data, state, plane, canvas });
    this.context = canvas.getContext("2d");
    this.slices = new Map();
  }

  /** Pixels per voxel and the corner of the slice on the canvas. */
  layout() {
    const width = this.data.size[this.plane.u], height = this.data.size[this.plane.v];
    const scale = Math.min(this.canvas.width / width, this.canvas.height / height);
    return { width, height, scale, left: (this.canvas.width - width * scale) / 2, top: (this.canvas.height - height * scale) / 2 };
  }

  slice(name, at, pick) {
    const key = name + ":" + at;
    if (!this.slices.has(key)) {
      if (this.slices.size > 80) this.slices.clear();
      this.slices.set(key, makeSlice(this.data, this.plane, at, pick));
    }
    return this.slices.get(key);
  }

  /** Voxel (fractional) under a point of the page, or null outside the picture. */
  voxelAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const ratio = this.canvas.width / box.width, l = this.layout();
    const u = ((event.clientX - box.left) * ratio - l.left) / l.scale - 0.5;
    let v = ((event.clientY - box.top) * ratio - l.top) / l.scale - 0.5;
    if (u < -0.5 || v < -0.5 || u > l.width - 0.5 || v > l.height - 0.5) return null;
    if (this.plane.flip) v = l.height - 1 - v;
    const voxel = [...this.state.cross];
    voxel[this.plane.u] = u;
    voxel[this.plane.v] = v;
    return voxel;
  }

  draw() {
    const { data, state, plane, canvas, context } = this;
    const at = state.cross[plane.w], l = this.layout();
    if (canvas.width < 8 || canvas.height < 8) return;
    const ct = this.slice("ct", at, (i, j, k) => data.ct[voxelIndex(data, i, j, k)]);
    const map = state.map >= 0 ? data.maps[state.map] : null;
    const shown = map && this.slice("map" + state.map, at, (i, j, k) => mapValue(map, voxelIndex(data, i, j, k)));
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, canvas.width, canvas.height);
    this.paint(l, ct, shown, map);
    context.setTransform(l.scale, 0, 0, l.scale, l.left + l.scale / 2, l.top + l.scale / 2);
    const pixel = (window.devicePixelRatio || 1) / l.scale;
    if (state.isodoses) {
      const dose = this.slice("map0", at, (i, j, k) => mapValue(data.maps[0], voxelIndex(data, i, j, k)));
      for (const iso of [...data.isodoses].reverse()) this.stroke(dose, (iso.percent / 100) * data.reference_Gy, iso.color, 1.1 * pixel);
    }
    data.structures.forEach((s, n) => {
      if (state.visible[n] && s.bytes > 0) this.stroke(this.slice("s" + n, at, outlinePick(s)), 127.5, s.on_dark, 1.7 * pixel);
    });
    this.cross(l, pixel);
  }

  /** Lines of one level: a dark edge below, the color above. */
  stroke(slice, level, color, width) {
    const path = new Path2D();
    let any = false;
    levelLines(slice, level, (x0, y0, x1, y1) => {
      path.moveTo(x0, y0);
      path.lineTo(x1, y1);
      any = true;
    });
    if (!any) return;
    const { context } = this;
    context.lineCap = "round";
    context.strokeStyle = "rgb(12 14 18 / .8)";
    context.lineWidth = width * 2;
    context.stroke(path);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke(path);
  }

  cross(l, pixel) {
    const { context, plane, state } = this;
    const u = state.cross[plane.u], v = plane.flip ? l.height - 1 - state.cross[plane.v] : state.cross[plane.v];
    const gap = 9 * pixel;
    context.strokeStyle = "rgb(232 235 239 / .55)";
    context.lineWidth = pixel;
    context.beginPath();
    context.moveTo(-0.5, v); context.lineTo(u - gap, v); context.moveTo(u + gap, v); context.lineTo(l.width - 0.5, v);
    context.moveTo(u, -0.5); context.lineTo(u, v - gap); context.moveTo(u, v + gap); context.lineTo(u, l.height - 0.5);
    context.stroke();
  }

  /** Every pixel of the canvas: CT and map between voxel centers, then the colors. */
  paint(l, ct, shown, map) {
    const { state, context } = this;
    const x0 = Math.max(0, Math.floor(l.left)), y0 = Math.max(0, Math.floor(l.top));
    const w = Math.min(this.canvas.width - x0, Math.ceil(l.width * l.scale)), h = Math.min(this.canvas.height - y0, Math.ceil(l.height * l.scale));
    const image = context.createImageData(w, h), out = image.data;
    const low = state.level - state.width / 2, gain = 255 / state.width;
    const ramp = map ? rampOf(map) : null, strength = map ? state.opacity / 100 : 0;
    for (let y = 0; y < h; y++) {
      const v = Math.min(Math.max((y + 0.5) / l.scale - 0.5, 0), l.height - 1), j = Math.min(v | 0, l.height - 2), fv = v - j;
      for (let x = 0; x < w; x++) {
        const u = Math.min(Math.max((x + 0.5) / l.scale - 0.5, 0), l.width - 1), i = Math.min(u | 0, l.width - 2), fu = u - i;
        const p = j * l.width + i, q = p + l.width;
        const a = (1 - fu) * (1 - fv), b = fu * (1 - fv), c = (1 - fu) * fv, d = fu * fv;
        const hu = a * ct.values[p] + b * ct.values[p + 1] + c * ct.values[q] + d * ct.values[q + 1];
        const gray = Math.min(Math.max((hu - low) * gain, 0), 255);
        let red = gray, green = gray, blue = gray;
        if (shown) {
          const value = a * shown.values[p] + b * shown.values[p + 1] + c * shown.values[q] + d * shown.values[q + 1];
          const part = value / map.top;
          if (part > 0.05) {
            const n = 3 * Math.min(255, (part * 255) | 0), mix = strength * Math.min(1, (part - 0.05) / 0.15);
            red += mix * (ramp[n] - red);
            green += mix * (ramp[n + 1] - green);
            blue += mix * (ramp[n + 2] - blue);
          }
        }
        const o = 4 * (y * w + x);
        out[o] = red; out[o + 1] = green; out[o + 2] = blue; out[o + 3] = 255;
      }
    }
    context.putImageData(image, x0, y0);
  }
}

/** 256 colors as bytes from the shorter list of the page. */
function rampOf(map) {
  if (!map.colors) {
    const stops = map.ramp.map((h) => [1, 3, 5].map((n) => parseInt(h.slice(n, n + 2), 16)));
    map.colors = new Uint8Array(768);
    for (let n = 0; n < 256; n++) {
      const at = (n / 255) * (stops.length - 1), i = Math.min(at | 0, stops.length - 2), t = at - i;
      for (let c = 0; c < 3; c++) map.colors[3 * n + c] = (1 - t) * stops[i][c] + t * stops[i + 1][c];
    }
  }
  return map.colors;
}
