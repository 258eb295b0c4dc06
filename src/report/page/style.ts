/** The look of a page as a file. Colours have a contrast of at least 4.5 on either ground. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--text:#1f2328;--quiet:#59636e;--line:#d1d9e0;--soft:#f6f8fa;--good:#1a7f37;--info:#0969da;--warning:#9a6700;--error:#cf222e;--bar:#0969da}
@media (prefers-color-scheme:dark){:root{--ground:#0d1117;--text:#f0f6fc;--quiet:#9198a1;--line:#3d444d;--soft:#151b23;--good:#3fb950;--info:#4493f8;--warning:#d29922;--error:#f85149;--bar:#4493f8}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.5rem;margin:0 0 1rem}
h2{font-size:1.1rem;margin:0 0 .5rem}
section,details,.note{margin:0 0 1.5rem}
summary{cursor:pointer;font-weight:600;margin-bottom:.5rem}
code,pre{font:.875em/1.45 ui-monospace,monospace}
code{overflow-wrap:anywhere}
pre{background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:.75rem;margin:0;overflow:auto}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.5rem;margin:0}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
a{color:var(--info)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{border:1px solid var(--line);padding:.35rem .7rem;text-align:left;vertical-align:top}
th{background:var(--soft)}
.right{text-align:right;font-variant-numeric:tabular-nums}
.note{border-left:4px solid;padding:.5rem 1rem;background:var(--soft)}
.note b{display:inline-block;min-width:1rem}.note.good{border-color:var(--good)}.note.good b{color:var(--good)}.note.info{border-color:var(--info)}.note.info b{color:var(--info)}.note.warning{border-color:var(--warning)}.note.warning b{color:var(--warning)}.note.error{border-color:var(--error)}.note.error b{color:var(--error)}
.timeline{list-style:none;margin:0;padding:0}
.timeline li{display:grid;grid-template-columns:minmax(6rem,14rem) 1fr 4.5rem;gap:.75rem;align-items:center;padding:.15rem 0}
.lane{background:var(--soft);border-radius:3px;overflow:hidden}
.bar{display:block;height:.9rem;min-width:2px;background:var(--bar);border-radius:3px}
.bar.failed{background:var(--error)}
@media (max-width:36rem){dl{grid-template-columns:1fr}dt{margin-top:.5rem}}
@media print{details::details-content{content-visibility:visible}}
`.trim();
