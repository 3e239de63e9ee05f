// What happened, said quietly: visible notes over the map and a live region.

import { h, icon, part } from "./dom.ts";

/** After how long the same words are said once more, in milliseconds. */
const AGAIN = 150;

export class Notices {
  readonly #toasts = part("toasts");
  readonly #live = part("live");
  readonly #shown = new Map<string, HTMLElement>();
  readonly #timers = new Map<string, number>();
  /** What the reader has put away: the same is not shown again until it was over. */
  readonly #dismissed = new Map<string, string>();

  #saying = 0;

  /**
   * Says something to screen readers only. They hear of changes: what is said
   * already is taken away first, and put back once that has been noticed.
   */
  say(text: string): void {
    clearTimeout(this.#saying);
    if (this.#live.textContent !== text) {
      this.#live.textContent = text;
      return;
    }
    this.#live.textContent = "";
    this.#saying = window.setTimeout(() => {
      this.#live.textContent = text;
    }, AGAIN);
  }

  /** Shows a note; one with the same key is replaced. */
  show(key: string, text: string, dismiss: string, seconds?: number): void {
    if (this.#dismissed.get(key) === text) return;
    this.#dismissed.delete(key);
    const current = this.#shown.get(key);
    if (current?.dataset["text"] !== text) {
      current?.remove();
      const note = h(
        "div",
        { class: "toast", "data-key": key, "data-text": text },
        h("p", {}, text),
        h(
          "button",
          { type: "button", class: "icon-button", "aria-label": dismiss, title: dismiss, onclick: () => this.#dismiss(key, text) },
          icon("close"),
        ),
      );
      this.#shown.set(key, note);
      this.#toasts.append(note);
      this.say(text);
    }
    clearTimeout(this.#timers.get(key));
    if (seconds) this.#timers.set(key, window.setTimeout(() => this.hide(key), seconds * 1000));
  }

  #dismiss(key: string, text: string): void {
    this.hide(key);
    this.#dismissed.set(key, text);
  }

  /** Takes a note away, as over; tells whether there was one. */
  hide(key: string): boolean {
    clearTimeout(this.#timers.get(key));
    this.#shown.get(key)?.remove();
    const known = this.#dismissed.delete(key);
    return this.#shown.delete(key) || known;
  }
}
