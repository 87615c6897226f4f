// A small part of lodash: what scripts of collections really call.
(function (host, own) {
  'use strict';
  const path = p => Array.isArray(p) ? p : String(p).replace(/\[(\w+)\]/g, '.$1').split('.').filter(s => s !== '');
  const fn = f => typeof f === 'function' ? f : f == null ? v => v : typeof f === 'string' ? o => _.get(o, f) :
    o => Object.keys(f).every(k => own.deepEqual(o && o[k], f[k]));
  const list = c => Array.isArray(c) ? c : Object.values(c || {});
  const plain = v => v !== null && typeof v === 'object';
  const merged = (into, from) => { Object.keys(from || {}).forEach(k => { const v = from[k];
    if (plain(v)) { if (!plain(into[k])) into[k] = Array.isArray(v) ? [] : {}; merged(into[k], v); } else if (v !== undefined) into[k] = v; }); };
  const _ = {
    get: (o, p, d) => { for (const k of path(p)) { if (o == null) return d; o = o[k]; } return o === undefined ? d : o; },
    has: (o, p) => { for (const k of path(p)) { if (o == null || !Object.prototype.hasOwnProperty.call(o, k)) return false; o = o[k]; } return true; },
    set: (o, p, v) => { const ks = path(p); let t = o; ks.slice(0, -1).forEach((k, i) => { if (t[k] == null) t[k] = /^\d+$/.test(ks[i + 1]) ? [] : {}; t = t[k]; }); t[ks[ks.length - 1]] = v; return o; },
    map: (c, f) => Array.isArray(c) ? c.map(fn(f)) : Object.keys(c || {}).map(k => fn(f)(c[k], k)),
    filter: (c, f) => list(c).filter(fn(f)), reject: (c, f) => list(c).filter(v => !fn(f)(v)),
    find: (c, f) => list(c).find(fn(f)), findIndex: (c, f) => list(c).findIndex(fn(f)), some: (c, f) => list(c).some(fn(f)), every: (c, f) => list(c).every(fn(f)),
    forEach: (c, f) => { if (Array.isArray(c)) c.forEach(f); else Object.keys(c || {}).forEach(k => f(c[k], k)); return c; },
    reduce: (c, f, a) => list(c).reduce(f, a), keys: o => Object.keys(o || {}), values: o => Object.values(o || {}), size: c => c == null ? 0 : c.length !== undefined ? c.length : Object.keys(c).length,
    isEmpty: c => c == null || (typeof c === 'object' || typeof c === 'string' ? _.size(c) === 0 : true), isEqual: own.deepEqual,
    includes: (c, v) => typeof c === 'string' ? c.includes(v) : list(c).includes(v), uniq: c => Array.from(new Set(c)),
    uniqBy: (c, f) => { const seen = new Set(); return c.filter(v => { const k = fn(f)(v); return !seen.has(k) && seen.add(k); }); },
    sortBy: (c, f) => list(c).slice().sort((a, b) => { const x = fn(f)(a), y = fn(f)(b); return x < y ? -1 : x > y ? 1 : 0; }),
    groupBy: (c, f) => list(c).reduce((g, v) => { const k = fn(f)(v); (g[k] = g[k] || []).push(v); return g; }, {}),
    keyBy: (c, f) => list(c).reduce((g, v) => { g[fn(f)(v)] = v; return g; }, {}),
    first: c => c && c[0], head: c => c && c[0], last: c => c && c[c.length - 1], cloneDeep: v => v === undefined ? v : JSON.parse(JSON.stringify(v)),
    pick: (o, ...ks) => [].concat(...ks).reduce((r, k) => { if (o && k in o) r[k] = o[k]; return r; }, {}),
    omit: (o, ...ks) => { const r = Object.assign({}, o); [].concat(...ks).forEach(k => { delete r[k]; }); return r; },
    merge: (o, ...from) => { from.forEach(f => merged(o, f)); return o; }, assign: Object.assign, extend: Object.assign, isArray: Array.isArray, isString: v => typeof v === 'string', isNumber: v => typeof v === 'number', isObject: v => v !== null && typeof v === 'object',
    isFunction: v => typeof v === 'function', isUndefined: v => v === undefined, isNil: v => v == null, isNull: v => v === null, isBoolean: v => typeof v === 'boolean',
    random: (a, b) => { if (b === undefined) { b = a; a = 0; } return a + Math.floor(Math.random() * (b - a + 1)); }, sample: c => list(c)[Math.floor(Math.random() * _.size(c))],
    range: (a, b) => { if (b === undefined) { b = a; a = 0; } const r = []; for (let i = a; i < b; i++) r.push(i); return r; }, times: (n, f) => _.range(n).map(f),
    trim: s => String(s == null ? '' : s).trim(), toLower: s => String(s).toLowerCase(), toUpper: s => String(s).toUpperCase(), startsWith: (s, p) => String(s).startsWith(p), endsWith: (s, p) => String(s).endsWith(p),
    difference: (a, ...b) => a.filter(v => ![].concat(...b).includes(v)), intersection: (a, b) => a.filter(v => b.includes(v)), flatten: c => [].concat(...c), compact: c => c.filter(Boolean), sum: c => c.reduce((a, b) => a + b, 0), join: (c, s) => c.join(s),
  };
  _.each = _.forEach; _.any = _.some; _.all = _.every; _.contains = _.includes;
  return _;
})
