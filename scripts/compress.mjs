// Leaves each file of pkg/ that is large in brotli and gzip beside it, for servers that can send them as they are; --best takes
// a minute and a half for a fifth less.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { ROOT, pageFiles } from "./page_files.mjs";

const isBest = process.argv.includes("--best");
const LEAST_BYTES = 10_000;
/** The second module is five times as large, and loaded by few. */
const LARGE_BYTES = 10_000_000;

await Promise.all(
  pageFiles().filter((path) => path.startsWith("pkg/")).map(async (path) => {
    const file = join(ROOT, path);
    const bytes = readFileSync(file);
    if (bytes.length < LEAST_BYTES) return;
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: isBest ? 11 : bytes.length > LARGE_BYTES ? 5 : 9,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    };
    const [br, gz] = await Promise.all([promisify(brotliCompress)(bytes, { params }), promisify(gzip)(bytes, { level: 9 })]);
    writeFileSync(`${file}.br`, br);
    writeFileSync(`${file}.gz`, gz);
    if (path.endsWith(".wasm")) console.log(`${path}: ${Math.round(br.length / 1000)} kB in brotli`);
  }),
);
