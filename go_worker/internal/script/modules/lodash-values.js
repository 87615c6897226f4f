// lodash: what values are and how they are compared, read by paths and copied.
(function () {
  'use strict';
  return _ => {
    const tag = v => Object.prototype.toString.call(v).slice(8, -1);
    const isObject = v => v !== null && (typeof v === 'object' || typeof v === 'function');
    const isListLike = v => v != null && typeof v !== 'function' && typeof v.length === 'number' && v.length >= 0 && v.length % 1 === 0 && (typeof v === 'object' || typeof v === 'string');
    const has = (o, k) => o != null && Object.prototype.hasOwnProperty.call(o, k);
    const same = (a, b) => a === b || (a !== a && b !== b);
    const isSymbol = v => typeof v === 'symbol';
    const key = k => (typeof k === 'string' || isSymbol(k) ? k : Object.is(k, -0) ? '-0' : String(k));
    const keysOf = o => (isListLike(o) ? Object.keys(typeof o === 'string' ? Object(o) : o).concat() : Object.keys(o == null ? {} : Object(o)));
    const values = o => (o == null ? [] : keysOf(o).map(k => o[k]));
    const toFinite = v => { v = toNumber(v); return v === Infinity ? Number.MAX_VALUE : v === -Infinity ? -Number.MAX_VALUE : v === v ? v : 0; };
    const toNumber = v => { if (isSymbol(v)) return NaN; if (isObject(v)) { const o = typeof v.valueOf === 'function' ? v.valueOf() : v; v = isObject(o) ? String(o) : o; } return typeof v === 'string' && /^[-+]0x/i.test(v.trim()) ? NaN : +v; };
    const toInt = v => { const n = toFinite(v); return n - (n % 1) || 0; };

    function textPath(s) {
      const out = []; let i = 0;
      if (s[0] === '.') out.push('');
      while (i < s.length) {
        if (s[i] === '[') {
          const q = s[i + 1], quoted = (q === '"' || q === "'") && s.indexOf(q + ']', i + 2) > 0, end = quoted ? s.indexOf(q + ']', i + 2) : s.indexOf(']', i);
          if (end < 0) { i++; continue; }
          out.push(quoted ? s.slice(i + 2, end).replace(/\\(\\)?/g, '$1') : s.slice(i + 1, end)); i = end + (quoted ? 2 : 1);
        } else if (s[i] === '.') { i++; if (i >= s.length || s[i] === '.') out.push(''); }
        else { let j = i; while (j < s.length && s[j] !== '.' && s[j] !== '[' && s[j] !== ']') j++; if (j > i) out.push(s.slice(i, j)); i = s[j] === ']' || j === i ? j + 1 : j; }
      }
      return out;
    }
    const path = (p, o) => { if (Array.isArray(p)) return p.map(key); if (typeof p !== 'string') return [key(p)];
      return !/[.[]/.test(p) || (o != null && p in Object(o)) ? [p] : textPath(p); };
    const at = (o, p) => { p = path(p, o); let i = 0; while (o != null && i < p.length) o = o[p[i++]]; return i && i === p.length ? o : undefined; };

    // One value against a pattern: of objects and lists what the pattern names.
    function matchesValue(o, s) {
      if (!isObject(s) || s instanceof Date || s instanceof RegExp || typeof s === 'function') return isEqual(o, s);
      if (Array.isArray(s)) return Array.isArray(o) && s.every(x => o.some(y => matchesValue(y, x)));
      return isObject(o) && Object.keys(s).every(k => k in o && matchesValue(o[k], s[k]));
    }
    const isMatch = (o, s) => Object.keys(Object(s)).every(k => o != null && k in Object(o) && matchesValue(o[k], s[k]));
    // fn makes a function of what lodash takes for one.
    function fn(f) {
      if (typeof f === 'function') return f;
      if (f == null) return v => v;
      if (Array.isArray(f)) { const source = clone(f[1], true), p = f[0]; return o => { const v = at(o, p); return v === undefined && source === undefined ? o != null && pathIn(o, p) : matchesValue(v, source); }; }
      if (typeof f === 'object') { const source = clone(f, true); return o => isMatch(o, source); }
      return o => at(o, f);
    }
    const pathHas = (o, p, test) => { p = path(p, o); if (!p.length) return false; for (let i = 0; i < p.length; i++) { if (o == null || !test(Object(o), p[i])) return Array.isArray(o) && /^\d+$/.test(p[i]) && +p[i] < o.length && i === p.length - 1; o = o[p[i]]; } return true; };
    const pathIn = (o, p) => pathHas(o, p, (v, k) => k in v);

    function isEqual(a, b, customized, seen) {
      if (customized) { const told = customized(a, b); if (told !== undefined) return !!told; }
      if (same(a, b)) return true;
      if (a == null || b == null || (typeof a !== 'object' && typeof b !== 'object') || typeof a === 'function' || typeof b === 'function') return false;
      const kind = tag(a) === 'Arguments' ? 'Object' : tag(a);
      if (kind !== (tag(b) === 'Arguments' ? 'Object' : tag(b))) return false;
      switch (kind) {
        case 'Date': case 'Number': case 'Boolean': return same(+a, +b);
        case 'String': case 'RegExp': return String(a) === String(b);
        case 'Error': return a.name === b.name && a.message === b.message;
        case 'Symbol': return a.valueOf() === b.valueOf();
      }
      seen = seen || []; if (seen.some(p => p[0] === a && p[1] === b)) return true; seen = seen.concat([[a, b]]);
      const equal = (x, y) => isEqual(x, y, customized, seen);
      if (kind === 'Map' || kind === 'Set') { const y = Array.from(b); return a.size === b.size && Array.from(a).every(v => y.some(w => equal(v, w))); }
      if (Array.isArray(a) || ArrayBuffer.isView(a)) return a.length === b.length && Array.prototype.every.call(a, (v, i) => equal(v, b[i]));
      const keys = Object.keys(a);
      if (keys.length !== Object.keys(b).length || !keys.every(k => has(b, k) && equal(a[k], b[k]))) return false;
      return a.constructor === b.constructor || !('constructor' in a && 'constructor' in b) || [a, b].every(o => typeof o.constructor === 'function' && o.constructor instanceof o.constructor);
    }
    function clone(v, deep, customized, seen, k, parent) {
      if (customized) { const told = customized(v, k, parent); if (told !== undefined) return told; }
      if (!isObject(v)) return v;
      if (typeof v === 'function') return parent ? v : {};
      seen = seen || new Map(); if (seen.has(v)) return seen.get(v);
      const inside = (x, name) => (deep ? clone(x, true, customized, seen, name, v) : x);
      switch (tag(v)) {
        case 'Date': return new Date(+v);
        case 'RegExp': { const r = new RegExp(v.source, v.flags); r.lastIndex = v.lastIndex; return r; }
        case 'Map': { const m = new Map(); seen.set(v, m); v.forEach((x, name) => m.set(name, inside(x, name))); return m; }
        case 'Set': { const s = new Set(); seen.set(v, s); v.forEach(x => s.add(inside(x, x))); return s; }
        case 'Error': case 'WeakMap': return parent ? v : {};
        case 'Number': case 'String': case 'Boolean': return Object(v.valueOf());
      }
      if (ArrayBuffer.isView(v)) return v.slice();
      const out = Array.isArray(v) ? new Array(v.length) : Object.create(typeof v.constructor === 'function' && v.constructor.prototype === v ? {} : Object.getPrototypeOf(v));
      seen.set(v, out); Object.keys(v).forEach(name => { out[name] = inside(v[name], name); });
      return out;
    }
    // compare orders any two values: numbers and texts before null, undefined and NaN.
    const rank = v => (v === undefined ? 3 : v === null ? 2 : v !== v ? 4 : isSymbol(v) ? 1 : 0);
    const compare = (a, b) => { const x = rank(a), y = rank(b); if (x || y) return x - y; return a > b ? 1 : a < b ? -1 : 0; };

    const isPlainObject = v => { if (!isObject(v) || tag(v) !== 'Object') return false; const p = Object.getPrototypeOf(v); if (p === null) return true; const c = has(p, 'constructor') && p.constructor; return typeof c === 'function' && c === Object || Object.getPrototypeOf(p) === null; };
    const isArguments = v => tag(v) === 'Arguments';
    Object.assign(_, {
      isArray: Array.isArray, isObject, isPlainObject, isArguments, isEqual: (a, b) => isEqual(a, b), isEqualWith: (a, b, f) => isEqual(a, b, f), isMatch,
      isMatchWith: (o, s, f) => Object.keys(s).every(k => { const told = f(o[k], s[k], k, o, s); return told === undefined ? k in o && matchesValue(o[k], s[k]) : told; }),
      isString: v => typeof v === 'string' || tag(v) === 'String' && isObject(v) && !Array.isArray(v), isNumber: v => typeof v === 'number' || isObject(v) && tag(v) === 'Number', isBoolean: v => v === true || v === false || isObject(v) && tag(v) === 'Boolean',
      isFunction: v => typeof v === 'function', isUndefined: v => v === undefined, isNull: v => v === null, isNil: v => v == null, isSymbol: v => isSymbol(v) || isObject(v) && tag(v) === 'Symbol',
      isDate: v => isObject(v) && tag(v) === 'Date', isRegExp: v => isObject(v) && tag(v) === 'RegExp', isError: v => isObject(v) && (tag(v) === 'Error' || typeof v.message === 'string' && typeof v.name === 'string' && !isPlainObject(v)),
      isMap: v => isObject(v) && tag(v) === 'Map', isSet: v => isObject(v) && tag(v) === 'Set', isWeakMap: v => isObject(v) && tag(v) === 'WeakMap', isWeakSet: v => isObject(v) && tag(v) === 'WeakSet', isElement: () => false, isBuffer: () => false,
      isArrayBuffer: v => isObject(v) && tag(v) === 'ArrayBuffer', isTypedArray: v => ArrayBuffer.isView(v) && tag(v) !== 'DataView', isNative: v => typeof v === 'function' && /\[native code\]/.test(Function.prototype.toString.call(v)),
      isObjectLike: v => v !== null && typeof v === 'object', isArrayLike: isListLike, isArrayLikeObject: v => isListLike(v) && typeof v === 'object', isNaN: v => _.isNumber(v) && +v !== +v, isFinite: v => typeof v === 'number' && isFinite(v),
      isInteger: Number.isInteger, isSafeInteger: Number.isSafeInteger, isLength: v => typeof v === 'number' && v >= 0 && v % 1 === 0 && v <= Number.MAX_SAFE_INTEGER,
      isEmpty: v => { if (v == null) return true; if (isListLike(v) && (typeof v === 'string' || typeof v.splice === 'function' || ArrayBuffer.isView(v) || isArguments(v))) return v.length === 0; if (v instanceof Map || v instanceof Set) return v.size === 0; for (const k in v) if (has(v, k)) return false; return true; },
      eq: same, gt: (a, b) => (typeof a === 'string' && typeof b === 'string' ? a > b : +a > +b), gte: (a, b) => (typeof a === 'string' && typeof b === 'string' ? a >= b : +a >= +b), lt: (a, b) => (typeof a === 'string' && typeof b === 'string' ? a < b : +a < +b), lte: (a, b) => (typeof a === 'string' && typeof b === 'string' ? a <= b : +a <= +b),
      clone: v => clone(v, false), cloneDeep: v => clone(v, true), cloneWith: (v, f) => { const told = f && f(v); return told === undefined ? clone(v, false) : told; }, cloneDeepWith: (v, f) => clone(v, true, f), castArray: function (v) { return arguments.length ? (Array.isArray(v) ? v : [v]) : []; },
      toNumber, toFinite, toInteger: toInt, toLength: v => Math.max(0, Math.min(toInt(v), 4294967295)), toSafeInteger: v => Math.max(-Number.MAX_SAFE_INTEGER, Math.min(toInt(v), Number.MAX_SAFE_INTEGER)),
      toString: v => text(v), toPath: p => (Array.isArray(p) ? p.map(key) : isSymbol(p) ? [p] : textPath(text(p))), conformsTo: (o, source) => Object.keys(source).every(k => o != null && k in Object(o) && source[k](o[k])), defaultTo: (v, d) => (v == null || v !== v ? d : v),
    });
    const text = v => (v == null ? '' : typeof v === 'string' ? v : Array.isArray(v) ? v.map(w => (w == null ? String(w) : text(w))).join(',') : Object.is(v, -0) ? '-0' : isSymbol(v) ? v.toString() : v + '');

    const extreme = better => (c, f) => { let best, score; f = fn(f); (isListLike(c) ? Array.prototype.slice.call(c) : []).forEach(v => { const s = f(v); if (s != null && s === s && !isSymbol(s) && (score === undefined || better(s, score))) { best = v; score = s; } }); return best; };
    const max = extreme((a, b) => a > b), min = extreme((a, b) => a < b);
    const sum = (c, f) => { f = fn(f); let total; (c == null ? [] : Array.prototype.slice.call(c)).forEach(v => { const n = f(v); if (n !== undefined) total = total === undefined ? n : total + n; }); return total === undefined ? 0 : total; };
    const rounded = how => (n, places) => { n = toNumber(n); places = places == null ? 0 : Math.min(toInt(places), 292); if (!places || !isFinite(n)) return Math[how](n); const up = (String(n) + 'e').split('e'), down = (String(Math[how](up[0] + 'e' + (+up[1] + places))) + 'e').split('e'); return +(down[0] + 'e' + (+down[1] - places)); };
    const arithmetic = (f, none) => (a, b) => { if (a === undefined && b === undefined) return none; if (a === undefined) return b; if (b === undefined) return a; return typeof a === 'string' || typeof b === 'string' ? f(text(a), text(b)) : f(+a, +b); };
    Object.assign(_, {
      max: c => max(c), maxBy: max, min: c => min(c), minBy: min, sum: c => sum(c), sumBy: sum, mean: c => _.meanBy(c), meanBy: (c, f) => { const n = c == null ? 0 : c.length; return n ? sum(c, f) / n : NaN; },
      round: rounded('round'), ceil: rounded('ceil'), floor: rounded('floor'), add: arithmetic((a, b) => a + b, 0), subtract: arithmetic((a, b) => a - b, 0), multiply: arithmetic((a, b) => a * b, 1), divide: arithmetic((a, b) => a / b, 1),
      clamp: (n, low, high) => { if (high === undefined) { high = low; low = undefined; } n = toNumber(n); if (n !== n) return n; if (high !== undefined) { high = toNumber(high); n = Math.min(n, high === high ? high : 0); } if (low !== undefined) { low = toNumber(low); n = Math.max(n, low === low ? low : 0); } return n; },
      inRange: (n, from, to) => { from = toFinite(from); if (to === undefined) { to = from; from = 0; } else to = toFinite(to); n = toNumber(n); return n >= Math.min(from, to) && n < Math.max(from, to); },
      random: (a, b, floating) => { if (floating != null && typeof floating === 'object') floating = b = undefined; if (floating === undefined && typeof b === 'boolean') { floating = b; b = undefined; } else if (floating === undefined && typeof a === 'boolean') { floating = a; a = undefined; }
        if (a === undefined && b === undefined) { a = 0; b = 1; } else { a = toFinite(a); if (b === undefined) { b = a; a = 0; } else b = toFinite(b); } if (a > b) [a, b] = [b, a];
        return floating || a % 1 || b % 1 ? Math.min(a + Math.random() * (b - a), b) : a + Math.floor(Math.random() * (b - a + 1)); },
      now: () => Date.now(),
    });
    return { fn, isListLike, isObject, has, same, key, path, at, pathHas, pathIn, values, keysOf, compare, toInt, toFinite, toNumber, isEqual, isMatch, matchesValue, clone, isPlainObject, isArguments, text };
  };
})
