// A part of Pretendard GOV, the typeface of Korean government sites: the whole
// variable font is several megabytes and would make up most of the server.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import subsetFont from "subset-font";

const SOURCE = "node_modules/pretendard-gov/dist/web/variable/woff2/PretendardGOVVariable.woff2";

/**
 * The characters to keep: Latin, common punctuation and units, and the 2,350
 * syllables of KS X 1001, which is what Korean place names and prose use.
 * Others are drawn in the reader's own font.
 */
export function characters(): string {
  const ranges: [number, number][] = [
    [0x20, 0x7e],
    [0xa0, 0x17f],
    [0x2010, 0x2027],
    [0x2030, 0x203b],
    [0x2070, 0x209c],
    [0x20a9, 0x20ac],
    [0x2100, 0x2127],
    [0x2190, 0x2199],
    [0x2460, 0x2473],
    [0x25a0, 0x25cf],
    [0x3000, 0x3015],
    [0x3131, 0x318e],
    [0x3380, 0x33dd],
  ];
  let text = "";
  for (const [first, last] of ranges) {
    for (let code = first; code <= last; code += 1) text += String.fromCodePoint(code);
  }
  // EUC-KR is KS X 1001 moved by 0x80; its Hangul rows are 0xB0 to 0xC8.
  const decoder = new TextDecoder("euc-kr");
  for (let row = 0xb0; row <= 0xc8; row += 1) {
    for (let cell = 0xa1; cell <= 0xfe; cell += 1) text += decoder.decode(Uint8Array.of(row, cell));
  }
  return text;
}

/** Writes `font.woff2` into a folder unless it is there for the same input. */
export async function writeFont(root: string, folder: string): Promise<void> {
  const source = await readFile(`${root}${SOURCE}`);
  const text = characters();
  const axes = { wght: { min: 400, max: 700 } };
  const digest = createHash("sha256").update(source).update(text).update(JSON.stringify(axes));
  const stamp = digest.digest("hex");
  const [font, stampFile] = [`${folder}/font.woff2`, `${folder}/font.stamp`];
  if (existsSync(font) && existsSync(stampFile) && (await readFile(stampFile, "utf8")) === stamp) {
    return;
  }
  const subset = await subsetFont(source, text, { targetFormat: "woff2", variationAxes: axes });
  await mkdir(folder, { recursive: true });
  await writeFile(font, subset);
  await writeFile(stampFile, stamp);
}
