// Reads a tile with Node's zlib and with Chromium's fetch; both must give the
// expected digest. Usage: node read-tile.mjs TILE-URL SHA256

import { createHash } from "node:crypto";
import { get } from "node:http";
import { gunzipSync } from "node:zlib";
import { launch } from "../../tile-server/web/e2e/browser.mjs";

const [tile, expected] = process.argv.slice(2);
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

function check(client, bytes) {
  if (digest(bytes) !== expected) {
    console.error(`read-tile.mjs: ${client} reads ${bytes.length} bytes, ${digest(bytes)}`);
    process.exitCode = 1;
  }
}

// node:http leaves the body as it was sent.
const sent = await new Promise((resolve, reject) => {
  get(tile, { headers: { "accept-encoding": "gzip" } }, (answer) => {
    const parts = [];
    answer.on("data", (part) => parts.push(part));
    answer.on("end", () => resolve(Buffer.concat(parts)));
  }).on("error", reject);
});
check("Node's zlib", gunzipSync(sent));

const browser = await launch();
try {
  // A page of the server's own origin; its policy forbids all but itself.
  const tab = await browser.newPage({ bypassCSP: true });
  await tab.goto(new URL("/healthz", tile).href);
  const text = await tab.evaluate(async (url) => {
    const answer = await fetch(url);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    let binary = "";
    for (let i = 0; i < bytes.length; i += 8192) {
      binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
    }
    return btoa(binary);
  }, tile);
  check("Chromium", Buffer.from(text, "base64"));
} finally {
  await browser.close();
}
