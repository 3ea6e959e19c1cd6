// What all charts have in common: colours, order, size.

import * as format from "./format.js";

const { createChart, CrosshairMode } = window.LightweightCharts;
export const seconds = (milliseconds) => Math.floor(milliseconds / 1000);
export const finite = (value) => Number.isFinite(value);

export function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Rows in rising time with one row a second at most, as the library demands; a later row replaces an earlier one. */
export function inOrder(rows) {
  const byTime = new Map(rows.map((row) => [row.time, row]));
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const painters = [];
dark.addEventListener("change", () => painters.forEach((paint) => paint()));

/** Runs `paint` now and whenever the colour scheme changes. */
export function painted(paint) {
  painters.push(paint);
  paint();
}

export function makeChart(place, options = {}) {
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

/** Shows all data until the reader moves the chart. */
export function fitting(chart, node) {
  let untouched = true;
  for (const kind of ["wheel", "pointerdown"]) {
    node.addEventListener(kind, () => { untouched = false; }, { passive: true });
  }
  return () => {
    if (untouched) chart.timeScale().fitContent();
  };
}

export function place(id) {
  return document.getElementById(id);
}
