// Validates style documents with the reference validator of the style specification.
//
// Usage: node validate-styles.mjs NODE_MODULES FILE…
// Prints each fault with its file; exits with 1 if there is one.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/`));
const { validateStyleMin } = await import(pathToFileURL(require.resolve("@maplibre/maplibre-gl-style-spec")));

let faults = 0;
for (const file of files) {
  const style = JSON.parse(readFileSync(file, "utf8"));
  for (const fault of validateStyleMin(style)) {
    console.log(`${file}: ${fault.message}`);
    faults += 1;
  }
}
process.exit(faults ? 1 : 0);
