// pm.request, and the requests that scripts send themselves.

const decoded = t => { try { return decodeURIComponent(t); } catch (e) { return t; } };
const keyOf = p => String(typeof p === 'string' ? p.split('=')[0] : p.key);
const fieldOf = p => { if (typeof p !== 'string') return [String(p.key), p.value === undefined || p.value === null ? null : text(p.value)];
  const i = p.indexOf('='); return i < 0 ? [p, null] : [p.slice(0, i), p.slice(i + 1)]; };
// Names and values in order, as Postman keeps a query or a form; done is called after a change.
class FieldList {
  constructor(pairs, done, read) { this._p = pairs; this._done = done; this._read = read || (v => v); }
  _find(name) { name = String(name); return this._p.find(p => p[0] === name); }
  get(name) { const p = this._find(name); return p && (p[1] === null ? null : this._read(p[1])); }
  has(name) { return !!this._find(name); }
  one(name) { const p = this._find(name); return p && { key: p[0], value: p[1] }; }
  all() { return this._p.map(entry); }
  each(f) { this.all().forEach(f); }
  map(f) { return this.all().map(f); }
  filter(f) { return this.all().filter(f); }
  find(f) { return this.all().find(f); }
  count() { return this._p.length; }
  toObject() { const o = {}; this._p.forEach(p => { o[p[0]] = p[1]; }); return o; }
  add(p) { this._p.push(fieldOf(p)); this._done(); }
  append(p) { this.add(p); }
  upsert(p) { const made = fieldOf(p), old = this._find(made[0]); if (old) old[1] = made[1]; else this._p.push(made); this._done(); }
  remove(what) { const of = typeof what === 'function' ? p => what(entry(p)) : p => p[0] === keyOf(what); this._p = this._p.filter(p => !of(p)); this._done(); }
  clear() { this._p = []; this._done(); }
  assimilate(list) { [].concat(list).forEach(p => this.upsert(p)); }
}
// An array that tells when it is changed.
const live = (list, done) => new Proxy(list, { set(t, k, v) { t[k] = v; if (k !== 'length') done(t); return true; },
  deleteProperty(t, k) { delete t[k]; return true; }, get(t, k) { const f = t[k];
    return typeof f !== 'function' || !['pop', 'shift', 'splice'].includes(k) ? f : (...a) => { const out = f.apply(t, a); done(t); return out; }; } });
