// What scripts of Postman find: pm, postman, tests and the legacy globals. Called once per runtime with
// the functions of the engine; returns the functions that the engine calls.
(function (host, global) {
  'use strict';
  let phase = '', results = [], pending = 0, response = null, request = null;

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
    get any() { this._f.all = false; return this._flag('any'); }
    get all() { this._f.any = false; return this._flag('all'); }
    get length() { const f = n => this.lengthOf(n); const self = this;
      ['above', 'below', 'least', 'most', 'within', 'gt', 'gte', 'lt', 'lte', 'equal', 'eql', 'greaterThan', 'lessThan'].forEach(k => {
        f[k] = function () { const a = new Assertion(self._o.length, self._m); a._f = self._f; return a[k].apply(a, arguments); };
      });
      Object.defineProperty(f, 'of', { get: () => f });
      return f; }
    equal(v, m) { this._m = m || this._m;
      return this._f.deep ? this.eql(v) : this._assert(this._o === v, 'expected ' + show(this._o) + ' to equal ' + show(v)); }
    eql(v, m) { this._m = m || this._m;
      return this._assert(deepEqual(this._o, v), 'expected ' + show(this._o) + ' to deeply equal ' + show(v)); }
    above(n) { return this._assert(this._o > n, 'expected ' + show(this._o) + ' to be above ' + show(n)); }
    below(n) { return this._assert(this._o < n, 'expected ' + show(this._o) + ' to be below ' + show(n)); }
    least(n) { return this._assert(this._o >= n, 'expected ' + show(this._o) + ' to be at least ' + show(n)); }
    most(n) { return this._assert(this._o <= n, 'expected ' + show(this._o) + ' to be at most ' + show(n)); }
    within(a, b) { return this._assert(this._o >= a && this._o <= b, 'expected ' + show(this._o) + ' to be within ' + a + '..' + b); }
    closeTo(n, d) { return this._assert(Math.abs(this._o - n) <= d, 'expected ' + show(this._o) + ' to be close to ' + n + ' +/- ' + d); }
    match(re) { return this._assert(new RegExp(re).test(this._o), 'expected ' + show(this._o) + ' to match ' + re); }
    string(s) { return this._assert(typeof this._o === 'string' && this._o.includes(s), 'expected ' + show(this._o) + ' to contain ' + show(s)); }
    oneOf(list) { return this._assert(list.some(v => this._f.deep ? deepEqual(v, this._o) : v === this._o), 'expected ' + show(this._o) + ' to be one of ' + show(list)); }
    lengthOf(n) { const l = this._o == null ? undefined : this._o.length !== undefined ? this._o.length : this._o.size;
      return this._assert(l === n, 'expected ' + show(this._o) + ' to have a length of ' + n + ' but got ' + l); }
    instanceof(c) { return this._assert(this._o instanceof c, 'expected ' + show(this._o) + ' to be an instance of ' + (c && c.name)); }
    satisfy(f) { return this._assert(f(this._o), 'expected ' + show(this._o) + ' to satisfy the function'); }
    members(list) { const eq = this._f.deep ? deepEqual : (a, b) => a === b, has = (l, v) => l.some(w => eq(v, w));
      const o = this._o || [];
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
      return this._assert(ok, 'expected ' + show(o) + ' to include ' + show(v)); }
    throw(want) { let caught = null;
      try { this._o(); } catch (e) { caught = e; }
      let ok = caught !== null;
      if (ok && typeof want === 'string') ok = String(caught.message).includes(want);
      else if (ok && want instanceof RegExp) ok = want.test(caught.message);
      else if (ok && typeof want === 'function') ok = caught instanceof want;
      return this._assert(ok, 'expected the function to throw'); }
    get ok() { return this._assert(this._o, 'expected ' + show(this._o) + ' to be truthy'); }
    get true() { return this._assert(this._o === true, 'expected ' + show(this._o) + ' to be true'); }
    get false() { return this._assert(this._o === false, 'expected ' + show(this._o) + ' to be false'); }
    get null() { return this._assert(this._o === null, 'expected ' + show(this._o) + ' to be null'); }
    get undefined() { return this._assert(this._o === undefined, 'expected ' + show(this._o) + ' to be undefined'); }
    get NaN() { return this._assert(this._o !== this._o, 'expected ' + show(this._o) + ' to be NaN'); }
    get exist() { return this._assert(this._o != null, 'expected ' + show(this._o) + ' to exist'); }
    get empty() { const o = this._o;
      return this._assert(o != null && (typeof o === 'object' && !('length' in o) ? Object.keys(o).length : o.length) === 0, 'expected ' + show(o) + ' to be empty'); }
  }
  ['to', 'be', 'been', 'is', 'that', 'which', 'and', 'has', 'have', 'with', 'at', 'of', 'same', 'but', 'does', 'still', 'also'].forEach(word =>
    Object.defineProperty(Assertion.prototype, word, { get() { return this; } }));
  const P = Assertion.prototype;
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

  const originals = new Map(); // what a script set, by scope and name, for as long as the text is the same
  function text(v) {
    if (typeof v === 'string') return v;
    if (v !== null && typeof v === 'object') { try { return JSON.stringify(v); } catch (e) { return String(v); } }
    return String(v);
  }
  function scope(name) {
    const get = key => {
      const found = host.get(String(key));
      if (found === undefined) return undefined;
      const kept = originals.get(String(key));
      return kept && kept.text === found ? kept.value : found;
    };
    return {
      get, has: key => host.get(String(key)) !== undefined,
      set: (key, value) => { key = String(key); const t = text(value); originals.set(key, { text: t, value }); host.set(name, key, t); },
      unset: key => host.unset(name, String(key)),
      clear: () => host.names().forEach(key => host.unset(name, key)),
      replaceIn: t => typeof t === 'string' ? host.replaceIn(t) : t,
      toObject: () => { const all = {}; host.names().forEach(key => { const v = get(key); if (v !== undefined) all[key] = v; }); return all; },
    };
  }
  const variables = scope('iteration'), environment = scope('user'), globals = scope('user'), collection = scope('user');
  environment.name = '';
  const iterationData = {
    get: key => host.column(String(key)), has: key => host.column(String(key)) !== undefined,
    toObject: () => host.columns(), toJSON: () => host.columns(), unset: () => {},
  };

  // ---- answers ----

  function headerList(pairs) {
    const find = name => pairs.find(p => p[0].toLowerCase() === String(name).toLowerCase());
    return {
      get: name => { const p = find(name); return p && p[1]; },
      has: (name, value) => { const p = find(name); return !!p && (value === undefined || p[1] === value); },
      one: name => { const p = find(name); return p && { key: p[0], value: p[1] }; },
      all: () => pairs.map(p => ({ key: p[0], value: p[1] })),
      each: f => pairs.forEach(p => f({ key: p[0], value: p[1] })),
      find: f => pairs.map(p => ({ key: p[0], value: p[1] })).find(f),
      filter: f => pairs.map(p => ({ key: p[0], value: p[1] })).filter(f),
      map: f => pairs.map(p => f({ key: p[0], value: p[1] })),
      count: () => pairs.length,
      toObject: () => { const o = {}; pairs.forEach(p => { o[p[0]] = p[1]; }); return o; },
      toString: () => pairs.map(p => p[0] + ': ' + p[1]).join('\n'),
    };
  }
  const classes = { info: [100, 199], success: [200, 299], redirection: [300, 399], clientError: [400, 499], serverError: [500, 599] };
  const exact = { ok: [200, 299], accepted: 202, badRequest: 400, unauthorized: 401, unauthorised: 401, forbidden: 403, notFound: 404, rateLimited: 429 };
  class Answer {
    constructor(raw) {
      this.code = raw.code; this.status = raw.status; this.responseTime = raw.time; this.responseSize = raw.size;
      this.headers = headerList(raw.headers); this._body = raw.body;
      this.cookies = cookieList(raw.headers);
    }
    text() { return this._t === undefined ? (this._t = this._body()) : this._t; }
    json() { return JSON.parse(this.text().replace(/^\uFEFF/, '')); }
    reason() { return this.status; }
    size() { return { body: this.responseSize, header: 0, total: this.responseSize }; }
    get stream() { return this.text(); }
    get to() { return responseTo(this, false); }
  }
  function cookieList(headers) {
    const set = headers.filter(h => h[0].toLowerCase() === 'set-cookie').map(h => { const p = h[1].split(';')[0]; const i = p.indexOf('='); return { name: p.slice(0, i).trim(), value: p.slice(i + 1).trim() }; });
    return { get: name => { const c = set.find(c => c.name === name); return c && c.value; }, has: name => set.some(c => c.name === name),
      one: name => set.find(c => c.name === name), all: () => set, toObject: () => { const o = {}; set.forEach(c => { o[c.name] = c.value; }); return o; } };
  }
  function responseTo(r, negated) {
    const check = (ok, what) => { if (negated ? ok : !ok) throw new AssertionError('expected response to ' + (negated ? 'not ' : '') + what); };
    const parse = () => { try { return r.json(); } catch (e) { return undefined; } };
    const has = {
      status: want => typeof want === 'number' ? check(r.code === want, 'have status code ' + want + ' but got ' + r.code)
        : check(r.status === want, 'have status reason ' + want + ' but got ' + r.status),
      statusCode: want => check(r.code === want, 'have status code ' + want + ' but got ' + r.code),
      statusCodeClass: want => check(Math.floor(r.code / 100) === want, 'have status code class ' + want + ' but got ' + r.code),
      statusReason: want => check(r.status === want, 'have status reason ' + want + ' but got ' + r.status),
      header: (name, value) => { const have = r.headers.get(name);
        value === undefined ? check(have !== undefined, 'have header ' + name) : check(have === value, 'have header ' + name + ' of ' + show(value) + ' but got ' + show(have)); },
      body: want => { const t = r.text();
        want === undefined ? check(t.length > 0, 'have a body') : check(want instanceof RegExp ? want.test(t) : typeof want === 'object' ? deepEqual(parse(), want) : t === want, 'have the body ' + show(want)); },
      jsonBody: function (path, value) { const data = parse();
        if (!arguments.length) return check(data !== undefined, 'have a JSON body');
        if (typeof path === 'object') return check(deepEqual(data, path), 'have the JSON body ' + show(path));
        let o = data; const ok = String(path).replace(/\[(\d+)\]/g, '.$1').split('.').every(p => { const in_ = o != null && p in Object(o); o = in_ ? o[p] : undefined; return in_; });
        check(ok && (arguments.length < 2 || deepEqual(o, value)), 'have ' + show(path) + ' in the JSON body'); },
      jsonSchema: schema => { const problem = host.validate(JSON.stringify(schema), r.text()); check(problem === '', 'match the JSON schema' + (problem ? ': ' + problem : '')); },
      responseTime: { below: n => check(r.responseTime < n, 'take less than ' + n + ' ms but it took ' + r.responseTime) },
    };
    const be = {};
    Object.keys(classes).forEach(k => Object.defineProperty(be, k, { get: () => check(r.code >= classes[k][0] && r.code <= classes[k][1], 'be ' + k + ' but got ' + r.code) }));
    Object.keys(exact).forEach(k => Object.defineProperty(be, k, { get: () => check(Array.isArray(exact[k]) ? r.code >= exact[k][0] && r.code <= exact[k][1] : r.code === exact[k], 'be ' + k + ' but got ' + r.code) }));
    Object.defineProperty(be, 'error', { get: () => check(r.code >= 400, 'be an error but got ' + r.code) });
    Object.defineProperty(be, 'json', { get: () => check(parse() !== undefined, 'be JSON') });
    Object.defineProperty(be, 'html', { get: () => check(/html/i.test(r.headers.get('content-type') || ''), 'be HTML') });
    Object.defineProperty(be, 'withBody', { get: () => check(r.text().length > 0, 'have a body') });
    Object.defineProperty(be, 'withoutBody', { get: () => check(r.text().length === 0, 'have no body') });
    const to = { have: has, be, get not() { return responseTo(r, !negated); } };
    Object.defineProperty(be, 'have', { get: () => has });
    return to;
  }

  // ---- requests ----

  function requestView(raw) {
    const list = headerList(raw.headers);
    list.add = h => { const p = pairOf(h); raw.headers.push(p); host.setHeader(p[0], p[1], false); };
    list.upsert = h => { const p = pairOf(h); const old = raw.headers.find(q => q[0].toLowerCase() === p[0].toLowerCase()); if (old) old[1] = p[1]; else raw.headers.push(p); host.setHeader(p[0], p[1], true); };
    list.remove = name => { raw.headers = raw.headers.filter(q => q[0].toLowerCase() !== String(name).toLowerCase()); host.removeHeader(String(name)); };
    const url = {
      toString: () => raw.url, getHost: () => (/^[a-z]+:\/\/([^\/?#:]*)/i.exec(raw.url) || [])[1],
      getPath: () => (/^(?:[a-z]+:\/\/)?[^\/?#]*([^?#]*)/i.exec(raw.url) || [])[1] || '/',
      getQueryString: () => (/\?([^#]*)/.exec(raw.url) || [])[1] || '',
      getPathWithQuery: () => url.getPath() + (url.getQueryString() ? '?' + url.getQueryString() : ''),
      get path() { return url.getPath().split('/').slice(1); },
      query: { get: name => { const p = url.getQueryString().split('&').map(q => q.split('=')).find(q => decodeURIComponent(q[0]) === name); return p && decodeURIComponent(p[1] || ''); } },
    };
    return { method: raw.method, url, headers: list, name: raw.name, id: raw.id,
      body: raw.body === undefined ? undefined : { mode: 'raw', raw: raw.body, toString: () => raw.body },
      getHeaders: () => list.toObject() };
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
    setEnvironmentVariable: environment.set, getEnvironmentVariable: environment.get, clearEnvironmentVariable: environment.unset,
    clearEnvironmentVariables: environment.clear, setGlobalVariable: globals.set, getGlobalVariable: globals.get,
    clearGlobalVariable: globals.unset, clearGlobalVariables: globals.clear, setNextRequest: execution.setNextRequest,
    getResponseHeader: name => response && response.headers.get(name), getResponseCookie: name => response && response.cookies.one(name),
  };
  const log = level => function () { host.log(level, Array.prototype.map.call(arguments, v => typeof v === 'string' ? v : show(v)).join(' ')); };
  const once = (name, make) => Object.defineProperty(global, name, { configurable: true, get() {
    const value = make(); Object.defineProperty(global, name, { configurable: true, writable: true, value }); return value; },
    set(value) { Object.defineProperty(global, name, { configurable: true, writable: true, value }); } });
  global.pm = pm; global.postman = legacy; global.atob = host.atob; global.btoa = host.btoa; global.xml2Json = t => JSON.parse(host.xml2json(String(t)));
  global.console = { log: log('log'), info: log('info'), warn: log('warn'), error: log('error'), debug: log('debug'), trace: log('debug'), clear: () => {} };
  global.setTimeout = (f, ms) => host.later(f, ms || 0); global.setInterval = () => { throw new Error('setInterval is not provided'); };
  global.setImmediate = f => host.later(f, 0); global.clearTimeout = id => host.forget(id); global.clearInterval = global.clearTimeout;
  once('CryptoJS', () => host.library('crypto')(host)); once('_', () => host.library('lodash')({ deepEqual }));
  once('tv4', () => ({ validate: (data, schema) => { const p = host.validate(JSON.stringify(schema), JSON.stringify(data)); global.tv4.error = p ? { message: p } : null; return p === ''; }, error: null, missing: [] }));
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
  return {
    begin(name, raw, answer, info) {
      phase = name; results = []; request = raw ? requestView(raw) : null; response = answer ? new Answer(answer) : null;
      pm.info = info; execution.location.current = info.requestName;
      global.tests = {}; global.iteration = info.iteration;
      global.request = raw ? { method: raw.method, url: raw.url, headers: request.headers.toObject(), data: raw.body || '', name: raw.name } : undefined;
      global.environment = environment.toObject(); global.globals = global.environment; global.data = host.columns();
      if (response) {
        global.responseCode = { code: response.code, name: response.status, detail: '' };
        global.responseHeaders = response.headers.toObject(); global.responseTime = response.responseTime;
        global.responseCookies = response.cookies.all();
        Object.defineProperty(global, 'responseBody', { configurable: true, get: () => response.text() });
      } else { ['responseCode', 'responseHeaders', 'responseTime', 'responseCookies', 'responseBody'].forEach(k => { delete global[k]; }); }
    },
    end() {
      Object.keys(global.tests).forEach(name => results.push({ name, ok: !!global.tests[name], error: global.tests[name] ? '' : 'the value is false' }));
      return results;
    },
  };
})
