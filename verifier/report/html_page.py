"""The frame of the HTML report: page, style and the script of its filters."""

from __future__ import annotations

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head>
<body><header><h1>verify-agent {verdict}</h1><p class="summary">{summary}</p>
<p class="run">{run}</p>{incomplete}</header>
<main>{body}</main><script>{script}</script></body></html>
"""

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --ink: CanvasText;
  --good: #1a7f37; --fair: #0969da; --open: #9a6700; --bad: #cf222e; --odd: #8250df; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --fair: #58a6ff; --open: #d29922;
  --bad: #f85149; --odd: #bc8cff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: Canvas; color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; display: flex; align-items: center; gap: .75rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
.summary { font-size: 1.05rem; margin: .5rem 0 0; }
.run, .place, .note, .rests { color: color-mix(in srgb, CanvasText 65%, Canvas);
  font-size: .85rem; }
.run { margin: 0; } .incomplete { color: var(--open); font-weight: 600; }
.note, .rests { margin: .25rem .75rem; }
code, pre, .code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .86rem; }
.pill { display: inline-block; min-width: 5.6rem; padding: .05rem .5rem; border-radius: 1rem;
  text-align: center; font-size: .8rem; font-weight: 600; color: Canvas;
  background: var(--tone, gray); }
.proved, .confirmed { --tone: var(--good); } .tested { --tone: var(--fair); }
.unknown, .candidate, .vacuous { --tone: var(--open); } .refuted { --tone: var(--bad); }
.error { --tone: var(--odd); }
nav { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .5rem;
  align-items: center; padding: .75rem 0; margin-top: 1rem; background: Canvas;
  border-bottom: 1px solid var(--line); }
button, select, input { font: inherit; color: inherit; background: Canvas; padding: .2rem .7rem;
  border: 1px solid var(--line); border-radius: 1rem; }
button { cursor: pointer; } input { flex: 1; min-width: 12rem; }
.filter { border-color: var(--tone); color: var(--tone); }
.filter[aria-pressed=true] { background: var(--tone); color: Canvas; }
#shown { font-size: .85rem; }
.function, .source { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
.function > summary, .source > summary { display: flex; gap: .75rem; align-items: center;
  padding: .45rem .75rem; cursor: pointer; }
.function > summary::before, .source > summary::before { content: "\\25b8"; opacity: .6; }
.function[open] > summary::before, .source[open] > summary::before { content: "\\25be"; }
.function > summary .place { margin-left: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .3rem .75rem; text-align: left; vertical-align: top;
  border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-size: .8rem; font-weight: 600; } th, td:nth-child(2) { white-space: nowrap; }
.inner td { border: 0; padding-top: 0; } .inner summary { cursor: pointer; font-size: .85rem; }
pre { margin: .4rem 0; padding: .6rem .8rem; border-radius: .4rem; background: var(--soft);
  white-space: pre-wrap; overflow-wrap: anywhere; }
.counterexample { border-left: 3px solid var(--bad); padding-left: .75rem; }
.code { overflow-x: auto; padding: .5rem 0; border-top: 1px solid var(--line); }
.line { display: flex; white-space: pre; } .line:target { background: #fd04; }
.number { width: 4rem; padding-right: .75rem; text-align: right; opacity: .5; flex: none; }
.margin { width: 6rem; flex: none; color: var(--tone); font-weight: 600; }
tr:target { background: #fd03; } a { color: var(--fair); text-decoration: none; }
a:hover { text-decoration: underline; } li { overflow-wrap: anywhere; }
"""

#: Filters are kept in the address, so that a view can be sent to somebody.
SCRIPT = """
(() => {
  const functions = [...document.querySelectorAll('.function')];
  const buttons = [...document.querySelectorAll('.filter')];
  const search = document.getElementById('search');
  const kind = document.getElementById('kind');
  const apply = () => {
    const wanted = buttons.filter(b => b.getAttribute('aria-pressed') === 'true')
      .map(b => b.dataset.verdict);
    const text = search.value.trim().toLowerCase();
    let shown = 0;
    for (const f of functions) {
      const fits = (!wanted.length || wanted.includes(f.dataset.verdict))
        && (!kind.value || f.dataset.kinds.split(' ').includes(kind.value))
        && f.dataset.told.includes(text);
      f.hidden = !fits;
      shown += fits;
    }
    document.getElementById('shown').textContent = `${shown} of ${functions.length}`;
    document.getElementById('nothing').hidden = shown > 0;
  };
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let e = target; e; e = e.parentElement) {
      if (e.tagName === 'DETAILS') e.open = true;
    }
    if (target) target.scrollIntoView({block: 'center'});
  };
  for (const b of buttons) b.addEventListener('click', () => {
    b.setAttribute('aria-pressed', String(b.getAttribute('aria-pressed') !== 'true'));
    apply();
  });
  search.addEventListener('input', apply);
  kind.addEventListener('change', apply);
  for (const b of document.querySelectorAll('.copy')) b.addEventListener('click', async () => {
    await navigator.clipboard.writeText(b.parentElement.querySelector('pre').textContent);
    b.textContent = 'copied';
  });
  addEventListener('hashchange', reveal);
  apply();
  reveal();
})();
"""
