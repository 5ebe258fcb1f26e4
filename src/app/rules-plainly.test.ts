// The engine against the same conditions asked check by check, over events out of frames: whatever is remembered of names, processes
// and values, and whatever is screened by it, must not change an answer.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Ends,
  execFrame,
  exitFrame,
  type FrameHead,
  forkFrame,
  namesFrame,
  openFrame,
  socketFrame,
} from "../../test/sensor-frames.ts";
import { describeShared, sharedPath } from "../../test/shared.ts";
import type { CheckExpression, Expression } from "../formats/falco/condition.ts";
import { fullMatch } from "../formats/falco/full-match.ts";
import type { FalcoRule } from "../formats/falco/rule-set.ts";
import { FrameEvent } from "../formats/sensor/frame-event.ts";
import type { Container } from "../model/container.ts";
import { EVENT_TYPES, type EventType, type SensorEvent } from "../model/event.ts";
import { RuleEngine } from "../stages/watch/engine.ts";
import { ALL_EVENTS } from "../stages/watch/event-set.ts";
import { LeafMaker } from "../stages/watch/graph.ts";
import type { PreparedRule } from "../stages/watch/prepare.ts";
import { EVENT_NAMES } from "../stages/watch/syscall/event-names.data.ts";
import { syscallFields } from "../stages/watch/syscall/fields.ts";
import { ownRules } from "./own-rules.ts";
import { loadRules, NO_SURROUNDINGS, type RuleText } from "./rules.ts";

/** The texts that conditions compare with, and fields by which they ask. */
function checksOf(conditions: readonly Expression[]): readonly CheckExpression[] {
  const checks: CheckExpression[] = [];
  const all = new Set<Expression>(conditions);
  for (const one of all) {
    if (one.kind === "check") checks.push(one);
    else if (one.kind === "not") all.add(one.part);
    else if (one.kind === "macro" && one.body !== null) all.add(one.body.expression);
    else if (one.kind === "and" || one.kind === "or") for (const part of one.parts) all.add(part);
  }
  return checks;
}

function textsOf(checks: readonly CheckExpression[], field: RegExp): readonly string[] {
  const texts = checks.flatMap(({ left, right }) => {
    if (left.kind !== "field" || !field.test(left.name)) return [];
    if (right.kind === "text") return [right.text];
    return right.kind === "list" ? right.items.map(({ text }) => text) : [];
  });
  return [...new Set(["", ...texts])];
}

const CONTAINERS: readonly (Container | null)[] = [
  null,
  ...["nginx", "quay.io/sysdig/x"].map(
    (repository, i): Container => ({
      id: String(i).repeat(64),
      name: `c${i}`,
      engine: "docker",
      image: { reference: repository, repository, tag: null, digest: null, id: null },
      pod: null,
      labels: {},
      isPrivileged: i === 0,
      mounts: [],
      startedAt: 0,
      problems: i === 0 ? [] : [{ code: "container-unknown", detail: "not yet" }],
    }),
  ),
];

// Few kinds, so that the same process does the same again.
const OPENS: readonly EventType[] = ["openat", "openat", "openat", "open_by_handle_at"];
const NAMED: readonly EventType[] = ["unlinkat", "renameat2", "symlink", "fchmodat"];
const SOCKETS: readonly EventType[] = ["connect", "connect", "accept4", "sendto", "dup2"];

