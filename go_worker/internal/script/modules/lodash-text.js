// lodash: texts.
(function () {
  'use strict';
  return (_, base) => {
    const { text, toInt } = base;
    const characters = s => Array.from(s);
    const spaces = '\\s\\uFEFF\\u00A0';
    const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
    const trimming = (first, last) => (s, chars, guard) => { s = text(s); if (chars === undefined || (guard !== undefined && typeof guard === 'object')) { if (first) s = s.replace(new RegExp('^[' + spaces + ']+'), ''); return last ? s.replace(new RegExp('[' + spaces + ']+$'), '') : s; }
      const set = new Set(characters(text(chars))), list = characters(s); let i = 0, j = list.length; if (first) while (i < j && set.has(list[i])) i++; if (last) while (j > i && set.has(list[j - 1])) j--; return list.slice(i, j).join(''); };
    _.trim = trimming(true, true); _.trimStart = trimming(true, false); _.trimEnd = trimming(false, true);
    const padding = (n, chars) => { if (n < 1) return ''; chars = chars === undefined ? ' ' : text(chars); if (!chars.length) return ''; if (n > 1 << 24) throw new RangeError('Invalid string length'); return characters(chars.repeat(Math.ceil(n / characters(chars).length))).slice(0, n).join(''); };
    const gap = (s, n) => toInt(n) - characters(s).length;
    _.padStart = (s, n, chars) => { s = text(s); return padding(gap(s, n), chars) + s; }; _.padEnd = (s, n, chars) => { s = text(s); return s + padding(gap(s, n), chars); };
    _.pad = (s, n, chars) => { s = text(s); const g = gap(s, n); return g <= 0 ? s : padding(Math.floor(g / 2), chars) + s + padding(Math.ceil(g / 2), chars); };
    _.repeat = (s, n) => { n = n === undefined ? 1 : toInt(n); return n < 1 ? '' : text(s).repeat(n); };
    _.startsWith = (s, t, from) => { s = text(s); from = from === undefined ? 0 : Math.max(0, Math.min(toInt(from), s.length)); return s.slice(from, from + text(t).length) === text(t); };
    _.endsWith = (s, t, to) => { s = text(s); to = to === undefined ? s.length : Math.max(0, Math.min(toInt(to), s.length)); const from = to - text(t).length; return from >= 0 && s.slice(from, to) === text(t); };
    _.toLower = s => text(s).toLowerCase(); _.toUpper = s => text(s).toUpperCase(); _.upperFirst = s => { s = text(s); return s.charAt(0).toUpperCase() + s.slice(1); }; _.lowerFirst = s => { s = text(s); return s.charAt(0).toLowerCase() + s.slice(1); }; _.capitalize = s => _.upperFirst(text(s).toLowerCase());
    _.escape = s => text(s).replace(/[&<>"']/g, c => escapes[c]); _.unescape = s => text(s).replace(/&(?:amp|lt|gt|quot|#39);/g, e => Object.keys(escapes).find(c => escapes[c] === e)); _.escapeRegExp = s => text(s).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    _.replace = (s, a, b) => text(s).replace(a, b); _.split = (s, by, n) => (text(s) === '' ? (by === '' ? [] : ['']) : by === '' ? characters(text(s)).slice(0, n) : text(s).split(by, n)); _.parseInt = (s, radix, guard) => parseInt(text(s).trim(), guard ? 0 : radix || 0);
    _.deburr = s => text(s).replace(/[ÆŒæœßØøŁłĐđÞþð]/g, c => ({ Æ: 'Ae', Œ: 'Oe', æ: 'ae', œ: 'oe', ß: 'ss', Ø: 'O', ø: 'o', Ł: 'L', ł: 'l', Đ: 'D', đ: 'd', Þ: 'Th', þ: 'th', ð: 'd' }[c])).normalize('NFD').replace(/[\u0300-\u036f\ufe20-\ufe2f\u20d0-\u20ff]/g, '');
    // The words of a text: runs of digits and letters, parted where the case rises.
    const parts = s => s.match(/\d*(?:1st|2nd|3rd|(?![123])\dth)(?=\b|[A-Z_])|\d*(?:1ST|2ND|3RD|(?![123])\dTH)(?=\b|[a-z_])|[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+(?:['’](?:d|ll|m|re|s|t|ve))?|[A-ZÀ-ÖØ-Þ]+(?:['’](?:D|LL|M|RE|S|T|VE))?(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]|[^A-Za-zÀ-ÿ]|$)|[A-ZÀ-ÖØ-Þ]+|\d+|[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xbf\s\u2000-\u206f]+/g) || [];
    _.words = (s, pattern, guard) => (pattern === undefined || guard ? parts(text(s)) : text(s).match(pattern) || []);
    const cased = join => s => parts(_.deburr(text(s)).replace(/['’]/g, '')).reduce(join, '');
    _.camelCase = cased((r, w, i) => r + (i ? _.capitalize(w) : w.toLowerCase())); _.kebabCase = cased((r, w, i) => r + (i ? '-' : '') + w.toLowerCase()); _.snakeCase = cased((r, w, i) => r + (i ? '_' : '') + w.toLowerCase());
    _.startCase = cased((r, w, i) => r + (i ? ' ' : '') + _.upperFirst(w)); _.lowerCase = cased((r, w, i) => r + (i ? ' ' : '') + w.toLowerCase()); _.upperCase = cased((r, w, i) => r + (i ? ' ' : '') + w.toUpperCase());
    _.truncate = (s, options) => { s = text(s); const o = options || {}, n = o.length === undefined ? 30 : toInt(o.length), end = o.omission === undefined ? '...' : text(o.omission), all = characters(s); if (n >= all.length) return s; let kept = all.slice(0, Math.max(0, n - characters(end).length)).join(''); if (n - characters(end).length < 1) return end;
      if (o.separator !== undefined) { const by = o.separator; if (by instanceof RegExp) { const found = new RegExp(by.source, by.flags.includes('g') ? by.flags : by.flags + 'g'); let m, cut = -1; while ((m = found.exec(kept))) { cut = m.index; if (!m[0]) found.lastIndex++; } if (cut >= 0 && s.slice(kept.length).search(by) !== 0) kept = kept.slice(0, cut); } else if (s.indexOf(text(by), kept.length) !== kept.length) { const cut = kept.lastIndexOf(text(by)); if (cut > -1) kept = kept.slice(0, cut); } }
      return kept + end; };
    // template: ${ } and <%= %> print, <%- %> prints escaped, <% %> runs.
    _.templateSettings = { escape: /<%-([\s\S]+?)%>/g, evaluate: /<%([\s\S]+?)%>/g, interpolate: /<%=([\s\S]+?)%>/g, variable: '', imports: { _ } };
    _.template = (source, options) => { const o = Object.assign({}, _.templateSettings, options), standard = o.interpolate === _.templateSettings.interpolate && o.interpolate.source === '<%=([\\s\\S]+?)%>';
      const pattern = new RegExp([o.escape, o.interpolate].map(r => (r || /($^)/).source).join('|') + '|' + (standard ? '\\$\\{([^\\\\}]*(?:\\\\.[^\\\\}]*)*)\\}' : '($^)') + '|' + (o.evaluate || /($^)/).source + '|$', 'g');
      let code = '', from = 0; text(source).replace(pattern, (all, safe, print, print2, run, offset) => { code += '__p += ' + JSON.stringify(text(source).slice(from, offset)) + ';\n'; from = offset + all.length; const shown = print || print2;
        if (safe) code += '__p += _.escape(' + safe + ');\n'; if (shown) code += '__p += ((__t = (' + shown + ')) == null ? "" : __t);\n'; if (run) code += run + ';\n'; return all; });
      const name = o.variable || 'obj', body = 'var __t, __p = "", print = function () { __p += Array.prototype.join.call(arguments, ""); };\n' + (o.variable ? code : 'with (obj || {}) {\n' + code + '}\n') + 'return __p;';
      const names = Object.keys(o.imports || {}), made = Function.apply(null, names.concat(name, body)), f = data => made.apply(undefined, names.map(k => o.imports[k]).concat([data])); f.source = body; return f; };
    let lastId = 0; _.uniqueId = prefix => text(prefix) + ++lastId;
  };
})
