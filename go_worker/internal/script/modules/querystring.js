// querystring: pairs of a query.
(function () {
  'use strict';
  const plain = v => (typeof v === 'string' ? v : typeof v === 'boolean' ? (v ? 'true' : 'false') : typeof v === 'number' && isFinite(v) ? String(v) : '');
  const decode = t => { try { return decodeURIComponent(t); } catch (e) { return t; } };
  const parse = (text, sep, eq, options) => {
    const out = {}; sep = sep || '&'; eq = eq || '=';
    if (typeof text !== 'string' || !text.length) return out;
    const most = options && typeof options.maxKeys === 'number' ? options.maxKeys : 1000; let parts = text.split(sep); if (most > 0) parts = parts.slice(0, most);
    parts.forEach(p => { p = p.replace(/\+/g, '%20'); const i = p.indexOf(eq), k = decodeURIComponent(i < 0 ? p : p.slice(0, i)), v = decodeURIComponent(i < 0 ? '' : p.slice(i + eq.length));
      if (!Object.prototype.hasOwnProperty.call(out, k)) out[k] = v; else if (Array.isArray(out[k])) out[k].push(v); else out[k] = [out[k], v]; });
    return out; };
  const stringify = (o, sep, eq, name) => { sep = sep || '&'; eq = eq || '='; if (o === null) o = undefined;
    if (o && typeof o === 'object') return Object.keys(o).map(k => { const start = encodeURIComponent(plain(k)) + eq; return Array.isArray(o[k]) ? o[k].map(v => start + encodeURIComponent(plain(v))).join(sep) : start + encodeURIComponent(plain(o[k])); }).join(sep);
    return name ? encodeURIComponent(plain(name)) + eq + encodeURIComponent(plain(o)) : ''; };
  return { parse, stringify, decode: parse, encode: stringify, escape: t => encodeURIComponent(t), unescape: decode };
})
