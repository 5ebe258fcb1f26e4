// The script of the worker threads: reads one layer per task and answers with its encoded facts.
import type { FileSlice } from "../io/image.ts";
import { answerTasks } from "../io/pool.ts";
import { readSlice } from "../io/slice.ts";
import { imageCatalogers } from "./image-catalogers.ts";
import { analyzeLayer, encodeFacts } from "./layer-analysis.ts";
import { aboutLayer } from "./named-layer.ts";
import { secretReader } from "./secret-search.ts";

interface Task {
  readonly slice: FileSlice;
  readonly name: string;
  readonly secrets: boolean;
}

answerTasks(async ({ slice, name, secrets }: Task) => {
  const bytes = { open: () => readSlice(slice), again: true };
  const by = { catalogers: imageCatalogers, secrets: secrets ? secretReader() : null };
  return encodeFacts(await aboutLayer(name, () => analyzeLayer(bytes, by)));
});
