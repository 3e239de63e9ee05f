// Inspection of one place: its features, the marked one, and the way back.

import type { Layer } from "./catalog.ts";
import { part } from "./dom.ts";
import { number } from "./format.ts";
import { infoPanel } from "./info-panel.ts";
import { arrange, filterFor, type Found, type Item, sourceLayerOf } from "./inspect.ts";
import type { Language } from "./location.ts";
import type { MapView } from "./map-view.ts";
import type { Notices } from "./notices.ts";
import { words } from "./words.ts";

/** The selected layers, the map and the language; `null` before there is a map. */
type Subject = () => { layers: readonly Layer[]; map: MapView; language: Language } | null;

export class Inspector {
  readonly #notices: Notices;
  readonly #subject: Subject;
  #found: Found[] | null = null;
  #marked: Item | null = null;
  #returnTo: HTMLElement | null = null;

  constructor(notices: Notices, subject: Subject) {
    this.#notices = notices;
    this.#subject = subject;
  }

  inspect(point: { x: number; y: number }, byKeyboard: boolean): void {
    const subject = this.#subject();
    if (!subject) return;
    const { layers, map, language } = subject;
    this.#returnTo = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    this.#found = arrange(map.at(point), layers);
    map.keepInSight(point);
    this.#marked = this.#found[0]?.items[0] ?? null;
    if (!this.#marked) map.highlight(null, null);
    this.render();
    const info = part("info");
    if (byKeyboard) info.focus();
    info.scrollTop = 0;
    const total = this.#found.reduce((sum, group) => sum + group.items.length, 0);
    const text = words(language);
    this.#notices.say(total === 0 ? text.infoNothing : text.infoCount(number(total, language)));
  }

  #mark(item: Item): void {
    const group = this.#found?.find(({ items }) => items.includes(item));
    if (!group) return;
    this.#marked = item;
    const name = sourceLayerOf(group);
    this.#subject()?.map.highlight(name, filterFor(item));
    const chosen = group.items.indexOf(item);
    for (const section of part("info").querySelectorAll<HTMLElement>(".info-layer")) {
      section.querySelectorAll(".info-item").forEach((element, index) => {
        const on = section.dataset["sourceLayer"] === name && index === chosen;
        element.classList.toggle("chosen", on);
        element.querySelector(".highlight-button")?.setAttribute("aria-pressed", String(on));
      });
    }
  }

  /** Closes the panel; focus returns to its origin, unless it moves on anyway. */
  close(refocus = true): void {
    if (!this.#found) return;
    this.#found = null;
    this.#marked = null;
    this.render();
    const map = this.#subject()?.map;
    map?.highlight(null, null);
    if (!refocus) return;
    if (this.#returnTo?.isConnected && this.#returnTo !== document.body) this.#returnTo.focus();
    else map?.focus();
  }

  /** Shows the found features in the current language. */
  render(): void {
    const box = part("info");
    const [found, subject] = [this.#found, this.#subject()];
    box.hidden = found === null;
    document.body.classList.toggle("info-open", found !== null);
    box.setAttribute("aria-labelledby", "info-title");
    box.replaceChildren();
    if (!found || !subject) return;
    box.append(
      infoPanel(found, subject.language, {
        closed: () => this.close(),
        chosen: (item) => this.#mark(item),
      }),
    );
    if (this.#marked) this.#mark(this.#marked);
  }
}
