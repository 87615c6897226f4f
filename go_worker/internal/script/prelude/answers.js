// pm.response, its headers and cookies.

const entry = p => ({ key: p[0], value: p[1] });
class HeaderList {
  constructor(pairs) { this._p = pairs; }
  _find(name) { name = String(name).toLowerCase(); return this._p.find(p => p[0].toLowerCase() === name); }
  get(name) { const p = this._find(name); return p && p[1]; }
  has(name, value) { const p = this._find(name); return !!p && (value === undefined || p[1] === value); }
  one(name) { const p = this._find(name); return p && entry(p); }
  all() { return this._p.map(entry); }
  each(f) { this._p.forEach(p => f(entry(p))); }
  find(f) { return this.all().find(f); }
  filter(f) { return this.all().filter(f); }
  map(f) { return this.all().map(f); }
  count() { return this._p.length; }
  toObject() { const o = {}; this._p.forEach(p => { o[p[0].toLowerCase()] = p[1]; }); return o; }
  asWritten() { const o = {}; this._p.forEach(p => { o[p[0]] = p[1]; }); return o; }
  idx(i) { return this.all()[i]; }
  toJSON() { return this.all(); }
  toString() { return this._p.map(p => p[0] + ': ' + p[1]).join('\n'); }
}
class RequestHeaders extends HeaderList {
  add(h) { const p = pairOf(h); this._p.push(p); host.setHeader(p[0], p[1], false); }
  upsert(h) { const p = pairOf(h), old = this._find(p[0]); if (old) old[1] = p[1]; else this._p.push(p); host.setHeader(p[0], p[1], true); }
  remove(name) { const n = String(name).toLowerCase(); this._p = this._p.filter(q => q[0].toLowerCase() !== n); host.removeHeader(String(name)); }
}
class Answer {
  constructor(raw) { this.code = raw.code; this.status = raw.status || undefined; this.responseTime = raw.time; this.responseSize = raw.size; this._raw = raw; }
  get headers() { return this._h || (this._h = new HeaderList(this._raw.headers())); }
  get cookies() { return this._c || (this._c = new CookieList(cookiesOf(this.headers))); }
  text() { return this._t === undefined ? (this._t = this._raw.body()) : this._t; }
  json() { const t = this.text().replace(/^\uFEFF/, '');
    try { return JSON.parse(t); } catch (e) { e.name = 'JSONError'; throw e; } }
  jsonp() { const found = /^[^({[]*\(([\s\S]*)\)[\s;]*$/.exec(this.text()); return JSON.parse(found ? found[1] : this.text()); }
  get id() { return this._i || (this._i = host.randomHex(16).replace(/^(.{8})(.{4}).(.{3})(.{4})(.{12}).*$/, '$1-$2-4$3-$4-$5')); }
  reason() { return this.status; }
  size() { const lines = this.headers.all().reduce((n, h) => n + h.key.length + h.value.length + 4, 0);
    const header = ('HTTP/X.X ' + this.code + ' ' + this.status).length + 4 + lines;
    return { body: this.responseSize, header, total: this.responseSize + header }; }
  details() { return { name: this.status, detail: this.status, code: this.code, standardName: this.status }; }
  toJSON() { return { status: this.status, code: this.code, header: this.headers.all(), responseTime: this.responseTime, responseSize: this.responseSize }; }
  get stream() { return this.text(); }
  get to() { return expect(this); }
  _json() { try { return this.json(); } catch (e) { return undefined; } }
}
const cookiesOf = headers => headers._p.filter(h => h[0].toLowerCase() === 'set-cookie')
  .map(h => { const p = h[1].split(';')[0], i = p.indexOf('='); return { name: p.slice(0, i).trim(), value: p.slice(i + 1).trim() }; });
class CookieList {
  constructor(list) { this._s = list; }
  one(name) { return this._s.find(c => c.name === name); }
  get(name) { const c = this.one(name); return c && c.value; }
  has(name) { return !!this.one(name); }
  all() { return this._s; }
  count() { return this._s.length; }
  idx(i) { return this._s[i]; }
  each(f) { this._s.forEach(f); }
  map(f) { return this._s.map(f); }
  filter(f) { return this._s.filter(f); }
  find(f) { return this._s.find(f); }
  reduce(f, first) { return this._s.reduce(f, first); }
  toJSON() { return this._s; }
  toObject() { const o = {}; this._s.forEach(c => { o[c.name] = c.value; }); return o; }
}
