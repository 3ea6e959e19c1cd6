// What the page's parts have in common: places by name, and text that changes only when it must.

export const at = (id) => document.getElementById(id);

export function text(id, value, kind) {
  const node = at(id);
  if (node.textContent !== value) node.textContent = value;
  if (kind !== undefined && node.className !== kind) node.className = kind;
}

/** Fills a list of choices, keeping the choice where it is still there. */
export function choices(node, values, labels = values) {
  const signature = values.join("\n");
  if (node.dataset.values === signature) return;
  const chosen = node.value;
  node.dataset.values = signature;
  node.replaceChildren(...values.map((value, index) => new Option(labels[index], value)));
  node.value = values.includes(chosen) ? chosen : values[0] ?? "";
}

/** The class of a gain or a loss. */
export const grade = (value) => (value > 0 ? "good" : value < 0 ? "bad" : "");
