// The player: one moment of one drive at a time, in picture, wiring, numbers and curves.
const data = JSON.parse(document.getElementById("data").textContent);
const player = document.querySelector(".player");
const find = selector => player.querySelector(selector);
const slider = find(".time"), play = find(".play"), picture = find(".picture"), saliency = find(".saliency");
const SVG = "http://www.w3.org/2000/svg";
const FULL = 127, HEIGHT = 100;
let drive, at = 0, timer = null;

const bytes = text => text && Int8Array.from(atob(text), letter => letter.charCodeAt(0));
for (const one of data.drives) { one.currents = bytes(one.currents); one.sensory = bytes(one.sensory); }

// Neurons are full or empty over their own range in all drives; that they come up from zero at the start sets no range.
const SETTLE_S = 0.5;
const ranges = data.neurons.map((_, k) => {
  let low = Infinity, high = -Infinity;
  for (const one of data.drives) {
    const first = Math.min(Math.ceil(SETTLE_S / one.step_s), one.pictures.length - 1);
    for (const value of one.activity[k].slice(first)) { low = Math.min(low, value); high = Math.max(high, value); }
  }
  return [low, Math.max(high, low + 1e-6)];
});
const clamp = value => Math.min(Math.max(value, 0), 1);
const share = (k, value) => clamp((value - ranges[k][0]) / (ranges[k][1] - ranges[k][0]));

function curve(values, low, high, kind) {
  const path = document.createElementNS(SVG, "path");
  const last = Math.max(values.length - 1, 1);
  const points = values.map((value, k) => `${(1000 * k / last).toFixed(1)} ${(HEIGHT * (1 - clamp((value - low) / (high - low)))).toFixed(1)}`);
  path.setAttribute("d", "M" + points.join("L"));
  path.setAttribute("class", kind);
  return path;
}

