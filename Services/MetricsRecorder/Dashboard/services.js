// The page of services: who runs, what passes between them, who is behind, and what went wrong last.

import { connect, get } from "./connection.js";
import { showBanner, showHeader } from "./header.js";
import { at, text } from "./page.js";
import { Rates } from "./rates.js";
import { errors, serviceFigures } from "./tables.js";
import { drawTopology } from "./topology.js";

const rates = new Rates();
let summary;
let services = [];
let connection = "";
let reason = "";
let refusal = "";

const warn = () => showBanner(summary, connection, reason, refusal);

function see(rows) {
  for (const row of rows) {
    if (row.instance) continue;
    rates.see(row.name, row.published, row.heartbeat, row.startedAt);
    for (const input of row.inputs) {
      rates.see(`${row.name}<${input.source}`, input.received, row.heartbeat, row.startedAt);
    }
  }
}

function draw() {
  drawTopology(at("topology"), services, rates, summary);
  serviceFigures(at("figures"), services, rates, summary);
  errors(at("errors"), services, summary.serverTime);
}

let reading = false;

async function tick(next) {
  summary = next;
  showHeader(summary);
  warn();
  if (reading || document.hidden) return;
  reading = true;
  try {
    services = await get("api/services");
    see(services);
    draw();
    refusal = "";
  } catch (error) {
    refusal = error.message;
  } finally {
    reading = false;
    warn();
  }
}

new ResizeObserver(() => summary && draw()).observe(at("topology"));

connect(tick, (state, why) => {
  connection = state;
  reason = why;
  text("connection", state, `dot ${state}`);
  warn();
});
