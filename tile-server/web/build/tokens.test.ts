import { expect, test } from "vitest";
import { resolve, tokenSheet } from "./tokens.ts";

const KRDS = `:root {
  --krds-number-3: 0.4rem;
  --krds-radius-small1: var(--krds-number-3);
  --krds-color-light-gray-90: #1e2124;
  --krds-color-high-contrast-gray-5: #f4f5f6;
  --krds-light-color-text-basic: var(--krds-color-light-gray-90);
  --krds-high-contrast-color-text-basic: var(--krds-color-high-contrast-gray-5);
  --krds-loop: var(--krds-loop);
}`;

test("only tokens in use are kept, with their high-contrast twins", () => {
  const sheet = tokenSheet(KRDS, ["--krds-light-color-text-basic", "--krds-radius-small1", "--krds-radius-small1"]);
  expect(sheet).toBe(
    ":root {\n  --krds-light-color-text-basic: #1e2124;\n  --krds-radius-small1: 0.4rem;\n}\n" +
      ':root[data-contrast="more"] {\n  --krds-light-color-text-basic: #f4f5f6;\n}\n',
  );
});

test("a token that KRDS lacks stops the build", () => {
  expect(() => tokenSheet(KRDS, ["--krds-unknown"])).toThrow("--krds-unknown");
  expect(() => resolve(new Map([["--a", "var(--a)"]]), "--a")).toThrow("refers to itself");
});
