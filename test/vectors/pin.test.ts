// Other people's Dockerfiles, Compose files and Kubernetes objects: everything is read or refused, and pinning changes nothing
// but the names.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mayBePinnable, pinnableName, readPinnable } from "../../src/formats/pinnable.ts";
import { AppError } from "../../src/kit/error.ts";
import { withSplices } from "../../src/kit/splice.ts";
import { pinQuestions, planPins } from "../../src/stages/pin/pin.ts";
import { describeShared, sharedPath } from "../shared.ts";

const DIGEST = `sha256:${"1".repeat(64)}`;

interface Looked {
  readonly kinds: Record<string, number>;
  readonly faults: string[];
  places: number;
  pinned: number;
  refused: number;
}

function withoutPins(text: string): string {
  return text.replaceAll(`@${DIGEST}`, "").replaceAll(":latest", "");
}

function look(path: string, looked: Looked): void {
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  const name = pinnableName(path);
  if (name === null || (name === "yaml" && !mayBePinnable(text, path))) return;
  try {
    const found = readPinnable(text, { name, path });
    if (found === null) return;
    looked.kinds[found.kind] = (looked.kinds[found.kind] ?? 0) + 1;
    const { spots } = found;
    const questions = pinQuestions(spots, { update: false });
    const answers = new Map(questions.map(({ key }) => [key, { fixed: DIGEST }]));
    const { edits } = planPins(spots, { answers, update: false });
    looked.places += spots.length;
    looked.pinned += edits.length;
    const written = withSplices(text, edits);
    if (withoutPins(written) !== withoutPins(text))
      looked.faults.push(`${path}: more than digests was written`);
    const again = readPinnable(written, { name, path })?.spots ?? [];
    if (pinQuestions(again, { update: false }).length > 0 || again.length !== spots.length)
      looked.faults.push(`${path}: is not pinned afterwards`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    looked.refused += 1;
  }
}

describeShared("files of other projects", () => {
  test("are pinned wherever something is named, and nowhere else", { timeout: 120_000 }, () => {
    const looked: Looked = { kinds: {}, faults: [], places: 0, pinned: 0, refused: 0 };
    const root = sharedPath("fixtures/hardening");
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) look(join(entry.parentPath, entry.name), looked);
    expect(looked).toEqual({
      kinds: { compose: 61, dockerfile: 132, kubernetes: 2399 },
      faults: [],
      places: 2998,
      pinned: 2965,
      refused: 13,
    });
  });
});
