// The page: takes a summary each second, and reads the rest again when the feed has moved.

import { accuracyChart, candleChart, equityChart } from "./charts.js";
import { connect, get } from "./connection.js";
import * as format from "./format.js";
import * as tables from "./tables.js";

const REFRESH_EVERY = 2000;
/** The share of the last 50 judged predictions that came true, of each model. */
const ACCURACY = "accuracy_50";
const at = (id) => document.getElementById(id);
const minutes = { "1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240, "1d": 1440 };

const draw = { equity: equityChart(), accuracy: accuracyChart(), candles: candleChart() };
let summary;
let connection = "";
let reason = "";
let refusal = "";

function text(id, value, kind) {
  const node = at(id);
  if (node.textContent !== value) node.textContent = value;
  if (kind !== undefined) node.className = kind;
}

/** Fills a list of choices, keeping the choice where it is still there. */
function choices(node, values, labels = values) {
  const signature = values.join("\n");
  if (node.dataset.values === signature) return;
  const chosen = node.value;
  node.dataset.values = signature;
  node.replaceChildren(...values.map((value, index) => new Option(labels[index], value)));
  node.value = values.includes(chosen) ? chosen : values[0] ?? "";
}

function showHeader() {
  const { feedTime, feedPosition, mode, sources, tradingState, progress } = summary;
  text("feed-time", format.time(feedTime));
  text("feed-position", format.count(feedPosition));
  text("mode", mode);
  const used = sources.map((source) => source.source);
  const made = used.includes("synthetic");
  text("source", used.length > 0 ? `data: ${used.join(", ")}` : "data: none yet", made ? "badge warn" : "badge");
  at("source").title = sources.map((source) => `${source.source}: ${format.count(source.candles)} candles`).join(", ");
  text("trading-state", tradingState,
    tradingState === "active" ? "badge good" : tradingState === "halted" ? "badge bad" : "badge warn");
  at("progress").hidden = !progress;
  if (!progress) return;
  const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  at("progress-bar").value = share;
  let words = `${format.count(progress.done)} of ${format.count(progress.total)} events, ${format.percent(share, 1)}`;
  if (progress.done >= progress.total) words += ", finished";
  else if (progress.perSecond > 0) {
    words += `, ${format.count(progress.perSecond)} a second, ${format.duration(progress.remainingSeconds)} left`;
  }
  text("progress-text", words);
}

function showTiles() {
  const { account, counts, positions } = summary;
  if (account) {
    const gained = account.start > 0 ? account.equity / account.start - 1 : NaN;
    const grade = (value) => (value > 0 ? "good" : value < 0 ? "bad" : "");
    text("tile-equity", format.number(account.equity));
    text("tile-equity-note", `cash ${format.number(account.cash)}`);
    text("tile-return", format.percent(gained, 2, true), grade(gained));
    text("tile-return-note", `from ${format.number(account.start)}`);
    text("tile-drawdown", format.percent(account.drawdown));
    text("tile-drawdown-note", `at most ${format.percent(account.maximumDrawdown)}`);
    text("tile-realised", format.signed(account.realised), grade(account.realised));
    text("tile-realised-note", `fees ${format.number(account.fees)}`);
  }
  text("tile-predictions", format.count(counts.predictions));
  text("tile-predictions-note", `${format.count(counts.candles)} candles`);
  text("tile-orders", `${format.count(counts.orders)} / ${format.count(counts.fills)}`);
  text("tile-orders-note", `${format.count(counts.decisions)} decisions`);
  tables.positions(at("positions"), positions);
  tables.anomalies(at("anomalies"), summary.anomalies);
}

function showBanner() {
  const quiet = summary ? (summary.serverTime - summary.lastChangeTime) / 1000 : 0;
  let words = "";
  let kind = "banner";
  if (connection === "lost") {
    words = `Connection lost (${reason || "no answer"}). What you see is from ${summary ? `${format.time(summary.serverTime)} UTC` : "before"}; trying again.`;
  } else if (summary?.stale) {
    words = `Stale data: nothing new from the feed for ${format.duration(quiet)}.`;
    kind = "banner warn";
  } else if (refusal) {
    words = `The server could not answer: ${refusal}`;
    kind = "banner warn";
  } else if (summary?.tradingState === "halted") {
    words = "Trading is halted: no orders are sent.";
    kind = "banner warn";
  }
  const node = at("banner");
  node.hidden = words === "";
  if (node.textContent !== words) node.textContent = words;
  node.className = kind;
  document.body.classList.toggle("stale", connection === "lost");
}

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
  choices(at("model"), predictors, models.map(([name, role]) => `${name} (${role})`));
  const chosen = predictions.filter((row) => row.model === at("model").value);
  draw.candles({ candles, predictions: chosen, fills, frame: minutes[timeframe], name: `${instrument} ${timeframe}` });
}

async function showRest() {
  const [services, models] = await Promise.all([get("api/services"), get("api/models")]);
  tables.services(at("services"), services, summary.serverTime);
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
    showBanner();
  }
}

function tick(next) {
  moved ||= next.feedPosition !== summary?.feedPosition || next.counts.fills !== summary?.counts.fills;
  summary = next;
  choices(at("instrument"), summary.instruments);
  choices(at("timeframe"), summary.timeframes);
  showHeader();
  showTiles();
  showBanner();
  refresh();
}

for (const id of ["instrument", "timeframe", "model"]) {
  at(id).addEventListener("change", () => showCandles().catch((error) => {
    refusal = error.message;
    showBanner();
  }));
}
document.addEventListener("visibilitychange", refresh);

connect(tick, (state, why) => {
  connection = state;
  reason = why;
  const words = { live: "live", polling: "polling", lost: "lost" };
  text("connection", words[state], `dot ${state}`);
  showBanner();
});
