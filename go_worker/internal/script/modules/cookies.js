// pm.cookies.jar(): the cookies of the user, by the URL that they would be sent to.
(function (host, own, native) {
  'use strict';
  const { Address, CookieList, decoded } = own;
  class Cookie {
    constructor(raw) { Object.assign(this, raw); if (typeof raw.expires === 'number') this.expires = new Date(raw.expires); }
    valueOf() { return decoded(this.value); }
    toString() { return lineOf(this); }
  }
  // A cookie as a Set-Cookie line.
  function lineOf(c) {
    const name = c.name === undefined ? c.key : c.name, value = c.value === undefined || c.value === null ? '' : String(c.value);
    const end = c.expires === undefined || c.expires === null || c.expires === 'Infinity' ? '' : new Date(isNaN(+c.expires) ? c.expires : +c.expires).toUTCString();
    return name + '=' + value + (end ? '; Expires=' + end : '') + (c.maxAge === undefined || c.maxAge === null || c.maxAge === Infinity ? '' : '; Max-Age=' + c.maxAge) +
      (c.domain ? '; Domain=' + c.domain : '') + (c.path ? '; Path=' + c.path : '') + (c.secure ? '; Secure' : '') + (c.httpOnly ? '; HttpOnly' : '');
  }
  const jarURL = (url, call) => {
    if (!(url instanceof Address) && (!url || typeof url !== 'string')) throw new TypeError('CookieJar.' + call + '() requires a valid url');
    return host.replaceIn(String(url));
  };
  // What was done is told later, by the callback or by the promise.
  function told(callback, act) {
    let error = null, value;
    try { value = act(); } catch (e) { error = e instanceof Error ? e : new Error(String(e)); }
    if (typeof callback === 'function') { host.later(() => (error ? callback(error) : callback(null, value)), 0); return undefined; }
    return new Promise((resolve, reject) => host.later(() => (error ? reject(error) : resolve(value)), 0));
  }
  const jarCookies = (url, named) => native.jarCookies(url).filter(c => named === undefined || c.name === named).map(c => new Cookie(c));
  const forget = c => native.removeCookie(c.name, c.domain, c.path);
  class CookieJar {
    get(url, name, callback) {
      url = jarURL(url, 'get');
      if (typeof name !== 'string') throw new TypeError('CookieJar.get() requires cookie name to be a string');
      return told(callback, () => { const c = jarCookies(url, name)[0]; return c ? c.valueOf() : null; });
    }
    getAll(url, options, callback) {
      url = jarURL(url, 'getAll');
      if (typeof options === 'function' && !callback) { callback = options; options = {}; }
      const wanted = options || {};
      return told(callback, () => new CookieList(jarCookies(url).filter(c => !(wanted.http === false && c.httpOnly) && !(wanted.secure === false && c.secure))));
    }
    set(url, name, value, callback) {
      url = jarURL(url, 'set');
      if (typeof value === 'function' && !callback) { callback = value; value = null; }
      let line;
      if (name && value) line = lineOf({ name, value });
      else if (name && typeof name === 'object') line = lineOf(name);
      else if (typeof name === 'string') line = name;
      else throw new TypeError('CookieJar.set() requires a valid set cookie arguments');
      return told(callback, () => { native.setCookie(url, line);
        return jarCookies(url, line.slice(0, line.indexOf('=')).trim())[0] || new Cookie({ name: line.slice(0, line.indexOf('=')), value: /=([^;]*)/.exec(line)[1] }); });
    }
    unset(url, name, callback) {
      url = jarURL(url, 'unset');
      if (typeof name !== 'string') throw new TypeError('CookieJar.unset() requires cookie name to be a string');
      return told(callback, () => { jarCookies(url, name).slice(0, 1).forEach(forget); });
    }
    clear(url, callback) {
      url = jarURL(url, 'clear');
      return told(callback, () => { jarCookies(url).forEach(forget); });
    }
  }
  return CookieJar;
})
