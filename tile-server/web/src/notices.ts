// Notices of events: visible notes over the map and a live region.

import { h, icon, part } from "./dom.ts";

/** Delay before the same words are announced again, in milliseconds. */
const AGAIN = 150;

export class Notices {
  readonly #toasts = part("toasts");
  readonly #live = part("live");
  readonly #shown = new Map<string, HTMLElement>();
  readonly #timers = new Map<string, number>();
  /** Texts that the reader dismissed, by key: not shown again until the condition was over. */
  readonly #dismissed = new Map<string, string>();

  #saying = 0;

  /**
   * Announces a text to screen readers only. They announce changes: an unchanged text is
   * removed first, and put back once the removal was noticed.
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

  /** Shows a note; replaces one with the same key. */
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

  /** Removes a note whose condition is over; returns whether there was one. */
  hide(key: string): boolean {
    clearTimeout(this.#timers.get(key));
    this.#shown.get(key)?.remove();
    const known = this.#dismissed.delete(key);
    return this.#shown.delete(key) || known;
  }
}
