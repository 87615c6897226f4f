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
    toObject: () => host.cookies(), jar: () => new (load('cookies'))() },
  visualizer: { set: () => {}, clear: () => {} }, vault: { get: () => undefined },
  require: requireLibrary,
  get response() { return response; }, get request() { return request; },
};
const legacy = {
  setEnvironmentVariable: (k, v) => environment.set(k, v), getEnvironmentVariable: k => environment.get(k), clearEnvironmentVariable: k => environment.unset(k),
  clearEnvironmentVariables: () => environment.clear(), setGlobalVariable: (k, v) => globals.set(k, v), getGlobalVariable: k => globals.get(k),
  clearGlobalVariable: k => globals.unset(k), clearGlobalVariables: () => globals.clear(), setNextRequest: execution.setNextRequest,
  getResponseHeader: name => response && response.headers.get(name), getResponseCookie: name => { const value = host.cookie(String(name)); return response && (response.cookies.one(name) || (value === undefined ? undefined : { name: String(name), value })); },
};
// Postman's old sandbox gave texts this.
Object.defineProperty(String.prototype, 'has', { configurable: true, writable: true, value: function (part) { return this.includes(part); } });
const log = level => function () { host.log(level, Array.prototype.map.call(arguments, v => typeof v === 'string' ? v : show(v)).join(' ')); };
global.pm = pm; global.postman = legacy; global.atob = host.atob; global.btoa = host.btoa; global.xml2Json = t => load('xml2js').xml2Json(t);
global.console = { log: log('log'), info: log('info'), warn: log('warn'), error: log('error'), debug: log('debug'), trace: log('debug'), clear: () => {} };
global.setTimeout = (f, ms) => host.later(f, ms || 0); global.setInterval = () => { throw new Error('setInterval is not provided'); };
global.require = requireLibrary; global.setImmediate = f => host.later(f, 0); global.clearTimeout = id => host.forget(id); global.clearInterval = global.clearTimeout;
// Legacy globals and libraries are made when a script asks for them; a script may also assign to them.
const assigned = new Map();
const globalsOnDemand = {
  _: () => lend('lodash3'), CryptoJS: () => lend('crypto-js'), moment: () => lend('moment'), cheerio: () => lend('cheerio'), Buffer: () => lend('buffer').Buffer, tv4: () => lend('tv4'), Ajv: () => lend('ajv'),
  tests: () => ({}), iteration: () => pm.info.iteration,
  request: () => request && { method: request.method, url: String(request.url), headers: request.headers.toObject(), data: request.body ? request.body.raw : '', name: request.name },
  environment: () => environment.toObject(), globals: () => globals.toObject(), data: () => iterationData.toObject(),
  responseCode: () => response && { code: response.code, name: response.status, detail: '' },
  responseHeaders: () => response && response.headers.asWritten(), responseTime: () => response && response.responseTime,
  responseCookies: () => response && response.cookies.all(), responseBody: () => response && response.text(),
};
Object.keys(globalsOnDemand).forEach(name => Object.defineProperty(global, name, { configurable: true,
  get() { if (!assigned.has(name)) { const v = globalsOnDemand[name](); assigned.set(name, v === null ? undefined : v); } return assigned.get(name); },
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
    clean() { request = response = null; results = []; assigned.clear(); takeBack(); },
  };
}
