// Numbers and times as people read them. All times are UTC; what is not a number shows as a dash.

const NONE = "–";
const cache = new Map();

function formatter(minimum, maximum) {
  const key = minimum * 100 + maximum;
  if (!cache.has(key)) {
    const digits = { minimumFractionDigits: minimum, maximumFractionDigits: maximum };
    cache.set(key, new Intl.NumberFormat("en-US", digits));
  }
  return cache.get(key);
}

/** 1234567.891 → "1,234,567.89" */
export function number(value, digits = 2) {
  return Number.isFinite(value) ? formatter(digits, digits).format(value).replace("-", "−") : NONE;
}

/** 1234567 → "1,234,567" */
export function count(value) {
  return number(value, 0);
}

/** Decimals by magnitude: 64123.45, 2.3456, 0.00001234 */
export function priceDigits(value) {
  const size = Math.abs(value);
  if (!(size > 0) || size >= 100) return 2;
  return Math.min(10, Math.max(2, 4 - Math.floor(Math.log10(size))));
}

export function price(value) {
  return Number.isFinite(value) ? number(value, priceDigits(value)) : NONE;
}

/** An exact decimal as the ledger has it, with thousands grouped: "-12345.6700" → "−12,345.67" */
export function decimal(text) {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(String(text ?? ""));
  if (!match) return NONE;
  const whole = match[2].replace(/\B(?=(\d{3})+$)/g, ",");
  const places = (match[3] ?? "").replace(/0+$/, "");
  return (match[1] === "-" ? "−" : "") + whole + (places ? `.${places}` : "");
}

/** 0.0123 → "1.23 %"; what would round to nothing gets the digits that it needs, up to four */
export function percent(fraction, digits = 2, signed = false) {
  if (!Number.isFinite(fraction)) return NONE;
  const size = Math.abs(fraction * 100);
  const needed = size > 0 && digits >= 2 && size < 0.1 ? Math.min(4, 1 - Math.floor(Math.log10(size))) : digits;
  if (size < 0.5 * 10 ** -needed) return `${number(0, digits)}\u00a0%`;
  const text = number(fraction * 100, needed);
  return `${signed && fraction > 0 ? "+" : ""}${text}\u00a0%`;
}

export function signed(value, digits = 2) {
  return Number.isFinite(value) ? (value > 0 ? "+" : "") + number(value, digits) : NONE;
}

/** Milliseconds since 1970 → "2025-09-19 22:00:00" */
export function time(milliseconds) {
  if (!Number.isFinite(milliseconds)) return NONE;
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? NONE : date.toISOString().slice(0, 19).replace("T", " ");
}

/** 2025-09-19 22:00 → "09-19 22:00", for rows in which the year is known */
export function shortTime(milliseconds) {
  return time(milliseconds).slice(5, 16) || NONE;
}

/** "binance.BTC-USDT" → "BTC-USDT" */
export function instrument(name) {
  return name.slice(name.indexOf(".") + 1);
}

/** "xgboost-144cda7f91fcbae1" → "xgboost 144cda" */
export function version(name) {
  const match = /^(.+)-([0-9a-f]{12,})$/.exec(name);
  return match ? `${match[1]} ${match[2].slice(0, 6)}` : name;
}

/** 3725 → "1 h 02 min" */
export function duration(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return NONE;
  const whole = Math.round(seconds);
  const two = (value) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min`;
  return `${Math.floor(whole / 86400)} d ${two(Math.floor(whole / 3600) % 24)} h`;
}

/** 12.3 → "12 ms", 4210 → "4.2 s" */
export function milliseconds(value) {
  if (!Number.isFinite(value)) return NONE;
  if (value < 10) return `${number(value, 1)} ms`;
  return value < 1000 ? `${number(value, 0)} ms` : value < 60000 ? `${number(value / 1000, 1)} s` : duration(value / 1000);
}

/** 1536 → "1.5 KiB" */
export function bytes(value) {
  if (!Number.isFinite(value)) return NONE;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${number(value, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}
