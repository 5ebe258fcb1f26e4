// Tells whose data a document is by what stands in it, not by where it lies: people keep copies under names of their own.
import { reasonOf } from "../../kit/error.ts";
import { utf8 } from "../../kit/text.ts";
import { isSecdb, readSecdb } from "./alpine-secdb.ts";
import { isDebianAdvisories, readDebianAdvisories } from "./debian-advisories.ts";
import { isDebianTracker, readDebianTracker } from "./debian-tracker.ts";
import { isEpss, readEpss } from "./epss.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import { isKev, readKev } from "./kev.ts";
import { isOsv, readOsv } from "./osv.ts";
import type { FeedSink, OrderOf } from "./sink.ts";
import { isUbuntuTracker, readUbuntuTracker } from "./ubuntu-tracker.ts";

/** Publishers' forms that we read; the words stand in the store as sources. */
export type FeedKind =
  | "osv"
  | "alpine-secdb"
  | "debian-tracker"
  | "debian-dsa"
  | "ubuntu"
  | "kev"
  | "epss";

/** A document whose form is known. */
export interface Recognised {
  readonly kind: FeedKind;
  /** Hands on everything in it. Never throws. */
  readonly read: (sink: FeedSink) => void;
}

/** Why a document is of no use, in words that follow "cannot use …: ". */
export interface Unrecognised {
  readonly kind: null;
  readonly reason: string;
}

type JsonFeed = readonly [
  kind: FeedKind,
  is: (value: Fields) => boolean,
  read: (value: Fields, sink: FeedSink, orderOf: OrderOf) => void,
];

/** In order of how often they are met. */
const JSON_FEEDS: readonly JsonFeed[] = [
  ["osv", isOsv, (value, sink, orderOf) => readOsv(value, orderOf, sink)],
  ["alpine-secdb", isSecdb, readSecdb],
  ["kev", isKev, readKev],
  ["debian-tracker", isDebianTracker, readDebianTracker],
];

type TextFeed = readonly [
  kind: FeedKind,
  is: (text: string) => boolean,
  read: (text: string, sink: FeedSink) => void,
];

const TEXT_FEEDS: readonly TextFeed[] = [
  ["ubuntu", isUbuntuTracker, readUbuntuTracker],
  ["epss", isEpss, readEpss],
  ["debian-dsa", isDebianAdvisories, readDebianAdvisories],
];

/** Looks at a whole document, uncompressed. Never throws. */
export function recognise(bytes: Uint8Array, orderOf: OrderOf): Recognised | Unrecognised {
  const first = firstVisible(bytes);
  if (first === "{") return recogniseJson(bytes, orderOf);
  if (first === "") return { kind: null, reason: "it is empty, or no text" };
  const text = utf8(bytes);
  const feed = TEXT_FEEDS.find(([, is]) => is(text));
  return feed === undefined ? UNKNOWN : { kind: feed[0], read: (sink) => feed[2](text, sink) };
}

const UNKNOWN: Unrecognised = { kind: null, reason: "it is of no form that is read here" };

function recogniseJson(bytes: Uint8Array, orderOf: OrderOf): Recognised | Unrecognised {
  let value: unknown;
  try {
    value = JSON.parse(utf8(bytes));
  } catch (error) {
    return { kind: null, reason: `it is not JSON (${reasonOf(error).slice(0, 120)})` };
  }
  const fields = fieldsOf(value);
  const feed = fields === null ? undefined : JSON_FEEDS.find(([, is]) => is(fields));
  if (fields === null || feed === undefined) return UNKNOWN;
  return { kind: feed[0], read: (sink) => feed[2](fields, sink, orderOf) };
}

/** The first character that is not white; empty when there is none, or the bytes are no text. */
function firstVisible(bytes: Uint8Array): string {
  // A byte order mark may stand before a text.
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && at < 1_000) {
    const byte = bytes[at] ?? 0;
    if (byte > 0x20) return String.fromCharCode(byte);
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return "";
    at += 1;
  }
  return "";
}
