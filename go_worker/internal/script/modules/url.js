// url: the parts of addresses, in the old form of Node.
(function (host, own) {
  'use strict';
  const query = own.load('querystring');
  const slashed = { http: true, https: true, ftp: true, gopher: true, file: true };
  const hostless = { javascript: true };
  class Url {
    constructor() { ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname', 'path', 'href'].forEach(k => { this[k] = null; }); }
    format() { return format(this); }
    resolve(to) { return resolve(this.href, to); }
  }
  const escaped = t => t.replace(/[<>"` \r\n\t{}|\\^']/g, c => (c === '\\' ? '%5C' : encodeURIComponent(c) === c ? '%' + c.charCodeAt(0).toString(16).toUpperCase() : encodeURIComponent(c)));
  function parse(text, readQuery, slashes) {
    if (text instanceof Url) return text;
    if (typeof text !== 'string') throw new TypeError("Parameter 'url' must be a string, not " + typeof text);
    const u = new Url(), cut = text.indexOf('?'), at = text.indexOf('#'), mark = cut >= 0 && (at < 0 || cut < at) ? cut : at;
    let rest = ((mark < 0 ? text : text.slice(0, mark)).replace(/\\/g, '/') + (mark < 0 ? '' : text.slice(mark))).trim();
    const protocol = /^([a-z0-9.+-]+):/i.exec(rest); if (protocol) { u.protocol = protocol[0].toLowerCase(); rest = rest.slice(protocol[0].length); }
    const name = protocol ? protocol[1].toLowerCase() : '', two = rest.startsWith('//');
    if (two && (slashes || protocol || /^\/\/[^@/]+@[^@/]+/.test(rest)) && !hostless[name]) { rest = rest.slice(2); u.slashes = true; }
    if (!hostless[name] && (u.slashes || (protocol && !slashed[name] && false))) {
      let end = rest.search(/[/?#]/); if (end < 0) end = rest.length; const sign = rest.lastIndexOf('@', end - 1); let from = 0;
      if (sign >= 0) { u.auth = decodeURIComponent(rest.slice(0, sign)); from = sign + 1; }
      const stop = rest.slice(from).search(/[%/?;#'{}|\\^`<>" \r\n\t]/); end = stop < 0 ? rest.length : from + stop;
      let where = rest.slice(from, end); rest = rest.slice(end);
      const port = /:([0-9]*)$/.exec(where); if (port) { if (port[0] !== ':') u.port = port[1]; where = where.slice(0, where.length - port[0].length); }
      u.hostname = where.toLowerCase(); u.host = u.hostname + (u.port ? ':' + u.port : ''); if (u.hostname[0] === '[') u.hostname = u.hostname.slice(1, -1);
      if (rest && rest[0] !== '/' && !/^[?#]/.test(rest)) rest = '/' + rest;
    }
    if (!hostless[name]) rest = escaped(rest);
    const hash = rest.indexOf('#'); if (hash >= 0) { u.hash = rest.slice(hash); rest = rest.slice(0, hash); }
    const q = rest.indexOf('?'); if (q >= 0) { u.search = rest.slice(q); u.query = readQuery ? query.parse(rest.slice(q + 1)) : rest.slice(q + 1); rest = rest.slice(0, q); } else if (readQuery) { u.search = ''; u.query = {}; }
    if (rest) u.pathname = rest; if (slashed[name] && u.hostname && !u.pathname) u.pathname = '/';
    if (u.pathname || u.search) u.path = (u.pathname || '') + (u.search || '');
    u.href = format(u); return u; }
  function format(u) {
    if (typeof u === 'string') u = parse(u);
    const auth = u.auth ? encodeURIComponent(u.auth).replace(/%3A/i, ':') + '@' : ''; let protocol = u.protocol || '', path = u.pathname || '', hash = u.hash || '', where = false;
    if (u.host) where = auth + u.host; else if (u.hostname) where = auth + (u.hostname.includes(':') ? '[' + u.hostname + ']' : u.hostname) + (u.port ? ':' + u.port : '');
    let search = u.search || (u.query && typeof u.query === 'object' && Object.keys(u.query).length ? '?' + query.stringify(u.query) : '') || '';
    if (protocol && !protocol.endsWith(':')) protocol += ':';
    if (u.slashes || ((!protocol || slashed[protocol.slice(0, -1)]) && where !== false)) { where = '//' + (where || ''); if (path && path[0] !== '/') path = '/' + path; } else if (!where) where = '';
    if (hash && hash[0] !== '#') hash = '#' + hash; if (search && search[0] !== '?') search = '?' + search;
    return protocol + where + path.replace(/[?#]/g, encodeURIComponent) + search.replace('#', '%23') + hash; }
  function resolve(from, to) {
    const a = parse(from, false, true), b = parse(to, false, true);
    if (b.protocol && b.protocol !== a.protocol) return b.href;
    if (b.host) return format(Object.assign(new Url(), b, { protocol: a.protocol, slashes: true }));
    const r = Object.assign(new Url(), a, { hash: b.hash }); if (to === '') return r.href && format(r);
    if (!b.pathname) { if (b.search) { r.search = b.search; } return format(r); }
    const base = b.pathname[0] === '/' ? b.pathname : (a.pathname || '/').replace(/[^/]*$/, '') + b.pathname, out = [];
    base.split('/').forEach((p, i, all) => { if (p === '..') { if (out.length > 1) out.pop(); if (i === all.length - 1) out.push(''); } else if (p === '.') { if (i === all.length - 1) out.push(''); } else out.push(p); });
    r.pathname = out.join('/'); r.search = b.search; return format(r); }
  return { parse, format, resolve, resolveObject: (a, b) => parse(resolve(a, b)), Url };
})
