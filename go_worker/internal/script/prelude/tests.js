// Tests, pm itself, the legacy globals, and what the engine calls.

function test(name, f) {
  const result = { name: String(name), ok: true, error: '' };
  results.push(result);
  const failed = e => { result.ok = false; result.error = e && e.message !== undefined ? String(e.message) : String(e); };
  try {
    if (f && f.length > 0) {
      let done = false; result.ok = false; result.error = 'done was not called';
      f(e => { if (!done) { done = true; result.ok = !e; result.error = ''; if (e) failed(e); } });
    } else {
      const value = f && f();
      if (value && typeof value.then === 'function') value.then(() => {}, failed);
    }
  } catch (e) { failed(e); }
  return pm;
}
test.skip = () => pm;
const execution = { setNextRequest: name => host.next(name === null || name === undefined ? null : String(name)), skipRequest: () => host.skip(),
  location: { current: '' } };
const pm = {
  test, expect, variables, environment, globals, collectionVariables: collection, iterationData, sendRequest, execution,
  info: {}, setNextRequest: execution.setNextRequest,
  cookies: { get: name => host.cookie(String(name)), has: name => host.cookie(String(name)) !== undefined,
    toObject: () => host.cookies(), jar: () => { throw new Error('pm.cookies.jar is not provided'); } },
  visualizer: { set: () => {}, clear: () => {} }, vault: { get: () => undefined },
  require: name => global.require(name),
  get response() { return response; }, get request() { return request; },
};
const legacy = {
  setEnvironmentVariable: (k, v) => environment.set(k, v), getEnvironmentVariable: k => environment.get(k), clearEnvironmentVariable: k => environment.unset(k),
  clearEnvironmentVariables: () => environment.clear(), setGlobalVariable: (k, v) => globals.set(k, v), getGlobalVariable: k => globals.get(k),
  clearGlobalVariable: k => globals.unset(k), clearGlobalVariables: () => globals.clear(), setNextRequest: execution.setNextRequest,
  getResponseHeader: name => response && response.headers.get(name), getResponseCookie: name => response && response.cookies.one(name),
};
// Postman's old sandbox gave texts this.
Object.defineProperty(String.prototype, 'has', { configurable: true, writable: true, value: function (part) { return this.includes(part); } });
const log = level => function () { host.log(level, Array.prototype.map.call(arguments, v => typeof v === 'string' ? v : show(v)).join(' ')); };
const once = (name, make) => Object.defineProperty(global, name, { configurable: true, get() {
  const value = make(); Object.defineProperty(global, name, { configurable: true, writable: true, value }); return value; },
  set(value) { Object.defineProperty(global, name, { configurable: true, writable: true, value }); } });
global.pm = pm; global.postman = legacy; global.atob = host.atob; global.btoa = host.btoa; global.xml2Json = t => JSON.parse(host.xml2json(String(t)));
global.console = { log: log('log'), info: log('info'), warn: log('warn'), error: log('error'), debug: log('debug'), trace: log('debug'), clear: () => {} };
global.setTimeout = (f, ms) => host.later(f, ms || 0); global.setInterval = () => { throw new Error('setInterval is not provided'); };
global.setImmediate = f => host.later(f, 0); global.clearTimeout = id => host.forget(id); global.clearInterval = global.clearTimeout;
once('CryptoJS', () => host.library('crypto')(host)); once('_', () => host.library('lodash')({ deepEqual }));
once('tv4', () => ({ error: null, missing: [],
  validateResult(data, schema) { const p = host.validate(JSON.stringify(schema), JSON.stringify(data)), error = p ? { message: p } : null;
    return { valid: p === '', error, missing: [], errors: error ? [error] : [] }; },
  validateMultiple(data, schema) { const r = this.validateResult(data, schema); return { valid: r.valid, errors: r.errors, missing: [] }; },
  validate(data, schema) { const r = this.validateResult(data, schema); this.error = r.error; return r.valid; } }));
once('Ajv', () => function () { const self = this; self.errors = null;
  self.validate = (schema, data) => { const p = host.validate(JSON.stringify(schema), JSON.stringify(data)); self.errors = p ? [{ message: p }] : null; return p === ''; };
  self.compile = schema => { const f = data => { const ok = self.validate(schema, data); f.errors = self.errors; return ok; }; return f; }; });
global.require = name => {
  switch (String(name).replace(/^npm:/, '').replace(/@[^@/]*$/, '')) {
    case 'crypto-js': return global.CryptoJS;
    case 'lodash': return global._;
    case 'ajv': return global.Ajv;
    case 'tv4': return global.tv4;
    case 'chai': return { expect, AssertionError };
    case 'atob': return global.atob;
    case 'btoa': return global.btoa;
    case 'uuid': return { v4: host.uuid };
    case 'xml2js': return { parseString: (t, o, f) => { f = f || o; let v; try { v = global.xml2Json(t); } catch (e) { return f(e); } f(null, v); } };
    default: throw new Error("the module '" + name + "' is not provided");
  }
};
// Legacy globals are made when a script asks for them; a script may also assign to them.
const assigned = new Map();
const legacyGlobals = {
  tests: () => ({}), iteration: () => pm.info.iteration,
  request: () => request && { method: request.method, url: String(request.url), headers: request.headers.toObject(), data: request.body ? request.body.raw : '', name: request.name },
  environment: () => environment.toObject(), globals: () => globals.toObject(), data: () => host.columns(),
  responseCode: () => response && { code: response.code, name: response.status, detail: '' },
  responseHeaders: () => response && response.headers.toObject(), responseTime: () => response && response.responseTime,
  responseCookies: () => response && response.cookies.all(), responseBody: () => response && response.text(),
};
Object.keys(legacyGlobals).forEach(name => Object.defineProperty(global, name, { configurable: true,
  get() { if (!assigned.has(name)) { const v = legacyGlobals[name](); assigned.set(name, v === null ? undefined : v); } return assigned.get(name); },
  set(v) { assigned.set(name, v); } }));
function entrances() {
  return {
    begin(raw, answer, info) {
      results = []; request = raw ? new RequestView(raw) : null; response = answer ? new Answer(answer) : null;
      pm.info = info; execution.location.current = info.requestName; assigned.clear();
    },
    end() {
      const tests = assigned.get('tests');
      if (tests && typeof tests === 'object') Object.keys(tests).forEach(name => results.push({ name, ok: !!tests[name], error: tests[name] ? '' : 'the value is false' }));
      return results;
    },
    // clean forgets the script that ran: the next one may belong to another user.
    clean() { request = response = null; results = []; assigned.clear(); },
  };
}
