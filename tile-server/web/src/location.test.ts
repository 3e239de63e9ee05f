import { expect, test } from "vitest";
import { formatPlace, parsePlace } from "./location.ts";

test("a place survives the address", () => {
  const place = {
    layers: ["com-01", "saf_10"],
    view: { zoom: 13.25, lat: 37.55105, lng: 127.041 },
    language: "en" as const,
  };
  const hash = formatPlace(place);
  expect(hash).toBe("#layers=com-01,saf_10&view=13.25/37.55105/127.041&lang=en");
  expect(parsePlace(hash)).toEqual(place);
});

test("an empty selection is not the lack of one", () => {
  expect(parsePlace("#layers=").layers).toEqual([]);
  expect(parsePlace("").layers).toBeNull();
});

test.each([
  "#layers=../x,A,가,a b,<b>",
  "#layers=%2e%2e%2fcatalog",
])("no id is taken from %s", (hash) => {
  expect(parsePlace(hash).layers).toEqual([]);
});

test("repeated ids count once", () => {
  expect(parsePlace("#layers=a,b,a").layers).toEqual(["a", "b"]);
});

test.each(["", "1/2", "99/37/127", "10/91/127", "10/37/200", "a/b/c", "1e3/3/3", "10//127", "-1/37/127"])(
  "%j is no view",
  (text) => {
    expect(parsePlace(`#view=${text}`).view).toBeNull();
  },
);

test("only the page's own languages are taken", () => {
  expect(parsePlace("#lang=ko").language).toBe("ko");
  expect(parsePlace("#lang=fr").language).toBeNull();
});