const reserved = t => String(t).replace(/&/g, '%26').replace(/#/g, '%23');
class Address {
  constructor(text) { this._read(text); }
  _read(text) { this._t = String(text); const at = this._t.indexOf('?'); this._base = at < 0 ? this._t : this._t.slice(0, at);
    const pairs = at < 0 || at === this._t.length - 1 ? [] : this._t.slice(at + 1).split('&').map(fieldOf);
    this.query = new FieldList(pairs, () => this._changed(), decoded); }
  _changed() { const q = this.query._p.map(p => reserved(p[0]) + (p[1] === null ? '' : '=' + reserved(p[1]))).join('&');
    this._t = this._base + (q ? '?' + q : ''); host.change('url', this._t); }
  update(to) { this._read(to && typeof to === 'object' && to.raw !== undefined ? to.raw : to); host.change('url', this._t); }
  addQueryParams(list) { (typeof list === 'string' ? list.split('&') : [].concat(list)).forEach(p => this.query._p.push(fieldOf(p))); this._changed(); }
  removeQueryParams(list) { const names = [].concat(list).map(keyOf); this.query._p = this.query._p.filter(p => !names.includes(p[0])); this._changed(); }
  toString() { return this._t; }
  getHost() { return (/^[a-z]+:\/\/([^\/?#:]*)/i.exec(this._t) || [])[1]; }
  getPath() { return (/^(?:[a-z]+:\/\/)?[^\/?#]*([^?#]*)/i.exec(this._t) || [])[1] || '/'; }
  getQueryString() { return (/\?([^#]*)/.exec(this._t) || [])[1] || ''; }
  getPathWithQuery() { return this.getPath() + (this.getQueryString() ? '?' + this.getQueryString() : ''); }
  _put(protocol, authority, path) { const rest = /[?#].*$/.exec(this._t);
    this.update((protocol ? protocol + '://' : '') + authority + (path.length ? '/' + path.join('/') : '') + (rest ? rest[0] : '')); }
  get path() { return live(this.getPath().split('/').slice(1), path => this._put(this.protocol, this._authority, path)); }
  set path(to) { this._put(this.protocol, this._authority, typeof to === 'string' ? to.replace(/^\//, '').split('/') : [].concat(to)); }
  get _authority() { return /^(?:[a-z]+:\/\/)?([^\/?#]*)/i.exec(this._t)[1]; }
  get host() { return (this.getHost() || '').split('.'); }
  set host(to) { this._put(this.protocol, [].concat(to).join('.') + (this.port ? ':' + this.port : ''), this.getPath().split('/').slice(1)); }
  set port(to) { this._put(this.protocol, this._authority.replace(/:\d*$/, '') + (to ? ':' + to : ''), this.getPath().split('/').slice(1)); }
  set protocol(to) { this._put(to, this._authority, this.getPath().split('/').slice(1)); }
  get protocol() { return (/^([a-z]+):/i.exec(this._t) || [])[1]; }
  get port() { return (/^[a-z]+:\/\/[^\/?#:]*:(\d+)/i.exec(this._t) || [])[1]; }
}
const encodedField = t => encodeURIComponent(host.replaceIn(String(t === null ? '' : t)))
  .replace(/[!'()*]/g, c => '%' + c.charCodeAt(0).toString(16).toUpperCase());
class Body {
  constructor(raw) { this.mode = raw.mode || 'raw'; this._r = raw.body;
    if (this.mode !== 'urlencoded') return;
    const sent = raw.body === undefined || raw.body === '' ? raw.form() : raw.body.split('&').map(p => fieldOf(p).map(t => t && decoded(t.replace(/\+/g, ' '))));
    this.urlencoded = new FieldList(sent, () => this._form()); }
  _form() { host.change('body', this.urlencoded._p.map(p => encodedField(p[0]) + '=' + encodedField(p[1])).join('&')); }
  get raw() { return this.mode === 'raw' || this.mode === 'graphql' ? this._r : undefined; }
  set raw(value) { this._r = text(value); host.change('body', this._r); }
  update(to) {
    if (typeof to === 'string') { this.raw = to; return; }
    if (to && to.mode === 'urlencoded' && this.mode === 'urlencoded') { this.urlencoded._p = [].concat(typeof to.urlencoded === 'string' ? to.urlencoded.split('&') : to.urlencoded).map(fieldOf); this._form(); return; }
    if (!to || (to.mode && to.mode !== 'raw')) throw new Error('a body of mode ' + (to && to.mode) + ' cannot be set in a script');
    this.mode = 'raw'; this.raw = to.raw; }
  set graphql(to) { this.raw = contentOf({ mode: 'graphql', graphql: to })[0]; }
  isEmpty() { return this._r === undefined || this._r === ''; }
  toString() { return this._r === undefined ? '' : this._r; }
}
class RequestView {
  constructor(raw) { this._m = raw.method; this.name = raw.name; this.id = raw.id; this._raw = raw; }
  get method() { return this._m; }
  set method(value) { this._m = String(value); host.change('method', this._m); }
  get url() { return this._u || (this._u = new Address(this._raw.url)); }
  set url(value) { this.url.update(value); }
  get headers() { return this._h || (this._h = new RequestHeaders(this._raw.headers())); }
  get body() { return this._b || (this._b = this._raw.body === undefined && !this._raw.mode ? undefined : new Body(this._raw)); }
  set body(value) { if (!this.body) this._b = new Body({ body: '', mode: 'raw' }); this._b.update(value); }
  getHeaders() { return this.headers.asWritten(); }
  addHeader(h) { this.headers.add(h); }
  upsertHeader(h) { this.headers.upsert(h); }
  removeHeader(name, options) { if ((options && options.ignoreCase) || this.headers._p.some(p => p[0] === name)) this.headers.remove(name); }
  forEachHeader(f) { this.headers.each(f); }
  addQueryParams(list) { this.url.addQueryParams(list); }
  removeQueryParams(list) { this.url.removeQueryParams(list); }
  toJSON() { return { method: this.method, url: String(this.url), header: this.headers.all() }; }
}
function pairOf(h) {
  if (typeof h === 'string') { const i = h.indexOf(':'); return [h.slice(0, i).trim(), host.replaceIn(h.slice(i + 1).trim())]; }
  return [String(h.key === undefined ? h.name : h.key), host.replaceIn(text(h.value))];
}
const kinds = { json: 'application/json', xml: 'application/xml', html: 'text/html', javascript: 'application/javascript', text: 'text/plain' };
const enabled = list => (Array.isArray(list) ? list.filter(f => !f.disabled && f.enabled !== false).map(f => [String(f.key), f.value]) :
  typeof list === 'string' ? list.split('&').filter(p => p).map(fieldOf).map(p => [decoded(p[0]), decoded(p[1] || '')]) : Object.keys(list || {}).map(k => [k, list[k]]));
function addressOf(u) {
  if (!u || typeof u !== 'object' || u instanceof Address) return String(u);
  if (u.raw !== undefined) return String(u.raw);
  const path = [].concat(u.path || []).join('/'), query = enabled(u.query || []).map(p => p[0] + '=' + text(p[1])).join('&');
  return (u.protocol || 'http') + '://' + [].concat(u.host).join('.') + (u.port ? ':' + u.port : '') + '/' + path.replace(/^\//, '') + (query ? '?' + query : '');
}
// What is sent with a body: its bytes, and the type of content that it has by itself.
function contentOf(b) {
  if (b === undefined || b === null) return ['', ''];
  if (typeof b !== 'object') return [text(b), kinds.text];
  const mode = b.mode || ['urlencoded', 'formdata', 'graphql', 'raw'].find(m => b[m] !== undefined);
  switch (mode) {
    case 'urlencoded': return [enabled(b.urlencoded).map(f => encodedField(f[0]) + '=' + encodedField(text(f[1]))).join('&'), 'application/x-www-form-urlencoded'];
    case 'formdata': {
      const boundary = '-'.repeat(26) + host.randomHex(12);
      if ([].concat(b.formdata).some(f => f && (f.type === 'file' || f.src !== undefined))) throw new Error('pm.sendRequest cannot send files here');
      const parts = enabled(b.formdata).map(f => '--' + boundary + '\r\nContent-Disposition: form-data; name="' + f[0] + '"\r\n\r\n' + text(f[1]) + '\r\n');
      return [parts.join('') + '--' + boundary + '--\r\n', 'multipart/form-data; boundary=' + boundary];
    }
    case 'graphql': { const g = typeof b.graphql === 'string' ? JSON.parse(b.graphql) : b.graphql || {};
      const variables = typeof g.variables === 'string' ? g.variables : JSON.stringify(g.variables);
      return ['{"query":' + JSON.stringify(g.query || '') + (typeof g.operationName === 'string' ? ',"operationName":' + JSON.stringify(g.operationName) : '') + (variables ? ',"variables":' + variables : '') + '}', kinds.json]; }
    case 'raw': { const language = b.options && b.options.raw && b.options.raw.language; return [b.raw === undefined ? '' : text(b.raw), kinds[language] || kinds.text]; }
    case undefined: return [JSON.stringify(b), kinds.json];
    default: throw new Error('pm.sendRequest cannot send a body of mode ' + mode + ' here');
  }
}
function authorized(out, auth) {
  if (!auth || !auth.type || auth.type === 'noauth') return;
  const given = {}; [].concat(auth[auth.type] || []).forEach(p => { if (p && p.key !== undefined) given[p.key] = p.value; else Object.assign(given, p); });
  const set = (name, value) => { out.headers = out.headers.filter(h => h[0].toLowerCase() !== name.toLowerCase()); out.headers.push([name, value]); };
  const known = v => host.replaceIn(text(v === undefined ? '' : v));
  switch (auth.type) {
    case 'basic': set('Authorization', 'Basic ' + host.hexToBase64(host.utf8ToHex(known(given.username) + ':' + known(given.password)))); break;
    case 'bearer': set('Authorization', 'Bearer ' + text(given.token)); break;
    case 'apikey': if (given.in === 'query') out.url += (out.url.includes('?') ? '&' : '?') + reserved(given.key) + '=' + reserved(given.value); else set(String(given.key), text(given.value)); break;
    default: throw new Error('pm.sendRequest cannot authorize with ' + auth.type + ' here');
  }
}
function outgoing(r) {
  if (typeof r === 'string' || r instanceof Address) return { method: 'GET', url: String(r), headers: [], body: '' };
  if (r instanceof RequestView) r = { method: r.method, url: String(r.url), header: r.headers.all(), body: r.body && r.body.toString() };
  let headers = r.header || [];
  if (typeof headers === 'string') headers = headers.split('\n').filter(l => l.includes(':'));
  headers = Array.isArray(headers) ? headers.filter(h => !h.disabled).map(pairOf) : Object.keys(headers).map(k => [k, text(headers[k])]);
  const isCookie = h => h[0].toLowerCase() === 'cookie', cookies = headers.filter(isCookie);
  if (cookies.length > 1) headers = headers.filter(h => !isCookie(h)).concat([['Cookie', cookies.map(h => h[1]).join('; ')]]);
  const [body, kind] = contentOf(r.body);
  // The runtime replaces a type that is not the form's.
  const isForm = kind.startsWith('multipart/form-data') || kind === 'application/x-www-form-urlencoded';
  if (body && isForm) headers = headers.filter(h => h[0].toLowerCase() !== 'content-type' || /^application\/x-www-form-urlencoded\b/.test(kind) && /^application\/x-www-form-urlencoded\b/.test(h[1]));
  if (body && kind && !headers.some(h => h[0].toLowerCase() === 'content-type')) headers.push(['Content-Type', kind]);
  const out = { method: (r.method || 'GET').toUpperCase(), url: addressOf(r.url), headers, body };
  authorized(out, r.auth);
  return out;
}
function sendRequest(r, callback) {
  const out = outgoing(r);
  const run = () => {
    const raw = host.send(out.method, out.url, out.headers, out.body);
    if (raw.error) { const e = new Error(raw.error); if (callback) callback(e); else throw e; return undefined; }
    const answer = new Answer(raw);
    if (callback) callback(null, answer, { cookies: answer.cookies });
    return answer;
  };
  if (callback) { host.later(run, 0); return undefined; }
  return new Promise((resolve, reject) => host.later(() => { try { resolve(run()); } catch (e) { reject(e); } }, 0));
}
