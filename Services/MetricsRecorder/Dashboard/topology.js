// Draws who listens to whom, with what passes between them.

import * as format from "./format.js";

const SVG = "http://www.w3.org/2000/svg";
/** Milliseconds without word after which a service counts as silent; it reports every second. */
const SILENT = 15000;

export const NAMES = [
  "ingestor", "synthetic-generator", "feature-builder", "inference-server", "risk-gate", "executor", "metrics-recorder",
  "trainer",
];

/** Each line with the place of its label, and where the label begins, in the two layouts. */
const WIDE = {
  size: [1180, 424], box: [200, 104],
  places: {
    "ingestor": [10, 70], "feature-builder": [262, 70], "inference-server": [514, 70], "risk-gate": [766, 70],
    "synthetic-generator": [10, 310], "trainer": [514, 310], "executor": [766, 310], "metrics-recorder": [970, 190],
  },
  edges: {
    "ingestor>feature-builder": ["M210 122H258", 234, 112],
    "feature-builder>inference-server": ["M462 122H510", 486, 112],
    "inference-server>risk-gate": ["M714 122H762", 738, 112],
    "risk-gate>executor": ["M836 174V306", 828, 244, "end"],
    "executor>risk-gate": ["M886 310V178", 894, 244, "start"],
    "ingestor>executor": ["M110 174V242H740V362H762", 420, 236],
    "ingestor>metrics-recorder": ["M110 70V18H1110V186", 420, 13],
    "inference-server>metrics-recorder": ["M614 70V44H1070V186", 800, 39],
    "risk-gate>metrics-recorder": ["M966 122H1020V186", 974, 114, "start"],
    "executor>metrics-recorder": ["M966 362H1020V298", 974, 380, "start"],
    "synthetic-generator>ingestor": ["M70 310V178", 70, 290],
    "trainer>inference-server": ["M614 310V178", 614, 290],
  },
};
const NARROW = {
  size: [390, 1106], box: [230, 104],
  places: {
    "synthetic-generator": [76, 6], "ingestor": [76, 146], "feature-builder": [76, 286], "inference-server": [76, 426],
    "risk-gate": [76, 566], "executor": [76, 706], "metrics-recorder": [76, 846], "trainer": [76, 996],
  },
  edges: {
    "synthetic-generator>ingestor": ["M191 110V142", 191, 130],
    "ingestor>feature-builder": ["M191 250V282", 191, 270],
    "feature-builder>inference-server": ["M191 390V422", 191, 410],
    "inference-server>risk-gate": ["M191 530V562", 191, 550],
    "risk-gate>executor": ["M136 670V702", 128, 690, "end"],
    "executor>risk-gate": ["M246 706V674", 254, 694, "start"],
    "ingestor>executor": ["M76 198H44V758H72", 2, 340, "start"],
    "executor>metrics-recorder": ["M191 810V842", 191, 830],
    "risk-gate>metrics-recorder": ["M306 618H326V872H310", 388, 760, "end"],
    "inference-server>metrics-recorder": ["M306 478H350V898H310", 388, 600, "end"],
    "ingestor>metrics-recorder": ["M306 198H374V924H310", 388, 340, "end"],
    "trainer>inference-server": ["M76 1048H18V478H72", 34, 980],
  },
};

