// The typeface as a style sheet of its own, for clients that draw labels by a style's
// `text-font` and read the address of its fonts from the style.

import type { Plugin } from "vite";

const WEIGHTS = { Regular: 400, Bold: 700 };

/** Adds `fonts/pretendard-gov.css`, which names the page's own font files. */
export function fonts(): Plugin {
  return {
    name: "fonts",
    apply: "build",
    generateBundle(_, bundle) {
      const faces = Object.entries(WEIGHTS).flatMap(([name, weight]) => {
        const file = Object.keys(bundle).find((path) => path.includes(`PretendardGOV-${name}.subset`));
        if (!file) throw new Error(`the page bundles no PretendardGOV-${name}`);
        // MapLibre takes a style's `text-font` for a CSS family, weight and all.
        return ["Pretendard GOV", `Pretendard GOV ${name}`].map((family) =>
          [
            "@font-face {",
            `  font-family: "${family}";`,
            `  font-weight: ${weight};`,
            "  font-display: swap;",
            `  src: url("../${file}") format("woff2");`,
            "}\n",
          ].join("\n"),
        );
      });
      this.emitFile({ type: "asset", fileName: "fonts/pretendard-gov.css", source: faces.join("") });
    },
  };
}
