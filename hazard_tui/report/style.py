"""The style sheet of the page; it follows the light or dark scheme of the reader."""

STYLE = """
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1a1d21;--dim:#626b76;--edge:#dfe3e8;
--c1:#2563eb;--c2:#0d9488;--c3:#b45309;--c4:#7c3aed;--bad:#dc2626;--good:#15803d;--warn:#b45309;
--goodbg:#dcfce7;--badbg:#fee2e2;--warnbg:#fef3c7}
@media (prefers-color-scheme:dark){:root{--bg:#111418;--card:#1a1e24;--ink:#e6e9ed;--dim:#97a1ad;
--edge:#2c333c;--c1:#60a5fa;--c2:#2dd4bf;--c3:#fbbf24;--c4:#a78bfa;--bad:#f87171;--good:#4ade80;
--warn:#fbbf24;--goodbg:#14331f;--badbg:#3f1a1c;--warnbg:#3a2c0c}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);
font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1240px;margin:0 auto;padding:24px 20px 48px}
h1{font-size:22px;margin:0;overflow-wrap:anywhere}
h2{font-size:15px;margin:28px 0 10px}
p{margin:6px 0}.dim,.unit{color:var(--dim)}
header{display:flex;gap:10px;align-items:center;flex-wrap:wrap}
.pill{padding:2px 10px;border-radius:999px;font-weight:600;font-size:12.5px;background:var(--edge)}
.pill.good{background:var(--goodbg);color:var(--good)}.pill.bad{background:var(--badbg);color:var(--bad)}
.pill.warn{background:var(--warnbg);color:var(--warn)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(112px,1fr));gap:10px;margin-top:18px}
.card,figure,.box{background:var(--card);border:1px solid var(--edge);border-radius:10px}
.card{padding:10px 12px}.card b{display:block;font-size:19px;font-weight:650;white-space:nowrap;
font-variant-numeric:tabular-nums}
.card span{color:var(--dim);font-size:12.5px}.card.bad b{color:var(--bad)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(480px,100%),1fr));gap:12px}
figure{margin:0;padding:10px 12px 4px}figcaption{display:flex;gap:8px;align-items:baseline}
.legend{margin-left:auto;display:flex;gap:12px;flex-wrap:wrap;font-size:12.5px;color:var(--dim)}
.key::before{content:"";display:inline-block;width:14px;height:3px;border-radius:2px;margin-right:5px;
vertical-align:middle;background:currentColor}
.key.c1::before{color:var(--c1)}.key.c2::before{color:var(--c2)}.key.c3::before{color:var(--c3)}
.key.c4::before{color:var(--c4)}.key.bad::before{color:var(--bad)}.key.plan::before{color:var(--dim)}
svg{display:block;width:100%;height:auto}svg text{font-size:11px;fill:var(--dim)}
.grid{stroke:var(--edge);fill:none}.line{fill:none;stroke-width:1.8;stroke-linejoin:round}
.area{stroke:none;opacity:.13}
.c1{stroke:var(--c1);fill:var(--c1)}.c2{stroke:var(--c2);fill:var(--c2)}
.c3{stroke:var(--c3);fill:var(--c3)}.c4{stroke:var(--c4);fill:var(--c4)}
.line.c1,.line.c2,.line.c3,.line.c4,.line.bad,.line.plan{fill:none}
svg .bad{stroke:var(--bad);fill:var(--bad)}svg .plan{stroke:var(--dim);stroke-dasharray:5 4}
svg .mark{stroke:var(--dim);stroke-dasharray:2 3;fill:none}
svg .mark.bad{stroke:var(--bad);fill:none}
svg .area{stroke:none}svg .line{fill:none}
.box{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:6px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--edge)}
th{font-weight:600;color:var(--dim);font-size:12.5px}
th.text,td.text{text-align:left}td.wrap{white-space:normal;min-width:200px;overflow-wrap:anywhere;text-align:left}
tr:last-child td{border-bottom:0}tr.total td{font-weight:650}td.bad{color:var(--bad)}
tr.inner td.name{padding-left:24px}
.tag{color:var(--dim);font-size:12px}
footer{margin-top:32px;color:var(--dim);font-size:12.5px}
@media print{body{background:#fff}figure,.box,.card{break-inside:avoid}}
"""
