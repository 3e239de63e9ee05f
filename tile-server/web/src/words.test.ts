import { expect, test } from "vitest";
import { words } from "./words.ts";

test("both languages say everything, Korean in Korean", () => {
  const [korean, english] = [words("ko"), words("en")];
  expect(Object.keys(english)).toEqual(Object.keys(korean));
  const said = (of: object) =>
    Object.entries(of).map(([key, value]) => [key, typeof value === "function" ? String(value("1")) : String(value)] as const);
  // The switch to the other language is in that language.
  const other = ["language", "languageShort", "languageHint"];
  for (const [key, text] of said(korean)) expect(/[가-힣]/.test(text), key).toBe(!other.includes(key));
  for (const [key, text] of said(english)) expect(/[가-힣]/.test(text), key).toBe(other.includes(key));
});
