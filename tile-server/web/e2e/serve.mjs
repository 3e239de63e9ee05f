// A page of a map library, bundled in memory: it is no part of what is delivered.

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", json: "application/json" };

/** Serves the page in a folder beside this file, and more files by their paths. */
export async function servePage(folder, more = {}) {
  const bundle = await build({
    base: "./",
    root: fileURLToPath(new URL(folder, import.meta.url)),
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: false, modulePreload: false },
  });
  const files = new Map(
    bundle.output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source]),
  );
  for (const [path, body] of Object.entries(more)) files.set(path, body);
  const server = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : (request.url ?? "").split("?")[0];
    const body = files.get(path);
    response.statusCode = body === undefined ? 404 : 200;
    response.setHeader("content-type", TYPES[path.split(".").pop()] ?? "application/octet-stream");
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { own: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
