// Evaluates expressions one by one, in newman and in the engine alike.
const cases = JSON.parse(pm.globals.get("cases"));
const shown = v => {
  if (v === undefined) return "undefined";
  if (typeof v === "number" && !isFinite(v)) return String(v);
  if (typeof v === "function") return "function";
  const text = JSON.stringify(v);
  return text === undefined ? String(v) : text;
};
pm.globals.set("results", JSON.stringify(cases.list.map(expression => {
  try { return shown(eval(cases.setup + "\n;(" + expression + ")")); } catch (e) { return "throws " + e.message; }
})));
