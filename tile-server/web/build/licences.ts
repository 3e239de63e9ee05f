// The licences of bundled packages, which must be passed on with them.

import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import type { Plugin } from "vite";

const BUNDLED = ["maplibre-gl", "pretendard-gov", "krds-uiux"];
/** Folders in which packages keep their licence. */
const PLACES = ["", "dist/"];

/** Adds `licences.txt` to the page. */
export function licences(root: string): Plugin {
  return {
    name: "licences",
    apply: "build",
    async generateBundle() {
      const parts = await Promise.all(BUNDLED.map((name) => notice(`${root}node_modules/${name}`, name)));
      this.emitFile({ type: "asset", fileName: "licences.txt", source: parts.join(`\n\n${"=".repeat(72)}\n\n`) });
    },
  };
}

async function notice(folder: string, name: string): Promise<string> {
  const { version, license, author } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const head = `${name} ${version} (${license})`;
  for (const place of PLACES) {
    const names = existsSync(`${folder}/${place}`) ? await readdir(`${folder}/${place}`) : [];
    const file = names.find((entry) => /^licen[cs]e/i.test(entry));
    if (file) return `${head}\n\n${await readFile(`${folder}/${place}${file}`, "utf8")}`;
  }
  const holder = typeof author === "string" ? author : (author?.name ?? "its authors");
  return `${head}\n\nCopyright ${holder}. Its package carries no licence file.`;
}
