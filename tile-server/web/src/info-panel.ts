// Panel of the features at the chosen place, with every attribute.

import type { Layer } from "./catalog.ts";
import { badges, partialNote } from "./badge.ts";
import { h, icon } from "./dom.ts";
import { number } from "./format.ts";
import { type Found, heading, type Item, rows, sourceLayerOf, titleOf } from "./inspect.ts";
import type { Language } from "./location.ts";
import { words } from "./words.ts";

export interface InfoEvents {
  closed(): void;
  chosen(item: Item): void;
}

/** Most features of a list: a longer one is not read, and zooming in is the better way. */
const MOST_ITEMS = 30;

export function infoPanel(found: readonly Found[], language: Language, events: InfoEvents): HTMLElement {
  const text = words(language);
  const total = found.reduce((sum, group) => sum + group.items.length, 0);
  let room = MOST_ITEMS;
  const groups = found.flatMap((group) => {
    const items = group.items.slice(0, Math.max(room, 0));
    room -= items.length;
    return items.length > 0 ? [section({ ...group, items }, language, events)] : [];
  });
  const left = total - MOST_ITEMS;
  return h(
    "div",
    { class: "info-panel" },
    h(
      "div",
      { class: "info-head" },
      h("h2", { id: "info-title" }, text.info),
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": text.close, title: text.close, onclick: () => events.closed() },
        icon("close"),
      ),
    ),
    h("p", { class: "info-summary" }, total === 0 ? text.infoNothing : text.infoCount(number(total, language))),
    ...groups,
    left > 0 ? h("p", { class: "info-more" }, text.infoMore(number(left, language))) : null,
  );
}

function section(group: Found, language: Language, events: InfoEvents): HTMLElement {
  const { layer } = group;
  return h(
    "section",
    { class: "info-layer", "data-layer": layer.id, "data-source-layer": sourceLayerOf(group) },
    h("h3", {}, titleOf(group, language), badges(layer, language)),
    partialNote(layer, language) && h("p", { class: "info-partial" }, partialNote(layer, language)),
    ...group.items.map((item, index) => entry(item, index, group, language, events)),
    source(layer, language),
  );
}

function entry(item: Item, index: number, group: Found, language: Language, events: InfoEvents): HTMLElement {
  const text = words(language);
  const described = group.inner ?? group.layer;
  const name = heading(item, described, language) ?? (group.items.length > 1 ? text.item(index + 1) : null);
  const attributes = rows(item, described, language);
  return h(
    "article",
    { class: "info-item", "data-feature": item.id ?? null },
    h(
      "div",
      { class: "info-item-head" },
      name ? h("h4", {}, name) : null,
      h(
        "button",
        {
          type: "button",
          class: "text-button highlight-button",
          "aria-pressed": "false",
          "aria-label": `${text.highlight}: ${name ?? titleOf(group, language)}`,
          onclick: () => events.chosen(item),
        },
        text.highlight,
      ),
    ),
    attributes.length === 0
      ? h("p", {}, text.noColumns)
      : h(
          "table",
          {},
          h("caption", { class: "unseen" }, name ?? titleOf(group, language)),
          h(
            "tbody",
            {},
            ...attributes.map((row) =>
              h(
                "tr",
                { "data-column": row.name },
                h("th", { scope: "row" }, row.title),
                h("td", { class: row.shown.missing ? "missing" : null }, row.shown.text),
              ),
            ),
          ),
        ),
  );
}

/** Source and licence of a layer's data. */
function source(layer: Layer, language: Language): HTMLElement | null {
  const { attribution } = layer;
  if (!attribution) return null;
  const parts = [attribution.agency[language], attribution.year, licence(attribution.licence, language)];
  const said = parts.filter(Boolean).join(", ");
  const link = webAddress(attribution.url);
  if (!said && !link) return null;
  return h(
    "p",
    { class: "info-source" },
    `${words(language).source}: `,
    link ? h("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, said || link) : said,
  );
}

/** Licences of the Korea Open Government Licence by their usual name. */
function licence(id: string | null, language: Language): string | null {
  const type = /^KOGL-(\d)$/.exec(id ?? "")?.[1];
  if (!type) return id;
  return language === "ko" ? `공공누리 제${type}유형` : `KOGL type ${type}`;
}

/** An address for a link; `null` unless `http` or `https`: other schemes could run a script. */
function webAddress(address: string | null): string | null {
  return address !== null && /^https?:\/\/[^/\s]/i.test(address) ? address : null;
}
