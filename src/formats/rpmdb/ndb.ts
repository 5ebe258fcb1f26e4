// Reads rpm's own "ndb" format, as SUSE uses it: `Packages.db`. Slots of 16 bytes say where each package's blob lies, in blocks
// of 16 bytes; a blob has a head and a tail with magic words. All numbers little-endian.
// Source: rpm's lib/backend/ndb/rpmpkg.c, which is the only description (facts: constants and layout).

const DATABASE_MAGIC = 0x50_6d_70_52; // "RpmP"
const SLOT_MAGIC = 0x74_6f_6c_53; // "Slot"
const BLOB_START = 0x53_62_6c_42; // "BlbS"
const BLOB_END = 0x45_62_6c_42; // "BlbE"
const PAGE_BYTES = 4_096;
const SLOT_BYTES = 16;
const BLOCK_BYTES = 16;
const HEAD_BYTES = 16;
const TAIL_BYTES = 12;
/** The database's own header takes the place of the first two slots. */
const SLOTS_START = 32;
const VERSION = 0;
const FAULTS_MAX = 20;

export function isNdb(bytes: Uint8Array): boolean {
  return bytes.length >= SLOTS_START && viewOf(bytes).getUint32(0, true) === DATABASE_MAGIC;
}

/**
 * Calls back with the header blob of every package, as a view, in the order of slots.
 *
 * @param bytes A file for which {@link isNdb} holds.
 * @returns What is wrong, at most twenty texts.
 */
export function eachNdbBlob(
  bytes: Uint8Array,
  blob: (blob: Uint8Array, id: number) => void,
): string[] {
  const faults: string[] = [];
  const fault = (text: string): void => {
    if (faults.length < FAULTS_MAX) faults.push(text);
  };
  const view = viewOf(bytes);
  const version = view.getUint32(4, true);
  if (version !== VERSION) return [`its version is ${version}, and only ${VERSION} is known`];
  const slotsEnd = view.getUint32(12, true) * PAGE_BYTES;
  if (slotsEnd > bytes.length)
    fault(`it is cut: its slots take ${slotsEnd} bytes of ${bytes.length}`);
  // Blobs do not overlap: together they cannot be larger than the file. Lying slots would make us read it many times.
  let budget = bytes.length;
  for (
    let at = SLOTS_START;
    at + SLOT_BYTES <= Math.min(slotsEnd, bytes.length);
    at += SLOT_BYTES
  ) {
    const id = view.getUint32(at + 4, true);
    if (view.getUint32(at, true) !== SLOT_MAGIC) fault(`the slot at ${at} has no magic word`);
    else if (id !== 0) {
      const found = blobOf(bytes, view, { id, start: view.getUint32(at + 8, true) * BLOCK_BYTES });
      if (typeof found === "string") fault(`package ${id} ${found}`);
      else if (found.length > budget) fault(`package ${id} overlaps others`);
      else {
        budget -= found.length;
        blob(found, id);
      }
    }
  }
  return faults;
}

/** @returns The blob, or what is wrong with it. */
function blobOf(
  bytes: Uint8Array,
  view: DataView,
  slot: { id: number; start: number },
): Uint8Array | string {
  const { id, start } = slot;
  if (start + HEAD_BYTES + TAIL_BYTES > bytes.length) return "lies beyond the end of the file";
  if (view.getUint32(start, true) !== BLOB_START)
    return "has no magic word where its slot points to";
  if (view.getUint32(start + 4, true) !== id) return "is another one where its slot points to";
  const length = view.getUint32(start + 12, true);
  const blockedLength = Math.ceil((HEAD_BYTES + length + TAIL_BYTES) / BLOCK_BYTES) * BLOCK_BYTES;
  const tail = start + blockedLength - TAIL_BYTES;
  if (tail + TAIL_BYTES > bytes.length) return `claims ${length} bytes beyond the end of the file`;
  if (view.getUint32(tail + 8, true) !== BLOB_END || view.getUint32(tail + 4, true) !== length)
    return "does not end where it says";
  return bytes.subarray(start + HEAD_BYTES, start + HEAD_BYTES + length);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
