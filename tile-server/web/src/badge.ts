// Marks beside a layer's title.

import type { Layer } from "./catalog.ts";
import { h } from "./dom.ts";
import { periodText } from "./format.ts";
import type { Language } from "./location.ts";
import { words } from "./words.ts";

/** The mark of layers that only staff see. */
export const badge = (language: Language): HTMLElement =>
  h("span", { class: "staff-badge" }, words(language).staffOnly);

/** The marks of a layer, each after a space. */
export function badges(layer: Layer, language: Language): (HTMLElement | string)[] {
  const partial = layer.partial_period && h("span", { class: "partial-badge" }, words(language).partial);
  return [layer.staff && badge(language), partial].flatMap((mark) => (mark ? [" ", mark] : []));
}

/** A sentence for a layer whose newest period is not over; `null` for any other. */
export function partialNote(layer: Layer, language: Language): string | null {
  if (!layer.partial_period) return null;
  return words(language).partialPeriod(periodText(layer.partial_period, language));
}
