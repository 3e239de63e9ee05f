// Design tokens of KRDS, the design system of Korean government sites: of its thousand custom
// properties only those that the page's style sheets name.

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";

const SOURCE = "node_modules/krds-uiux/resources/css/token/krds_tokens.css";
const NORMAL = "--krds-light-color-";
const HIGH_CONTRAST = "--krds-high-contrast-color-";

/** The custom properties that a style sheet declares; the first declaration counts. */
export function declarations(css: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name, value] of css.matchAll(/(--[\w-]+)\s*:\s*([^;{}]+);/g)) {
    if (name && value && !found.has(name)) found.set(name, value.trim());
  }
  return found;
}

/** The value of a token with every `var()` replaced by what it stands for. */
export function resolve(tokens: ReadonlyMap<string, string>, name: string, depth = 0): string {
  const value = tokens.get(name);
  if (value === undefined) throw new Error(`KRDS has no token ${name}`);
  if (depth > 10) throw new Error(`KRDS token ${name} refers to itself`);
  return value.replace(/var\((--[\w-]+)\)/g, (_, inner: string) => resolve(tokens, inner, depth + 1));
}

/** A style sheet of the tokens in use, for normal and for high contrast. */
export function tokenSheet(krds: string, used: Iterable<string>): string {
  const tokens = declarations(krds);
  const names = [...new Set(used)].sort();
  const rule = (selector: string, lines: string[]) => `${selector} {\n${lines.join("\n")}\n}\n`;
  const normal = names.map((name) => `  ${name}: ${resolve(tokens, name)};`);
  const strong = names
    .filter((name) => name.startsWith(NORMAL))
    .map((name) => {
      const twin = HIGH_CONTRAST + name.slice(NORMAL.length);
      return `  ${name}: ${resolve(tokens, twin)};`;
    });
  return rule(":root", normal) + rule(':root[data-contrast="more"]', strong);
}

/** Writes `tokens.css` into a folder. */
export async function writeTokens(root: string, folder: string): Promise<void> {
  const used: string[] = [];
  for (const file of await readdir(`${root}src`, { recursive: true })) {
    if (!file.endsWith(".css")) continue;
    const css = await readFile(`${root}src/${file}`, "utf8");
    used.push(...(css.match(/--krds-[\w-]+/g) ?? []));
  }
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/tokens.css`, tokenSheet(await readFile(`${root}${SOURCE}`, "utf8"), used));
}