/** What may happen, of few processes, in the words of the rules. */
function framesFor(conditions: readonly Expression[]): fc.Arbitrary<Buffer> {
  const checks = checksOf(conditions);
  const names = fc.constantFrom(...textsOf(checks, /^proc\.(?:a|p)?name$/));
  const programs = fc
    .tuple(
      fc.constantFrom("", "/usr/bin/", "/dev/shm/", "./"),
      fc.constantFrom(...textsOf(checks, /^proc\.(?:a|p)?exe|^proc\.(?:a|p)?name$/)),
    )
    .map((parts) => parts.join(""));
  const lines = fc.constantFrom(...textsOf(checks, /^proc\.p?(?:args|cmdline|env)$/));
  const said = fc.constantFrom(...textsOf(checks, /^(?:fd\.|fs\.|evt\.(?:raw)?arg|evt\.abspath)/));
  const paths = fc
    .tuple(
      fc.constantFrom("", "", "", "/", "/etc/", "/root/.ssh/", "/x/", "./", "../"),
      said.map((text) => text.replaceAll("*", "x")),
      fc.constantFrom("", "", "", "/x", "x", "/", "/../..", "/./b", "//c", "é"),
    )
    .map((parts) => parts.join(""));
  const folders = fc.constantFrom("/", "/etc", "/root", "/dev", "/a/é", "/var/log");
  const head = <T extends EventType>(types: readonly T[]): fc.Arbitrary<FrameHead> =>
    fc
      .record({
        type: fc.constantFrom(...types),
        pid: fc.integer({ min: 10, max: 13 }),
        result: fc.constantFrom(0, 0, 3, 1, -1, -2, -115),
        // Mostly it stays who and where it was.
        moved: fc.nat(20),
        uid: fc.constantFrom(0, 33),
        cgroup: fc.nat(2),
      })
      .map(({ moved, uid, cgroup, ...all }) => ({
        ...all,
        uid: moved === 0 ? uid : 0,
        cgroup: moved === 1 ? cgroup : all.pid % 3,
      }));
  const addresses = fc.constantFrom<number[]>(
    [10, 0, 0, 9],
    [169, 254, 169, 254],
    [127, 0, 0, 1],
    [8, 8, 8, 8],
    [0, 0, 0, 0],
  );
  const ports = fc.constantFrom(0, 22, 53, 80, 443, 4444, 40_000);
  const ends: fc.Arbitrary<Ends> = fc.record({
    family: fc.constantFrom(2, 2, 2, 10, 1, 16),
    type: fc.constantFrom(1, 2),
    protocol: fc.constantFrom(6, 17, 0),
    local: addresses,
    localPort: ports,
    remote: addresses,
    remotePort: ports,
    path: fc.constantFrom("", "/run/docker.sock"),
    inode: fc.nat(3),
  });
  return fc.oneof(
    fc
      .tuple(
        head(["execve", "execveat"]),
        fc.record({
          name: names,
          path: programs,
          cwd: folders,
          words: fc.array(fc.oneof(programs, lines), { maxLength: 3 }),
          environment: fc.array(lines, { maxLength: 2 }),
          parent: fc.integer({ min: 9, max: 13 }),
          fileFlags: fc.nat(31),
          capabilities: fc.constantFrom(0n, 1n << 21n, (1n << 40n) - 1n),
          tty: fc.nat(1),
          vpid: fc.nat(1),
        }),
      )
      .map(([of, program]) => execFrame(of, program)),
    fc
      .tuple(head(["clone"]), fc.integer({ min: 10, max: 13 }), names)
      .map(([of, child, name]) => forkFrame(of, child, name)),
    head(["procexit"]).map(exitFrame),
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          head(OPENS),
          fc.record({
            name: paths,
            folder: folders,
            realPath: paths,
            flags: fc.constantFrom(0, 1, 0o1101, 0o2, 0o100),
            mode: fc.constantFrom(0o100644, 0o100755, 0o040755, 0o020666, 0),
          }),
        )
        .map(([of, opening]) => openFrame(of, opening)),
    },
    fc.tuple(head(SOCKETS), ends).map(([of, both]) => socketFrame(of, both)),
    fc
      .tuple(head(NAMED), fc.tuple(paths, paths), folders)
      .map(([of, both, folder]) => namesFrame(of, both, folder)),
  );
}

/** Every check by itself, in the order in which it is written. */
function plainly(
  expression: Expression,
  maker: LeafMaker<SensorEvent>,
  event: SensorEvent,
): boolean {
  switch (expression.kind) {
    case "and":
      return expression.parts.every((part) => plainly(part, maker, event));
    case "or":
      return expression.parts.some((part) => plainly(part, maker, event));
    case "not":
      return !plainly(expression.part, maker, event);
    case "macro":
      return expression.body !== null && plainly(expression.body.expression, maker, event);
    default: {
      const leaf = maker.leaf(expression);
      // Falco's event of that kind has nothing of the name, even where ours does.
      if (leaf.isAbsent?.(EVENT_TYPES[event.code] ?? "") === true) return false;
      return leaf.test(event);
    }
  }
}

