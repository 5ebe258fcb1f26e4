import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { clusterPlace } from "./kubeconfig.ts";

const CONFIG = `
current-context: prod
contexts:
- {name: prod, context: {cluster: one, user: me, namespace: shop}}
- {name: plain, context: {cluster: two}}
- {name: lost, context: {cluster: none}}
- {name: open, context: {cluster: http}}
clusters:
- name: one
  cluster: {server: "https://k.example:6443/c/1", certificate-authority: ca.pem, tls-server-name: api, proxy-url: "http://p:1"}
- {name: two, cluster: {server: "https://k.example", certificate-authority-data: YQ==}}
- {name: http, cluster: {server: "http://k.example"}}
users:
- {name: me, user: {client-certificate: me.pem, client-key-data: YQ==, token: t, tokenFile: f}}
`;
const place = (text: string, context: string | null = null): unknown =>
  clusterPlace([{ path: "/home/config", text }], context);

test("what leads to a cluster is taken, and nothing is made up", () => {
  expect([place(CONFIG), place(CONFIG, "plain")]).toMatchObject([
    {
      ...{ context: "prod", namespace: "shop", server: "https://k.example:6443/c/1" },
      ...{ authority: { path: "ca.pem" }, serverName: "api", proxy: "http://p:1" },
      ...{ certificate: { path: "me.pem" }, key: { data: "YQ==" }, token: "t", tokenFile: "f" },
      ...{ isUnverified: false, exec: null, outdated: null },
    },
    {
      ...{ namespace: "default", server: "https://k.example", authority: { data: "YQ==" } },
      ...{ certificate: null, key: null, token: null, tokenFile: null },
    },
  ]);
});

test("the same file as JSON", () => {
  const cluster = { server: "https://k.example" };
  const text = JSON.stringify({
    contexts: [{ name: "a", context: { cluster: "c" } }],
    clusters: [{ name: "c", cluster }],
  });
  expect(place(text, "a")).toMatchObject(cluster);
});

test.each([
  [CONFIG, "other", /no context "other"/],
  [CONFIG, "lost", /no cluster "none"/],
  [CONFIG, "open", /no https address/],
  ["contexts: []", null, /no context is current/],
  ["a: [", null, /kubeconfig/],
])("%#: is refused with its reason", (text, context, message) => {
  expect(() => place(text, context)).toThrow(message);
});

test("never throws anything but AppError", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.nat(CONFIG.length).map((n) => CONFIG.slice(0, n)),
      ),
      (text) => {
        try {
          place(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      },
    ),
  );
});
