// Chromium as the operating system ships it, drawing without a graphics card.

import { existsSync } from "node:fs";
import axe from "axe-core";
import { chromium } from "playwright-core";

const PATHS = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGS = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * How long, in milliseconds, anything may take before it counts as never. A busy
 * machine without a graphics card needs minutes for what takes seconds elsewhere.
 */
const PATIENCE = 240_000;

export async function launch() {
  const executablePath = PATHS.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no Chromium; install it, or name it in $CHROMIUM");
  return chromium.launch({ executablePath, args: ARGS, timeout: PATIENCE });
}

/**
 * A tab that notes everything that should not happen: console errors, uncaught
 * exceptions, refused policies, answers of 400 and above, requests elsewhere.
 */
export async function openTab(browser, allowed, settings = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "ko-KR", ...settings });
  // For waits, navigations and screenshots alike.
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !harmless(message.text())) {
      faults.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  context.on("request", (request) => {
    const url = request.url();
    if (!/^(data|blob|about):/.test(url) && !allowed.some((base) => url.startsWith(base))) {
      faults.push(`request elsewhere: ${url}`);
    }
  });
  context.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  await page.exposeFunction("reportViolation", (text) => faults.push(`content security policy: ${text}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      window.reportViolation(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return { page, context, faults };
}

/** What a software renderer says about itself. */
function harmless(text) {
  return /GPU stall due to ReadPixels|Automatic fallback to software WebGL/.test(text);
}

/** What a checker of the web content accessibility guidelines finds, level AA. */
export async function barriers(page) {
  // Evaluated rather than added as a script, which the page's policy forbids.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return violations.flatMap((found) => found.nodes.map((node) => `${found.id}: ${node.target.join(" ")} (${node.failureSummary?.split("\n")[1]?.trim()})`));
}

/** How often each colour occurs in a picture, by its number 0xRRGGBB. */
async function counts(browser, png) {
  const page = await browser.newPage();
  try {
    const found = await page.evaluate(async (data) => {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const { data: channels } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      const times = new Map();
      for (let i = 0; i < channels.length; i += 4) {
        const colour = (channels[i] << 16) | (channels[i + 1] << 8) | channels[i + 2];
        times.set(colour, (times.get(colour) ?? 0) + 1);
      }
      return [...times];
    }, png.toString("base64"));
    return new Map(found);
  } finally {
    await page.close();
  }
}

/** How many pixels of a picture differ from its commonest colour, and how many colours it has. */
export async function pixels(browser, png) {
  const times = [...(await counts(browser, png)).values()];
  const all = times.reduce((sum, n) => sum + n, 0);
  return { drawn: 1 - Math.max(...times) / all, colours: times.length };
}

/** The colours of a picture, in steps of 32 for each channel, with their shares of the pixels. */
export async function colourShares(browser, png) {
  const times = await counts(browser, png);
  const all = [...times.values()].reduce((sum, n) => sum + n, 0);
  const shares = new Map();
  for (const [colour, n] of times) {
    // Rounded, so that a colour near a limit and its blend fall together.
    const coarse = [16, 8, 0].map((by) => Math.round(((colour >> by) & 255) / 32)).join();
    shares.set(coarse, (shares.get(coarse) ?? 0) + n / all);
  }
  return shares;
}

/** How many pixels of a picture have each of these colours (`#rrggbb`), or nearly. */
export async function pixelsOf(browser, png, colours) {
  const times = await counts(browser, png);
  const near = (a, b) => [16, 8, 0].every((by) => Math.abs(((a >> by) & 255) - ((b >> by) & 255)) <= 4);
  return colours.map((text) => {
    const colour = Number.parseInt(text.slice(1), 16);
    return [...times].reduce((sum, [seen, n]) => (near(seen, colour) ? sum + n : sum), 0);
  });
}