const CONTEXT = {
  fields: syscallFields(NO_SURROUNDINGS),
  regex: fullMatch,
  eventNames: new Set(EVENT_NAMES),
};

type Rules = readonly PreparedRule<SensorEvent>[];

/** @returns How many rules matched at least once. */
function compare(rules: Rules, runs: number): number {
  const maker = new LeafMaker<SensorEvent>(CONTEXT);
  const engine = (matching: "all" | "first"): RuleEngine<SensorEvent> =>
    new RuleEngine(rules, maker, { eventNames: EVENT_TYPES, matching });
  // Across all streams: what is remembered of one must not be taken for another's.
  const [all, first] = [engine("all"), engine("first")];
  const matched = new Set<string>();
  const frames = framesFor(rules.map(({ rule }) => rule.condition));
  fc.assert(
    fc.property(fc.array(frames, { minLength: 1, maxLength: 120, size: "max" }), (stream) => {
      const containerOf = (cgroup: number): Container | null => CONTAINERS[cgroup] ?? null;
      const event = new FrameEvent(
        { find: () => null, containerOf, bootedAt: 0 },
        { seconds: 1_760_000_000, nanoseconds: 0 },
      );
      for (const bytes of stream) {
        if (!event.show(bytes, 0, bytes.length)) throw new Error("no event");
        const found: string[] = [];
        const alone: string[] = [];
        all.run(event.code, event, ({ rule }) => void found.push(rule.name));
        first.run(event.code, event, ({ rule }) => void alone.push(rule.name));
        const wanted = rules
          .filter(({ rule }) => plainly(rule.condition, maker, event))
          .map(({ rule }) => rule.name);
        expect(found).toEqual(wanted);
        expect(alone).toEqual(wanted.slice(0, 1));
        for (const name of wanted) matched.add(name);
      }
    }),
    { numRuns: runs },
  );
  return matched.size;
}

function enabledOf(texts: readonly RuleText[]): Rules {
  return loadRules(texts).sensor.rules.filter(({ rule }) => rule.isEnabled);
}

/** Each check alone or with another: whole rules need so much at once that they seldom match. */
function pieces(rules: Rules): Rules {
  // Of one field together, so that it tells much of those that are screened together.
  const named = ({ left }: CheckExpression): string => (left.kind === "field" ? left.name : "");
  const checks = [...checksOf(rules.map(({ rule }) => rule.condition))].sort((a, b) =>
    named(a) < named(b) ? -1 : 1,
  );
  const conditions = checks.map((check, i): Expression => {
    const other = checks[(i * 7 + 3) % checks.length] ?? check;
    if (i % 3 === 0) return { kind: "or", parts: [check, other], at: 0 };
    return i % 3 === 1
      ? check
      : { kind: "and", parts: [check, { kind: "not", part: other, at: 0 }], at: 0 };
  });
  return conditions.map((condition, i) => ({
    rule: { name: String(i), isEnabled: true, condition } as FalcoRule,
    events: ALL_EVENTS,
    output: () => ({ text: "", fields: {} }),
  }));
}

describe("the engine says what the checks say one by one", () => {
  it("of our own rules", () => {
    expect(compare(enabledOf([ownRules()]), 300)).toBeGreaterThan(5);
  });
});

describeShared("the engine says what the checks say one by one", () => {
  const files = ["falco_rules.yaml", "falco-incubating_rules.yaml"];
  const stock = (): Rules =>
    enabledOf(
      files.map((path) => ({
        path,
        text: readFileSync(sharedPath(`fixtures/runtime/falco-rules/${path}`), "utf8"),
      })),
    );

  it("of the stock rules", () => {
    expect(compare(stock(), 300)).toBeGreaterThan(15);
  }, 60_000);

  it("of pieces of the stock rules", () => {
    const rules = pieces(stock());
    expect(rules.length).toBeGreaterThan(400);
    expect(compare(rules, 100)).toBeGreaterThan(rules.length / 4);
  }, 60_000);
});
