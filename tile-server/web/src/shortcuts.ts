// Keyboard navigation of the page: links that skip its parts, and Escape.

import { part } from "./dom.ts";

export interface ShortcutEvents {
  mapWanted(): void;
  panelWanted(): void;
  escaped(): void;
}

export function shortcuts(events: ShortcutEvents): void {
  for (const [link, act] of [
    ["skip-map", () => events.mapWanted()],
    ["skip-panel", () => events.panelWanted()],
  ] as const) {
    // A fragment is taken: the address holds the map's state.
    part(link).addEventListener("click", (event) => {
      event.preventDefault();
      act();
    });
  }
  addEventListener("keydown", (event) => {
    // In a field Escape belongs to the field: it empties a search.
    if (event.key === "Escape" && !(event.target instanceof HTMLInputElement && event.target.type === "search")) {
      events.escaped();
    }
  });
}
