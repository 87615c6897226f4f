// chai's expect: what version 4 claims, in its words.

class AssertionError extends Error {
  constructor(message) { super(message); this.name = 'AssertionError'; }
}
class Assertion {
  constructor(object, message, flags) { this._o = object; this._m = message; this._f = flags || {}; }
  // Checks a claim; the texts, or what makes them, may hold #{this}, #{exp} and #{act}.
  _assert(ok, text, negated, expected, actual) {
    if (this._f.not ? !ok : ok) return this;
    const plain = t => typeof t === 'function' ? t() : t;
    const said = (this._f.not ? plain(negated) || plain(text).replace(' to ', ' to not ') : plain(text)).replace('#{this}', () => display(this._o))
      .replace('#{exp}', () => display(expected)).replace('#{act}', () => display(actual));
    return this._refuse(said);
  }
  _refuse(text) { throw new AssertionError((this._m ? this._m + ': ' : '') + text); }
  // A claim about another value in the same words, never negated.
  _also(object) { return new Assertion(object === undefined ? this._o : object, this._m); }
  _same(a, b) { return this._f.deep ? deepEqual(a, b) : a === b; }
}
const P = Assertion.prototype;
const describe = (name, get) => Object.defineProperty(P, name, { get, configurable: true });
['to', 'be', 'been', 'is', 'that', 'which', 'and', 'has', 'have', 'with', 'at', 'of', 'same', 'but', 'does', 'still', 'also'].forEach(name =>
  describe(name, function () { return this; }));
['not', 'deep', 'nested', 'own', 'ordered', 'itself'].forEach(name => describe(name, function () { this._f[name] = true; return this; }));
describe('any', function () { this._f.any = true; this._f.all = false; return this; });
describe('all', function () { this._f.all = true; this._f.any = false; return this; });
// Properties that claim something: [name, holds, text, negated text].
[
  ['true', v => v === true, 'to be true', 'to be false'], ['false', v => v === false, 'to be false', 'to be true'],
  ['null', v => v === null, 'to be null', 'not to be null'], ['undefined', v => v === undefined, 'to be undefined', 'not to be undefined'],
  ['NaN', v => Number.isNaN(v), 'to be NaN', 'not to be NaN'], ['exist', v => v !== null && v !== undefined, 'to exist', 'to not exist'],
  ['finite', v => typeof v === 'number' && isFinite(v), 'to be a finite number', 'to not be a finite number'],
  ['extensible', v => v === Object(v) && Object.isExtensible(v), 'to be extensible', 'to not be extensible'],
  ['sealed', v => v !== Object(v) || Object.isSealed(v), 'to be sealed', 'to not be sealed'],
  ['frozen', v => v !== Object(v) || Object.isFrozen(v), 'to be frozen', 'to not be frozen'],
].forEach(([name, holds, text, negated]) => describe(name, function () {
  return this._assert(holds(this._o), 'expected #{this} ' + text, 'expected #{this} ' + negated); }));
['arguments', 'Arguments'].forEach(name => describe(name, function () { const kind = typeOf(this._o);
  return this._assert(kind === 'Arguments', 'expected #{this} to be arguments but got ' + kind, 'expected #{this} to not be arguments'); }));
describe('empty', function () { const o = this._o, kind = typeOf(o); let count;
  if (kind === 'Array' || kind === 'string' || kind === 'String') count = o.length;
  else if (kind === 'Map' || kind === 'Set') count = o.size;
  else if (kind === 'function') this._refuse(('.empty was passed a function ' + o.name).trim());
  else if (o !== Object(o)) this._refuse('.empty was passed non-string primitive ' + inspect(o));
  else count = Object.keys(o).length;
  return this._assert(count === 0, 'expected #{this} to be empty', 'expected #{this} not to be empty'); });
// Names that are called and chained on: `an`, `include`, `length`.
const chained = (names, call, chain) => names.forEach(name => describe(name, function () {
  chain(this);
  const self = this, f = function () { return call.apply(self, arguments); };
  return new Proxy(f, { get(_, key) { const v = self[key]; return typeof v === 'function' ? v.bind(self) : v; } }); }));
