// The DVH comes drawn; this adds a cursor, values beside it, and a pin.

const SVG = "http://www.w3.org/2000/svg";

class DvhPlot {
  constructor(data, state, words) {
    this.svg = document.getElementById("dvh");
    if (!this.svg) return;
    Object.assign(this, { data, state, words, pinned: null, dose: null });
    const number = (name) => Number(this.svg.dataset[name]);
    this.box = { left: number("left"), right: number("right"), top: number("top"), bottom: number("bottom"), most: number("most") };
    this.cursor = document.getElementById("dvh-cursor");
    this.side();
    this.svg.tabIndex = 0;
    this.svg.addEventListener("pointermove", (e) => this.show(this.doseAt(e)));
    this.svg.addEventListener("pointerleave", () => this.show(null));
    this.svg.addEventListener("click", (e) => this.pin(this.doseAt(e)));
    this.svg.addEventListener("keydown", (e) => this.key(e));
    this.show(null);
  }

  doseAt(event) {
    const box = this.svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * this.svg.viewBox.baseVal.width;
    const dose = ((x - this.box.left) / (this.box.right - this.box.left)) * this.box.most;
    return Math.min(Math.max(dose, 0), this.box.most);
  }

  key(event) {
    const step = this.box.most / (event.shiftKey ? 20 : 200), now = this.dose ?? this.pinned ?? this.data.reference_Gy;
    if (event.key === "ArrowLeft") this.show(Math.max(0, now - step));
    else if (event.key === "ArrowRight") this.show(Math.min(this.box.most, now + step));
    else if (event.key === "Enter") this.pin(now);
    else if (event.key === "Escape") this.pin(null);
    else return;
    event.preventDefault();
  }

  pin(dose) {
    this.pinned = dose;
    this.show(this.dose);
  }

  volume(structure, dose) {
    const at = (dose / this.data.dvh_most_Gy) * (structure.volume_percent.length - 1), i = Math.floor(at);
    if (i >= structure.volume_percent.length - 1) return at > structure.volume_percent.length - 1 ? 0 : structure.volume_percent[structure.volume_percent.length - 1];
    return (1 - (at - i)) * structure.volume_percent[i] + (at - i) * structure.volume_percent[i + 1];
  }

  /** The list of structures beside the plot gets a value each, and a line for the dose. */
  side() {
    const side = document.getElementById("dvh-side");
    this.line = document.createElement("p");
    this.line.className = "dose";
    side.prepend(this.line);
    const help = document.createElement("p");
    help.className = "quiet screen";
    help.textContent = this.words.dvh_help;
    side.append(help);
    const curves = [...this.svg.querySelectorAll(".curve")];
    this.rows = [...side.querySelectorAll(".keys li")].map((item, n) => {
      const output = document.createElement("output");
      item.append(output);
      return { item, output, curve: curves[n], index: Number(curves[n].dataset.structure) };
    });
  }

  mark(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    this.cursor.append(element);
  }

  show(dose) {
    this.dose = dose;
    const { left, right, top, bottom, most } = this.box, shown = dose ?? this.pinned;
    const x = (d) => left + ((right - left) * d) / most;
    this.cursor.replaceChildren();
    for (const [value, kind] of [[this.pinned, "pin"], [dose, "cursor"]]) {
      if (value !== null) this.mark("line", { class: kind, x1: x(value), x2: x(value), y1: top, y2: bottom });
    }
    this.line.replaceChildren();
    if (shown !== null) this.line.append(`${this.words.dvh_at} ${shown.toFixed(2)} ${this.data.maps[0].unit}`);
    if (this.pinned !== null) {
      const button = document.createElement("button");
      button.textContent = this.words.unpin;
      button.addEventListener("click", () => this.pin(null));
      this.line.append(button);
    }
    for (const row of this.rows) {
      const visible = this.state.visible[row.index];
      row.curve.toggleAttribute("hidden", !visible);
      row.item.classList.toggle("off", !visible);
      const volume = shown === null ? null : this.volume(this.data.structures[row.index], shown);
      row.output.textContent = volume === null || !visible ? "" : volume.toFixed(1) + " %";
      if (volume !== null && visible && dose !== null) {
        this.mark("circle", { cx: x(dose), cy: top + (bottom - top) * (1 - volume / 100), r: 3.5, style: `stroke:var(--s${row.index})` });
      }
    }
  }
}
