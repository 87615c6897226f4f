// lodash: functions, and chains of calls.
(function (host, own) {
  'use strict';
  return (_, base) => {
    const { fn, toInt } = base;
    _.placeholder = _;
    const gathered = list => [].concat(...list);
    _.identity = v => v; _.constant = v => () => v; _.noop = () => undefined; _.stubArray = () => []; _.stubFalse = () => false; _.stubObject = () => ({}); _.stubString = () => ''; _.stubTrue = () => true;
    _.times = (n, f) => { n = toInt(n); if (n < 1) return []; const out = []; f = fn(f); for (let i = 0; i < n; i++) out.push(f(i)); return out; };
    _.attempt = (f, ...args) => { try { return f(...args); } catch (e) { return e instanceof Error ? e : new Error(e); } };
    _.before = (n, f) => { let r; n = toInt(n); return function () { if (--n > 0) r = f.apply(this, arguments); return r; }; }; _.after = (n, f) => { n = toInt(n); return function () { if (--n < 1) return f.apply(this, arguments); return undefined; }; }; _.once = f => _.before(2, f);
    _.ary = (f, n) => function () { return f.apply(this, [].slice.call(arguments, 0, n === undefined ? f.length : n)); }; _.unary = f => _.ary(f, 1); _.negate = f => function () { return !f.apply(this, arguments); }; _.flip = f => function () { return f.apply(this, [].slice.call(arguments).reverse()); };
    const filled = (f, given, last) => function () { const rest = [].slice.call(arguments), args = given.map(v => (v === _ || (v && v.placeholder === _) ? rest.shift() : v)); return f.apply(this, last ? rest.concat(args) : args.concat(rest)); };
    _.partial = (f, ...given) => filled(f, given, false); _.partialRight = (f, ...given) => filled(f, given, true); _.bind = (f, self, ...given) => filled(f, given, false).bind(self); _.bindKey = (o, k, ...given) => function () { return o[k].apply(o, given.concat([].slice.call(arguments))); }; _.bindAll = (o, ...ks) => { gathered(ks).forEach(k => { o[k] = o[k].bind(o); }); return o; };
    const curried = (f, n, last) => { const collect = have => function () { const all = last ? [].slice.call(arguments).concat(have) : have.concat([].slice.call(arguments)); return all.length >= n ? f.apply(this, all) : collect(all); }; return collect([]); }; _.curry = (f, n) => curried(f, n === undefined ? f.length : toInt(n), false); _.curryRight = (f, n) => curried(f, n === undefined ? f.length : toInt(n), true);
    _.flow = (...fs) => { fs = gathered(fs); return function () { let r = fs.length ? fs[0].apply(this, arguments) : arguments[0]; for (let i = 1; i < fs.length; i++) r = fs[i].call(this, r); return r; }; }; _.flowRight = (...fs) => _.flow(gathered(fs).reverse());
    _.memoize = (f, by) => { const m = function () { const k = by ? by.apply(this, arguments) : arguments[0]; if (m.cache.has(k)) return m.cache.get(k); const r = f.apply(this, arguments); m.cache.set(k, r); return r; }; m.cache = new Map(); return m; };
    _.over = (...fs) => (...a) => gathered(fs).map(f => fn(f)(...a)); _.overEvery = (...fs) => (...a) => gathered(fs).every(f => fn(f)(...a)); _.overSome = (...fs) => (...a) => gathered(fs).some(f => fn(f)(...a)); _.overArgs = (f, ...ts) => { ts = gathered(ts); return function () { const a = [].slice.call(arguments); ts.forEach((t, i) => { if (i < a.length) a[i] = fn(t)(a[i]); }); return f.apply(this, a); }; };
    _.rearg = (f, ...at) => { at = gathered(at); return function () { const a = [].slice.call(arguments); return f.apply(this, at.map(i => a[i]).concat(a.slice(at.length))); }; }; _.rest = (f, from) => { from = from === undefined ? f.length - 1 : toInt(from); return function () { const a = [].slice.call(arguments); return f.apply(this, a.slice(0, from).concat([a.slice(from)])); }; }; _.spread = (f, from) => { from = Math.max(toInt(from), 0); return function () { const a = [].slice.call(arguments); return f.apply(this, a.slice(0, from).concat(a[from])); }; };
    _.wrap = (v, f) => function () { return (f || (x => x)).apply(this, [v].concat([].slice.call(arguments))); }; _.nthArg = n => (...a) => _.nth(a, n); _.cond = pairs => (...a) => { const p = pairs.find(pair => fn(pair[0])(...a)); return p && p[1](...a); };
    _.delay = (f, ms, ...args) => host.later(() => f(...args), +ms || 0); _.defer = (f, ...args) => _.delay(f, 1, ...args); _.tap = (v, f) => { f(v); return v; }; _.thru = (v, f) => f(v);
    ['debounce', 'throttle', 'runInContext', 'noConflict'].forEach(name => { _[name] = () => { throw new Error('lodash.' + name + ' is not provided'); }; });

    // A chain calls at once; with chain() even what is one value stays in it. The first one gets the functions.
    let ready = false;
    class Chain {
      constructor(value, kept) { if (!ready) { ready = true; _.chained(_); } this.__wrapped__ = value; this.__chain__ = kept; }
      value() { return this.__wrapped__; }
      chain() { return new Chain(this.__wrapped__, true); }
      commit() { return this; }
      next() { this.__i = (this.__i || 0) + 1; const a = [].concat(this.__wrapped__); return { done: this.__i > a.length, value: a[this.__i - 1] }; }
      plant(value) { return new Chain(value, this.__chain__); }
    }
    ['toJSON', 'valueOf'].forEach(name => { Chain.prototype[name] = Chain.prototype.value; }); Chain.prototype.toString = function () { return String(this.__wrapped__); };
    _.Chain = Chain; _.prototype = Chain.prototype;
    const changing = ['push', 'unshift', 'sort', 'splice', 'reverse'];
    changing.forEach(name => { Chain.prototype[name] = function () { const r = Array.prototype[name].apply(this.__wrapped__, arguments); return name === 'splice' ? new Chain(r, this.__chain__) : this; }; });
    ['pop', 'shift'].forEach(name => { Chain.prototype[name] = function () { const r = Array.prototype[name].apply(this.__wrapped__, arguments); return this.__chain__ ? new Chain(r, true) : r; }; });
    const single = ('add attempt camelCase capitalize ceil clamp clone cloneDeep cloneDeepWith cloneWith conformsTo deburr defaultTo divide each eachRight endsWith eq escape escapeRegExp every find findIndex findKey findLast findLastIndex findLastKey first floor forEach forEachRight forIn forInRight forOwn forOwnRight get gt gte has hasIn head identity includes indexOf inRange invoke join kebabCase last lastIndexOf lowerCase lowerFirst lt lte max maxBy mean meanBy min minBy multiply noop now nth pad padEnd padStart parseInt pop random reduce reduceRight repeat replace result round sample shift size snakeCase some sortedIndex sortedIndexBy sortedIndexOf sortedLastIndex sortedLastIndexBy sortedLastIndexOf split startCase startsWith subtract sum sumBy template times toFinite toInteger toLength toLower toNumber toSafeInteger toString toUpper trim trimEnd trimStart truncate unescape uniqueId upperCase upperFirst any all contains detect inject foldl foldr findWhere').split(' ');
    const kept = new Set(['each', 'eachRight', 'forEach', 'forEachRight', 'forIn', 'forInRight', 'forOwn', 'forOwnRight', 'split', 'times']);
    // chained gives chains the functions of a lodash.
    _.chained = functions => Object.keys(functions).forEach(name => {
      if (typeof functions[name] !== 'function' || ['Chain', 'chained', 'chain', '_', 'reverse', 'prototype'].includes(name)) return;
      const unwraps = (single.includes(name) && !kept.has(name)) || /^is[A-Z]/.test(name);
      Chain.prototype[name] = function () { const r = functions[name].apply(functions, [this.__wrapped__].concat([].slice.call(arguments))); return unwraps && !this.__chain__ ? r : new Chain(r, this.__chain__); };
    });
    // What is mixed in goes with the script: the next one loads lodash anew.
    _.mixin = (into, functions) => {
      const mine = functions === undefined || typeof functions !== 'object'; if (mine) functions = into;
      if (mine || typeof into === 'function') { ['lodash', 'lodash3'].forEach(own.spoil); Object.assign(_, functions); _.chained(functions); return _; }
      return Object.assign(into, functions); };
  };
})