const method = (names, call) => names.forEach(name => { P[name] = function () {
  const told = arguments[call.message]; if (told !== undefined) this._m = told; return call.apply(this, arguments); }; });
const told = (at, call) => { call.message = at; return call; };

chained(['a', 'an'], function (type, m) { if (m) this._m = m; type = String(type).toLowerCase();
  const word = (/^[aeiou]/.test(type) ? 'an ' : 'a ') + type;
  return this._assert(typeOf(this._o).toLowerCase() === type, 'expected #{this} to be ' + word, 'expected #{this} not to be ' + word); }, () => {});

chained(['include', 'includes', 'contain', 'contains'], function (v, m) { if (m) this._m = m;
  const o = this._o, kind = typeOf(o).toLowerCase(), same = (a, b) => this._f.deep ? deepEqual(a, b) : a === b || (a !== a && b !== b);
  const words = not => () => 'expected #{this} to ' + not + (this._f.deep ? 'deep ' : '') + 'include ' + inspect(v); let ok;
  if (kind === 'string') ok = o.indexOf(v) >= 0;
  else if (kind === 'array') ok = this._f.deep ? o.some(w => deepEqual(w, v)) : o.indexOf(v) >= 0;
  else if (kind === 'set' || kind === 'map') ok = Array.from(o.values()).some(w => same(w, v));
  else return this._includeMembers(v, kind);
  return this._assert(ok, words(''), words('not ')); },
self => { self._f.contains = true; });
P._includeMembers = function (v, kind) {
  if (v !== Object(v)) { const given = typeOf(v).toLowerCase();
    this._refuse('the given combination of arguments (' + kind + ' and ' + given + ') is invalid for this assertion. You can use an array, a map, an object, a set, a string, or a weakset instead of a ' + given); }
  const names = Object.keys(v), errors = [], o = this._o;
  names.forEach(name => { const claim = new Assertion(o, this._m, Object.assign({}, this._f));
    if (!this._f.not || names.length === 1) { claim.property(name, v[name]); return; }
    try { claim.property(name, v[name]); } catch (e) { if (!(e instanceof AssertionError)) throw e; errors.push(e); } });
  if (this._f.not && names.length > 1 && errors.length === names.length) throw errors[0];
  return this; };

method(['equal', 'equals', 'eq'], told(1, function (v) { return this._f.deep ? this.eql(v)
  : this._assert(this._o === v, 'expected #{this} to equal #{exp}', 'expected #{this} to not equal #{exp}', v); }));
method(['eql', 'eqls'], told(1, function (v) {
  return this._assert(deepEqual(this._o, v), 'expected #{this} to deeply equal #{exp}', 'expected #{this} to not deeply equal #{exp}', v); }));

// Comparisons: [names, holds, words, words of the negation, words about a length].
[
  [['above', 'gt', 'greaterThan'], (a, b) => a > b, 'to be above', 'to be at most', 'to have a length above', 'to not have a length above'],
  [['least', 'gte', 'greaterThanOrEqual'], (a, b) => a >= b, 'to be at least', 'to be below', 'to have a length at least', 'to have a length below'],
  [['below', 'lt', 'lessThan'], (a, b) => a < b, 'to be below', 'to be at least', 'to have a length below', 'to not have a length below'],
  [['most', 'lte', 'lessThanOrEqual'], (a, b) => a <= b, 'to be at most', 'to be above', 'to have a length at most', 'to have a length above'],
].forEach(([names, holds, text, negated, sized, notSized]) => method(names, told(1, function (n) {
  const o = this._comparable([n], names[0]);
  if (!this._f.length) return this._assert(holds(o, n), 'expected #{this} ' + text + ' #{exp}', 'expected #{this} ' + negated + ' #{exp}', n);
  const size = t => typeof this._o.size === 'number' && this._o.length === undefined ? t.replace('length', 'size') : t;
  return this._assert(holds(o, n), 'expected #{this} ' + size(sized) + ' #{exp} but got #{act}', 'expected #{this} ' + size(notSized) + ' #{exp}', n, o); })));
