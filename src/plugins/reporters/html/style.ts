/** The look of the page: light and dark by the reader's system or choice, and fit for paper. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--text:#1b2330;--soft:#5b6675;--line:#dfe3e9;--accent:#2457c5;
--critical:#a8123e;--high:#d2491b;--medium:#b98300;--low:#3b78b8;--negligible:#7d8895;--unknown:#8067b7;--good:#1c7c4a;
--alarm-bg:#fdecef;--warn-bg:#fff6df}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){--bg:#10151c;--card:#18202a;--text:#e6ebf2;--soft:#9aa7b6;
--line:#2b3643;--accent:#7fa8ff;--critical:#ff5c86;--high:#ff8a5c;--medium:#f0bf4c;--low:#6fb1f2;--negligible:#93a0ae;
--unknown:#b49ff0;--good:#5fd39a;--alarm-bg:#3a1822;--warn-bg:#33290f}}
:root[data-theme=dark]{color-scheme:dark;--bg:#10151c;--card:#18202a;--text:#e6ebf2;--soft:#9aa7b6;--line:#2b3643;
--accent:#7fa8ff;--critical:#ff5c86;--high:#ff8a5c;--medium:#f0bf4c;--low:#6fb1f2;--negligible:#93a0ae;--unknown:#b49ff0;
--good:#5fd39a;--alarm-bg:#3a1822;--warn-bg:#33290f}
:root[data-theme=light]{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 24px 60px}
h1{font-size:24px;line-height:1.3;margin:4px 0 6px;overflow-wrap:anywhere}
h2{font-size:18px;margin:38px 0 12px}section+section,.scroll+section{border-top:1px solid var(--line);margin-top:36px;padding-top:24px}
h3{font-size:15px;margin:0}
p{margin:4px 0}
code{font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
.top{display:flex;justify-content:space-between;align-items:center;gap:12px;color:var(--soft);font-size:13px}
.brand{font-weight:700;letter-spacing:.06em;text-transform:uppercase;color:var(--text)}
button,input,select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:5px 11px}
button{cursor:pointer}button[aria-pressed=true]{background:var(--text);color:var(--bg);border-color:var(--text)}
button:focus-visible,input:focus-visible,a:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.answer{color:var(--soft);font-size:16px;overflow-wrap:anywhere}
.chip{display:inline-block;border-radius:99px;padding:1px 11px;font-size:13px;font-weight:600;border:1px solid currentColor}
.chip.deny{color:var(--critical)}.chip.undecided{color:var(--medium)}.chip.allow{color:var(--good)}.chip.none{color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:12px;margin:22px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:12px 16px}
.tile b{display:block;font-size:28px;line-height:1.15}
.tile span{color:var(--soft);font-size:13px}
.tile.exploited b,.tile.critical b{color:var(--critical)}.tile.high b{color:var(--high)}.tile.medium b{color:var(--medium)}
.tile.low b{color:var(--low)}.tile.good b{color:var(--good)}.tile.zero b{color:var(--soft);font-weight:400}
.charts{display:grid;grid-template-columns:minmax(250px,1fr) minmax(320px,2fr);gap:14px}
@media (max-width:760px){.charts{grid-template-columns:1fr}}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 18px;margin-bottom:12px;break-inside:avoid}
.card h3{margin-bottom:10px;color:var(--soft);font-weight:600;font-size:13px;text-transform:uppercase;letter-spacing:.05em}
svg{display:block;width:100%;height:auto}svg text{fill:var(--text);font:13px system-ui,"DejaVu Sans",sans-serif}
svg .soft{fill:var(--soft)}svg .big{font-size:30px;font-weight:700}
.f-critical{fill:var(--critical)}.f-high{fill:var(--high)}.f-medium{fill:var(--medium)}.f-low{fill:var(--low)}
.f-negligible{fill:var(--negligible)}.f-unknown{fill:var(--unknown)}.f-line{fill:var(--line)}
.legend{display:flex;flex-wrap:wrap;gap:4px 14px;margin-top:10px;font-size:13px;color:var(--soft)}
.legend i{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:5px}
.b-critical{background:var(--critical)}.b-high{background:var(--high)}.b-medium{background:var(--medium)}.b-low{background:var(--low)}
.b-negligible{background:var(--negligible)}.b-unknown{background:var(--unknown)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:4px 24px;margin:14px 0 0;font-size:14px}
.facts div{display:flex;gap:8px;min-width:0}.facts dt{color:var(--soft);flex:0 0 76px}.facts dd{margin:0;overflow-wrap:anywhere}
.fix{display:grid;grid-template-columns:34px 1fr auto;gap:4px 14px;align-items:start}
.rank{font-size:20px;font-weight:700;color:var(--soft);text-align:right;line-height:1.3}
.fix .what{font-weight:600;font-size:16px;overflow-wrap:anywhere}.fix .to{color:var(--good)}
.fix .from,.soft{color:var(--soft)}
.fix .closes{text-align:right;font-size:14px;white-space:nowrap}.fix .closes b{font-size:18px}
.hot{color:var(--critical);font-weight:600}
.bar{display:flex;height:6px;border-radius:3px;overflow:hidden;background:var(--line);margin:8px 0 2px;grid-column:2/4}
.fix details{grid-column:2/4}.fix summary{cursor:pointer;color:var(--soft);font-size:13px}
.flaws{list-style:none;margin:8px 0 0;padding:0;font-size:14px}.flaws code{margin-right:4px}.flaws li{padding:4px 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
.sev{display:inline-block;min-width:86px;font-weight:600;font-size:13px}
.s-critical{color:var(--critical)}.s-high{color:var(--high)}.s-medium{color:var(--medium)}.s-low{color:var(--low)}
.s-negligible{color:var(--negligible)}.s-unknown{color:var(--unknown)}
.tag{font-size:12px;border-radius:4px;padding:0 6px;background:var(--alarm-bg);color:var(--critical);font-weight:600;white-space:nowrap}
.tools{display:flex;flex-wrap:wrap;gap:8px;margin-bottom:10px;align-items:center}.tools input{flex:1 1 220px;min-width:0}
.tools .count{color:var(--soft);font-size:13px;margin-left:auto}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:12px}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{padding:7px 12px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
tr:last-child td{border-bottom:0}
th{font-size:12px;color:var(--soft);text-transform:uppercase;letter-spacing:.04em;white-space:nowrap}
th button{border:0;background:none;padding:0;text-transform:inherit;letter-spacing:inherit;color:inherit;font-size:inherit;font-weight:inherit}
th[aria-sort=ascending] button::after{content:" ▲"}th[aria-sort=descending] button::after{content:" ▼"}
td.num{text-align:right;font-variant-numeric:tabular-nums}
td.about{min-width:220px}td .where{color:var(--soft);font-size:12.5px;overflow-wrap:anywhere}
.warn{background:var(--warn-bg)}.alarm{background:var(--alarm-bg)}
.problems{margin:0;padding-left:18px;font-size:14px}.problems li{margin:3px 0;overflow-wrap:anywhere}
footer{margin-top:40px;color:var(--soft);font-size:13px;overflow-wrap:anywhere}
@media print{body{background:#fff;font-size:11pt}main{max-width:none;padding:0}.tools,.top button{display:none}
.card,.tile,.scroll{border-color:#bbb}h2{break-after:avoid}tr{break-inside:avoid}a{color:inherit}}
`;
