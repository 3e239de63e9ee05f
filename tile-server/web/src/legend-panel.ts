// The legend over the map.

import { h, icon } from "./dom.ts";
import type { LayerLegend, Shape } from "./legend.ts";
import type { Language } from "./location.ts";
import { words } from "./words.ts";

/** A legend that can be folded away; `open` keeps what the reader chose. */
export function legendPanel(
  legends: readonly LayerLegend[],
  hidden: (id: string) => string | null,
  language: Language,
  open: boolean,
  onToggle: (open: boolean) => void,
): HTMLElement {
  const text = words(language);
  const details = h(
    "details",
    { open },
    h("summary", {}, h("h2", {}, text.legend), icon("chevron")),
    legends.length === 0
      ? h("p", { class: "legend-empty" }, text.noLegend)
      : h("ul", { class: "legend-list" }, ...legends.map((legend) => item(legend, hidden(legend.layer.id), language))),
  );
  details.addEventListener("toggle", () => onToggle(details.open));
  return details;
}

function item(legend: LayerLegend, note: string | null, language: Language): HTMLElement {
  const title = legend.layer.title[language];
  const remark = note ? h("span", { class: "legend-note" }, ` (${note})`) : null;
  const [only] = legend.entries;
  const attributes = { "data-layer": legend.layer.id, class: note ? "faint" : null };
  // One entry that says no more than the title needs no heading.
  if (legend.entries.length <= 1 && (!only?.label || only.label[language] === title)) {
    return h("li", attributes, h("p", { class: "legend-entry" }, only && swatch(only.color, only.shape), title, remark));
  }
  return h(
    "li",
    attributes,
    h("p", { class: "legend-title" }, title, remark),
    h(
      "ul",
      {},
      ...legend.entries.map((entry) =>
        h("li", { class: "legend-entry" }, swatch(entry.color, entry.shape), entry.label?.[language] ?? title),
      ),
    ),
  );
}

function swatch(color: string, shape: Shape): HTMLElement {
  const element = h("span", { class: `swatch swatch-${shape}`, "aria-hidden": "true" });
  element.style.setProperty("--swatch", color);
  return element;
}