// What is compared: the value, or its length. Limits must be of its kind.
P._comparable = function (limits, name) {
  const o = this._o, kind = typeOf(o).toLowerCase(), are = kind => limits.every(n => typeOf(n).toLowerCase() === kind);
  const words = limits.length > 1 ? ['the arguments to ', ' must be numbers', ' must be dates'] : ['the argument to ', ' must be a number', ' must be a date'];
  const isSized = kind === 'map' || kind === 'set';
  if (this._f.length && !isSized) this._also().property('length');
  if (!this._f.length && kind === 'date' && !are('date')) this._refuse(words[0] + name + words[2]);
  if (!are('number') && (this._f.length || kind === 'number')) this._refuse(words[0] + name + words[1]);
  if (!this._f.length && kind !== 'date' && kind !== 'number') this._refuse('expected ' + (kind === 'string' ? "'" + o + "'" : o) + ' to be a number or a date');
  return !this._f.length ? o : isSized ? o.size : o.length; };
method(['within'], told(2, function (from, to) { const o = this._comparable([from, to], 'within');
  const range = from instanceof Date ? from.toISOString() + '..' + to.toISOString() : from + '..' + to;
  const size = typeof this._o === 'object' && typeof this._o.size === 'number' ? 'size' : 'length';
  const words = this._f.length ? 'to have a ' + size + ' within ' : 'to be within ', negated = this._f.length ? 'to not have a ' + size + ' within ' : 'to not be within ';
  return this._assert(o >= from && o <= to, 'expected #{this} ' + words + range, 'expected #{this} ' + negated + range); }));
method(['closeTo', 'approximately'], told(2, function (n, delta) { this._also().a('number');
  if (typeof n !== 'number' || typeof delta !== 'number')
    this._refuse('the arguments to closeTo or approximately must be numbers' + (delta === undefined ? ', and a delta is required' : ''));
  return this._assert(Math.abs(this._o - n) <= delta, 'expected #{this} to be close to ' + n + ' +/- ' + delta, 'expected #{this} not to be close to ' + n + ' +/- ' + delta); }));

chained(['length', 'lengthOf'], function (n, m) { if (m) this._m = m;
  const sized = ['Map', 'Set'].includes(typeOf(this._o)), what = sized ? 'size' : 'length';
  if (!sized) this._also().property('length');
  const count = this._o[what];
  return this._assert(count == n, 'expected #{this} to have a ' + what + ' of #{exp} but got #{act}', 'expected #{this} to not have a ' + what + ' of #{act}', n, count); },
self => { self._f.length = true; });
method(['match', 'matches'], told(1, function (re) {
  return this._assert(re.exec(this._o), 'expected #{this} to match ' + re, 'expected #{this} not to match ' + re); }));
method(['string'], told(1, function (text) { this._also().a('string');
  return this._assert(this._o.indexOf(text) >= 0, () => 'expected #{this} to contain ' + inspect(text), () => 'expected #{this} to not contain ' + inspect(text)); }));
method(['instanceof', 'instanceOf'], told(1, function (maker) { let ok;
  try { ok = this._o instanceof maker; } catch (e) {
    if (e instanceof TypeError) this._refuse('The instanceof assertion needs a constructor but ' + typeOf(maker) + ' was given.');
    throw e; }
  const name = maker.name || 'an unnamed constructor';
  return this._assert(ok, 'expected #{this} to be an instance of ' + name, 'expected #{this} to not be an instance of ' + name); }));
method(['satisfy', 'satisfies'], told(1, function (f) {
  return this._assert(f(this._o), 'expected #{this} to satisfy ' + display(f), 'expected #{this} to not satisfy ' + display(f)); }));
method(['respondTo', 'respondsTo'], told(1, function (name) { const o = this._o;
  const f = typeof o === 'function' && !this._f.itself ? o.prototype[name] : o[name];
  return this._assert(typeof f === 'function', 'expected #{this} to respond to ' + inspect(name), 'expected #{this} to not respond to ' + inspect(name)); }));

