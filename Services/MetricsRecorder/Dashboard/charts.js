// Equity and accuracy over time. Times go in as Unix seconds, which the library shows in UTC.

import * as format from "./format.js";
import { color, finite, fitting, inOrder, makeChart, painted, place, seconds } from "./chart-base.js";

const { LineStyle } = window.LightweightCharts;

/** Without the time before the first trade, but for a stretch of it that shows where the curve began. */
function sinceTrading(points) {
  const first = points.findIndex((point) => point.equity !== points[0].equity);
  return first < 0 ? points : points.slice(Math.max(0, first - Math.ceil((points.length - first) / 20)));
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
  const fit = fitting(chart, node);
  let last;
  const say = (point) => {
    legend.textContent = point
      ? `${format.time(point.time * 1000).slice(0, 16)}  ${format.number(point.equity)}  (−${format.percent(point.drawdown)})`
      : "";
  };
  let byTime = new Map();
  chart.subscribeCrosshairMove((event) => say(byTime.get(event.time) ?? last));
  return (points) => {
    const rows = inOrder(sinceTrading(points.filter((point) => finite(point.equity)))
      .map((point) => ({ time: seconds(point.time), equity: point.equity, drawdown: point.drawdown })));
    byTime = new Map(rows.map((row) => [row.time, row]));
    last = rows.at(-1);
    node.classList.toggle("blank", rows.length === 0);
    equity.setData(rows.map((row) => ({ time: row.time, value: row.equity })));
    drawdown.setData(rows.map((row) => ({ time: row.time, value: -row.drawdown })));
    fit();
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
  const fit = fitting(chart, node);
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
      fit();
      if (rows.length > 0) said.push([label, rows.at(-1).value, lines.get(label).name]);
    }
    node.classList.toggle("blank", said.length === 0);
    legend.replaceChildren(...said.map(([label, value, name]) => {
      const item = document.createElement("span");
      item.className = `line-key ${name}`;
      item.textContent = `${format.version(label)} ${format.percent(value, 1)}`;
      item.title = label;
      return item;
    }));
    node.setAttribute("aria-label", said.length > 0
      ? `Accuracy of the last 50 predictions: ${said.map(([label, value]) => `${label} ${format.percent(value, 1)}`).join(", ")}`
      : "Accuracy of the last 50 predictions: no data yet");
  };
}
