// The three charts. Times go in as Unix seconds, which the library shows in UTC.

import * as format from "./format.js";

const { createChart, CrosshairMode, LineStyle } = window.LightweightCharts;
const seconds = (milliseconds) => Math.floor(milliseconds / 1000);
const finite = (value) => Number.isFinite(value);

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Rows in rising time with one row a second at most, as the library demands; a later row replaces an earlier one. */
function inOrder(rows) {
  const byTime = new Map(rows.map((row) => [row.time, row]));
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const painters = [];
dark.addEventListener("change", () => painters.forEach((paint) => paint()));

/** Runs `paint` now and whenever the colour scheme changes. */
function painted(paint) {
  painters.push(paint);
  paint();
}

function makeChart(place, options = {}) {
  const chart = createChart(place, {
    autoSize: true,
    crosshair: { mode: CrosshairMode.Normal },
    localization: { locale: "en-US", timeFormatter: (time) => `${format.time(time * 1000)} UTC` },
    timeScale: { timeVisible: true, secondsVisible: false, borderVisible: false, rightOffset: 2 },
    rightPriceScale: { borderVisible: false },
    ...options,
  });
  painted(() => chart.applyOptions({
    layout: {
      background: { color: "transparent" }, textColor: color("dim"), fontSize: 11,
      fontFamily: getComputedStyle(document.body).fontFamily,
    },
    grid: { vertLines: { color: color("grid") }, horzLines: { color: color("grid") } },
  }));
  return chart;
}

/** Shows all data until the reader has moved the chart. */
function fitOnce(chart) {
  let done = false;
  return (rows) => {
    if (done || rows.length === 0) return;
    done = true;
    chart.timeScale().fitContent();
  };
}

function place(id) {
  return document.getElementById(id);
}

export function equityChart() {
  const node = place("equity-chart");
  const legend = place("equity-legend");
  const chart = makeChart(node);
  const equity = chart.addAreaSeries({
    lineWidth: 2, priceFormat: { type: "custom", minMove: 0.01, formatter: (value) => format.number(value, 0) },
  });
  equity.priceScale().applyOptions({ scaleMargins: { top: 0.06, bottom: 0.34 } });
  const drawdown = chart.addHistogramSeries({
    priceScaleId: "drawdown", base: 0, priceLineVisible: false, lastValueVisible: false,
    priceFormat: { type: "custom", minMove: 0.0001, formatter: (value) => format.percent(value, 1) },
  });
  drawdown.priceScale().applyOptions({ scaleMargins: { top: 0.74, bottom: 0.02 } });
  painted(() => {
    equity.applyOptions({ lineColor: color("accent"), topColor: color("accent-soft"), bottomColor: "transparent" });
    drawdown.applyOptions({ color: color("down-soft") });
  });
  const fit = fitOnce(chart);
  let last;
  const say = (point) => {
    legend.textContent = point
      ? `${format.time(point.time * 1000).slice(0, 16)}  ${format.number(point.equity)}  (−${format.percent(point.drawdown)})`
      : "";
  };
  let byTime = new Map();
  chart.subscribeCrosshairMove((event) => say(byTime.get(event.time) ?? last));
  return (points) => {
    const rows = inOrder(points.filter((point) => finite(point.equity))
      .map((point) => ({ time: seconds(point.time), equity: point.equity, drawdown: point.drawdown })));
    byTime = new Map(rows.map((row) => [row.time, row]));
    last = rows.at(-1);
    node.classList.toggle("blank", rows.length === 0);
    equity.setData(rows.map((row) => ({ time: row.time, value: row.equity })));
    drawdown.setData(rows.map((row) => ({ time: row.time, value: -row.drawdown })));
    fit(rows);
    say(last);
    node.setAttribute("aria-label", last
      ? `Equity curve: ${format.number(last.equity)} at ${format.time(last.time * 1000)} UTC, drawdown ${format.percent(last.drawdown)}`
      : "Equity curve: no data yet");
  };
}

export function accuracyChart() {
  const node = place("accuracy-chart");
  const legend = place("accuracy-legend");
  const chart = makeChart(node);
  const lines = new Map();
  const fit = fitOnce(chart);
  const names = ["accent", "amber", "violet", "up", "down", "dim"];
  const add = (label) => {
    const line = chart.addLineSeries({
      lineWidth: 2, priceLineVisible: false,
      priceFormat: { type: "custom", minMove: 0.001, formatter: (value) => format.percent(value, 1) },
    });
    const name = names[lines.size % names.length];
    const even = line.createPriceLine({ price: 0.5, lineStyle: LineStyle.Dashed, lineWidth: 1, axisLabelVisible: false });
    if (lines.size > 0) line.removePriceLine(even);
    painted(() => {
      line.applyOptions({ color: color(name) });
      even.applyOptions({ color: color("dim") });
    });
    lines.set(label, { line, name });
  };
  return (series) => {
    const said = [];
    for (const { label, points } of series) {
      if (!lines.has(label)) add(label);
      const rows = inOrder(points.filter((point) => finite(point.value))
        .map((point) => ({ time: seconds(point.time), value: point.value })));
      lines.get(label).line.setData(rows);
      fit(rows);
      if (rows.length > 0) said.push([label, rows.at(-1).value, lines.get(label).name]);
    }
    node.classList.toggle("blank", said.length === 0);
    legend.replaceChildren(...said.map(([label, value, name]) => {
      const item = document.createElement("span");
      item.className = `line-key ${name}`;
      item.textContent = `${label} ${format.percent(value, 1)}`;
      return item;
    }));
    node.setAttribute("aria-label", said.length > 0
      ? `Accuracy of the last 50 predictions: ${said.map(([label, value]) => `${label} ${format.percent(value, 1)}`).join(", ")}`
      : "Accuracy of the last 50 predictions: no data yet");
  };
}

/** Pixels for a candle at first, so that its marker does not lie on its neighbours'; the reader can zoom out. */
const CANDLE_WIDTH = 8;

/** What is known of a prediction: it came true, it did not, or the next candle has not closed. */
function outcome(prediction) {
  if (prediction.correct === undefined) return "open";
  return prediction.correct ? "right" : "wrong";
}

export function candleChart() {
  const node = place("candle-chart");
  const legend = place("candle-legend");
  const chart = makeChart(node);
  const candles = chart.addCandlestickSeries({ borderVisible: false });
  candles.priceScale().applyOptions({ scaleMargins: { top: 0.06, bottom: 0.24 } });
  const strength = chart.addHistogramSeries({
    priceScaleId: "strength", base: 0, priceLineVisible: false, lastValueVisible: false,
    priceFormat: { type: "custom", minMove: 0.001, formatter: (value) => format.number(value, 3) },
  });
  strength.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0.02 } });
  let placed = "";
  let data = { candles: [], predictions: [], fills: [], frame: 60, name: "" };
  let [bars, guesses] = [new Map(), new Map()];

  const say = (time) => {
    const bar = bars.get(time);
    const guess = guesses.get(time);
    if (!bar) return void (legend.textContent = "");
    const move = bar.close / bar.open - 1;
    let text = `${format.time(time * 1000).slice(0, 16)}  O ${format.price(bar.open)}  H ${format.price(bar.high)}`
      + `  L ${format.price(bar.low)}  C ${format.price(bar.close)}  (${format.percent(move, 2, true)})`;
    if (guess) {
      text += `   ${guess.up ? "▲" : "▼"} up ${format.percent(guess.probability, 1)}`
        + `, confidence ${format.number(guess.confidence, 3)}, ${{ open: "not known yet", right: "correct", wrong: "wrong" }[guess.outcome]}`;
    }
    legend.textContent = text;
  };
  chart.subscribeCrosshairMove((event) => say(event.time ?? data.last));

  const draw = () => {
    const rows = inOrder(data.candles.map((bar) => ({ ...bar, time: seconds(bar.time) })));
    bars = new Map(rows.map((row) => [row.time, row]));
    data.last = rows.at(-1)?.time;
    const digits = format.priceDigits(rows.at(-1)?.close ?? 1);
    candles.applyOptions({ priceFormat: { type: "custom", minMove: 10 ** -digits, formatter: format.price } });
    node.classList.toggle("blank", rows.length === 0);
    candles.setData(rows.map(({ time, open, high, low, close }) => ({ time, open, high, low, close })));

    const frame = data.frame * 60;
    const bar = (milliseconds) => Math.floor(seconds(milliseconds) / frame) * frame;
    const marked = inOrder(data.predictions.map((row) => ({
      time: bar(row.openTime), up: row.probability >= 0.5, probability: row.probability, confidence: row.confidence,
      outcome: outcome(row),
    }))).filter((row) => bars.has(row.time));
    guesses = new Map(marked.map((row) => [row.time, row]));
    const paint = { open: color("open"), right: color("right"), wrong: color("wrong") };
    strength.setData(marked.map((row) => ({
      time: row.time, value: row.up ? row.confidence : -row.confidence, color: paint[row.outcome],
    })));
    const markers = marked.map((row) => ({
      time: row.time, position: row.up ? "belowBar" : "aboveBar", shape: "circle", size: 0.5, color: paint[row.outcome],
    }));
    for (const fill of data.fills) {
      const time = bar(fill.time);
      const buy = fill.side === "buy";
      if (bars.has(time)) {
        markers.push({
          time, position: buy ? "belowBar" : "aboveBar", shape: buy ? "arrowUp" : "arrowDown", size: 1.4,
          color: color(buy ? "buy" : "sell"),
        });
      }
    }
    candles.setMarkers(markers.sort((a, b) => a.time - b.time));
    if (rows.length > 0 && placed !== data.name) {
      placed = data.name;
      chart.timeScale().setVisibleLogicalRange({ from: rows.length - node.clientWidth / CANDLE_WIDTH, to: rows.length + 2 });
    }
    say(data.last);
    const judged = marked.filter((row) => row.outcome !== "open");
    const hits = judged.filter((row) => row.outcome === "right").length;
    node.setAttribute("aria-label", `Candles of ${data.name}: ${rows.length} shown, ${hits} of ${judged.length} `
      + `judged predictions correct, ${data.fills.length} fills`);
  };
  painted(() => {
    const [up, down] = [color("up"), color("down")];
    candles.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
    draw();
  });
  return (next) => {
    data = next;
    draw();
  };
}
