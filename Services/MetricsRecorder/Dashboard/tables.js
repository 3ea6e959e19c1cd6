// Tables. Every value goes in as text, never as markup.

import * as format from "./format.js";
import { rate, state } from "./topology.js";

/** Milliseconds without word after which a service counts as silent; it reports every second. */
const SILENT = 15000;

const drawn = new WeakMap();

function element(tag, text, className) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** Draws `rows` into `place`; a column is `[heading, row => text or [text, class], class]`. Unchanged rows stay as they are. */
function draw(place, caption, columns, rows, empty) {
  const cells = rows.map((row) =>
    columns.map(([, read, kind]) => {
      const value = read(row);
      return Array.isArray(value) ? [value[0], `${kind ?? ""} ${value[1]}`.trim()] : [value, kind];
    }));
  const signature = JSON.stringify(cells);
  if (drawn.get(place) === signature) return;
  drawn.set(place, signature);
  if (rows.length === 0) {
    place.replaceChildren(element("p", empty, "empty"));
    return;
  }
  const table = element("table");
  table.append(element("caption", caption, "hidden"));
  const head = table.createTHead().insertRow();
  for (const [heading, , kind] of columns) {
    const cell = element("th", heading, kind);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of cells) {
    const line = body.insertRow();
    for (const [text, kind] of row) {
      const cell = element("td", text, kind);
      if (kind?.includes("clip")) cell.title = text;
      line.append(cell);
    }
  }
  place.replaceChildren(table);
}

const side = (value) => [value, value === "buy" ? "buy" : "sell"];
const time = (row) => format.shortTime(row.time);
const instrument = (row) => format.instrument(row.instrument);
const quantity = (text) => format.decimal(text);

export function services(place, rows, now) {
  draw(place, "State of each service", [
    ["Service", (row) => (row.instance ? `${row.name} ${row.instance}` : row.name), "name"],
    ["State", (row) => (now - row.heartbeat > SILENT ? ["▲ silent", "bad"] : row.ready ? ["● ready", "good"] : ["▲ not ready", "bad"])],
    ["Lag", (row) => format.milliseconds(row.lagMilliseconds), "right"],
    ["Position", (row) => format.count(row.position), "right"],
    ["Memory", (row) => format.bytes(row.residentBytes), "right"],
    ["Restarts", (row) => [format.count(row.restarts), row.restarts > 0 ? "warn" : ""], "right"],
    ["Heard", (row) => `${format.duration(Math.max(0, now - row.heartbeat) / 1000)} ago`, "right"],
    ["Last error", (row) => (row.lastError ? [row.lastError, "bad"] : ["none", "dim"]), "clip"],
  ], rows, "No service has reported yet.");
}

const full = (row) => (row.instance ? `${row.name} ${row.instance}` : row.name);
const sum = (row, what) => row.inputs.reduce((total, input) => total + input[what], 0);

/** All figures of each service, for the page of services. */
export function serviceFigures(place, rows, rates, summary) {
  const now = summary.serverTime;
  const head = rows.find((row) => row.name === "ingestor")?.position ?? summary.feedPosition;
  const follows = (row) => row.name === "ingestor" || row.inputs.length > 0;
  draw(place, "Figures of each service", [
    ["Service", full, "name"],
    ["State", (row) => [state(row, now).slice(0, 2).join(" "), state(row, now)[2]]],
    ["Out", (row) => (row.instance ? "–" : rate(rates.of(row.name))), "right"],
    ["Position", (row) => format.count(row.position), "right"],
    ["Behind", (row) => (follows(row) ? format.count(Math.max(0, head - row.position)) : "–"), "right"],
    ["Lag", (row) => format.milliseconds(row.lagMilliseconds), "right"],
    ["Waiting", (row) => (row.inputs.length ? format.count(sum(row, "waiting")) : "–"), "right"],
    ["Missed", (row) => (row.inputs.length ? format.count(sum(row, "missing")) : "–"), "right"],
    ["Recovered", (row) => (row.inputs.length ? format.count(sum(row, "recovered")) : "–"), "right"],
    ["Memory", (row) => format.bytes(row.residentBytes), "right"],
    ["Restarts", (row) => [format.count(row.restarts), row.restarts > 0 ? "warn" : ""], "right"],
    ["Started", (row) => `${format.duration(Math.max(0, now - row.startedAt) / 1000)} ago`, "right"],
    ["Heard", (row) => `${format.duration(Math.max(0, now - row.heartbeat) / 1000)} ago`, "right"],
    ["Process", (row) => String(row.processID), "right dim"],
  ], rows, "No service has reported yet.");
}

