// What the benchmarks of the page do with the slider of the map's turn.

/** Moves the slider to and fro for three seconds, once a frame. @param {import("playwright-core").Page} page */
export const moveSlider = (page) =>
  page.evaluate(async () => {
    const slider = document.querySelector("#turn");
    for (const end = performance.now() + 3000; performance.now() < end; ) {
      slider.value = String(Math.round(500 + 480 * Math.sin(performance.now() / 300)));
      slider.dispatchEvent(new Event("input"));
      await new Promise(requestAnimationFrame);
    }
  });
