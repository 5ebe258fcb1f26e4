// The script of the worker threads: reads one layer per task and answers with its encoded facts.
import type { FileSlice } from "../io/image.ts";
import { answerTasks } from "../io/pool.ts";
import { readSlice } from "../io/slice.ts";
import { imageCatalogers } from "./image-catalogers.ts";
import { analyzeLayer, encodeFacts } from "./layer-analysis.ts";
import { aboutLayer } from "./named-layer.ts";

answerTasks(async ({ slice, name }: { slice: FileSlice; name: string }) => {
  const bytes = { open: () => readSlice(slice), again: true };
  return encodeFacts(await aboutLayer(name, () => analyzeLayer(bytes, imageCatalogers)));
});
