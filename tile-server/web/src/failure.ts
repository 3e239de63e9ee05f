// Message in place of the map.

import { CatalogError } from "./catalog.ts";
import { h, part } from "./dom.ts";
import type { Language } from "./location.ts";
import { words } from "./words.ts";

/** Reason for a missing map; an empty catalog is the operator's to fill. */
export type Failure = { kind: "no-webgl" } | { kind: "empty" } | { kind: "catalog"; error: unknown };

export class FailureCard {
  #shown: { failure: Failure; retry: () => void } | null = null;

  /** Shows the reason for the missing map, and a way on. The header stays in reach. */
  show(failure: Failure, language: Language, retry: () => void): void {
    this.#shown = { failure, retry };
    this.render(language);
  }

  /** Shows the same message in another language. */
  render(language: Language): void {
    if (!this.#shown) return;
    const { failure, retry } = this.#shown;
    const text = words(language);
    const message =
      failure.kind === "empty"
        ? [
            h("h2", {}, text.emptyCatalog),
            h("p", {}, text.emptyHelp),
            h("pre", {}, h("code", {}, "tile-server import FILE --data DIR")),
          ]
        : [h("p", {}, failure.kind === "catalog" ? explain(failure.error, language) : text.noWebgl)];
    const button = h("button", { type: "button", class: "primary-button", onclick: retry }, text.retry);
    const box = part("failure");
    box.replaceChildren(h("div", { class: "card", role: "alert" }, ...message, button));
    box.hidden = false;
    document.body.classList.add("failed");
    part("map").dataset["state"] = "failed";
  }

  hide(): void {
    this.#shown = null;
    const box = part("failure");
    box.hidden = true;
    box.replaceChildren();
    document.body.classList.remove("failed");
  }
}

function explain(error: unknown, language: Language): string {
  const text = words(language);
  if (!(error instanceof CatalogError)) return text.catalogContent;
  if (error.kind === "network") return text.catalogNetwork;
  return error.kind === "status" ? text.catalogStatus(error.detail) : text.catalogContent;
}
