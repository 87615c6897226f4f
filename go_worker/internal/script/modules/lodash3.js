// The global _ of Postman: lodash 3, with what lodash 4 has beside it.
(function (host, own) {
  'use strict';
  const four = own.load('lodash');
  function _(value) { return value instanceof _.Chain ? value : new _.Chain(value, false); }
  const base = four.parts;
  Object.assign(_, four);
  own.load('lodash-functions')(_, base);
  const { fn } = base, slice = Array.prototype.slice;
  // Functions of lodash 3 take what `this` is in the iteratee as the last argument.
  const bound = (f, self) => (typeof f === 'function' && self !== undefined ? f.bind(self) : typeof f === 'string' && self !== undefined ? [f, self] : f);
  ['map', 'filter', 'reject', 'find', 'findIndex', 'findLast', 'findLastIndex', 'forEach', 'forEachRight', 'forOwn', 'forIn', 'every', 'groupBy', 'countBy', 'keyBy', 'mapValues', 'mapKeys', 'partition', 'pickBy', 'omitBy', 'dropWhile', 'takeWhile', 'remove', 'times', 'findKey', 'flatMap', 'tap'].forEach(name => {
    _[name] = (c, f, self) => four[name](c, bound(f, self)); });
  _.some = (c, f, self) => four.some(c, bound(f, typeof self === 'object' && self !== null && Array.isArray(self) ? undefined : self));
  _.reduce = (c, f, ...first) => (first.length > 1 ? four.reduce(c, bound(f, first[1]), first[0]) : four.reduce(c, f, ...first)); _.reduceRight = (c, f, ...first) => four.reduceRight(c, f, ...first.slice(0, 1));
  const extreme = (name, none) => (c, f, self) => { const items = base.isListLike(c) ? slice.call(c) : base.values(c); if (f !== undefined && typeof f !== 'number' && !(self && self[f] === c)) { const best = four[name + 'By'](items, bound(f, self)); return best === undefined ? none : best; }
    const best = four[name](items.filter(v => typeof v === 'number' || v instanceof Date || typeof v === 'string')); return best === undefined ? none : best; };
  _.max = extreme('max', -Infinity); _.min = extreme('min', Infinity);
  _.sum = (c, f, self) => { const items = base.isListLike(c) ? slice.call(c) : base.values(c); f = fn(f === undefined ? v => v : bound(f, self)); return items.reduce((a, v) => a + (+f(v) || 0), 0); };
  _.uniq = (c, sorted, f, self) => { if (sorted != null && typeof sorted !== 'boolean') { self = f; f = self && self[sorted] === c ? undefined : sorted; } return f == null ? four.uniq(c) : four.uniqBy(c, bound(f, self)); };
  _.flatten = (c, deep) => (deep === true ? four.flattenDeep(c) : four.flatten(c));
  _.clone = (v, deep, f) => { if (typeof deep === 'function') return four.cloneWith(v, deep); return deep === true ? (f ? four.cloneDeepWith(v, f) : four.cloneDeep(v)) : four.clone(v); };
  _.cloneDeep = (v, f) => (typeof f === 'function' ? four.cloneDeepWith(v, f) : four.cloneDeep(v));
  _.pick = (o, ...ks) => (typeof ks[0] === 'function' ? four.pickBy(o, bound(ks[0], ks[1])) : four.pick(o, ...[].concat(...ks).map(k => [k]))); _.omit = (o, ...ks) => (typeof ks[0] === 'function' ? four.omitBy(o, bound(ks[0], ks[1])) : four.omitBy(o, (v, k) => [].concat(...ks).map(String).includes(k)));
  _.isEqual = (a, b, f) => (typeof f === 'function' ? four.isEqualWith(a, b, f) : four.isEqual(a, b)); _.isMatch = (o, s, f) => (typeof f === 'function' ? four.isMatchWith(o, s, f) : four.isMatch(o, s));
  _.assign = (o, ...from) => { const f = from.length > 1 && typeof from[from.length - 1] === 'function' ? from.pop() : undefined; return f ? four.assignWith(o, ...from, f) : four.assign(o, ...from); }; _.extend = _.assign;
  _.merge = (o, ...from) => { const f = from.length > 1 && typeof from[from.length - 1] === 'function' ? from.pop() : undefined; return f ? four.mergeWith(o, ...from, f) : four.merge(o, ...from); };
  _.sortBy = (c, f, self) => four.sortBy(c, self !== undefined && self !== null && typeof self !== 'function' && typeof self !== 'string' && self[f] === c ? undefined : bound(Array.isArray(f) ? f : f, typeof f === 'function' ? self : undefined));
  _.sortByAll = (c, ...fs) => four.sortBy(c, [].concat(...fs)); _.sortByOrder = (c, fs, orders) => four.orderBy(c, fs, [].concat(orders === undefined ? [] : orders).map(o => (o === true ? 'asc' : o === false ? 'desc' : o)));
  _.includes = (c, v, from) => (typeof c === 'string' || base.isListLike(c) ? four.includes(c, v, typeof from === 'number' ? from : 0) : four.includes(base.values(c), v));
  _.pluck = (c, p) => four.map(c, p); _.where = (c, s) => four.filter(c, s); _.findWhere = (c, s) => four.find(c, s); _.indexBy = _.keyBy; _.pairs = four.toPairs; _.rest = four.tail; _.trunc = (s, o) => four.truncate(s, typeof o === 'object' ? o : o === undefined ? {} : { length: o });
  _.zipObject = (ks, vs) => (vs || !ks || !ks.length || Array.isArray(ks[0]) ? (vs ? four.zipObject(ks, vs) : four.fromPairs(ks)) : four.zipObject(ks, [])); _.padLeft = four.padStart; _.padRight = four.padEnd; _.trimLeft = four.trimStart; _.trimRight = four.trimEnd;
  const rounded = how => (n, places) => { const by = Math.pow(10, places ? +places : 0); return Math[how](n * by) / by; };
  _.round = rounded('round'); _.ceil = rounded('ceil'); _.floor = rounded('floor'); _.capitalize = four.upperFirst;
  _.support = {}; _.callback = (f, self) => fn(bound(f, self)); _.restParam = four.rest; _.modArgs = four.overArgs; _.first = four.head; _.invoke = (c, path, ...args) => four.invokeMap(c, path, ...args); _.functions = four.functionsIn; _.xor = four.xor;
  _.random = four.random; _.sample = (c, n, guard) => (n === undefined || guard ? four.sample(c) : four.sampleSize(c, n));
  Object.assign(_, { collect: _.map, select: _.filter, detect: _.find, any: _.some, all: _.every, contains: _.includes, include: _.includes, each: _.forEach, eachRight: _.forEachRight, foldl: _.reduce, inject: _.reduce, foldr: _.reduceRight, head: four.head, tail: four.tail, unique: _.uniq, object: _.zipObject, methods: _.functions, compose: four.flowRight, backflow: four.flowRight, iteratee: _.callback, VERSION: '3.10.2', _ });
  _.chain = value => new _.Chain(value, true);
  return _;
})
