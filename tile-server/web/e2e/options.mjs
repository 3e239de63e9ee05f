// The flags that every end-to-end script takes.

import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export function options() {
  const { values } = parseArgs({
    options: { "base-url": { type: "string" }, shots: { type: "string", default: "shots" } },
  });
  const url = values["base-url"];
  if (!url) {
    console.error("usage: npm run e2e -- --base-url URL [--shots DIR]");
    process.exit(2);
  }
  const shots = resolve(values.shots);
  mkdirSync(shots, { recursive: true });
  // Relative paths are resolved against it, so it ends in a slash.
  return { base: url.endsWith("/") ? url : `${url}/`, shots };
}

/** Collects what is wrong, so that one run tells everything. */
export class Checks {
  #failed = 0;
  #passed = 0;

  constructor(script) {
    this.script = script;
  }

  ok(condition, what) {
    if (condition) {
      this.#passed += 1;
    } else {
      this.#failed += 1;
      console.error(`${this.script}: FAILED: ${what}`);
    }
    return Boolean(condition);
  }

  equal(actual, expected, what) {
    const same = JSON.stringify(actual) === JSON.stringify(expected);
    return this.ok(same, `${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }

  /** Prints the sum; the exit code says whether all is well. */
  finish() {
    console.error(`${this.script}: ${this.#passed} passed, ${this.#failed} failed`);
    if (this.#failed > 0 || this.#passed === 0) process.exitCode = 1;
  }
}
