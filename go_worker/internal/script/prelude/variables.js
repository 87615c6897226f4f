// The scopes of variables.

function text(v) {
  if (typeof v === 'string') return v;
  if (v !== null && typeof v === 'object') { try { return JSON.stringify(v); } catch (e) { return String(v); } }
  return String(v);
}
// Templates see a value as JavaScript prints it; scripts get back what was no text.
const printed = v => v === undefined ? 'null' : String(v);
const kindOf = v => { if (typeof v === 'string') return ''; if (v === undefined) return 'undefined';
  try { return JSON.stringify(v) || ''; } catch (e) { return ''; } };
const valueOf = found => { if (found === undefined) return undefined;
  switch (found[1]) {
    case '': return found[0];
    case 'undefined': return undefined;
    default: try { return JSON.parse(found[1]); } catch (e) { return found[0]; }
  } };
class Scope {
  constructor(name) { this._n = name; }
  get(key) { return valueOf(host.get(this._n, String(key))); }
  has(key) { return host.get(this._n, String(key)) !== undefined; }
  set(key, value) { host.set(this._n, String(key), printed(value), kindOf(value)); }
  unset(key) { host.unset(this._n, String(key)); }
  clear() { host.names(this._n).forEach(key => host.unset(this._n, key)); }
  replaceIn(t) { return typeof t === 'string' ? host.replaceIn(t) : t; }
  toObject() { const all = {}; host.names(this._n).forEach(key => { const v = this.get(key); if (v !== undefined) all[key] = v; }); return all; }
  toJSON() { return this.toObject(); }
}
const variables = new Scope('local'), environment = new Scope('environment'), globals = new Scope('globals'), collection = new Scope('collection');
const iterationData = {
  get: key => valueOf(host.column(String(key))), has: key => host.column(String(key)) !== undefined,
  toObject: () => Object.fromEntries(host.columns().map(key => [key, iterationData.get(key)])),
  toJSON: () => iterationData.toObject(), unset: () => {},
};
