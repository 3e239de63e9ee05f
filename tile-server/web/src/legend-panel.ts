// The legend over the map.

import { badges, partialNote } from "./badge.ts";
import { h, icon } from "./dom.ts";
import { leads, unitText } from "./format.ts";
import type { Entry, LayerLegend } from "./legend.ts";
import type { Language } from "./location.ts";
import { words } from "./words.ts";

/**
 * A legend that can be folded away; `open` keeps the reader's choice, and `empty` is the
 * text of an empty legend.
 */
export function legendPanel(
  legends: readonly LayerLegend[],
  hidden: (id: string) => string | null,
  language: Language,
  open: boolean,
  empty: string,
  onToggle: (open: boolean) => void,
): HTMLElement {
  const text = words(language);
  const details = h(
    "details",
    { open },
    h("summary", {}, h("h2", {}, text.legend), icon("chevron")),
    legends.length === 0
      ? h("p", { class: "legend-empty" }, empty)
      : h("ul", { class: "legend-list" }, ...legends.map((legend) => item(legend, hidden(legend.layer.id), language))),
  );
  details.addEventListener("toggle", () => onToggle(details.open));
  return details;
}

function item(legend: LayerLegend, note: string | null, language: Language): HTMLElement {
  const title = legend.layer.title[language];
  const remark = note ? h("span", { class: "legend-note" }, ` (${note})`) : null;
  const badged = badges(legend.layer, language);
  const partial = partialNote(legend.layer, language);
  const unfinished = partial && h("p", { class: "legend-partial" }, partial);
  const [only] = legend.entries;
  const attributes = { "data-layer": legend.layer.id, class: note ? "faint" : null };
  // One entry that says no more than the title needs no heading.
  if (legend.entries.length <= 1 && (!only?.label || only.label[language] === title)) {
    return h("li", attributes, h("p", { class: "legend-entry" }, only && swatch(only), title, badged, remark), unfinished);
  }
  return h(
    "li",
    attributes,
    h("p", { class: "legend-title" }, title, badged, remark),
    unfinished,
    h(
      "ul",
      {},
      ...legend.entries.map((entry) =>
        h("li", { class: "legend-entry" }, swatch(entry), ...measured(entry, title, language)),
      ),
    ),
  );
}

/** An entry's label and its unit, faintly, on the side where the language writes it. */
function measured(entry: Entry, title: string, language: Language): (HTMLElement | string)[] {
  const label = entry.label?.[language] ?? title;
  if (!entry.unit) return [label];
  const unit = (text: string) => h("span", { class: "legend-note" }, text);
  const text = unitText(entry.unit, language);
  return leads(entry.unit, language) ? [unit(`${text} `), label] : [label, unit(` ${text}`)];
}

/** A sample of an entry's appearance on the map's background. */
function swatch(entry: Entry): HTMLElement {
  const kinds = [`swatch-${entry.shape}`, entry.dash && "swatch-dash", entry.casing && "swatch-casing"];
  const element = h("span", { class: ["swatch", ...kinds].filter(Boolean).join(" "), "aria-hidden": "true" });
  element.style.setProperty("--swatch", entry.color);
  if (entry.opacity !== undefined) element.style.setProperty("--swatch-opacity", String(entry.opacity));
  if (entry.casing) element.style.setProperty("--swatch-casing", entry.casing);
  return element;
}
