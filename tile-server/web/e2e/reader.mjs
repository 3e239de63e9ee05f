// What a reader of the map page does and sees, for the scripts that try it.

import { join } from "node:path";

/** Takes pictures of the page into a folder. */
export const shooter = (shots) => (page, name) => page.screenshot({ path: join(shots, `page-${name}.png`) });
export const idle = (page) => page.waitForSelector('#map[data-state="idle"]');
export const link = (layers, view, language = "ko") => `#layers=${layers.join(",")}&view=${view.join("/")}&lang=${language}`;
/** A field of the address behind `#`. */
export const field = (page, name) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name);
export const checked = (page) => page.$$eval("#panel li.layer input:checked", (boxes) => boxes.map((box) => box.value).sort());

/** Goes to a place within the open page, and waits until it is drawn. */
export async function go(page, fragment) {
  await page.evaluate(async (to) => {
    const heard = new Promise((resolve) => addEventListener("popstate", () => setTimeout(resolve), { once: true }));
    if (location.hash === to) return;
    location.hash = to;
    await heard;
  }, fragment);
  await idle(page);
}

/** Runs a part of a script; what it throws is one failure, not the end. */
export const parts = (checks) => async (name, act) => {
  try {
    await act();
  } catch (error) {
    checks.ok(false, `${name}: ${error.stack ?? error}`);
  }
};