function node(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A state in a word, with its sign and class. */
export function state(row, now) {
  if (!row) return ["○", "not running", "off"];
  if (now - row.heartbeat > SILENT) return ["▲", "silent", "bad"];
  return row.ready ? ["●", "ready", "good"] : ["▲", "not ready", "warn"];
}

/** 12.34 → "12/s", 0.3 → "0.3/s" */
export function rate(value) {
  if (value === undefined) return "–";
  return `${value >= 10 || value === 0 ? format.count(value) : format.number(value, 1)}/s`;
}

function drawBox(place, [width, height], name, rows, facts, now) {
  const [x, y] = place;
  const worst = rows.find((row) => state(row, now)[2] !== "good") ?? rows[0];
  const [sign, word, kind] = state(worst, now);
  const group = node("g", { class: `service ${kind}`, transform: `translate(${x} ${y})` });
  group.append(node("rect", { width, height, rx: 9 }));
  group.append(node("text", { class: "name", x: 12, y: 23 }, rows.length > 1 ? `${name} × ${rows.length}` : name));
  group.append(node("text", { class: `state ${kind}`, x: 12, y: 42 }, `${sign} ${word}`));
  facts.forEach((fact, index) => group.append(node("text", { class: fact[1] ?? "", x: 12, y: 61 + 16 * index }, fact[0])));
  return group;
}

/** What stands in a service's box below its state. */
function facts(name, rows, rates, head, now) {
  if (rows.length === 0) return [];
  const row = rows[0];
  const restarts = rows.reduce((sum, one) => sum + one.restarts, 0);
  const error = rows.find((one) => one.lastError);
  const lines = [];
  if (name === "trainer") lines.push([`${format.bytes(row.residentBytes)} of memory`]);
  else if (name === "synthetic-generator") lines.push([`${format.count(row.position)} candles and marks served`]);
  else lines.push([`out ${rate(rates.of(row.name))} · ${head - row.position > 0 ? `${format.count(head - row.position)} behind` : "up to date"}`]);
  lines.push([
    `${restarts === 1 ? "1 restart" : `${format.count(restarts)} restarts`} · lag ${format.milliseconds(row.lagMilliseconds)}`,
    restarts > 0 ? "warn" : "",
  ]);
  if (error) {
    const ago = error.lastErrorTime ? ` ${format.duration((now - error.lastErrorTime) / 1000)} ago` : "";
    lines.push([`error${ago}`, "bad"]);
  }
  return lines;
}

/** Where a line of horizontal and vertical strokes ends, and its direction there. */
function end(path) {
  let [x, y, angle] = [0, 0, 0];
  for (const [, stroke, first, second] of path.matchAll(/([MHV])(\d+)(?: (\d+))?/g)) {
    if (stroke === "M") [x, y] = [Number(first), Number(second)];
    if (stroke === "H") [x, angle] = [Number(first), Number(first) > x ? 0 : 180];
    if (stroke === "V") [y, angle] = [Number(first), Number(first) > y ? 90 : 270];
  }
  return `translate(${x} ${y}) rotate(${angle})`;
}

function drawEdge([path, x, y, anchor = "middle"], label, kind) {
  const group = node("g", { class: `flow ${kind}` });
  group.append(node("path", { d: path }), node("path", { class: "tip", d: "M-8 -4.5L1 0L-8 4.5Z", transform: end(path) }));
  group.append(node("text", { x, y, "text-anchor": anchor }, label));
  return group;
}

/** What passes over a line, in a word and a class. */
function flow(source, target, byName, rates, feed, now) {
  const consumer = byName.get(target)?.[0];
  if (source === "trainer") return ["models", "still"];
  if (source === "synthetic-generator") return feed?.source === "synthetic" ? ["candles", "moving"] : undefined;
  const input = consumer?.inputs.find((one) => one.source === source);
  if (!input || state(consumer, now)[2] === "bad") return ["–", "still"];
  const value = rates.of(`${target}<${source}`);
  const extra = input.behind > 0 ? ` · ${format.count(input.behind)} missing` : input.waiting > 0 ? ` · ${input.waiting} wait` : "";
  const kind = input.behind > 0 ? "late" : value > 0 ? "moving" : "still";
  return [rate(value) + extra, kind];
}

/** Draws all of it into `place`, for its width. */
export function drawTopology(place, services, rates, summary) {
  const layout = place.clientWidth < 760 ? NARROW : WIDE;
  const now = summary.serverTime;
  const byName = new Map(NAMES.map((name) => [name, services.filter((row) => row.name === name)]));
  const head = byName.get("ingestor")[0]?.position ?? summary.feedPosition;
  const svg = node("svg", {
    viewBox: `0 0 ${layout.size[0]} ${layout.size[1]}`, role: "img", class: layout === NARROW ? "narrow" : "wide",
    "aria-label": "The services and what passes between them",
  });
  for (const [edge, line] of Object.entries(layout.edges)) {
    const words = flow(...edge.split(">"), byName, rates, summary.feed, now);
    if (words) svg.append(drawEdge(line, ...words));
  }
  for (const [name, where] of Object.entries(layout.places)) {
    const rows = byName.get(name);
    svg.append(drawBox(where, layout.box, name, rows, facts(name, rows, rates, head, now), now));
  }
  place.replaceChildren(svg);
}
