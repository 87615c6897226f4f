// assert: claims that throw.
(function (host, own) {
  'use strict';
  class AssertionError extends Error { constructor(o) { super(o.message); Object.assign(this, { name: 'AssertionError', code: 'ERR_ASSERTION', generatedMessage: !o.given }, o); } }
  const fail = (actual, expected, message, operator) => { if (message instanceof Error) throw message; throw new AssertionError({ message: message === undefined ? own.show(actual) + ' ' + operator + ' ' + own.show(expected) : message, actual, expected, operator, given: message !== undefined }); };
  const loose = (a, b) => { if (a == b || (a !== a && b !== b)) return true; if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false; if (Array.isArray(a) !== Array.isArray(b)) return false; if (a instanceof Date && b instanceof Date) return +a === +b; if (a instanceof RegExp) return String(a) === String(b); const k = Object.keys(a); return k.length === Object.keys(b).length && k.every(x => Object.prototype.hasOwnProperty.call(b, x) && loose(a[x], b[x])); };
  const strict = (a, b) => own.load('lodash').isEqual(a, b) && !Object.is(a, b) ? typeof a === typeof b && !(a === 0 && b === 0) && (a === null || typeof a !== 'object' || Object.getPrototypeOf(a) === Object.getPrototypeOf(b)) : Object.is(a, b);
  const claim = (name, holds) => (a, b, message) => { if (!holds(a, b)) fail(a, b, message, name); };
  const ok = (...args) => { if (!args[0]) fail(args[0], true, args.length ? args[1] : 'No value argument passed to `assert.ok()`', '=='); };
  const fits = (e, want) => { if (want === undefined || typeof want === 'string') return true; if (want instanceof RegExp) return want.test(String(e)); if (typeof want === 'function') return want.prototype !== undefined && e instanceof want ? true : !Error.isPrototypeOf(want) && want.call({}, e) === true; return Object.keys(want).every(k => want[k] instanceof RegExp ? want[k].test(e[k]) : strict(e[k], want[k])); };
  const caught = f => { if (typeof f !== 'function') throw new TypeError('The "fn" argument must be of type Function. Received type ' + typeof f); try { f(); } catch (e) { return { e }; } return null; };
  const assert = (...args) => ok(...args);
  Object.assign(assert, { ok, AssertionError, equal: claim('==', (a, b) => a == b || (a !== a && b !== b)), notEqual: claim('!=', (a, b) => !(a == b || (a !== a && b !== b))), strictEqual: claim('strictEqual', Object.is), notStrictEqual: claim('notStrictEqual', (a, b) => !Object.is(a, b)),
    deepEqual: claim('deepEqual', loose), notDeepEqual: claim('notDeepEqual', (a, b) => !loose(a, b)), deepStrictEqual: claim('deepStrictEqual', strict), notDeepStrictEqual: claim('notDeepStrictEqual', (a, b) => !strict(a, b)),
    match: claim('match', (t, r) => r.test(t)), doesNotMatch: claim('doesNotMatch', (t, r) => !r.test(t)), fail: m => fail(undefined, undefined, m === undefined ? 'Failed' : m, 'fail'), ifError: e => { if (e !== null && e !== undefined) throw e; },
    throws: (f, want, message) => { const c = caught(f); if (!c) fail(undefined, want, typeof want === 'string' ? want : message || 'Missing expected exception.', 'throws'); if (!fits(c.e, want)) throw c.e; },
    doesNotThrow: (f, want, message) => { const c = caught(f); if (c) fail(c.e, want, typeof want === 'string' ? want : message || 'Got unwanted exception.', 'doesNotThrow'); },
    rejects: async (p, want) => { let e, failed = false; try { await (typeof p === 'function' ? p() : p); } catch (x) { e = x; failed = true; } if (!failed) fail(undefined, want, 'Missing expected rejection.', 'rejects'); if (!fits(e, want)) throw e; }, doesNotReject: async p => { await (typeof p === 'function' ? p() : p); } });
  assert.strict = Object.assign((...args) => ok(...args), assert, { equal: assert.strictEqual, notEqual: assert.notStrictEqual, deepEqual: assert.deepStrictEqual, notDeepEqual: assert.notDeepStrictEqual });
  return assert;
})