/** The last thing that went wrong with each service, the latest first. */
export function errors(place, rows, now) {
  const failed = rows.filter((row) => row.lastError).sort((a, b) => (b.lastErrorTime ?? 0) - (a.lastErrorTime ?? 0));
  draw(place, "Last error of each service", [
    ["Service", full, "name"],
    ["When", (row) => (row.lastErrorTime ? `${format.time(row.lastErrorTime)}, ${format.duration((now - row.lastErrorTime) / 1000)} ago` : "–"), "dim"],
    ["What", (row) => row.lastError, "wrap bad"],
  ], failed, "Nothing has gone wrong.");
}

export function orders(place, rows) {
  draw(place, "Latest orders, newest first", [
    ["Time", time, "dim"],
    ["Instrument", instrument],
    ["Side", (row) => side(row.side)],
    ["Kind", (row) => row.kind],
    ["Quantity", (row) => quantity(row.quantity), "right"],
    ["Filled", (row) => quantity(row.filledQuantity), "right"],
    ["State", (row) => [row.state, row.state === "rejected" ? "bad" : row.state === "filled" ? "good" : ""]],
    ["Reason", (row) => row.reason || "–", "clip dim"],
  ], rows, "No orders yet.");
}

export function fills(place, rows) {
  draw(place, "Latest fills, newest first", [
    ["Time", time, "dim"],
    ["Instrument", instrument],
    ["Side", (row) => side(row.side)],
    ["Quantity", (row) => quantity(row.quantity), "right"],
    ["Price", (row) => quantity(row.price), "right"],
    ["Fee", (row) => format.number(Number(row.fee), 4), "right"],
    ["Value", (row) => format.number(Number(row.quantity) * Number(row.price)), "right"],
  ], rows, "No fills yet.");
}

export function models(place, rows) {
  draw(place, "Model versions in force", [
    ["Alias", (row) => [row.alias, row.alias === "champion" ? "good" : ""]],
    ["Version", (row) => format.version(row.version), "name"],
    ["Accuracy", (row) => format.percent(row.metrics.accuracy, 1), "right"],
    ["Learned up to", (row) => format.time(row.dataTo).slice(0, 10), "dim right"],
  ], rows, "No alias points to a model version yet.");
}

/** Training that waits, runs or has failed. */
export function jobs(place, rows) {
  const states = { queued: ["waiting", "dim"], failed: ["▲ failed", "bad"] };
  draw(place, "Training", [
    ["Job", (row) => `${row.id}  ${row.model}`, "name"],
    ["State", (row) => states[row.state] ?? [format.percent(row.progress, 0), "good"]],
    ["Attempt", (row) => format.count(row.attempts), "right"],
    ["Reason", (row) => (row.error ? [row.error, "bad"] : ["–", "dim"]), "clip narrow"],
  ], rows, "No training is waiting or running.");
}

export function positions(place, rows) {
  draw(place, "Positions", [
    ["Instrument", instrument],
    ["Quantity", (row) => quantity(row.quantity), "right"],
    ["Average", (row) => (Number(row.averagePrice) === 0 ? "–" : format.price(Number(row.averagePrice))), "right"],
    ["Mark", (row) => format.price(Number(row.markPrice)), "right"],
    ["Unrealised", (row) => [format.signed(row.unrealised), row.unrealised < 0 ? "bad" : row.unrealised > 0 ? "good" : ""], "right"],
  ], rows, "No positions.");
}

/** `gap` → "gap", `outOfOrder` → "out of order", `ohlcViolation` → "ohlc violation" */
function words(kind) {
  return kind.replace(/([A-Z])/g, " $1").toLowerCase();
}

export function anomalies(place, rows) {
  draw(place, "Anomalies found in the data", [
    ["Kind", (row) => words(row.kind)],
    ["Times", (row) => format.count(row.events), "right"],
    ["Candles", (row) => format.count(row.candles), "right"],
  ], rows, "None found.");
}
