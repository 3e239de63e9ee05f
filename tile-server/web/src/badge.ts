// The mark of what only staff see.

import { h } from "./dom.ts";
import type { Language } from "./location.ts";
import { words } from "./words.ts";

export const badge = (language: Language): HTMLElement =>
  h("span", { class: "staff-badge" }, words(language).staffOnly);