method(['oneOf'], told(1, function (list) { this._also(list).an('array');
  const o = this._o;
  if (this._f.contains) return this._assert(list.some(v => o.indexOf(v) > -1), 'expected #{this} to contain one of #{exp}', 'expected #{this} to not contain one of #{exp}', list);
  if (this._f.deep) return this._assert(list.some(v => deepEqual(o, v)), 'expected #{this} to deeply equal one of #{exp}', 'expected #{this} to deeply equal one of #{exp}', list);
  return this._assert(list.indexOf(o) > -1, 'expected #{this} to be one of #{exp}', 'expected #{this} to not be one of #{exp}', list); }));
method(['members'], told(1, function (list) { this._also().an('array'); this._also(list).an('array');
  const { contains, ordered } = this._f, o = this._o, same = (a, b) => this._same(a, b);
  let ok = contains || list.length === o.length;
  if (ordered) ok = ok && list.every((v, i) => same(v, o[i]));
  else { const left = o.slice();
    ok = ok && list.every(v => { const at = left.findIndex(w => same(v, w)); if (at >= 0 && !contains) left.splice(at, 1); return at >= 0; }); }
  const what = contains ? (ordered ? 'an ordered superset of' : 'a superset of') : (ordered ? 'ordered members as' : 'members as');
  return contains ? this._assert(ok, 'expected #{this} to be ' + what + ' #{exp}', 'expected #{this} to not be ' + what + ' #{exp}', list)
    : this._assert(ok, 'expected #{this} to have the same ' + what + ' #{exp}', 'expected #{this} to not have the same ' + what + ' #{exp}', list); }));
method(['keys', 'key'], function (first) { const o = this._o, sized = ['Map', 'Set'].includes(typeOf(o)); let want = Array.from(arguments), have;
  if (sized) { have = Array.from(o.keys()); if (typeOf(first) === 'Array') want = first; } else {
    have = enumerableOwn(o);
    if (['Array', 'Object'].includes(typeOf(first))) {
      if (arguments.length > 1) this._refuse('when testing keys against an object or an array you must give a single Array|Object|String argument or multiple String arguments');
      want = Array.isArray(first) ? first : Object.keys(first); }
    want = want.map(v => typeof v === 'symbol' ? v : String(v)); }
  if (!want.length) this._refuse('keys required');
  const has = v => have.some(w => this._f.deep ? deepEqual(v, w) : v === w);
  const ok = this._f.any ? want.some(has) : want.every(has) && (this._f.contains || want.length === have.length);
  const words = not => () => { const names = want.map(v => inspect(v)), last = names.pop();
    return 'expected #{this} to ' + not + (this._f.deep && sized ? 'deeply ' : '') + (this._f.contains ? 'contain ' : 'have ')
      + (names.length ? 'keys ' + names.join(', ') + (this._f.any ? ', or ' : ', and ') : 'key ') + last; };
  return this._assert(ok, words(''), words('not ')); });
const enumerableOwn = o => Object.keys(o).concat(Object.getOwnPropertySymbols(o).filter(s => Object.prototype.propertyIsEnumerable.call(o, s)));

// The value at a path such as a.b[0], and whether there is one.
function valueAt(o, path) { let has = true;
  path.replace(/\[(\d+)\]/g, '.$1').split('.').filter(p => p !== '').forEach(p => { has = has && o != null && p in Object(o); o = has ? o[p] : undefined; });
  return [has, o]; }
