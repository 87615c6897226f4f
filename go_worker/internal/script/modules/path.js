// path: names of files, as on Unix.
(function () {
  'use strict';
  const checked = t => { if (typeof t !== 'string') throw new TypeError('Path must be a string. Received ' + JSON.stringify(t)); return t; };
  const reduced = (text, absolute) => { const out = []; text.split('/').forEach(p => { if (!p || p === '.') return; if (p === '..') { if (out.length && out[out.length - 1] !== '..') out.pop(); else if (!absolute) out.push('..'); } else out.push(p); }); return out.join('/'); };
  const normalize = t => { checked(t); if (!t) return '.'; const absolute = t[0] === '/', slash = t.endsWith('/'); let p = reduced(t, absolute); if (!p && !absolute) p = '.'; if (p && slash) p += '/'; return (absolute ? '/' : '') + p; };
  const join = (...ps) => { const t = ps.map(checked).filter(p => p).join('/'); return t ? normalize(t) : '.'; };
  const resolve = (...ps) => { let t = '', i = ps.length - 1; for (; i >= -1 && t[0] !== '/'; i--) { const p = i >= 0 ? checked(ps[i]) : '/'; if (p) t = t ? p + '/' + t : p; } return '/' + reduced(t, true); };
  const dirname = t => { checked(t); if (!t) return '.'; const p = t.replace(/(.)\/+$/, '$1'), i = p.lastIndexOf('/'); return i < 0 ? '.' : i === 0 ? (p.length === 1 && t.length > 1 ? '/' : '/') : p.slice(0, i).replace(/(.)\/+$/, '$1'); };
  const basename = (t, ext) => { let b = checked(t).replace(/\/+$/, ''); b = b.slice(b.lastIndexOf('/') + 1); return ext && b !== ext && b.endsWith(ext) ? b.slice(0, -ext.length) : b; };
  const extname = t => { const b = basename(t), i = b.lastIndexOf('.'); return i <= 0 || b === '..' ? '' : b.slice(i); };
  const relative = (from, to) => { const a = resolve(from).split('/').filter(p => p), b = resolve(to).split('/').filter(p => p); let i = 0; while (i < a.length && i < b.length && a[i] === b[i]) i++; return a.slice(i).map(() => '..').concat(b.slice(i)).join('/'); };
  const parse = t => { const base = basename(t), ext = extname(t), d = dirname(t); return { root: t[0] === '/' ? '/' : '', dir: d === '.' && t[0] !== '.' ? '' : d, base, ext, name: ext ? base.slice(0, -ext.length) : base }; };
  const path = { normalize, join, resolve, dirname, basename, extname, relative, parse, isAbsolute: t => checked(t)[0] === '/', sep: '/', delimiter: ':', format: o => { const dir = o.dir || o.root, base = o.base || (o.name || '') + (o.ext || ''); return !dir ? base : dir === o.root ? dir + base : dir + '/' + base; } };
  path.posix = path; return path;
})
