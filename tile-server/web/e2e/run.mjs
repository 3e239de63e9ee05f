// Runs the scripts named, each with the flags given, and fails if one does.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const args = process.argv.slice(2);
const first = args.findIndex((arg) => arg.startsWith("-"));
const names = first < 0 ? args : args.slice(0, first);
const flags = first < 0 ? [] : args.slice(first);

const failed = names.filter((name) => {
  const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  return spawnSync(process.execPath, [script, ...flags], { stdio: "inherit" }).status !== 0;
});
if (failed.length > 0) {
  console.error(`e2e: failed: ${failed.join(", ")}`);
  process.exit(1);
}
