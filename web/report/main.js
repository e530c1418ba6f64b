// Builds the viewer around the data: three planes, tools, readout, structures on and off.

const WINDOWS = [["soft", 40, 400], ["brain", 40, 90], ["bone", 500, 2000], ["lung", -600, 1600]];

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in node && key !== "list") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

class Viewer {
  constructor(data) {
    this.data = data;
    this.words = data.words;
    this.state = {
      cross: [...data.focus], map: 0, opacity: 55, isodoses: true,
      level: data.window[0], width: data.window[1], visible: data.structures.map((s) => s.shown),
    };
    this.root = document.getElementById("viewer");
    this.views = PLANES.map((plane) => this.makeView(plane));
    this.readout = element("p", { className: "readout" });
    this.spoken = element("p", { className: "sr", ariaLive: "polite" });
    this.root.append(element("div", { className: "views" }, ...this.views.map((v) => v.box)), this.readout, this.spoken, this.tools(), this.chips());
    this.root.hidden = false;
    document.getElementById("static").hidden = true;
    this.dvh = new DvhPlot(data, this.state, this.words);
    new ResizeObserver(() => this.resize()).observe(this.root);
    this.resize();
    this.tell(this.state.cross);
  }

  makeView(plane) {
    const name = this.words[plane.key];
    const canvas = element("canvas", { tabIndex: 0, role: "img", ariaLabel: this.words.canvas.replace("{plane}", name) });
    const label = element("span", { className: "name" });
    const ends = plane.ends.map((text, n) => element("span", { className: "e" + n }, text));
    const box = element("div", { className: "view" }, canvas, label, ...ends);
    const view = Object.assign(new PlaneView(this.data, this.state, plane, canvas), { box, label, name });
    this.listen(view);
    return view;
  }

