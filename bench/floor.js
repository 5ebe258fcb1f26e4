// The least that any scanner of this image must do, in this runtime: read each layer's blob, hash it, inflate it, hash what
// comes out. In pieces of a megabyte, and in the same threads as a scan (src/app/layers.ts). `node bench/floor.js BLOB…`
import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { createGunzip } from "node:zlib";

const PIECE_BYTES = 1 << 20;
const HERE_AT_A_TIME = 2;

if (isMainThread) {
  const size = (blob) => statSync(blob).size;
  const queue = process.argv.slice(2).sort((a, b) => size(b) - size(a));
  const threads = Math.min(Math.ceil(availableParallelism() / 2) - 1, queue.length - 1);
  await Promise.all([
    ...Array.from({ length: threads }, () => inThread(queue)),
    ...Array.from({ length: HERE_AT_A_TIME }, () => here(queue)),
  ]);
} else {
  parentPort?.on("message", async (blob) => parentPort?.postMessage(await digests(blob)));
}

async function here(queue) {
  for (let blob = queue.pop(); blob !== undefined; blob = queue.pop())
    console.log(await digests(blob));
}

async function inThread(queue) {
  const worker = new Worker(new URL(import.meta.url));
  for (let blob = queue.shift(); blob !== undefined; blob = queue.shift()) {
    worker.postMessage(blob);
    console.log(await new Promise((resolve) => worker.once("message", resolve)));
  }
  await worker.terminate();
}

function digests(blob) {
  const stored = createHash("sha256");
  const plain = createHash("sha256");
  return new Promise((resolve, reject) => {
    const source = createReadStream(blob, { highWaterMark: PIECE_BYTES });
    source.on("data", (piece) => stored.update(piece));
    const inflated = source.pipe(createGunzip({ chunkSize: PIECE_BYTES }));
    inflated.on("data", (piece) => plain.update(piece));
    inflated.on("error", reject);
    inflated.on("end", () => resolve(`${stored.digest("hex")} ${plain.digest("hex")}`));
  });
}
