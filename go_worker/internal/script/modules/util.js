// util: the small helpers of Node.
(function (host, own) {
  'use strict';
  const tag = v => Object.prototype.toString.call(v).slice(8, -1);
  const format = (...args) => {
    let i = 1, out;
    if (typeof args[0] === 'string') out = args[0].replace(/%[sdj%]/g, m => { if (m === '%%') return '%'; if (i >= args.length) return m; const v = args[i++]; if (m === '%s') return String(v); if (m === '%d') return String(Number(v)); try { return JSON.stringify(v); } catch (e) { return '[Circular]'; } });
    else { i = 0; out = ''; }
    for (; i < args.length; i++) out += (i ? ' ' : '') + (args[i] === null || typeof args[i] !== 'object' ? String(args[i]) : missing('inspect')());
    return out; };
  const missing = name => () => { throw new Error('util.' + name + ' is not provided'); };
  const util = { format, inherits: (a, b) => { if (b) { a.super_ = b; a.prototype = Object.create(b.prototype, { constructor: { value: a, enumerable: false, writable: true, configurable: true } }); } }, deprecate: f => f,
    promisify: f => (...a) => new Promise((resolve, reject) => f(...a, (e, v) => (e ? reject(e) : resolve(v)))), callbackify: f => (...a) => { const done = a.pop(); f(...a).then(v => host.later(() => done(null, v), 0), e => host.later(() => done(e), 0)); },
    isArray: Array.isArray, isBoolean: v => typeof v === 'boolean', isNull: v => v === null, isNullOrUndefined: v => v == null, isNumber: v => typeof v === 'number', isString: v => typeof v === 'string', isSymbol: v => typeof v === 'symbol', isUndefined: v => v === undefined,
    isRegExp: v => tag(v) === 'RegExp', isObject: v => v !== null && typeof v === 'object', isDate: v => tag(v) === 'Date', isError: v => v instanceof Error, isFunction: v => typeof v === 'function', isPrimitive: v => v === null || (typeof v !== 'object' && typeof v !== 'function'), isBuffer: v => own.load('buffer').Buffer.isBuffer(v) };
  ['inspect', 'log', 'debuglog', 'types'].forEach(name => { util[name] = missing(name); });
  return util;
})
