// Candles with what was predicted and what was traded. Times go in as Unix seconds, which the library shows in UTC.

import * as format from "./format.js";
import { color, inOrder, makeChart, painted, place, seconds } from "./chart-base.js";

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
        + (guess.uncertainty == null ? "" : ` ± ${format.percent(guess.uncertainty, 1)}`)
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
      uncertainty: row.uncertainty, outcome: outcome(row),
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
