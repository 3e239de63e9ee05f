// Loading of the map's typeface, before the map.

/** Waits a limited time for the map's typeface: the map matters more. */
export async function fontsReady(): Promise<void> {
  const sample = "가나다 ABC 123";
  const fonts = ["", " Regular", " Bold"].map((name) =>
    document.fonts.load(`24px "Pretendard GOV${name}"`, sample).catch(() => []),
  );
  await Promise.race([Promise.all(fonts), new Promise((resolve) => setTimeout(resolve, 4000))]);
}
