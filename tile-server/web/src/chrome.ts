// The page around the map: header, the district's notice, tools, big messages.

import type { District } from "./catalog.ts";
import { h, icon, part } from "./dom.ts";
import type { Language } from "./location.ts";
import { words } from "./words.ts";

export function pageTitle(district: District | null, language: Language): string {
  const text = words(language);
  return district?.title[language] ? `${district.title[language]} ${text.appName}` : text.appName;
}

export interface HeaderEvents {
  languageWanted(language: Language): void;
  contrastWanted(strong: boolean): void;
  linkWanted(): void;
}

export function header(district: District | null, language: Language, strong: boolean, events: HeaderEvents): HTMLElement[] {
  const text = words(language);
  const other: Language = language === "ko" ? "en" : "ko";
  return [
    h("h1", {}, pageTitle(district, language)),
    h(
      "div",
      { class: "header-tools" },
      h(
        "button",
        { type: "button", id: "link-button", class: "tool-button", onclick: () => events.linkWanted() },
        text.copyLink,
      ),
      h(
        "button",
        {
          type: "button",
          id: "contrast-button",
          class: "tool-button",
          "aria-pressed": String(strong),
          onclick: () => events.contrastWanted(!strong),
        },
        text.contrast,
      ),
      h(
        "button",
        {
          type: "button",
          id: "language-button",
          class: "tool-button",
          lang: other,
          title: text.languageHint,
          onclick: () => events.languageWanted(other),
        },
        text.language,
      ),
    ),
  ];
}

/** The notice stands open; on a phone it is two lines until it is tapped. */
export function showNotice(district: District | null, language: Language): void {
  const box = part("notice");
  const notice = district?.notice?.[language];
  box.hidden = !notice;
  if (!notice) return;
  const text = words(language);
  box.setAttribute("aria-label", text.notice);
  const button = h("button", { type: "button", class: "text-button", "aria-expanded": "false" }, text.more);
  button.addEventListener("click", () => {
    const open = box.classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? text.less : text.more;
  });
  box.classList.remove("open");
  box.replaceChildren(h("p", {}, h("strong", {}, text.notice), " ", notice), button);
}

export interface ToolEvents {
  zoomed(steps: number): void;
  homeWanted(): void;
  centreWanted(): void;
}

export function mapTools(district: District | null, language: Language, events: ToolEvents): HTMLElement[] {
  const text = words(language);
  const tool = (id: string, name: string, drawing: Parameters<typeof icon>[0], act: () => void) =>
    h("button", { type: "button", id, class: "map-button", "aria-label": name, title: name, onclick: act }, icon(drawing));
  const home = text.home(district?.title[language] ?? "");
  return [
    tool("zoom-in", text.zoomIn, "plus", () => events.zoomed(1)),
    tool("zoom-out", text.zoomOut, "minus", () => events.zoomed(-1)),
    tool("home", home, "home", () => events.homeWanted()),
    tool("inspect-centre", text.infoCentre, "target", () => events.centreWanted()),
  ];
}

/** A message in place of the map, with a way on. */
export function showFailure(message: string, language: Language, retry: () => void): void {
  const box = part("failure");
  const button = h("button", { type: "button", class: "primary-button", onclick: retry }, words(language).retry);
  box.replaceChildren(h("div", { class: "card", role: "alert" }, h("p", {}, message), button));
  box.hidden = false;
}

/** What an operator does next whose server has no layer. */
export function showEmpty(language: Language, retry: () => void): void {
  const box = part("failure");
  const text = words(language);
  box.replaceChildren(
    h(
      "div",
      { class: "card", role: "alert" },
      h("h2", {}, text.emptyCatalog),
      h("p", {}, text.emptyHelp),
      h("pre", {}, h("code", {}, "tile-server import FILE --data DIR")),
      h("button", { type: "button", class: "primary-button", onclick: retry }, text.retry),
    ),
  );
  box.hidden = false;
}

export function hideFailure(): void {
  const box = part("failure");
  box.hidden = true;
  box.replaceChildren();
}
