// The one style sheet: light and dark by the reader's setting; on a narrow screen each row of a table becomes a card.

export const style = String.raw`
:root {
  color-scheme: light dark;
  --ground: #fbfbfa; --raised: #ffffff; --text: #1c2024; --minor: #5b636c; --line: #dcdfe3; --link: #0b57a4;
  --good: #14683a; --good-ground: #e3f4ea; --bad: #a3191f; --bad-ground: #fde8e7;
  --warn: #7a4b00; --warn-ground: #fdf0d5; --busy: #0b57a4; --busy-ground: #e2eefb;
  --calm: #4a525b; --calm-ground: #eceef0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15181b; --raised: #1d2125; --text: #e6e8ea; --minor: #a0a8b0; --line: #353b41; --link: #8cc0f5;
    --good: #7fd9a4; --good-ground: #14321f; --bad: #ff9a93; --bad-ground: #3d1a1a;
    --warn: #f0c36c; --warn-ground: #372a0f; --busy: #8cc0f5; --busy-ground: #142c44;
    --calm: #b8c0c8; --calm-ground: #2a3036;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 0 1.25rem 2rem; max-width: 76rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--raised); padding: .5rem; }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; padding: 1rem 0; }
.brand { font-weight: 650; color: var(--text); text-decoration: none; letter-spacing: -.01em; }
.brand:hover { text-decoration: underline; }
#live, .minor, footer { color: var(--minor); font-size: .875rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; }
p { margin: .375rem 0; }
code, pre { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; }
.verdict { padding: 1.25rem 1.25rem 1.125rem; border-radius: .5rem; border: 1px solid var(--line); border-left: .375rem solid var(--calm);
  background: var(--raised); }
.verdict h1 { display: flex; flex-wrap: wrap; align-items: center; gap: .625rem; }
.verdict .badge { font-size: 1.125rem; padding: .125rem .75rem; }
.verdict .reason { font-size: 1.0625rem; margin-top: .75rem; }
.fault { color: var(--minor); }
.wait { color: var(--minor); }
.wait strong { color: var(--text); font-weight: 600; }
.verdict.good { border-left-color: var(--good); } .verdict.bad { border-left-color: var(--bad); }
.verdict.warn { border-left-color: var(--warn); } .verdict.busy { border-left-color: var(--busy); }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .875rem; font-weight: 600; line-height: 1.6;
  color: var(--calm); background: var(--calm-ground); }
.badge.good { color: var(--good); background: var(--good-ground); } .badge.bad { color: var(--bad); background: var(--bad-ground); }
.badge.warn { color: var(--warn); background: var(--warn-ground); } .badge.busy { color: var(--busy); background: var(--busy-ground); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .75rem 1.5rem; margin: 1.25rem 0; }
.facts dt { color: var(--minor); font-size: .8125rem; } .facts dd { margin: 0; }
.dependencies { list-style: none; padding: 0; display: grid; gap: .375rem; }
table { width: 100%; border-collapse: collapse; background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-top: 1px solid var(--line); font-weight: 400; }
thead th { border-top: 0; color: var(--minor); font-size: .8125rem; white-space: nowrap; }
tbody th { font-weight: 600; min-width: 11rem; } tbody th .minor { display: block; font-weight: 400; }
td.wide { width: 40%; } td code { white-space: nowrap; } td p { margin: 0 0 .25rem; } td ul { margin: .25rem 0; padding-left: 1.125rem; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td .badge { white-space: nowrap; } .step .badge { white-space: normal; font-weight: 500; }
summary { cursor: pointer; } section > details > summary { font-weight: 600; padding: .375rem 0; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; overflow-x: auto;
  margin: .25rem 0 .5rem; line-height: 1.45; overflow-wrap: normal; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .75rem; } footer a { color: inherit; margin-right: .75rem; }
@media (max-width: 44rem) {
  body { padding: 0 .875rem 1.5rem; }
  h1 { font-size: 1.25rem; }
  .facts { grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
  table, tbody, tr, th, td { display: block; } thead { position: absolute; left: -999rem; }
  tbody tr { padding: .625rem .75rem; border-top: 1px solid var(--line); } tbody tr:first-child { border-top: 0; }
  tbody th, tbody td { border: 0; padding: .125rem 0; }
  td.wide { width: auto; } .number { text-align: left; }
  td::before { content: attr(data-label) ": "; color: var(--minor); font-size: .8125rem; }
  td.wide::before { display: block; }
  td.wide:empty, td:empty { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  .badge.busy [aria-hidden] { animation: breathe 1.6s ease-in-out infinite; }
  @keyframes breathe { 50% { opacity: .25; } }
}
`;

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b57a4"/><path d="M7 20c0-5 4-9 9-9s9 4 9 9M7 24v-4m6 4v-8m6 8v-8m6 8v-4M4 24h24" stroke="#fff" stroke-width="2.2" fill="none" stroke-linecap="round"/></svg>\n`;
