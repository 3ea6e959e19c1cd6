// The head of the page: where the data come from, how far they are, and whether all is well.

import * as format from "./format.js";
import { at, text } from "./page.js";

const SOURCES = { file: "recorded candles", exchange: "exchange", synthetic: "synthetic data" };
const day = (milliseconds) => format.time(milliseconds).slice(0, 10);

/** Whether somebody works on a model; a feed that has ended may then wait for it. */
const isTraining = (jobs) => jobs.some((job) => job.state === "leased");

/** What the feed is doing, in a word and a class. */
function state({ feed, finished, stale, jobs }) {
  if (!feed) return ["waiting for the feed", "badge"];
  if (feed.ended && isTraining(jobs)) return ["training", "badge busy"];
  if (finished) return ["finished", "badge done"];
  if (stale) return ["stale", "badge warn"];
  if (feed.ended) return ["finishing", "badge busy"];
  return feed.source === "exchange" && feed.to === undefined ? ["live", "badge good"] : ["replaying", "badge busy"];
}

/** The way that is done, and what is left of it. */
function progressWords({ progress, finished, feed }) {
  if (!progress) return "";
  const share = progress.total > 0 ? progress.done / progress.total : 0;
  const words = [
    `${format.count(progress.done)} of ${format.count(progress.total)} bars`, format.percent(share, 1),
  ];
  if (finished) words.push(`finished at ${format.time(feed.reached).slice(0, 16)}`);
  else if (progress.perSecond > 0) {
    words.push(`${format.count(progress.perSecond)} bars a second`);
    if (progress.remainingSeconds !== undefined) words.push(`${format.duration(progress.remainingSeconds)} left`);
  }
  return words.join(" · ");
}

export function showHeader(summary) {
  const { feed, feedTime, feedPosition, sources, tradingState, progress } = summary;
  text("feed-time", format.time(feedTime).slice(0, 16));
  text("feed-position", format.count(feedPosition));
  text("feed-state", ...state(summary));
  const source = feed?.source ?? sources[0]?.source;
  text("source", source ? SOURCES[source] ?? source : "no data yet", source === "synthetic" ? "badge warn" : "badge");
  at("source").title = sources.map((row) => `${row.source}: ${format.count(row.candles)} candles`).join(", ");
  text("trading-state", `trading ${tradingState}`,
    tradingState === "active" ? "badge good" : tradingState === "halted" ? "badge bad" : "badge warn");
  at("feed").hidden = !feed;
  if (!feed) return;
  const range = feed.from !== undefined && feed.to !== undefined ? `, ${day(feed.from)} to ${day(feed.to)}` : "";
  text("feed-detail", `${feed.source}: ${feed.detail}${range}`);
  at("feed-detail").title = feed.detail;
  at("progress-bar").hidden = !progress;
  if (progress) at("progress-bar").value = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  at("progress-bar").classList.toggle("done", summary.finished);
  text("progress-text", progressWords(summary));
}

/** The one line above everything that says what is wrong; hidden when nothing is. */
export function showBanner(summary, connection, reason, refusal) {
  const quiet = summary ? (summary.serverTime - summary.lastChangeTime) / 1000 : 0;
  const waits = summary?.feed?.ended && isTraining(summary.jobs);
  let words = "";
  let kind = "banner";
  if (connection === "lost") {
    const since = summary ? `${format.time(summary.serverTime)} UTC` : "before";
    words = `Connection lost (${reason || "no answer"}). What you see is from ${since}; trying again.`;
  } else if (summary?.stale && !waits) {
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
