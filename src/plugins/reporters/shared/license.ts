// Licences as they were declared, for formats that tell licences of the SPDX list from others.

/** The licences of the SPDX list that packages mostly have. What is not here is written by its name, which is never wrong. */
const LISTED: ReadonlySet<string> = new Set(
  `0BSD AFL-2.1 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-1.0-Perl Artistic-2.0
  BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause BSD-4-Clause BSL-1.0 bzip2-1.0.6 CC-BY-3.0 CC-BY-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1
  CPL-1.0 curl EPL-1.0 EPL-2.0 FTL GPL-1.0-only GPL-1.0-or-later GPL-2.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0-only
  GPL-3.0-or-later HPND ICU IJG ISC LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1 LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0
  LGPL-3.0-only LGPL-3.0-or-later Libpng MIT MIT-0 MPL-1.1 MPL-2.0 MS-PL NCSA OFL-1.1 OpenSSL OLDAP-2.8 PHP-3.01 PostgreSQL
  PSF-2.0 Python-2.0 Ruby Sleepycat TCL Unicode-3.0 Unicode-DFS-2016 Unlicense UPL-1.0 Vim W3C WTFPL X11 Zlib ZPL-2.1`.split(
    /\s+/,
  ),
);

/** Whether a licence is one of the SPDX list, by its id. */
export function isListedLicense(license: string): boolean {
  return LISTED.has(license);
}

/** Whether a text is an expression of listed licences: `MIT OR (Apache-2.0 AND BSD-3-Clause)`. */
export function isLicenseExpression(text: string): boolean {
  if (text.length > 1000) return false;
  const words = text.replaceAll(/[()]/g, " $& ").trim().split(/\s+/);
  let state: State = { depth: 0, wantsLicense: true };
  for (const word of words) {
    const next = step(word, state);
    if (next === null) return false;
    state = next;
  }
  return state.depth === 0 && !state.wantsLicense;
}

interface State {
  readonly depth: number;
  readonly wantsLicense: boolean;
}

/** null when the word may not stand there. */
function step(word: string, { depth, wantsLicense }: State): State | null {
  if (wantsLicense) {
    if (word === "(") return { depth: depth + 1, wantsLicense };
    return LISTED.has(word.replace(/\+$/, "")) ? { depth, wantsLicense: false } : null;
  }
  if (word === ")") return depth > 0 ? { depth: depth - 1, wantsLicense } : null;
  return word === "AND" || word === "OR" ? { depth, wantsLicense: true } : null;
}
