// The project's engines and burn's, compiled from benches/page/lib.rs.

/** @type {{ postMessage(answer: object): void, onmessage: ((message: MessageEvent<object>) => void) | null }} */
const page = /** @type {any} */ (self);

const core = start();

async function start() {
  const module = await import(new URL("/pkg/bench_page.js", location.href).href);
  const { memory } = await module.default();
  return { measure: module.measure, memory };
}

page.onmessage = async ({ data: request }) => {
  try {
    const { measure, memory } = await core;
    const answer = JSON.parse(await measure(JSON.stringify(request)));
    // A wasm memory never shrinks, so this is its peak.
    page.postMessage({ ...answer, wasm_bytes: memory.buffer.byteLength });
  } catch (error) {
    page.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
