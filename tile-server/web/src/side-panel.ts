// The frame of the list of layers: a head that folds it on a phone, and a foot.

import type { District } from "./catalog.ts";
import { h, icon, part } from "./dom.ts";
import type { Language } from "./location.ts";
import { words } from "./words.ts";

/** Fills the panel again; focus and scroll position are kept. */
export function fillSidePanel(
  list: HTMLElement,
  district: District,
  language: Language,
  open: boolean,
  folded: (open: boolean) => void,
): void {
  const text = words(language);
  const panel = part("panel");
  const handle = h(
    "button",
    { type: "button", class: "icon-button panel-handle", "aria-controls": "panel-content" },
    icon("chevron"),
  );
  const fold = (now: boolean) => {
    const name = now ? text.collapsePanel : text.expandPanel;
    handle.setAttribute("aria-expanded", String(now));
    handle.setAttribute("aria-label", name);
    handle.title = name;
    document.body.classList.toggle("panel-closed", !now);
    folded(now);
  };
  fold(open);
  handle.addEventListener("click", () => fold(handle.getAttribute("aria-expanded") !== "true"));

  const focused = panel.contains(document.activeElement) ? document.activeElement : null;
  const scrolled = panel.scrollTop;
  panel.replaceChildren(
    h("div", { class: "panel-head" }, h("h2", {}, text.layers), handle),
    h("div", { id: "panel-content" }, list, foot(district, language)),
  );
  panel.scrollTop = scrolled;
  if (focused?.id === "search") part("search").focus();
  else if (focused instanceof HTMLInputElement) {
    panel.querySelector<HTMLElement>(`input[value="${CSS.escape(focused.value)}"]`)?.focus();
  }
}

function foot(district: District, language: Language): HTMLElement {
  const source = district.attribution?.[language];
  return h(
    "footer",
    { class: "panel-foot" },
    source ? h("p", {}, source) : null,
    h("p", {}, h("a", { href: "licences.txt" }, words(language).openSource)),
  );
}
