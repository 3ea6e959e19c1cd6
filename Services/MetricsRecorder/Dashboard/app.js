// The page: takes a summary each second, and reads the rest again when the feed has moved.

import { accuracyChart, equityChart } from "./charts.js";
import { candleChart } from "./candle-chart.js";
import { connect, get } from "./connection.js";
import * as format from "./format.js";
import { showBanner, showHeader } from "./header.js";
import { at, choices, text } from "./page.js";
import * as tables from "./tables.js";
import { showLag, showTiles } from "./tiles.js";

const REFRESH_EVERY = 2000;
/** The share of the last 50 judged predictions that came true, of each model. */
const ACCURACY = "accuracy_50";
const minutes = { "1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240, "1d": 1440 };

const draw = { equity: equityChart(), accuracy: accuracyChart(), candles: candleChart() };
let summary;
let connection = "";
let reason = "";
let refusal = "";

const warn = () => showBanner(summary, connection, reason, refusal);

let moved = true;
/** The models that predict, champion first. */
let predictors = [];

async function showCandles() {
  const [instrument, timeframe] = [at("instrument").value, at("timeframe").value];
  if (!instrument || !timeframe) return;
  const query = `instrument=${encodeURIComponent(instrument)}`;
  const [candles, predictions, fills] = await Promise.all([
    get(`api/candles?${query}&timeframe=${timeframe}&limit=240`),
    get(`api/predictions?${query}&limit=1000`),
    get(`api/fills?${query}&limit=500`),
  ]);
  const models = [...new Map(predictions.map((row) => [row.model, row.role])).entries()]
    .sort(([, a], [, b]) => (a === "champion" ? 0 : 1) - (b === "champion" ? 0 : 1));
  predictors = models.map(([name]) => name);
  choices(at("model"), predictors, models.map(([name, role]) => `${format.version(name)} (${role})`));
  const chosen = predictions.filter((row) => row.model === at("model").value);
  draw.candles({ candles, predictions: chosen, fills, frame: minutes[timeframe], name: `${instrument} ${timeframe}` });
}

async function showRest() {
  const [services, models] = await Promise.all([get("api/services"), get("api/models")]);
  tables.services(at("services"), services, summary.serverTime);
  showLag(services);
  tables.models(at("models"), models);
  if (!moved) return;
  moved = false;
  const [equity, orders, fills] = await Promise.all([
    get("api/equity?points=600"), get("api/orders?limit=50"), get("api/fills?limit=50"),
  ]);
  draw.equity(equity);
  tables.orders(at("orders"), orders);
  tables.fills(at("fills"), fills);
  await showCandles();
  const series = await Promise.all(
    predictors.map((model) => get(`api/metrics?name=${ACCURACY}&label=${encodeURIComponent(model)}`)));
  draw.accuracy(series.flat());
}

let refreshing = false;
let refreshedAt = 0;

async function refresh() {
  if (refreshing || document.hidden || Date.now() - refreshedAt < REFRESH_EVERY) return;
  refreshing = true;
  try {
    await showRest();
    refusal = "";
  } catch (error) {
    moved = true;
    refusal = error.message;
  } finally {
    refreshedAt = Date.now();
    refreshing = false;
    warn();
  }
}

function tick(next) {
  moved ||= next.executedPosition !== summary?.executedPosition || next.counts.fills !== summary?.counts.fills
    || next.counts.predictions !== summary?.counts.predictions;
  summary = next;
  choices(at("instrument"), summary.instruments, summary.instruments.map(format.instrument));
  choices(at("timeframe"), summary.timeframes);
  showHeader(summary);
  showTiles(summary);
  tables.positions(at("positions"), summary.positions);
  tables.anomalies(at("anomalies"), summary.anomalies);
  tables.jobs(at("jobs"), summary.jobs);
  warn();
  refresh();
}

for (const id of ["instrument", "timeframe", "model"]) {
  at(id).addEventListener("change", () => showCandles().catch((error) => {
    refusal = error.message;
    warn();
  }));
}
document.addEventListener("visibilitychange", refresh);

connect(tick, (state, why) => {
  connection = state;
  reason = why;
  const words = { live: "live", polling: "polling", lost: "lost" };
  text("connection", words[state], `dot ${state}`);
  warn();
});
