// What people choose, and what they write where no password is meant.
import { isPlaceholder } from "../../../kit/placeholder.ts";

const COMMON: ReadonlySet<string> = new Set(
  "password passwd pass pwd secret test testing test123 guest root admin administrator user username postgres mysql redis rabbitmq mongo example foo bar baz foobar changeme changeit letmein default none null true false undefined string token key value hunter2 password1 password123 passw0rd p@ssw0rd pa55w0rd pass123 pass1234 mypassword mypass my-password somepassword your-password abc123 qwerty welcome hello world required optional sekret s3cret s3cr3t secret123 topsecret supersecret sesame open sesame opensesame p4ssw0rd password! minioadmin dbpass dbpassword userpass tiger scott sa demo".split(
    " ",
  ),
);

/** Whether a password tells nothing: a placeholder, or one that stands in everybody's examples. */
export function isNoPassword(value: string): boolean {
  const lower = value.toLowerCase();
  return (
    value.length < 4 ||
    COMMON.has(lower) ||
    isPlaceholder(value) ||
    /pass(?:word|wd)|secret|^[*.x•-]+$/.test(lower)
  );
}

/** Whether characters of several sorts stand in it, as in few words of programs and texts. */
export function isMixed(value: string): boolean {
  const sorts = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((sort) => sort.test(value)).length;
  return sorts >= 3 || (sorts === 2 && /\d/.test(value) && value.length >= 8);
}

/** Hosts of examples, and this machine. */
export function isExampleHost(host: string): boolean {
  return (
    /^(?:localhost|127\.|0\.0\.0\.0|\[?::1|host(?:name)?$|server$|proxy|some|my|your|foo|bar|test|a\.|b\.)/i.test(
      host,
    ) ||
    /(?:^|\.)(?:example|invalid|test|localhost|local|domain|host)(?:\.(?:com|org|net|io))?$/i.test(
      host,
    )
  );
}
