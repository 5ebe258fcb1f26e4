// Faults, one row each, from the registry to the answer; and the proof that each step is needed: with any one of them left out,
// some row is answered otherwise.
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { NOTATION_STEPS } from "./notation.ts";
import { SIGSTORE_STEPS } from "./steps.ts";
import { FaultLab, makeSigners, type Signers } from "./test-support/fault-lab.ts";
import type { FaultRow } from "./test-support/fault-row.ts";
import { REGISTRY_FAULTS, SLOW_REGISTRIES } from "./test-support/registry-faults.ts";
import { RIGHT, SIGNATURE_FAULTS } from "./test-support/signature-faults.ts";

let signers: Signers;
let lab: FaultLab;

beforeAll(async () => {
  signers = await makeSigners();
});
beforeEach(async () => {
  lab = await FaultLab.open(signers);
});
afterEach(() => lab.close());

async function ask([, , make]: FaultRow): Promise<string> {
  const asking = (await make(lab)) ?? {};
  return lab.answer(await lab.gather(asking));
}

describe("what is right", () => {
  test.each(RIGHT)("%s: %s", async (...row) => {
    expect(await ask(row)).toBe(row[1]);
  });
});

describe("a fault of what is attached", () => {
  test.each(SIGNATURE_FAULTS)("%s: %s", async (...row) => {
    expect(await ask(row)).toBe(row[1]);
  });
});

describe("a fault of the registry", () => {
  test.each(REGISTRY_FAULTS)("%s: %s", async (...row) => {
    expect(await ask(row)).toBe(row[1]);
  });

  test.each(SLOW_REGISTRIES)("%s: %s, in bounded time", async (...row) => {
    lab.patienceMs = 2_000;
    const start = performance.now();
    expect(await ask(row)).toBe(row[1]);
    // What was cut or stalled is asked for again a few times.
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});

describe("without one step, a fault is believed", () => {
  const all = { sigstore: SIGSTORE_STEPS, notation: NOTATION_STEPS };
  const STEPS = (["sigstore", "notation"] as const).flatMap((kind) =>
    all[kind].map(({ name }) => [kind, name] as const),
  );

  test.each(STEPS)("%s: %s", async (kind, left) => {
    const steps = { ...all, [kind]: all[kind].filter(({ name }) => name !== left) };
    const believed: string[] = [];
    for (const [name, answer, make] of SIGNATURE_FAULTS) {
      if (!answer.endsWith(` ${left}`)) continue;
      const own = await FaultLab.open(signers);
      const gathered = await own.gather((await make(own)) ?? {});
      if ((await own.answer(gathered, steps)) === "verified") believed.push(name);
      await own.close();
    }
    expect(believed).not.toEqual([]);
  });
});
