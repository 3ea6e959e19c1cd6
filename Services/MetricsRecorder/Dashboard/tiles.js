// The key figures.

import * as format from "./format.js";
import { grade, text } from "./page.js";

function showAccount({ account, holding }) {
  if (!account) return;
  const gain = account.start > 0 ? account.equity / account.start - 1 : NaN;
  text("tile-equity", format.number(account.equity));
  text("tile-equity-note", `cash ${format.number(account.cash)}`);
  text("tile-return", format.percent(gain, 2, true), grade(gain));
  text("tile-return-note", holding ? `buy and hold ${format.percent(holding.gain, 1, true)}` : `from ${format.number(account.start, 0)}`);
  text("tile-drawdown", format.percent(account.maximumDrawdown), account.maximumDrawdown > 0.1 ? "bad" : "");
  text("tile-drawdown-note", `now ${format.percent(account.drawdown)}`);
  text("tile-realised", format.signed(account.realised), grade(account.realised));
  text("tile-realised-note", `fees ${format.number(account.fees)}`);
}

/** The champion's last calls beside the better of always saying "up" and always saying "down". */
function showAccuracy({ judged, correct, rises }) {
  if (judged === 0) return;
  const [share, constant] = [correct / judged, Math.max(rises, judged - rises) / judged];
  text("tile-accuracy", format.percent(share, 1), grade(share - constant));
  text("tile-accuracy-note", `always ${rises * 2 >= judged ? "up" : "down"} ${format.percent(constant, 1)}, ${judged} calls`);
}

export function showTiles(summary) {
  const { counts } = summary;
  showAccount(summary);
  showAccuracy(summary.calls);
  text("tile-fills", format.count(counts.fills));
  text("tile-fills-note", `${format.count(counts.orders)} orders`);
  text("tile-predictions", format.count(counts.predictions));
  text("tile-predictions-note", `${format.count(counts.candles)} candles`);
}

/** The slowest service, since a chain is as late as its last link. */
export function showLag(services) {
  const late = services.filter((row) => Number.isFinite(row.lagMilliseconds));
  if (late.length === 0) return;
  const worst = late.reduce((a, b) => (b.lagMilliseconds > a.lagMilliseconds ? b : a));
  const ready = services.filter((row) => row.ready).length;
  text("tile-lag", format.milliseconds(worst.lagMilliseconds));
  text("tile-lag-note", `${ready} of ${services.length} services ready`);
}
