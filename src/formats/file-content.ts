import { isElf, openElf } from "./elf.ts";

const EXECUTABLE = 2;
const SHARED = 3;
const SEGMENT_INTERPRETER = 3;

/** As much of a file as tells what it is. */
export const CONTENT_HEAD_BYTES = 4096;

/**
 * What a file is to whoever runs it. Independent of its mode: what is not executable can be given to the dynamic linker or to an
 * interpreter.
 *
 * @param head Its beginning, {@link CONTENT_HEAD_BYTES} if there is as much.
 * @param name Tells libraries from position-independent programs without an interpreter, which look the same.
 */
export function fileContent(
  head: Uint8Array,
  name: string,
): "program" | "library" | "script" | "other" {
  if (head[0] === 0x23 && head[1] === 0x21) return "script";
  if (!isElf(head)) return "other";
  const elf = openElf(head);
  // A damaged header is nothing that the kernel runs; whoever put it there did not mean data.
  if (elf === null || elf.type === EXECUTABLE) return "program";
  if (elf.type !== SHARED) return "library";
  const isLoaded = elf.segments.some(({ type }) => type === SEGMENT_INTERPRETER);
  return isLoaded || !/\.so(?:\.|$)/.test(name) ? "program" : "library";
}
