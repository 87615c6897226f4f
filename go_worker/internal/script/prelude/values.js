// How claims name, show and compare values.

function show(v) {
  if (typeof v === 'string') return "'" + v + "'";
  if (typeof v === 'function') return 'function';
  try { const t = JSON.stringify(v); return t === undefined ? String(v) : t; } catch (e) { return String(v); }
}
// The type of a value by its tag: Array, Object, Date, Map; undefined and functions by typeof.
function typeOf(v) {
  if (v === null) return 'null';
  if (typeof v !== 'object') return typeof v;
  return Array.isArray(v) ? 'Array' : Object.prototype.toString.call(v).slice(8, -1);
}
const typed = /^(?:Arguments|Array|(?:Ui|I)nt(?:8|16|32)Array|Uint8ClampedArray|Float(?:32|64)Array)$/;
const identities = ['Promise', 'Symbol', 'WeakMap', 'WeakSet'];
const enumerable = o => { const names = []; for (const name in o) names.push(name);
  return names.concat(Object.getOwnPropertySymbols(o).filter(s => Object.prototype.propertyIsEnumerable.call(o, s))); };
// Structures are equal when their types and all that can be enumerated are, inherited members too; 0 is not -0.
function deepEqual(a, b, open = []) {
  if (a === b) return a !== 0 || 1 / a === 1 / b;
  if (a !== a && b !== b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  const kind = typeOf(a);
  if (kind !== typeOf(b)) return false;
  if (open.some(pair => pair[0] === a && pair[1] === b)) return true;
  const inside = open.concat([[a, b]]), same = (x, y) => deepEqual(x, y, inside);
  if (['String', 'Number', 'Boolean', 'Date'].includes(kind)) return same(a.valueOf(), b.valueOf());
  if (kind === 'RegExp') return String(a) === String(b);
  if (kind === 'Error') return ['name', 'message', 'code'].every(name => same(a[name], b[name]));
  if (identities.includes(kind)) return false;
  if (typed.test(kind)) return a.length === b.length && Array.prototype.every.call(a, (v, i) => same(v, b[i]));
  if (kind === 'Map' || kind === 'Set') return a.size === b.size && sameEntries(Array.from(a), Array.from(b), same);
  const names = enumerable(a);
  return names.length === enumerable(b).length && names.every(name => name in b && same(a[name], b[name]));
}
function sameEntries(a, b, same) {
  const left = b.slice();
  return a.every(v => { const at = left.findIndex(w => same(v, w)); if (at >= 0) left.splice(at, 1); return at >= 0; });
}
const shortest = (text, most) => text.length > most ? text.slice(0, most - 1) + '…' : text;
const word = /^[a-z_$][\w$]*$/i;
const quoted = text => "'" + text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t') + "'";
function fits(items, from, room) {
  let used = -2;
  for (let i = from; i < items.length && used <= room; i++) used += items[i](room).length + 2;
  return used <= room;
}
// What fits of a list between its brackets; the number of what does not.
function fitted(open, items, close, room) {
  const parts = []; let used = open.length + close.length + 2;
  for (let i = 0; i < items.length; i++) {
    const left = items.length - i, text = items[i](room - used), tail = left > 1 ? 2 + ('…(' + (left - 1) + ')').length : 0;
    if (used + text.length + tail > room && !fits(items, i, room - used)) { parts.push('…(' + left + ')'); break; }
    parts.push(text); used += text.length + 2;
  }
  return parts.length ? open + ' ' + parts.join(', ') + ' ' + close : open + close;
}
const longest = 40;
// A value in a message, cut to about 40 characters.
function inspect(v, room = longest) {
  if (typeof v === 'string') return quoted(shortest(v, Math.max(room - 2, 1)));
  if (typeof v === 'symbol' || typeof v === 'bigint') return String(v) + (typeof v === 'bigint' ? 'n' : '');
  if (v === 0) return 1 / v < 0 ? '-0' : '+0';
  if (typeof v === 'function') return v.name ? '[Function ' + v.name + ']' : '[Function]';
  if (v === null || typeof v !== 'object') return String(v);
  const kind = typeOf(v), entries = Array.from.bind(Array), deeper = w => most => most < 1 ? '…' : inspect(w, most);
  switch (kind) {
    case 'Date': return isNaN(v) ? 'Invalid Date' : v.toISOString();
    case 'RegExp': return String(v);
    case 'Error': return v.name + (v.message ? ': ' + v.message : '');
    case 'String': case 'Number': case 'Boolean': return inspect(v.valueOf());
    case 'Promise': return 'Promise{…}';
    case 'Map': return fitted('Map{', entries(v, e => most => inspect(e[0], most) + ' => ' + inspect(e[1], most)), '}', room);
    case 'Set': return fitted('Set{', entries(v, deeper), '}', room);
  }
  if (typed.test(kind)) return fitted(kind === 'Array' ? '[' : kind + '[', entries(v, deeper), ']', room);
  const maker = v.constructor && v.constructor !== Object && v.constructor.name ? v.constructor.name : kind === 'Object' ? '' : kind;
  const member = name => most => { const key = (word.test(name) ? name : quoted(name)) + ': '; return key + deeper(v[name])(most - key.length); };
  return fitted(maker + '{', Object.keys(v).map(member), '}', room);
}
// A value that a claim is about: what is too long even so is told by its size or its first names.
function display(v) {
  const text = inspect(v);
  if (text.length < longest || v === null) return text;
  if (Array.isArray(v)) return '[ Array(' + v.length + ') ]';
  if (typeof v !== 'object' || typeOf(v) !== 'Object') return text;
  const names = Object.keys(v);
  return '{ Object (' + names.slice(0, 2).join(', ') + (names.length > 2 ? ', ...' : '') + ') }';
}
