// chai's expect, as far as scripts use it.

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
