import fc from "fast-check";
import { expect, test } from "vitest";
import { builtImage } from "./built-image.ts";
import { imageSettings } from "./image-settings.ts";

function stepsOf(config: unknown, history: readonly string[]): string[] {
  const [stage] = builtImage({ settings: imageSettings(config), history }).stages;
  return (stage?.steps ?? []).map(({ keyword, at, words, assigns, script }) =>
    [
      keyword,
      at,
      ...words.map(({ value }) => value),
      ...assigns.map(({ name, value }) => `${name}=${value?.value}`),
      ...(script?.commands ?? []).map(({ name }) => `${name}()`),
    ].join(" "),
  );
}

test.each<[string, string[]]>([
  [
    "RUN /bin/sh -c apt-get update && apt-get install -y x # buildkit\nbuildkit.dockerfile.v0",
    ["RUN /history/0 apt-get() apt-get()"],
  ],
  ["/bin/sh -c make", ["RUN /history/0 make()"]],
  ["RUN |2 A=1 B=two /bin/bash -o pipefail -c a | b # buildkit", []],
  ["|1 TOKEN=abc /bin/sh -c make", ["ARG /history/0 TOKEN=abc", "RUN /history/0 make()"]],
  ["/bin/sh -c #(nop) ADD file:0123 in / ", []],
  ['/bin/sh -c #(nop)  CMD ["bash"]', []],
  ["COPY --chown=1 id_rsa /root/ # buildkit", ["COPY /history/0 id_rsa /root/"]],
  ["ENV A=1", []],
  ["", []],
])("%s", (line, wanted) => {
  expect(stepsOf({}, [line])).toEqual(wanted);
});

test("the configuration says what the image wants", () => {
  const config = {
    User: "app",
    Env: ["A=1=2"],
    ExposedPorts: { "22/tcp": {} },
    Labels: { a: "b" },
    Volumes: { "/data": {} },
    WorkingDir: "/app",
    Healthcheck: { Test: ["CMD", "x"] },
    Entrypoint: ["/app"],
    Cmd: ["run"],
  };
  expect(stepsOf(config, [])).toEqual([
    "ENV /config/Env A=1=2",
    "LABEL /config/Labels a=b",
    "USER /config/User app",
    "EXPOSE /config/ExposedPorts 22/tcp",
    "VOLUME /config/Volumes /data",
    "WORKDIR /config/WorkingDir /app",
    "HEALTHCHECK /config/Healthcheck CMD x",
    "ENTRYPOINT /config/Entrypoint /app",
    "CMD /config/Cmd run",
  ]);
});

test("any configuration and history is read without an error", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string().map((text) => `RUN |1 ${text} /bin/sh -c ${text}`),
    fc.string().map((text) => `COPY ${text}`),
  );
  fc.assert(
    fc.property(fc.anything(), fc.array(line), (config, history) => {
      expect(builtImage({ settings: imageSettings(config), history }).gaps).toEqual([]);
    }),
  );
});

test("an image that does not say how it was made leaves that unknown", () => {
  const image = { settings: imageSettings({ User: "app" }), history: null };
  expect(builtImage(image).gaps).toEqual([
    { state: "unknown", at: "/history", why: "the image does not say how it was made" },
  ]);
});