  listen(view) {
    const { canvas, plane } = view;
    canvas.addEventListener("wheel", (e) => {
      e.preventDefault();
      this.step(plane.w, e.deltaY > 0 ? -1 : 1);
    }, { passive: false });
    canvas.addEventListener("contextmenu", (e) => e.preventDefault());
    canvas.addEventListener("pointerdown", (e) => {
      canvas.setPointerCapture(e.pointerId);
      view.drag = { button: e.button, x: e.clientX, y: e.clientY };
      if (e.button === 0) this.moveTo(view.voxelAt(e));
    });
    canvas.addEventListener("pointermove", (e) => {
      if (view.drag && view.drag.button === 2) {
        this.setWindow(this.state.level + (e.clientY - view.drag.y) * 2, this.state.width + (e.clientX - view.drag.x) * 2);
        view.drag = { button: 2, x: e.clientX, y: e.clientY };
      } else if (view.drag) {
        this.moveTo(view.voxelAt(e));
      }
      this.tell(view.voxelAt(e) ?? this.state.cross);
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { view.drag = null; });
    canvas.addEventListener("pointerleave", () => this.tell(this.state.cross));
    canvas.addEventListener("keydown", (e) => this.key(e, plane));
  }

  key(event, plane) {
    const up = plane.flip ? 1 : -1, fast = event.shiftKey ? 5 : 1;
    const moves = { ArrowLeft: [plane.u, -1], ArrowRight: [plane.u, 1], ArrowUp: [plane.v, up], ArrowDown: [plane.v, -up], PageUp: [plane.w, 1], PageDown: [plane.w, -1] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    this.step(move[0], move[1] * fast);
    this.spoken.textContent = this.readout.textContent;
  }

  step(axis, by) {
    const voxel = [...this.state.cross];
    voxel[axis] += by;
    this.moveTo(voxel);
  }

  moveTo(voxel) {
    if (!voxel) return;
    this.state.cross = voxel.map((at, axis) => Math.min(Math.max(Math.round(at), 0), this.data.size[axis] - 1));
    this.draw();
    this.tell(this.state.cross);
  }

  /** Position, CT number and values of all maps at a voxel. */
  tell(voxel) {
    const { data, words } = this;
    const at = voxel.map((v, axis) => Math.min(Math.max(Math.round(v), 0), data.size[axis] - 1));
    const index = voxelIndex(data, ...at);
    const mm = voxel.map((v, axis) => (data.origin_mm[axis] + v * data.spacing_mm).toFixed(0));
    const dose = mapValue(data.maps[0], index), unit = data.maps[0].unit;
    const parts = [`${dose.toFixed(2)} ${unit} (${((100 * dose) / data.reference_Gy).toFixed(0)} % ${words.of_reference})`];
    if (data.fractions > 1) parts.push(`${(dose / data.fractions).toFixed(2)} ${unit} ${words.per_fraction}`);
    data.maps.slice(1).forEach((map, n) => {
      const value = mapValue(map, index);
      parts.push(`${map.name}: ${Number.isNaN(value) ? words.hidden : value.toFixed(n === 0 && map.unit === "%" ? 1 : 2) + " " + map.unit}`);
    });
    const inside = data.structures.filter((s) => outlinePick(s)(...at) >= 128).map((s) => s.name);
    this.readout.replaceChildren(element("b", {}, parts[0]), ` · ${parts.slice(1).concat(`${data.ct[index]} HU`, `x ${mm[0]}  y ${mm[1]}  z ${mm[2]} mm`, ...inside.slice(0, 4)).join(" · ")}`);
  }

  tools() {
    const { words, state, data } = this;
    const overlay = element("select", {}, element("option", { value: -1 }, words.none), ...data.maps.map((m, n) => element("option", { value: n, selected: n === 0 }, m.name)));
    overlay.addEventListener("change", () => { state.map = Number(overlay.value); this.draw(); });
    const opacity = element("input", { type: "range", min: 0, max: 100, value: state.opacity });
    opacity.addEventListener("input", () => { state.opacity = Number(opacity.value); this.draw(); });
    const isodoses = element("input", { type: "checkbox", checked: true });
    isodoses.addEventListener("change", () => { state.isodoses = isodoses.checked; this.draw(); });
    this.windowChoice = element("select", {}, ...WINDOWS.map(([key], n) => element("option", { value: n }, words[key])));
    this.windowChoice.addEventListener("change", () => this.setWindow(...WINDOWS[this.windowChoice.value].slice(1)));
    this.levelInput = element("input", { type: "range", min: -1000, max: 1500, step: 5, value: state.level });
    this.widthInput = element("input", { type: "range", min: 20, max: 3000, step: 5, value: state.width });
    for (const input of [this.levelInput, this.widthInput]) {
      input.addEventListener("input", () => this.setWindow(Number(this.levelInput.value), Number(this.widthInput.value)));
    }
    const center = element("button", { type: "button" }, words.center);
    center.addEventListener("click", () => this.moveTo(data.focus));
    const label = (text, input) => element("label", {}, text, input);
    return element("div", {},
      element("div", { className: "tools" }, label(words.overlay, overlay), label(words.opacity, opacity), element("label", {}, isodoses, words.isodoses), center),
      element("div", { className: "tools" }, label(words.window, this.windowChoice), label(words.level, this.levelInput), label(words.width, this.widthInput)),
      element("p", { className: "quiet" }, words.help));
  }

  setWindow(level, width) {
    Object.assign(this.state, { level: Math.min(Math.max(level, -1000), 2500), width: Math.min(Math.max(width, 20), 4000) });
    this.levelInput.value = this.state.level;
    this.widthInput.value = this.state.width;
    this.draw();
  }

  chips() {
    const boxes = this.data.structures.map((s, n) => {
      const input = element("input", { type: "checkbox", checked: this.state.visible[n] });
      input.addEventListener("change", () => {
        this.state.visible[n] = input.checked;
        this.draw();
        if (this.dvh.svg) this.dvh.show(this.dvh.dose);
      });
      const line = element("i");
      line.style.background = s.on_dark;
      return element("label", {}, input, line, s.name);
    });
    return element("div", { className: "tools chips", role: "group", ariaLabel: this.words.structures }, ...boxes);
  }

  resize() {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const { canvas } of this.views) {
      const width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    }
    this.draw();
  }

  draw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      for (const view of this.views) {
        const { w } = view.plane;
        view.label.textContent = `${view.name} ${(this.data.origin_mm[w] + this.state.cross[w] * this.data.spacing_mm).toFixed(0)} mm`;
        view.draw();
      }
    });
  }
}

loadData().then((data) => { window.beamwright = new Viewer(data); }).catch((error) => {
  const note = document.querySelector("#static .quiet");
  const words = JSON.parse(document.getElementById("bw-head").textContent).words;
  if (note) note.textContent = `${words.failed} (${error})`;
});