// Curves of the same range, one over the other; labels stand at their heights.
function trace(lines, low, high, labels = []) {
  const box = document.createElement("div"), svg = document.createElementNS(SVG, "svg");
  box.className = "trace";
  svg.setAttribute("viewBox", `0 0 1000 ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (const value of labels) {
    const label = document.createElement("span");
    label.textContent = Math.abs(value) < 1e-9 ? "0" : value.toPrecision(2).replace(/\.?0+$/, match => match.startsWith(".") ? "" : match);
    label.style.top = `${100 * (1 - (value - low) / (high - low))}%`;
    box.append(label);
    svg.append(curve([value, value], low, high, "level"));
  }
  lines.forEach((line, k) => svg.append(curve(line, low, high, `s${k}`)));
  box.append(svg);
  box.addEventListener("pointerdown", event => {
    const { left, width } = svg.getBoundingClientRect();
    show(Math.round((event.clientX - left) / width * (drive.pictures.length - 1)));
  });
  return box;
}

function course(name, lines, scale) {
  const all = lines.flat().map(value => Math.abs(value * scale));
  const reach = Math.max(...all, 1e-3);
  const drawn = trace(lines.map(line => line.map(value => value * scale)), -reach, reach, [-reach, 0, reach]);
  const figure = find(`[data-course="${name}"]`);
  figure.querySelector(".trace")?.remove();
  figure.append(drawn);
}

const element = (kind, text) => { const made = document.createElement("div"); made.className = kind; made.textContent = text; return made; };

const rows = data.neurons.map(name => {
  const row = element("neuron", "");
  const fill = element("fill", "");
  fill.append(document.createElement("i"));
  row.dataset.neuron = name;
  row.append(element("name", name.replaceAll("_", " ")), element("trace", ""), fill, element("value", ""), element("constant", ""));
  find(".neurons").append(row);
  return row;
});

// The drawing names its neurons by their titles; synapses stand in the wiring's order.
const synapses = [...player.querySelectorAll(".live .wiring > path")];
const circles = new Map([...player.querySelectorAll(".live circle")].map(circle => [circle.textContent, circle]));
const circleOf = name => circles.get(name.replaceAll("_", " "));
const colour = full => `color-mix(in oklab, var(--series-0) ${(100 * full).toFixed(0)}%, var(--card))`;

function showNetwork() {
  if (!drive.currents) return;
  synapses.forEach((path, k) => {
    const current = drive.currents[at * synapses.length + k] / FULL, size = Math.abs(current);
    path.setAttribute("class", current >= 0 ? "excite" : "inhibit");
    path.style.opacity = (0.05 + 0.95 * size).toFixed(2);
    path.style.strokeWidth = (0.4 + 2.6 * size).toFixed(2);
  });
  data.sensory.forEach((name, k) => {
    const full = drive.sensory[at * data.sensory.length + k] / FULL;
    circleOf(name).style.fill = `color-mix(in oklab, var(--ink) ${(20 + 80 * full).toFixed(0)}%, var(--card))`;
  });
  data.neurons.forEach((name, k) => { circleOf(name).style.fill = colour(share(k, drive.activity[k][at])); });
}

const bend = curvature => Math.abs(curvature) < 0.0005 ? "straight on" : `${curvature > 0 ? "left" : "right"}, radius\u00a0${(1 / Math.abs(curvature)).toFixed(0)}\u00a0m`;
const seconds = value => value === null ? "∞" : value >= 0.995 ? `${value.toFixed(1)} s` : `${(1000 * value).toFixed(value < 0.00995 ? 1 : 0)} ms`;

function showNumbers() {
  const offset = drive.offset[at];
  const now = {
    steering: bend(drive.steering[at]), lane: bend(drive.lane[at]), speed: `${(3.6 * drive.speed[at]).toFixed(0)} km/h`,
    offset: `${Math.abs(100 * offset).toFixed(0)} cm ${offset >= 0 ? "left" : "right"}`,
  };
  for (const [name, words] of Object.entries(now)) find(`[data-now="${name}"]`).textContent = words;
  rows.forEach((row, k) => {
    const value = drive.activity[k][at];
    row.querySelector(".value").textContent = value.toFixed(2);
    row.querySelector(".fill i").style.width = `${(100 * share(k, value)).toFixed(1)}%`;
    row.querySelector(".constant").textContent = drive.constants ? seconds(drive.constants[k][at]) : "";
  });
}

function show(index) {
  const last = drive.pictures.length - 1;
  at = Math.min(Math.max(index, 0), last);
  slider.value = at;
  picture.src = (saliency?.checked ? drive.looks : drive.pictures)[at];
  find(".clock").textContent = `${(at * drive.step_s).toFixed(1)} of ${(last * drive.step_s).toFixed(1)} s`;
  player.style.setProperty("--at", last ? at / last : 0);
  showNetwork();
  showNumbers();
}

function choose(index) {
  drive = data.drives[index];
  slider.max = drive.pictures.length - 1;
  picture.width = drive.width; picture.height = drive.height;
  for (const button of player.querySelectorAll("[data-drive]")) button.setAttribute("aria-pressed", String(Number(button.dataset.drive) === index));
  course("curvature", [drive.steering, drive.lane], 1000);
  course("offset", [drive.offset], 1);
  rows.forEach((row, k) => row.querySelector(".trace").replaceWith(trace([drive.activity[k]], ...ranges[k])));
  show(at);
}

function run(on) {
  clearInterval(timer);
  timer = null;
  play.textContent = on ? "Pause" : "Play";
  if (!on) return;
  if (at === drive.pictures.length - 1) show(0);
  timer = setInterval(() => { show(at + 1); if (at === drive.pictures.length - 1) run(false); }, 1000 * drive.step_s);
}

play.addEventListener("click", () => run(timer === null));
slider.addEventListener("input", () => show(Number(slider.value)));
saliency?.addEventListener("change", () => show(at));
for (const button of player.querySelectorAll("[data-drive]")) button.addEventListener("click", () => choose(Number(button.dataset.drive)));
document.addEventListener("keydown", event => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target === slider) return;
  const steps = { ArrowLeft: -1, ArrowRight: 1 };
  if (event.key in steps) { show(at + steps[event.key]); event.preventDefault(); }
  if (event.key === " " && event.target === document.body) { run(timer === null); event.preventDefault(); }
});
choose(0);
