// Text of two or four bytes a character, as Windows' tools write it: made plain, so that it is searched like any other.

/** Characters beyond the first 256 are in no secret; one that is in no keyword and no value stands for them. */
const OTHER = 0xbf;
const HEAD_MIN = 16;
/** Of characters, so many must be plain for bytes without a mark to be taken for text. */
const PLAIN_SHARE = 0.9;

interface Form {
  readonly width: 2 | 4;
  readonly isLittle: boolean;
}

/**
 * What makes wide text plain, a byte for every character; it is told all pieces in their order.
 *
 * @param head The first bytes of the text.
 * @returns null when the bytes are no wide text.
 * @see Unicode, section 23.8 ("Byte Order Mark")
 */
export function narrowing(head: Uint8Array): ((bytes: Uint8Array) => Uint8Array) | null {
  const form = markedForm(head) ?? likelyForm(head);
  if (form === null) return null;
  const { width, isLittle } = form;
  // Of a character that is not whole yet: its bytes, as a number, and how many.
  let unit = 0;
  let held = 0;
  return (bytes) => {
    const plain = new Uint8Array(Math.floor((bytes.length + held) / width));
    let filled = 0;
    for (const byte of bytes) {
      unit = isLittle ? unit + byte * 256 ** held : unit * 256 + byte;
      held += 1;
      if (held < width) continue;
      plain[filled] = unit < 256 ? unit : OTHER;
      filled += 1;
      unit = 0;
      held = 0;
    }
    return plain;
  };
}

function markedForm([a, b, c, d]: Uint8Array): Form | null {
  if (a === 0xff && b === 0xfe) return { width: c === 0 && d === 0 ? 4 : 2, isLittle: true };
  if (a === 0xfe && b === 0xff) return { width: 2, isLittle: false };
  return a === 0 && b === 0 && c === 0xfe && d === 0xff ? { width: 4, isLittle: false } : null;
}

const FORMS: readonly Form[] = [
  { width: 2, isLittle: true },
  { width: 2, isLittle: false },
];

/** Without a mark: nearly every other byte is zero, and nearly all the rest is what people write. */
function likelyForm(head: Uint8Array): Form | null {
  if (head.length < HEAD_MIN || (head[0] !== 0) === (head[1] !== 0)) return null;
  const units = Math.floor(head.length / 2);
  return (
    FORMS.find(({ isLittle }) => {
      let plain = 0;
      for (let i = 0; i < units; i += 1) {
        const high = head[i * 2 + (isLittle ? 1 : 0)];
        const low = head[i * 2 + (isLittle ? 0 : 1)] ?? 0;
        if (high === 0 && isWritten(low)) plain += 1;
      }
      return plain >= units * PLAIN_SHARE;
    }) ?? null
  );
}

/** ASCII that is printed, tabs and line ends. */
function isWritten(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13;
}
