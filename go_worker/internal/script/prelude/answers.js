// pm.response and what is claimed of it.

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
  toObject() { const o = {}; this._p.forEach(p => { o[p[0]] = p[1]; }); return o; }
  toJSON() { return this.all(); }
  toString() { return this._p.map(p => p[0] + ': ' + p[1]).join('\n'); }
}
class RequestHeaders extends HeaderList {
  add(h) { const p = pairOf(h); this._p.push(p); host.setHeader(p[0], p[1], false); }
  upsert(h) { const p = pairOf(h), old = this._find(p[0]); if (old) old[1] = p[1]; else this._p.push(p); host.setHeader(p[0], p[1], true); }
  remove(name) { const n = String(name).toLowerCase(); this._p = this._p.filter(q => q[0].toLowerCase() !== n); host.removeHeader(String(name)); }
}
class Answer {
  constructor(raw) { this.code = raw.code; this.status = raw.status; this.responseTime = raw.time; this.responseSize = raw.size; this._raw = raw; }
  get headers() { return this._h || (this._h = new HeaderList(this._raw.headers())); }
  get cookies() { return this._c || (this._c = new CookieList(cookiesOf(this.headers))); }
  text() { return this._t === undefined ? (this._t = this._raw.body()) : this._t; }
  json() { return JSON.parse(this.text().replace(/^\uFEFF/, '')); }
  reason() { return this.status; }
  size() { return { body: this.responseSize, header: 0, total: this.responseSize }; }
  get stream() { return this.text(); }
  get to() { return new To(this, false); }
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
class Claim {
  constructor(r, negated) { this._r = r; this._not = negated; }
  _check(ok, what) { if (this._not ? ok : !ok) throw new AssertionError('expected response to ' + (this._not ? 'not ' : '') + what); }
}
class To extends Claim {
  get have() { return new Have(this._r, this._not); }
  get be() { return new Be(this._r, this._not); }
  get not() { return new To(this._r, !this._not); }
}
class Have extends Claim {
  status(want) { const r = this._r; typeof want === 'number' ? this._check(r.code === want, 'have status code ' + want + ' but got ' + r.code)
    : this._check(r.status === want, 'have status reason ' + want + ' but got ' + r.status); }
  statusCode(want) { this.status(want); }
  statusCodeClass(want) { this._check(Math.floor(this._r.code / 100) === want, 'have status code class ' + want + ' but got ' + this._r.code); }
  statusReason(want) { this._check(this._r.status === want, 'have status reason ' + want + ' but got ' + this._r.status); }
  header(name, value) { const have = this._r.headers.get(name);
    value === undefined ? this._check(have !== undefined, 'have header ' + name) : this._check(have === value, 'have header ' + name + ' of ' + show(value) + ' but got ' + show(have)); }
  body(want) { const t = this._r.text();
    want === undefined ? this._check(t.length > 0, 'have a body')
      : this._check(want instanceof RegExp ? want.test(t) : typeof want === 'object' ? deepEqual(this._r._json(), want) : t === want, 'have the body ' + show(want)); }
  jsonBody(path, value) { const data = this._r._json();
    if (!arguments.length) return this._check(data !== undefined, 'have a JSON body');
    if (typeof path === 'object') return this._check(deepEqual(data, path), 'have the JSON body ' + show(path));
    let o = data; const ok = String(path).replace(/\[(\d+)\]/g, '.$1').split('.').every(p => { const has = o != null && p in Object(o); o = has ? o[p] : undefined; return has; });
    return this._check(ok && (arguments.length < 2 || deepEqual(o, value)), 'have ' + show(path) + ' in the JSON body'); }
  jsonSchema(schema) { const problem = host.validate(JSON.stringify(schema), this._r.text()); this._check(problem === '', 'match the JSON schema' + (problem ? ': ' + problem : '')); }
  get responseTime() { return { below: n => this._check(this._r.responseTime < n, 'take less than ' + n + ' ms but it took ' + this._r.responseTime) }; }
}
class Be extends Claim {
  get have() { return new Have(this._r, this._not); }
  get error() { this._check(this._r.code >= 400, 'be an error but got ' + this._r.code); return this; }
  get json() { this._check(this._r._json() !== undefined, 'be JSON'); return this; }
  get withBody() { this._check(this._r.text().length > 0, 'have a body'); return this; }
  get withoutBody() { this._check(this._r.text().length === 0, 'have no body'); return this; }
}
const codes = { info: [100, 199], success: [200, 299], redirection: [300, 399], clientError: [400, 499], serverError: [500, 599], ok: [200, 200],
  accepted: [202, 202], badRequest: [400, 400], unauthorized: [401, 401], unauthorised: [401, 401], forbidden: [403, 403], notFound: [404, 404], rateLimited: [429, 429] };
Object.keys(codes).forEach(k => Object.defineProperty(Be.prototype, k, { get() {
  this._check(this._r.code >= codes[k][0] && this._r.code <= codes[k][1], 'be ' + k + ' but got ' + this._r.code); return this; } }));

strict(Claim.prototype);
// What pm.response.to says, pm.expect(response).to says too.
['status', 'statusCode', 'statusCodeClass', 'statusReason', 'header', 'body', 'jsonBody'].forEach(name => { P[name] = function () {
  if (!(this._o instanceof Answer)) throw new AssertionError('expected ' + show(this._o) + ' to be a response');
  const have = new Have(this._o, !!this._f.not); have[name].apply(have, arguments); return this; }; });
P.jsonSchema = function (schema) {
  const problem = host.validate(JSON.stringify(schema), this._o instanceof Answer ? this._o.text() : JSON.stringify(this._o));
  return this._assert(problem === '', 'expected data to match the JSON schema' + (problem ? ': ' + problem : '')); };
['error', 'json', 'withBody', 'withoutBody'].concat(Object.keys(codes)).filter(name => name !== 'ok').forEach(name =>
  Object.defineProperty(P, name, { get() { if (this._o instanceof Answer) { void new Be(this._o, !!this._f.not)[name]; return this; }
    throw new AssertionError('expected ' + show(this._o) + ' to be a response'); } }));
