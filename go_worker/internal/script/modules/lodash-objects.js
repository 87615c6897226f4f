// lodash: objects, by keys and by paths.
(function () {
  'use strict';
  return (_, base) => {
    const { fn, isObject, has, same, key, path, at, pathHas, pathIn, values, keysOf, isPlainObject, isArguments, clone, isListLike } = base;
    const inKeys = o => { const out = []; for (const k in Object(o)) out.push(k); return out; };
    const isIndex = k => /^(?:0|[1-9]\d*)$/.test(k);
    const unsafe = k => k === '__proto__' || k === 'constructor' || k === 'prototype';
    const write = (o, p, make, customized) => {
      if (!isObject(o)) return o;
      p = path(p, o); let t = o;
      for (let i = 0; i < p.length; i++) {
        const k = p[i]; if (unsafe(String(k))) return o;
        if (i === p.length - 1) { t[k] = make(t[k]); break; }
        let next = customized ? customized(t[k], k, t) : undefined; if (next === undefined) next = isObject(t[k]) ? t[k] : isIndex(String(p[i + 1])) ? [] : {};
        t[k] = next; t = next;
      }
      return o; };
    _.get = (o, p, d) => { const v = o == null ? undefined : at(o, p); return v === undefined ? d : v; };
    _.has = (o, p) => o != null && pathHas(o, p, has); _.hasIn = (o, p) => o != null && pathIn(o, p);
    _.set = (o, p, v) => (o == null ? o : write(o, p, () => v)); _.setWith = (o, p, v, f) => (o == null ? o : write(o, p, () => v, f)); _.update = (o, p, f) => (o == null ? o : write(o, p, f)); _.updateWith = (o, p, f, c) => (o == null ? o : write(o, p, f, c));
    _.unset = (o, p) => { if (o == null) return true; p = path(p, o); const parent = p.length > 1 ? at(o, p.slice(0, -1)) : o; return parent == null || delete parent[p[p.length - 1]]; };
    _.result = (o, p, d) => { p = path(p, o); let v = o, self = o; for (let i = 0; i < Math.max(p.length, 1); i++) { self = v; v = v == null || !p.length ? undefined : v[p[i]]; if (v === undefined) { v = d; i = p.length; } if (typeof v === 'function') v = v.call(self); } return v; };
    _.invoke = (o, p, ...args) => { p = path(p, o); const self = p.length > 1 ? at(o, p.slice(0, -1)) : o, f = self == null ? undefined : self[p[p.length - 1]]; return f == null ? undefined : f.apply(self, args); };
    _.at = (o, ...ps) => [].concat(...ps).map(p => _.get(o, p));
    _.keys = o => keysOf(o); _.keysIn = inKeys; _.values = o => values(o); _.valuesIn = o => (o == null ? [] : inKeys(o).map(k => o[k]));
    const pairs = keys => o => (o instanceof Map ? Array.from(o) : o instanceof Set ? Array.from(o).map(v => [v, v]) : keys(o).map(k => [k, o[k]])); _.toPairs = pairs(keysOf); _.toPairsIn = pairs(inKeys);
    const assigning = (keys, customized) => (o, ...from) => { o = Object(o); const f = customized && typeof from[from.length - 1] === 'function' ? from.pop() : undefined;
      from.forEach(s => { if (s != null) keys(s).forEach(k => { let v = f ? f(o[k], s[k], k, o, s) : undefined; if (v === undefined) v = s[k]; if (!(has(o, k) && same(o[k], v)) || (v === undefined && !(k in o))) o[k] = v; }); }); return o; };
    _.assign = assigning(keysOf); _.assignIn = assigning(inKeys); _.assignWith = assigning(keysOf, true); _.assignInWith = assigning(inKeys, true);
    _.defaults = (o, ...from) => { o = Object(o); from.forEach(s => { if (s != null) inKeys(s).forEach(k => { if (o[k] === undefined || (same(o[k], Object.prototype[k]) && !has(o, k))) o[k] = s[k]; }); }); return o; };
    const merged = (o, s, f, seen) => { if (o === s) return;
      inKeys(s).forEach(k => { const v = s[k]; if (unsafe(k) && k !== 'constructor' || (k === 'constructor' && typeof o[k] === 'function')) return;
        if (!isObject(v)) { const told = f ? f(o[k], v, k, o, s) : undefined, made = told === undefined ? v : told; if (made !== undefined && !same(o[k], made) || (made === undefined && !(k in o))) o[k] = made; return; }
        if (seen.has(v)) { o[k] = seen.get(v); return; }
        const old = o[k], told = f ? f(old, v, k, o, s) : undefined; let made = told, go = false;
        if (told === undefined) {
          go = true;
          if (Array.isArray(v) || base.isListLike(v) && _.isTypedArray(v)) made = Array.isArray(old) ? old : isListLike(old) && isObject(old) ? Array.from(old) : Array.isArray(v) ? [] : (go = false, clone(v));
          else if (isPlainObject(v) || isArguments(v)) made = isArguments(old) ? Object.assign({}, old) : isObject(old) && typeof old !== 'function' ? old : {};
          else { go = false; made = v; }
        }
        if (go) { seen.set(v, made); merged(made, v, f, seen); seen.delete(v); }
        if (made !== undefined && !same(o[k], made)) o[k] = made; }); };
    _.merge = (o, ...from) => { o = Object(o); from.forEach(s => { if (s != null) merged(o, s, null, new Map()); }); return o; };
    _.mergeWith = (o, ...from) => { const f = typeof from[from.length - 1] === 'function' ? from.pop() : null; o = Object(o); from.forEach(s => { if (s != null) merged(o, s, f, new Map()); }); return o; };
    _.defaultsDeep = (o, ...from) => { const deep = (old, v, k, into, s) => (isObject(old) && isObject(v) ? _.mergeWith(old, v, deep) : old === undefined ? undefined : old); return _.mergeWith(o, ...from, deep); };
    _.pick = (o, ...ps) => { const out = {}; if (o != null) [].concat(...ps).forEach(p => { if (pathIn(o, p)) _.set(out, path(p, o), at(o, p)); }); return out; };
    _.pickBy = (o, f) => { f = fn(f); const out = {}; if (o != null) inKeys(o).forEach(k => { if (f(o[k], k)) out[k] = o[k]; }); return out; };
    _.omitBy = (o, f) => { f = fn(f); return _.pickBy(o, (v, k) => !f(v, k)); };
    _.omit = (o, ...ps) => { if (o == null) return {}; let out = {}; inKeys(o).forEach(k => { out[k] = o[k]; }); ps = [].concat(...ps).map(p => path(p, o)); if (ps.some(p => p.length > 1)) out = clone(out, true); ps.forEach(p => _.unset(out, p)); return out; };
    const foundKey = (o, f, keys) => { f = fn(f); return keys.find(k => f(o[k], k, o)); };
    _.findKey = (o, f) => foundKey(o, f, Object.keys(o == null ? {} : o)); _.findLastKey = (o, f) => foundKey(o, f, Object.keys(o == null ? {} : o).reverse());
    const each = (keys, backwards) => (o, f) => { if (o == null) return o; const ks = keys(o); if (backwards) ks.reverse(); ks.every(k => (f || (v => v))(o[k], k, o) !== false); return o; };
    _.forIn = each(inKeys); _.forInRight = each(inKeys, true); _.forOwn = each(keysOf); _.forOwnRight = each(keysOf, true);
    _.functions = o => (o == null ? [] : keysOf(o).filter(k => typeof o[k] === 'function')); _.functionsIn = o => (o == null ? [] : inKeys(o).filter(k => typeof o[k] === 'function'));
    _.invert = o => { const out = {}; keysOf(o).forEach(k => { out[o[k]] = k; }); return out; }; _.invertBy = (o, f) => { f = fn(f); const out = {}; keysOf(o).forEach(k => { const v = f(o[k]); if (has(out, v)) out[v].push(k); else out[v] = [k]; }); return out; };
    _.mapKeys = (o, f) => { f = fn(f); const out = {}; keysOf(o).forEach(k => { out[f(o[k], k, o)] = o[k]; }); return out; }; _.mapValues = (o, f) => { f = fn(f); const out = {}; keysOf(o).forEach(k => { out[k] = f(o[k], k, o); }); return out; };
    _.transform = (o, f, into) => { const list = Array.isArray(o); if (into === undefined) into = list ? [] : isObject(o) && typeof o.constructor === 'function' ? Object.create(Object.getPrototypeOf(o)) : {}; if (list) o.every((v, i) => fn(f)(into, v, i, o) !== false); else keysOf(o).every(k => fn(f)(into, o[k], k, o) !== false); return into; };
    _.create = (p, o) => Object.assign(Object.create(p), o); _.toPlainObject = o => { const out = {}; inKeys(o).forEach(k => { out[k] = o[k]; }); return out; };
    _.property = p => o => _.get(o, p); _.propertyOf = o => p => _.get(o, p); _.matches = s => fn(Object(s)); _.matchesProperty = (p, v) => fn([p, v]); _.iteratee = f => fn(f);
    _.method = (p, ...args) => o => _.invoke(o, p, ...args); _.methodOf = (o, ...args) => p => _.invoke(o, p, ...args);
    _.conforms = s => o => _.conformsTo(o, s);
    void key;
  };
})
