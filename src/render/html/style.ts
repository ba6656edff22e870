import { graphStyle } from '../graph/svg.ts'

/** How a page looks: on a phone and on a wide screen, in the light and in the dark, on paper. */
export const pageStyle = `
:root { color-scheme: light dark; --page: #ffffff; --card: #f6f8fa; --rim: #d1d9e0; --text: #1f2328;
  --quiet: #59636e;
  --link: #0550ae; --focus: #0969da; --add: #116329; --add-back: #dafbe1; --cut: #a40e26; --cut-back: #ffebe9;
  --alter: #7d4e00; --alter-back: #fff8c5; --hold: #6639ba; --hold-back: #fbefff; --code: #eff1f3; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --card: #161b22; --rim: #3d444d;
  --text: #e6edf3;
  --quiet: #9198a1; --link: #79c0ff; --focus: #58a6ff; --add: #7ee787; --add-back: #10311c; --cut: #ffa198;
  --cut-back: #48181b; --alter: #e3b341; --alter-back: #352a0b; --hold: #d2a8ff; --hold-back: #2c1d44;
  --code: #262c36; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem clamp(0.75rem, 3vw, 2rem) 4rem;
  background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.4rem 0 0.2rem; display: flex; flex-wrap: wrap;
  gap: 0.6rem;
  align-items: center; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.6rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.4rem; }
p { margin: 0.3rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
ul { margin: 0.3rem 0; padding-left: 1.2rem; }
code, pre, .name, .label, .value, .place, .patch {
  font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas,
  "DejaVu Sans Mono", monospace; font-size: 0.88em; }
code { background: var(--code); border-radius: 4px; padding: 0.1em 0.35em; overflow-wrap: anywhere; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.about, .quiet { color: var(--quiet); }
.closing { font-size: 1.1rem; font-weight: 600; }
.badge { font-size: 0.8rem; font-weight: 600; border-radius: 1rem; padding: 0.15rem 0.7rem;
  white-space: nowrap;
  border: 1px solid currentColor; }
.fine, .add { --tone: var(--add); --back: var(--add-back); }
.differs, .change { --tone: var(--alter); --back: var(--alter-back); }
.failed, .remove { --tone: var(--cut); --back: var(--cut-back); }
.waits, .wait { --tone: var(--hold); --back: var(--hold-back); }
.same { --tone: var(--quiet); --back: var(--card); }
.badge, .word { color: var(--tone); background: var(--back); }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 0.5rem; top: 0.5rem; background: var(--page); padding: 0.4rem 0.8rem; z-index: 9; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.3rem 1rem; list-style: none; padding: 0; }
nav a { display: inline-block; padding: 0.3rem 0; }
.counts { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 1rem 0 0.5rem; padding: 0; }
button, select, input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--rim);
  border-radius: 8px; padding: 0.45rem 0.8rem; min-height: 2.6rem; max-width: 100%; }
button { cursor: pointer; }
button:disabled { cursor: default; opacity: 1; }
.counts button { display: inline-flex; gap: 0.5rem; align-items: center; border-left: 4px solid var(--tone); }
.counts button b { font-size: 1.15rem; color: var(--tone); }
.counts button[aria-pressed="true"] { background: var(--back); border-color: var(--tone);
  box-shadow: inset 0 0 0 1px var(--tone); }
.tools { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: end; padding: 0.5rem 0; }
.tools label { display: grid; gap: 0.15rem; font-size: 0.85rem; color: var(--quiet); flex: 1 1 14rem; }
.tools label + label { flex: 0 1 12rem; }
.tools input, .tools select { color: var(--text); font-size: 1rem; width: 100%; }
.entry, .problem, .fold { border: 1px solid var(--rim); border-left: 4px solid var(--tone, var(--rim));
  border-radius: 8px;
  margin: 0.5rem 0; background: var(--card); }
.many .entry { content-visibility: auto; contain-intrinsic-size: auto 3rem; }
summary { cursor: pointer; padding: 0.55rem 0.8rem; border-radius: 8px; }
.entry > summary { display: flex; flex-wrap: wrap; gap: 0.2rem 0.6rem; align-items: baseline;
  list-style: none;
  position: relative; padding-left: 2.1rem; }
.entry > summary::-webkit-details-marker { display: none; }
.entry > summary::before { content: "▸"; color: var(--quiet); position: absolute; left: 0.8rem; }
.entry[open] > summary::before { content: "▾"; }
.entry:not(.more) > summary::before { content: ""; }
.entry:not(.more) > summary { cursor: default; }
.word { font-size: 0.85rem; font-weight: 600; border-radius: 6px; padding: 0.05rem 0.5rem;
  white-space: nowrap; }
.kind { color: var(--quiet); white-space: nowrap; }
.name { font-weight: 600; overflow-wrap: anywhere; min-width: 0; display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 3; line-clamp: 3; overflow: hidden; }
.entry[open] .name { display: inline; }
.place { color: var(--quiet); margin-left: auto; overflow-wrap: anywhere; }
.risk { color: var(--cut); font-size: 0.85rem; font-weight: 600; white-space: nowrap; }
.body { padding: 0 0.8rem 0.7rem; }
.body > p, .body > ul { margin: 0.2rem 0 0.5rem; }
.impacts { list-style: none; padding: 0; }
.impacts li { color: var(--cut); overflow-wrap: anywhere; }
.rows { list-style: none; margin: 0; padding: 0.3rem 0; border-top: 1px solid var(--rim); }
.row { display: grid; grid-template-columns: 1.1em minmax(6rem, 15rem) 1fr auto; gap: 0 0.6rem;
  padding: 0.12rem 0;
  align-items: baseline; }
.row > * { min-width: 0; overflow-wrap: anywhere; }
.row .sign { color: var(--tone); font-weight: 700; font-family: ui-monospace, Menlo, Consolas, monospace; }
.row .label { color: var(--quiet); }
.row.title .label { font-weight: 600; color: var(--text); }
.row > .sign { grid-area: 1 / 1; } .row > .label { grid-area: 1 / 2; } .row > .value { grid-area: 1 / 3; }
.row > .place { grid-area: 1 / 4; } .row > .block, .row > .moved { grid-column: 2 / -1; }
.d1 .label { padding-left: 1rem; } .d2 .label { padding-left: 2rem; } .d3 .label { padding-left: 3rem; }
.d4 .label { padding-left: 4rem; }
ins { color: var(--add); background: var(--add-back); text-decoration: none; border-radius: 3px;
  padding: 0 0.25em; }
del { color: var(--cut); background: var(--cut-back); text-decoration: none; border-radius: 3px;
  padding: 0 0.25em; }
pre { margin: 0.2rem 0; padding: 0.4rem 0.6rem; background: var(--page); border: 1px solid var(--rim);
  border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
.plus { color: var(--add); background: var(--add-back); } .minus { color: var(--cut);
  background: var(--cut-back); }
.plus, .minus, .plain { display: block; }
.gap { display: block; color: var(--quiet); }
mark { color: inherit; background: none; font-weight: 700; text-decoration: underline; }
.problem summary b { color: var(--tone); }
.problem summary { overflow-wrap: anywhere; }
.problem .place { margin: 0; }
.problem mark { color: var(--cut); text-decoration: underline wavy; }
.scroll { overflow: auto; max-height: 80vh; border: 1px solid var(--rim); border-radius: 8px;
  background: var(--page); }
.scroll svg { display: block; }
.graph a:focus-visible { outline: none; }
.graph a:focus-visible rect { stroke: var(--focus); stroke-width: 3; }
.legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1rem; list-style: none; padding: 0; font-size: 0.9rem;
  color: var(--quiet); }
.legend code { color: var(--text); }
footer { margin-top: 3rem; color: var(--quiet); font-size: 0.9rem; }
@media (max-width: 40rem) {
  .row { grid-template-columns: 1.1em 1fr; }
  .row > .value, .row > .place, .row > .block, .row > .moved { grid-area: auto / 2; margin: 0; }
  .entry > summary .place { flex-basis: 100%; margin: 0; }
  .tools label, .tools label + label { flex: 1 1 100%; }
  .tools button { flex: 1 1 auto; }
  .d1 .label, .d2 .label, .d3 .label, .d4 .label { padding-left: 0.6rem; }
}
@media print {
  :root { --page: #fff; --card: #fff; --text: #000; --quiet: #444; --rim: #999; color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .tools, .skip, nav { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .many .entry { content-visibility: visible; }
  .entry { break-inside: avoid-page; }
  .scroll { max-height: none; overflow: visible; }
  .scroll svg { max-width: 100%; height: auto; }
}
${graphStyle}`
