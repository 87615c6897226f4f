// lodash 4: collections and lists. Values and objects, texts, and functions have files of their own.
(function (host, own) {
  'use strict';
  function _(value) { return value instanceof _.Chain ? value : new _.Chain(value, false); }
  const base = own.load('lodash-values')(_);
  own.load('lodash-objects')(_, base);
  own.load('lodash-text')(_, base);
  own.load('lodash-functions')(_, base);
  const { fn, isListLike, values, same, compare, toInt, key } = base;
  const list = c => (c == null ? [] : isListLike(c) ? (typeof c === 'string' ? c.split('') : Array.prototype.slice.call(c)) : values(c));
  const array = c => (isListLike(c) ? Array.prototype.slice.call(c) : []);
  const onlyLists = lists => lists.filter(c => isListLike(c) && typeof c !== 'string');
  // entries calls f with (value, key) until it gives false.
  const entries = (c, f, backwards) => {
    if (c == null) return c;
    const plain = !isListLike(c), keys = plain ? Object.keys(c) : null, n = plain ? keys.length : c.length;
    for (let i = 0; i < n; i++) { const at = backwards ? n - 1 - i : i, k = plain ? keys[at] : at; if (f(typeof c === 'string' ? c[k] : c[k], k, c) === false) break; }
    return c;
  };
  const collect = (c, f) => { const out = []; entries(c, (v, k) => { f(out, v, k, c); }); return out; };
  const position = (c, f, from, step) => { const items = list(c), n = items.length;
    let i = from === undefined ? (step > 0 ? 0 : n - 1) : toInt(from); if (i < 0) i = step > 0 ? Math.max(n + i, 0) : n + i; if (step < 0) i = Math.min(i, n - 1);
    for (; i >= 0 && i < n; i += step) if (f(items[i], i, c)) return i; return -1; };
  // Lists of distinct values; by gives what is compared.
  const distinct = (items, by, equal) => { const out = [];
    if (equal) { items.forEach(v => { if (!out.some(w => equal(w, v))) out.push(v); }); return out; }
    const seen = new Set(); items.forEach(v => { const k = by(v); if (!seen.has(k)) { seen.add(k); out.push(v); } }); return out; };
  const holds = (items, by, equal) => { if (equal) return v => items.some(w => equal(v, w)); const set = new Set(items.map(v => by(v))); return v => set.has(by(v)); };
  const identity = v => v;
  // One function in three forms: plain, with an iteratee (By), with a comparison (With).
  function threefold(name, run) {
    const split = lists => { const last = lists[lists.length - 1]; return [lists.slice(0, -1), last]; };
    _[name] = (...lists) => run(lists, identity);
    _[name + 'By'] = (...all) => { const [lists, last] = split(all); return isListLike(last) && typeof last !== 'string' ? run(all, identity) : run(lists, one(fn(last))); };
    _[name + 'With'] = (...all) => { const [lists, last] = split(all); return typeof last === 'function' ? run(lists, identity, last) : run(all, identity); };
  }
  const one = f => v => f(v);
  threefold('difference', ([first, ...others], by, equal) => { const out = holds([].concat(...onlyLists(others).map(array)), by, equal); return array(first).filter(v => !out(v)); });
  threefold('intersection', (lists, by, equal) => { if (!lists.length || lists.some(c => !isListLike(c))) return [];
    const tests = lists.slice(1).map(c => holds(array(c), by, equal)); return distinct(array(lists[0]).filter(v => tests.every(t => t(v))), by, equal); });
  threefold('union', (lists, by, equal) => distinct([].concat(...onlyLists(lists).map(array)), by, equal));
  threefold('xor', (lists, by, equal) => { lists = onlyLists(lists).map(array);
    return distinct([].concat(...lists.map((c, i) => { const tests = lists.filter((x, j) => j !== i).map(d => holds(d, by, equal)); return c.filter(v => !tests.some(t => t(v))); })), by, equal); });
  _.uniq = c => distinct(array(c), identity); _.uniqBy = (c, f) => distinct(array(c), one(fn(f))); _.uniqWith = (c, equal) => distinct(array(c), identity, equal);
  _.sortedUniq = _.uniq; _.sortedUniqBy = _.uniqBy;

  _.forEach = (c, f) => entries(c, f || identity); _.forEachRight = (c, f) => entries(c, f || identity, true);
  _.map = (c, f) => { f = fn(f); return collect(c, (out, v, k) => out.push(f(v, k, c))); };
  _.flatMap = (c, f) => _.flatten(_.map(c, f)); _.flatMapDeep = (c, f) => _.flattenDeep(_.map(c, f)); _.flatMapDepth = (c, f, d) => _.flattenDepth(_.map(c, f), d);
  _.filter = (c, f) => { f = fn(f); return collect(c, (out, v, k) => { if (f(v, k, c)) out.push(v); }); };
  _.reject = (c, f) => { f = fn(f); return _.filter(c, (v, k) => !f(v, k, c)); };
  _.partition = (c, f) => [_.filter(c, f), _.reject(c, f)];
  _.findIndex = (c, f, from) => position(array(c), fn(f), from, 1); _.findLastIndex = (c, f, from) => position(array(c), fn(f), from, -1);
  const found = (c, f, from, step) => { f = fn(f); const keys = isListLike(c) ? null : Object.keys(c == null ? {} : c), items = list(c), i = position(items, (v, at) => f(v, keys ? keys[at] : at, c), from, step); return i < 0 ? undefined : items[i]; };
  _.find = (c, f, from) => found(c, f, from, 1); _.findLast = (c, f, from) => found(c, f, from, -1);
  _.some = (c, f, guard) => { f = fn(guard !== undefined && typeof guard === 'object' ? undefined : f); let any = false; entries(c, (v, k) => { any = !!f(v, k, c); return !any; }); return any; };
  _.every = (c, f) => { f = fn(f); let all = true; entries(c, (v, k) => { all = !!f(v, k, c); return all; }); return all; };
  const reduced = backwards => function (c, f, first) { f = fn(f, 4); let some = arguments.length > 2, result = first;
    entries(c, (v, k) => { if (some) result = f(result, v, k, c); else { result = v; some = true; } }, backwards); return result; };
  _.reduce = reduced(false); _.reduceRight = reduced(true);
  _.includes = (c, v, from) => { if (typeof c === 'string') return c.includes(v, toInt(from) < 0 ? Math.max(0, c.length + toInt(from)) : toInt(from)); return position(c, w => same(v, w), from, 1) >= 0; };
  _.size = c => (c == null ? 0 : typeof c === 'string' ? Array.from(c).length : isListLike(c) ? c.length : c instanceof Map || c instanceof Set ? c.size : Object.keys(c).length);
  const grouped = add => (c, f) => { f = fn(f); const g = {}; entries(c, v => { add(g, f(v), v); }); return g; };
  _.groupBy = grouped((g, k, v) => { if (Object.prototype.hasOwnProperty.call(g, k)) g[k].push(v); else g[k] = [v]; });
  _.countBy = grouped((g, k) => { g[k] = (Object.prototype.hasOwnProperty.call(g, k) ? g[k] : 0) + 1; }); _.keyBy = grouped((g, k, v) => { g[k] = v; });
  _.invokeMap = (c, path, ...args) => _.map(c, v => (typeof path === 'function' ? path.apply(v, args) : _.invoke(v, path, ...args)));
  _.orderBy = (c, fs, orders) => { fs = fs == null ? [identity] : [].concat(fs).map(f => fn(f)); orders = orders == null ? [] : [].concat(orders);
    if (!fs.length) fs = [identity];
    return list(c).map((v, i) => ({ v, i, k: fs.map(f => f(v)) })).sort((a, b) => {
      for (let j = 0; j < fs.length; j++) { const d = compare(a.k[j], b.k[j]); if (d) return orders[j] === 'desc' ? -d : d; } return a.i - b.i; }).map(o => o.v); };
  _.sortBy = (c, ...fs) => _.orderBy(c, fs.length > 1 && typeof fs[1] === 'object' && !Array.isArray(fs[0]) && fs[1] && fs[1][fs[2]] === c ? [fs[0]] : [].concat(...fs));
  _.sample = c => { const items = list(c); return items[Math.floor(Math.random() * items.length)]; };
  _.shuffle = c => { const items = list(c); for (let i = items.length - 1; i > 0; i--) { const j = Math.floor(Math.random() * (i + 1)); [items[i], items[j]] = [items[j], items[i]]; } return items; };
  _.sampleSize = (c, n) => _.shuffle(c).slice(0, n === undefined ? 1 : Math.max(0, toInt(n)));
  _.toArray = c => (c instanceof Map || c instanceof Set ? Array.from(c) : typeof c === 'string' ? Array.from(c) : list(c));

  _.chunk = (c, n) => { n = n === undefined ? 1 : toInt(n); const items = array(c), out = []; if (n < 1) return out; for (let i = 0; i < items.length; i += n) out.push(items.slice(i, i + n)); return out; };
  _.compact = c => array(c).filter(Boolean);
  _.concat = (first, ...others) => [].concat(...[first === undefined && !others.length ? [] : first].map(v => (Array.isArray(v) ? v : [v])), ...others.map(v => (Array.isArray(v) ? v : [v])));
  const count = n => (n === undefined ? 1 : Math.max(0, toInt(n)));
  _.drop = (c, n) => array(c).slice(count(n)); _.take = (c, n) => array(c).slice(0, count(n));
  _.dropRight = (c, n) => { const a = array(c); return a.slice(0, Math.max(0, a.length - count(n))); }; _.takeRight = (c, n) => { const a = array(c); return a.slice(Math.max(0, a.length - count(n))); };
  const run = (c, f, backwards) => { f = fn(f); const a = array(c); let i = 0; while (i < a.length && f(a[backwards ? a.length - 1 - i : i], backwards ? a.length - 1 - i : i, c)) i++; return [a, i]; };
  _.dropWhile = (c, f) => { const [a, i] = run(c, f); return a.slice(i); }; _.takeWhile = (c, f) => { const [a, i] = run(c, f); return a.slice(0, i); };
  _.dropRightWhile = (c, f) => { const [a, i] = run(c, f, true); return a.slice(0, a.length - i); }; _.takeRightWhile = (c, f) => { const [a, i] = run(c, f, true); return a.slice(a.length - i); };
  _.fill = (a, v, from, to) => (Array.isArray(a) ? a.fill(v, from, to) : []);
  _.flatten = c => _.flattenDepth(c, 1); _.flattenDeep = c => _.flattenDepth(c, Infinity);
  _.flattenDepth = (c, d) => { d = d === undefined ? 1 : d; const out = []; array(c).forEach(v => { if (d > 0 && (Array.isArray(v) || Object.prototype.toString.call(v) === '[object Arguments]')) _.flattenDepth(v, d - 1).forEach(w => out.push(w)); else out.push(v); }); return out; };
  _.fromPairs = c => { const o = {}; array(c).forEach(p => { o[p[0]] = p[1]; }); return o; };
  _.head = c => (c == null ? undefined : c[0]); _.last = c => (c == null || !c.length ? undefined : c[c.length - 1]); _.initial = c => array(c).slice(0, -1); _.tail = c => array(c).slice(1);
  _.nth = (c, n) => { const a = array(c); n = toInt(n); return a[n < 0 ? a.length + n : n]; };
  _.indexOf = (c, v, from) => position(array(c), w => same(v, w), from, 1); _.lastIndexOf = (c, v, from) => position(array(c), w => same(v, w), from, -1);
  _.join = (c, s) => (c == null ? '' : Array.prototype.join.call(c, s)); _.reverse = a => (a == null ? a : Array.prototype.reverse.call(a)); _.slice = (c, from, to) => array(c).slice(from, to);
  const pulled = (a, out) => { for (let i = a.length - 1; i >= 0; i--) if (out(a[i], i)) a.splice(i, 1); return a; };
  _.pull = (a, ...vs) => pulled(a, v => vs.some(w => same(v, w))); _.pullAll = (a, vs) => pulled(a, v => vs.some(w => same(v, w)));
  _.pullAllBy = (a, vs, f) => { f = fn(f); const out = vs.map(v => f(v)); return pulled(a, v => out.some(w => same(f(v), w))); }; _.pullAllWith = (a, vs, equal) => pulled(a, v => vs.some(w => equal(v, w)));
  _.remove = (a, f) => { f = fn(f); const out = []; for (let i = 0, at = 0; i < a.length; at++) { if (f(a[i], at, a)) out.push(a.splice(i, 1)[0]); else i++; } return out; };
  _.pullAt = (a, ...at) => { at = [].concat(...at); const out = at.map(i => a[i]); pulled(a, (v, i) => at.map(Number).includes(i)); return out; };
  const between = (c, v, f, last) => { f = fn(f); const want = f(v); let low = 0, high = c == null ? 0 : c.length; while (low < high) { const mid = (low + high) >>> 1, d = compare(f(c[mid]), want); if (last ? d <= 0 : d < 0) low = mid + 1; else high = mid; } return low; };
  _.sortedIndex = (c, v) => between(c, v); _.sortedIndexBy = (c, v, f) => between(c, v, f); _.sortedLastIndex = (c, v) => between(c, v, undefined, true); _.sortedLastIndexBy = (c, v, f) => between(c, v, f, true);
  _.sortedIndexOf = (c, v) => { const i = between(c, v); return c && same(c[i], v) ? i : -1; }; _.sortedLastIndexOf = (c, v) => { const i = between(c, v, undefined, true) - 1; return c && same(c[i], v) ? i : -1; };
  _.zip = (...lists) => _.unzip(lists); _.unzip = lists => { lists = onlyLists(array(lists)); const n = Math.max(0, ...lists.map(c => c.length)); return Array.from({ length: n }, (x, i) => lists.map(c => c[i])); };
  _.zipWith = (...all) => { const f = typeof all[all.length - 1] === 'function' ? all.pop() : undefined; return _.unzipWith(all, f); };
  _.unzipWith = (lists, f) => { const rows = _.unzip(lists); return f ? rows.map(r => f(...r)) : rows; };
  _.zipObject = (ks, vs) => { const o = {}; array(ks).forEach((k, i) => { o[k] = vs && vs[i]; }); return o; }; _.zipObjectDeep = (ks, vs) => { const o = {}; array(ks).forEach((k, i) => _.set(o, k, vs && vs[i])); return o; };
  _.without = (c, ...vs) => array(c).filter(v => !vs.some(w => same(v, w)));
  const ranged = backwards => (from, to, step) => { if (step != null && typeof step === 'object') { to = step = undefined; }
    from = base.toFinite(from); if (to === undefined) { to = from; from = 0; } else to = base.toFinite(to); step = step === undefined ? (from < to ? 1 : -1) : base.toFinite(step);
    const n = Math.max(Math.ceil((to - from) / (step || 1)), 0); if (n > 1 << 24) throw new RangeError('Invalid array length'); const out = Array.from({ length: n }, (x, i) => from + i * step); return backwards ? out.reverse() : out; };
  _.range = ranged(false); _.rangeRight = ranged(true);
  Object.assign(_, { each: _.forEach, eachRight: _.forEachRight, first: _.head, entries: _.toPairs, entriesIn: _.toPairsIn, extend: _.assignIn, extendWith: _.assignInWith, VERSION: '4.17.21', _ });
  Object.defineProperty(_, 'parts', { value: base });
  _.chain = value => new _.Chain(value, true);
  void key;
  return _;
})
