import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { fonts } from "./build/fonts.ts";
import { licences } from "./build/licences.ts";
import { writeTokens } from "./build/tokens.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

// Where the map's data come from while the page is being worked on.
const server = process.env["TILE_SERVER_URL"] ?? "http://127.0.0.1:3000";
// The server makes absolute links from Host, so it has to see this one's.
const proxy = Object.fromEntries(
  ["/catalog.json", "/tiles", "/styles", "/sprites", "/fonts"].map((path) => [
    path,
    { target: server, changeOrigin: false },
  ]),
);

export default defineConfig(async () => {
  // Made from packages rather than kept in the repository.
  const generated = `${root}node_modules/.policy-map`;
  await writeTokens(root, generated);
  return {
    root,
    // The server may live under any path.
    base: "./",
    resolve: { alias: { "@generated": generated } },
    plugins: [fonts(), licences(root)],
    build: {
      target: "es2022",
      modulePreload: { polyfill: false },
      // MapLibre alone is over the default limit.
      chunkSizeWarningLimit: 1200,
      rolldownOptions: {
        output: {
          // MapLibre changes seldom, the page often: browsers keep the former.
          codeSplitting: { groups: [{ name: "maplibre", test: /node_modules/ }] },
        },
      },
    },
    server: { proxy },
    preview: { proxy },
  };
});