method(['property'], told(2, function (name, value) {
  const { own, nested, deep } = this._f, o = this._o;
  if (nested && typeof name !== 'string') this._refuse('the argument to property must be a string when using nested syntax');
  if (!['string', 'number', 'symbol'].includes(typeof name)) this._refuse('the argument to property must be a string, number, or symbol');
  if (nested && own) this._refuse('The "nested" and "own" flags cannot be combined.');
  if (o === null || o === undefined) this._refuse('Target cannot be null or undefined.');
  const words = (deep ? 'deep ' : '') + (own ? 'own ' : '') + (nested ? 'nested ' : '') + 'property ' + inspect(name);
  const [has, found] = nested ? valueAt(o, name) : [own ? Object.prototype.hasOwnProperty.call(o, name) : name in Object(o), o[name]];
  if (!this._f.not || arguments.length === 1) this._assert(has, 'expected #{this} to have ' + words, 'expected #{this} to not have ' + words);
  if (arguments.length > 1) this._assert(has && this._same(value, found), 'expected #{this} to have ' + words + ' of #{exp}, but got #{act}',
    'expected #{this} to not have ' + words + ' of #{act}', value, found);
  this._o = found; return this; }));
['ownProperty', 'haveOwnProperty'].forEach(name => { P[name] = function () { this._f.own = true; return this.property.apply(this, arguments); }; });

method(['throw', 'throws', 'Throw'], told(2, function (like, text) { this._also().a('function');
  if (like instanceof RegExp || typeof like === 'string') { text = like; like = null; }
  const both = Boolean(like && text), any = like === undefined && text === undefined, not = Boolean(this._f.not);
  let thrown, fails = 0;
  try { this._o(); } catch (e) { thrown = e; }
  const name = like instanceof Error ? like.toString() : like ? like.name : 'an error', got = thrown instanceof Error ? thrown.toString() : thrown;
  if (any || !not) this._assert(thrown, 'expected #{this} to throw ' + name, 'expected #{this} to not throw an error but #{act} was thrown', name, got);
  const hold = (ok, said, negated) => { if (ok !== not) return; if (both && not) fails++; else this._assert(not, said, negated, name, got); };
  if (like && thrown) hold(like instanceof Error ? thrown === like : thrown.constructor === like || thrown instanceof like,
    'expected #{this} to throw #{exp} but #{act} was thrown', 'expected #{this} to not throw #{exp} but #{act} was thrown');
  if (thrown && text !== undefined && text !== null) { const said = String(typeof thrown === 'string' ? thrown : thrown.message), how = text instanceof RegExp ? 'matching ' : 'including ';
    hold(text instanceof RegExp ? text.test(said) : said.indexOf(text) >= 0, 'expected #{this} to throw error ' + how + inspect(text) + ' but got ' + inspect(said),
      'expected #{this} to throw error not ' + how + inspect(text)); }
  if (fails === 2) this._assert(true, '', 'expected #{this} to not throw #{exp} but #{act} was thrown', name, got);
  this._o = thrown; return this; }));
[['change', (a, b) => a !== b], ['increase', (a, b) => a > b], ['decrease', (a, b) => a < b]].forEach(([name, holds]) => method([name, name + 's'], told(2, function (of, key) {
  this._also().a('function');
  const read = () => key === undefined || key === null ? of() : of[key], before = (this._also(of), read()); this._o(); const after = read();
  this._by = [name, after - before];
  const what = key ? '.' + key : display(of);
  return this._assert(holds(after, before), 'expected ' + what + ' to ' + name, 'expected ' + what + ' to not ' + name); })));
method(['by'], told(1, function (n) { const [name, by] = this._by || ['change', NaN];
  const moved = name === 'decrease' ? -by : name === 'increase' ? by : Math.abs(by), wanted = name === 'change' ? Math.abs(n) : n;
  return this._assert(moved === wanted, 'expected it to ' + name + ' by ' + n, 'expected it to not ' + name + ' by ' + n); }));

// A word that chai does not know is a mistake in the test, not a claim that holds.
const strict = of => Object.setPrototypeOf(of, new Proxy(Object.prototype, { get(base, key) {
  if (typeof key === 'symbol' || key in base || key === 'then' || key === 'toJSON' || key === 'nodeType') return base[key];
  throw new Error('Invalid Chai property: ' + key); } }));
strict(Assertion.prototype);
const expect = (o, m) => new Assertion(o, m);
expect.fail = (actual, expected, message) => { throw new AssertionError(message || (expected === undefined && typeof actual === 'string' ? actual : 'expect.fail()')); };
