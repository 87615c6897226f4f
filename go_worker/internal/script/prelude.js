// What scripts of Postman find: pm, postman, tests and the legacy globals. Called once per runtime with
// the functions of the engine; returns the functions that the engine calls.
(function (host, global) {
  'use strict';
  let results = [], response = null, request = null;

  // ---- calls that cannot be interrupted make no more than this ----

  const most = 1 << 24;
  const bounded = (of, name, size, what) => { const call = of[name];
    Object.defineProperty(of, name, { configurable: true, writable: true, value: function () {
      if (size.apply(this, arguments) > most) throw new RangeError('Invalid ' + what + ' length');
      return call.apply(this, arguments); } }); };
  bounded(String.prototype, 'repeat', function (n) { return this.length * n; }, 'string');
  bounded(String.prototype, 'padStart', n => n, 'string');
  bounded(String.prototype, 'padEnd', n => n, 'string');
  bounded(Array, 'from', o => o && o.length, 'array');
  ['fill', 'join', 'concat', 'slice', 'map', 'forEach', 'indexOf', 'sort', 'reverse'].forEach(name => bounded(Array.prototype, name, function () { return this.length; }, 'array'));
  ['Array', 'ArrayBuffer', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array'].forEach(name => {
    const make = global[name], check = args => { if (args.length === 1 && typeof args[0] === 'number' && args[0] > most) throw new RangeError('Invalid ' + (name === 'Array' ? 'array' : 'typed array') + ' length'); };
    const guarded = new Proxy(make, { construct(made, args, target) { check(args); return Reflect.construct(made, args, target === guarded ? made : target); },
      apply(made, self, args) { check(args); return Reflect.apply(made, self, args); } });
    make.prototype.constructor = guarded;
    Object.defineProperty(global, name, { configurable: true, writable: true, value: guarded }); });

  // ---- chai's expect, as far as scripts use it ----

  function show(v) {
    if (typeof v === 'string') return "'" + v + "'";
    if (typeof v === 'function') return 'function';
    try { const t = JSON.stringify(v); return t === undefined ? String(v) : t; } catch (e) { return String(v); }
  }
  function deepEqual(a, b) {
    if (a === b || (a !== a && b !== b)) return true;
    if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
    if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const ka = Object.keys(a), kb = Object.keys(b);
    if (ka.length !== kb.length) return false;
    return ka.every(k => Object.prototype.hasOwnProperty.call(b, k) && deepEqual(a[k], b[k]));
  }
  function typeName(v) {
    if (v === null) return 'null';
    if (Array.isArray(v)) return 'array';
    if (v instanceof Date) return 'date';
    if (v instanceof RegExp) return 'regexp';
    if (v instanceof Error) return 'error';
    return typeof v;
  }
  class AssertionError extends Error {
    constructor(message) { super(message); this.name = 'AssertionError'; }
  }
  class Assertion {
    constructor(object, message) { this._o = object; this._m = message; this._f = {}; }
    _assert(ok, what, negated) {
      if (this._f.not) ok = !ok;
      if (!ok) {
        const text = this._f.not ? negated || what.replace(' to ', ' to not ') : what;
        throw new AssertionError((this._m ? this._m + ': ' : '') + text);
      }
      return this;
    }
    _flag(name) { this._f[name] = true; return this; }
    get not() { return this._flag('not'); }
    get deep() { return this._flag('deep'); }
    get nested() { return this._flag('nested'); }
    get own() { return this._flag('own'); }
    get ordered() { return this._flag('ordered'); }
    get any() { this._f.all = false; return this._flag('any'); }
    get all() { this._f.any = false; return this._flag('all'); }
    get length() { const self = this;
      return new Proxy(n => self.lengthOf(n), { get(_, key) { const a = new Assertion(self._o.length, self._m); a._f = self._f; const v = a[key]; return typeof v === 'function' ? v.bind(a) : v; } }); }
    equal(v, m) { this._m = m || this._m;
      return this._f.deep ? this.eql(v) : this._assert(this._o === v, 'expected ' + show(this._o) + ' to equal ' + show(v)); }
    eql(v, m) { this._m = m || this._m;
      return this._assert(deepEqual(this._o, v), 'expected ' + show(this._o) + ' to deeply equal ' + show(v)); }
    _number() { if (typeof this._o !== 'number' && !(this._o instanceof Date)) throw new AssertionError('expected ' + show(this._o) + ' to be a number or a date'); }
    above(n) { this._number(); return this._assert(this._o > n, 'expected ' + show(this._o) + ' to be above ' + show(n)); }
    below(n) { this._number(); return this._assert(this._o < n, 'expected ' + show(this._o) + ' to be below ' + show(n)); }
    least(n) { this._number(); return this._assert(this._o >= n, 'expected ' + show(this._o) + ' to be at least ' + show(n)); }
    most(n) { this._number(); return this._assert(this._o <= n, 'expected ' + show(this._o) + ' to be at most ' + show(n)); }
    within(a, b) { this._number(); return this._assert(this._o >= a && this._o <= b, 'expected ' + show(this._o) + ' to be within ' + a + '..' + b); }
    closeTo(n, d) { this._number(); return this._assert(Math.abs(this._o - n) <= d, 'expected ' + show(this._o) + ' to be close to ' + n + ' +/- ' + d); }
    match(re) { return this._assert(new RegExp(re).test(this._o), 'expected ' + show(this._o) + ' to match ' + re); }
    string(s) { return this._assert(typeof this._o === 'string' && this._o.includes(s), 'expected ' + show(this._o) + ' to contain ' + show(s)); }
    oneOf(list) { const o = this._o;
      if (this._f.contains) return this._assert(list.some(v => o.includes(v)), 'expected ' + show(o) + ' to contain one of ' + show(list));
      return this._assert(list.some(v => this._f.deep ? deepEqual(v, this._o) : v === this._o), 'expected ' + show(this._o) + ' to be one of ' + show(list)); }
    lengthOf(n) { const l = this._o == null ? undefined : this._o.length !== undefined ? this._o.length : this._o.size;
      return this._assert(l === n, 'expected ' + show(this._o) + ' to have a length of ' + n + ' but got ' + l); }
    instanceof(c) { return this._assert(this._o instanceof c, 'expected ' + show(this._o) + ' to be an instance of ' + (c && c.name)); }
    satisfy(f) { return this._assert(f(this._o), 'expected ' + show(this._o) + ' to satisfy the function'); }
    members(list) { const eq = this._f.deep ? deepEqual : (a, b) => a === b, has = (l, v) => l.some(w => eq(v, w));
      const o = this._o || [];
      if (this._f.ordered) return this._assert(list.every((v, i) => eq(o[i], v)) && (this._f.contains || o.length === list.length),
        'expected ' + show(o) + ' to have the ordered members ' + show(list));
      return this._assert(list.every(v => has(o, v)) && (this._f.contains || (o.length === list.length && o.every(v => has(list, v)))),
        'expected ' + show(o) + ' to have the members ' + show(list)); }
    keys() { const want = [].concat.apply([], Array.prototype.slice.call(arguments).map(k => typeof k === 'object' && !Array.isArray(k) ? Object.keys(k) : k));
      const have = Object.keys(this._o || {});
      const ok = this._f.any ? want.some(k => have.includes(String(k)))
        : want.every(k => have.includes(String(k))) && (this._f.contains || have.length === want.length);
      return this._assert(ok, 'expected ' + show(this._o) + ' to have keys ' + show(want)); }
    property(name, value, m) { this._m = m || this._m;
      let o = this._o, has;
      if (this._f.nested) {
        const parts = String(name).replace(/\[(\d+)\]/g, '.$1').split('.').filter(p => p !== '');
        has = parts.every(p => { const ok = o != null && p in Object(o); o = ok ? o[p] : undefined; return ok; });
      } else {
        has = o != null && (this._f.own ? Object.prototype.hasOwnProperty.call(o, name) : name in Object(o));
        o = has ? o[name] : undefined;
      }
      if (arguments.length > 1 && value !== undefined || arguments.length > 1 && !this._f.not && has) {
        this._assert(has && (this._f.deep ? deepEqual(o, value) : o === value), 'expected ' + show(this._o) + ' to have property ' + show(name) + ' of ' + show(value) + ', but got ' + show(o));
      } else {
        this._assert(has, 'expected ' + show(this._o) + ' to have property ' + show(name));
      }
      this._o = o; return this; }
    include(v, m) { this._m = m || this._m;
      const o = this._o, eq = this._f.deep ? deepEqual : (a, b) => a === b; let ok = false;
      if (typeof o === 'string') ok = o.includes(v);
      else if (Array.isArray(o)) ok = o.some(w => eq(v, w));
      else if (o && typeof o === 'object') ok = Object.keys(v).every(k => eq(v[k], o[k]));
      else throw new AssertionError('object tested must be an array, an object or a string, but ' + typeName(o) + ' given');
      return this._assert(ok, 'expected ' + show(o) + ' to include ' + show(v)); }
    throw(want) { let caught = null;
      try { this._o(); } catch (e) { caught = e; }
      let ok = caught !== null;
      if (ok && typeof want === 'string') ok = String(caught.message).includes(want);
      else if (ok && want instanceof RegExp) ok = want.test(caught.message);
      else if (ok && typeof want === 'function') ok = caught instanceof want;
      return this._assert(ok, 'expected the function to throw'); }
    get ok() { if (this._o instanceof Answer) { new Be(this._o, !!this._f.not).ok; return this; }
      return this._assert(this._o, 'expected ' + show(this._o) + ' to be truthy'); }
    get true() { return this._assert(this._o === true, 'expected ' + show(this._o) + ' to be true'); }
    get false() { return this._assert(this._o === false, 'expected ' + show(this._o) + ' to be false'); }
    get null() { return this._assert(this._o === null, 'expected ' + show(this._o) + ' to be null'); }
    get undefined() { return this._assert(this._o === undefined, 'expected ' + show(this._o) + ' to be undefined'); }
    get finite() { return this._assert(typeof this._o === 'number' && isFinite(this._o), 'expected ' + show(this._o) + ' to be a finite number'); }
    get NaN() { return this._assert(this._o !== this._o, 'expected ' + show(this._o) + ' to be NaN'); }
    get exist() { return this._assert(this._o != null, 'expected ' + show(this._o) + ' to exist'); }
    get empty() { const o = this._o;
      if (o == null || (typeof o !== 'object' && typeof o !== 'string')) throw new AssertionError('.empty was passed ' + (o == null ? o : 'non-string primitive ' + show(o)));
      return this._assert(o != null && (typeof o === 'object' && !('length' in o) ? Object.keys(o).length : o.length) === 0, 'expected ' + show(o) + ' to be empty'); }
  }
  ['to', 'be', 'been', 'is', 'that', 'which', 'and', 'has', 'have', 'with', 'at', 'of', 'same', 'but', 'does', 'still', 'also'].forEach(word =>
    Object.defineProperty(Assertion.prototype, word, { get() { return this; } }));
  const P = Assertion.prototype;
  // A word that chai does not know is a mistake in the test, not a claim that holds.
  const strict = of => Object.setPrototypeOf(of, new Proxy(Object.prototype, { get(base, key) {
    if (typeof key === 'symbol' || key in base || key === 'then' || key === 'toJSON' || key === 'nodeType') return base[key];
    throw new Error('Invalid Chai property: ' + key); } }));
  strict(Assertion.prototype);
  P.equals = P.eq = P.equal; P.eqls = P.eql; P.gt = P.greaterThan = P.above; P.lt = P.lessThan = P.below;
  P.gte = P.greaterThanOrEqual = P.least; P.lte = P.lessThanOrEqual = P.most; P.matches = P.match; P.instanceOf = P.instanceof;
  P.key = P.keys; P.haveOwnProperty = P.ownProperty = P.property; P.approximately = P.closeTo; P.throws = P.Throw = P.throw;
  function chained(name, call) {
    Object.defineProperty(P, name, { get() {
      const self = this, f = function () { return call.apply(self, arguments); };
      return new Proxy(f, { get(_, key) { self._f.contains = true; const v = self[key]; return typeof v === 'function' ? v.bind(self) : v; } });
    } });
  }
  ['include', 'includes', 'contain', 'contains'].forEach(function (name) { const call = P.include; chained(name, call); });
  ['a', 'an'].forEach(name => Object.defineProperty(P, name, { get() {
    const self = this, f = type => {
      const have = typeName(self._o), want = String(type).toLowerCase();
      return self._assert(have === want, 'expected ' + show(self._o) + ' to be a ' + type);
    };
    return new Proxy(f, { get(_, key) { const v = self[key]; return typeof v === 'function' ? v.bind(self) : v; } });
  } }));
  const expect = (o, m) => new Assertion(o, m);
  expect.fail = m => { throw new AssertionError(typeof m === 'string' ? m : 'expect.fail()'); };

  // ---- variables ----

  function text(v) {
    if (typeof v === 'string') return v;
    if (v !== null && typeof v === 'object') { try { return JSON.stringify(v); } catch (e) { return String(v); } }
    return String(v);
  }
  // Templates see a value as JavaScript prints it; scripts get back what was no text.
  const printed = v => v === undefined ? 'null' : String(v);
  const kindOf = v => { if (typeof v === 'string') return ''; if (v === undefined) return 'undefined';
    try { return JSON.stringify(v) || ''; } catch (e) { return ''; } };
  class Scope {
    constructor(name) { this._n = name; }
    get(key) { const found = host.get(this._n, String(key)); if (found === undefined) return undefined;
      switch (found[1]) {
        case '': return found[0];
        case 'undefined': return undefined;
        default: try { return JSON.parse(found[1]); } catch (e) { return found[0]; }
      } }
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
    get: key => host.column(String(key)), has: key => host.column(String(key)) !== undefined,
    toObject: () => host.columns(), toJSON: () => host.columns(), unset: () => {},
  };

  // ---- answers ----

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
    get cookies() { return this._c || (this._c = new CookieList(this.headers)); }
    text() { return this._t === undefined ? (this._t = this._raw.body()) : this._t; }
    json() { return JSON.parse(this.text().replace(/^\uFEFF/, '')); }
    reason() { return this.status; }
    size() { return { body: this.responseSize, header: 0, total: this.responseSize }; }
    get stream() { return this.text(); }
    get to() { return new To(this, false); }
    _json() { try { return this.json(); } catch (e) { return undefined; } }
  }
  class CookieList {
    constructor(headers) {
      this._s = headers._p.filter(h => h[0].toLowerCase() === 'set-cookie').map(h => { const p = h[1].split(';')[0], i = p.indexOf('='); return { name: p.slice(0, i).trim(), value: p.slice(i + 1).trim() }; });
    }
    one(name) { return this._s.find(c => c.name === name); }
    get(name) { const c = this.one(name); return c && c.value; }
    has(name) { return !!this.one(name); }
    all() { return this._s; }
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

  // ---- requests ----

  class Address {
    constructor(text) { this._t = text; }
    toString() { return this._t; }
    getHost() { return (/^[a-z]+:\/\/([^\/?#:]*)/i.exec(this._t) || [])[1]; }
    getPath() { return (/^(?:[a-z]+:\/\/)?[^\/?#]*([^?#]*)/i.exec(this._t) || [])[1] || '/'; }
    getQueryString() { return (/\?([^#]*)/.exec(this._t) || [])[1] || ''; }
    getPathWithQuery() { return this.getPath() + (this.getQueryString() ? '?' + this.getQueryString() : ''); }
    get path() { return this.getPath().split('/').slice(1); }
    get query() { return { get: name => { const p = this.getQueryString().split('&').map(q => q.split('=')).find(q => decodeURIComponent(q[0]) === name); return p && decodeURIComponent(p[1] || ''); } }; }
  }
  class RequestView {
    constructor(raw) { this.method = raw.method; this.name = raw.name; this.id = raw.id; this._raw = raw; }
    get url() { return this._u || (this._u = new Address(this._raw.url)); }
    get headers() { return this._h || (this._h = new RequestHeaders(this._raw.headers())); }
    get body() { const raw = this._raw.body; return raw === undefined ? undefined : { mode: 'raw', raw, toString: () => raw }; }
    getHeaders() { return this.headers.toObject(); }
  }
  function pairOf(h) {
    if (typeof h === 'string') { const i = h.indexOf(':'); return [h.slice(0, i).trim(), host.replaceIn(h.slice(i + 1).trim())]; }
    return [String(h.key === undefined ? h.name : h.key), host.replaceIn(text(h.value))];
  }
  function outgoing(r) {
    if (typeof r === 'string') return { method: 'GET', url: r, headers: [], body: '' };
    let headers = r.header || r.headers || [], body = '';
    if (typeof headers === 'string') headers = headers.split('\n').filter(l => l.includes(':'));
    headers = Array.isArray(headers) ? headers.filter(h => !h.disabled).map(pairOf) : Object.keys(headers).map(k => [k, text(headers[k])]);
    const b = r.body;
    if (typeof b === 'string') body = b;
    else if (b && (b.mode === 'urlencoded' || b.urlencoded)) {
      const fields = Array.isArray(b.urlencoded) ? b.urlencoded.map(f => [f.key, f.value]) : Object.keys(b.urlencoded || {}).map(k => [k, b.urlencoded[k]]);
      body = fields.map(f => encodeURIComponent(f[0]) + '=' + encodeURIComponent(text(f[1]))).join('&');
      if (!headers.some(h => h[0].toLowerCase() === 'content-type')) headers.push(['Content-Type', 'application/x-www-form-urlencoded']);
    } else if (b && b.raw !== undefined) body = text(b.raw);
    else if (b && typeof b === 'object' && !b.mode) body = JSON.stringify(b);
    const url = r.url && typeof r.url === 'object' ? r.url.raw || String(r.url) : r.url;
    return { method: (r.method || 'GET').toUpperCase(), url: String(url), headers, body };
  }
  function sendRequest(r, callback) {
    const out = outgoing(r);
    const run = () => {
      const raw = host.send(out.method, out.url, out.headers, out.body);
      if (raw.error) { const e = new Error(raw.error); if (callback) callback(e); else throw e; return undefined; }
      const answer = new Answer(raw);
      if (callback) callback(null, answer, { cookies: answer.cookies });
      return answer;
    };
    if (callback) { host.later(run, 0); return undefined; }
    return new Promise((resolve, reject) => host.later(() => { try { resolve(run()); } catch (e) { reject(e); } }, 0));
  }

  // ---- tests ----

  function test(name, f) {
    const result = { name: String(name), ok: true, error: '' };
    results.push(result);
    const failed = e => { result.ok = false; result.error = e && e.message !== undefined ? String(e.message) : String(e); };
    try {
      if (f && f.length > 0) {
        let done = false; result.ok = false; result.error = 'done was not called';
        f(e => { if (!done) { done = true; result.ok = !e; result.error = ''; if (e) failed(e); } });
      } else {
        const value = f && f();
        if (value && typeof value.then === 'function') value.then(() => {}, failed);
      }
    } catch (e) { failed(e); }
    return pm;
  }
  test.skip = () => pm;
  const execution = { setNextRequest: name => host.next(name === null || name === undefined ? null : String(name)), skipRequest: () => host.skip(),
    location: { current: '' } };
  const pm = {
    test, expect, variables, environment, globals, collectionVariables: collection, iterationData, sendRequest, execution,
    info: {}, setNextRequest: execution.setNextRequest,
    cookies: { get: name => host.cookie(String(name)), has: name => host.cookie(String(name)) !== undefined,
      toObject: () => host.cookies(), jar: () => { throw new Error('pm.cookies.jar is not provided'); } },
    visualizer: { set: () => {}, clear: () => {} }, vault: { get: () => undefined },
    require: name => global.require(name),
    get response() { return response; }, get request() { return request; },
  };
  const legacy = {
    setEnvironmentVariable: (k, v) => environment.set(k, v), getEnvironmentVariable: k => environment.get(k), clearEnvironmentVariable: k => environment.unset(k),
    clearEnvironmentVariables: () => environment.clear(), setGlobalVariable: (k, v) => globals.set(k, v), getGlobalVariable: k => globals.get(k),
    clearGlobalVariable: k => globals.unset(k), clearGlobalVariables: () => globals.clear(), setNextRequest: execution.setNextRequest,
    getResponseHeader: name => response && response.headers.get(name), getResponseCookie: name => response && response.cookies.one(name),
  };
  // Postman's old sandbox gave texts this.
  Object.defineProperty(String.prototype, 'has', { configurable: true, writable: true, value: function (part) { return this.includes(part); } });
  const log = level => function () { host.log(level, Array.prototype.map.call(arguments, v => typeof v === 'string' ? v : show(v)).join(' ')); };
  const once = (name, make) => Object.defineProperty(global, name, { configurable: true, get() {
    const value = make(); Object.defineProperty(global, name, { configurable: true, writable: true, value }); return value; },
    set(value) { Object.defineProperty(global, name, { configurable: true, writable: true, value }); } });
  global.pm = pm; global.postman = legacy; global.atob = host.atob; global.btoa = host.btoa; global.xml2Json = t => JSON.parse(host.xml2json(String(t)));
  global.console = { log: log('log'), info: log('info'), warn: log('warn'), error: log('error'), debug: log('debug'), trace: log('debug'), clear: () => {} };
  global.setTimeout = (f, ms) => host.later(f, ms || 0); global.setInterval = () => { throw new Error('setInterval is not provided'); };
  global.setImmediate = f => host.later(f, 0); global.clearTimeout = id => host.forget(id); global.clearInterval = global.clearTimeout;
  once('CryptoJS', () => host.library('crypto')(host)); once('_', () => host.library('lodash')({ deepEqual }));
  once('tv4', () => ({ error: null, missing: [],
    validateResult(data, schema) { const p = host.validate(JSON.stringify(schema), JSON.stringify(data)), error = p ? { message: p } : null;
      return { valid: p === '', error, missing: [], errors: error ? [error] : [] }; },
    validateMultiple(data, schema) { const r = this.validateResult(data, schema); return { valid: r.valid, errors: r.errors, missing: [] }; },
    validate(data, schema) { const r = this.validateResult(data, schema); this.error = r.error; return r.valid; } }));
  once('Ajv', () => function () { const self = this; self.errors = null;
    self.validate = (schema, data) => { const p = host.validate(JSON.stringify(schema), JSON.stringify(data)); self.errors = p ? [{ message: p }] : null; return p === ''; };
    self.compile = schema => { const f = data => { const ok = self.validate(schema, data); f.errors = self.errors; return ok; }; return f; }; });
  global.require = name => {
    switch (String(name).replace(/^npm:/, '').replace(/@[^@/]*$/, '')) {
      case 'crypto-js': return global.CryptoJS;
      case 'lodash': return global._;
      case 'ajv': return global.Ajv;
      case 'tv4': return global.tv4;
      case 'chai': return { expect, AssertionError };
      case 'atob': return global.atob;
      case 'btoa': return global.btoa;
      case 'uuid': return { v4: host.uuid };
      case 'xml2js': return { parseString: (t, o, f) => { f = f || o; let v; try { v = global.xml2Json(t); } catch (e) { return f(e); } f(null, v); } };
      default: throw new Error("the module '" + name + "' is not provided");
    }
  };
  // Legacy globals are made when a script asks for them; a script may also assign to them.
  const assigned = new Map();
  const legacyGlobals = {
    tests: () => ({}), iteration: () => pm.info.iteration,
    request: () => request && { method: request.method, url: String(request.url), headers: request.headers.toObject(), data: request.body ? request.body.raw : '', name: request.name },
    environment: () => environment.toObject(), globals: () => globals.toObject(), data: () => host.columns(),
    responseCode: () => response && { code: response.code, name: response.status, detail: '' },
    responseHeaders: () => response && response.headers.toObject(), responseTime: () => response && response.responseTime,
    responseCookies: () => response && response.cookies.all(), responseBody: () => response && response.text(),
  };
  Object.keys(legacyGlobals).forEach(name => Object.defineProperty(global, name, { configurable: true,
    get() { if (!assigned.has(name)) { const v = legacyGlobals[name](); assigned.set(name, v === null ? undefined : v); } return assigned.get(name); },
    set(v) { assigned.set(name, v); } }));
  return {
    begin(raw, answer, info) {
      results = []; request = raw ? new RequestView(raw) : null; response = answer ? new Answer(answer) : null;
      pm.info = info; execution.location.current = info.requestName; assigned.clear();
    },
    end() {
      const tests = assigned.get('tests');
      if (tests && typeof tests === 'object') Object.keys(tests).forEach(name => results.push({ name, ok: !!tests[name], error: tests[name] ? '' : 'the value is false' }));
      return results;
    },
    // clean forgets the script that ran: the next one may belong to another user.
    clean() { request = response = null; results = []; assigned.clear(); },
  };
})
