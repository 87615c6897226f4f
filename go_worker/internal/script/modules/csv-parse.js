// csv-parse/lib/sync: rows of a text.
(function () {
  'use strict';
  return function parse(text, options) {
    const o = options || {}, delimiter = o.delimiter === undefined ? ',' : o.delimiter, quote = o.quote === undefined ? '"' : o.quote, escape = o.escape === undefined ? '"' : o.escape;
    const left = o.trim || o.ltrim, right = o.trim || o.rtrim;
    text = String(text).replace(/^\uFEFF/, '');
    const rows = [], ends = o.rowDelimiter && o.rowDelimiter !== 'auto' ? [].concat(o.rowDelimiter).map(e => ({ unix: '\n', mac: '\r', windows: '\r\n' }[e] || e)) : ['\r\n', '\n', '\r'];
    let row = [], field = '', quoted = false, inside = false, line = 1, i = 0;
    const fail = what => { throw new Error(what + ' at line ' + line); };
    const shaped = t => { if (!quoted) { if (left) t = t.trimStart(); if (right) t = t.trimEnd(); } if ((o.auto_parse) && !quoted && t !== '' && !isNaN(t - parseFloat(t) + 1)) return parseFloat(t); return t; };
    const endField = () => { row.push(shaped(field)); field = ''; quoted = false; };
    const endRow = () => { endField(); if (!(o.skip_empty_lines && row.length === 1 && row[0] === '')) rows.push(row); row = []; line++; };
    while (i < text.length) {
      const c = text[i];
      if (inside) {
        if (escape && c === escape && text[i + 1] === quote && !(escape === quote && text[i + 1] !== quote)) { field += quote; i += 2; continue; }
        if (c === quote) { inside = false; i++;
          const rest = text.slice(i, i + 2), done = i >= text.length || text.startsWith(delimiter, i) || ends.some(e => text.startsWith(e, i)) || (right && /^\s/.test(rest));
          if (!done) { if (!o.relax) fail('Invalid closing quote'); field = quote + field + quote; }
          while (right && i < text.length && (text[i] === ' ' || text[i] === '\t')) i++;
          continue; }
        field += c; i++; continue;
      }
      if (c === quote && quote && (field === '' || (left && field.trim() === ''))) { inside = true; quoted = true; field = ''; i++; continue; }
      if (c === quote && quote && field !== '' && !o.relax && !quoted) fail('Invalid opening quote');
      if (o.comment && text.startsWith(o.comment, i) && field === '' && !quoted) { while (i < text.length && !ends.some(e => text.startsWith(e, i))) i++; if (!row.length) { const e = ends.find(x => text.startsWith(x, i)); i += e ? e.length : 0; line++; } continue; }
      if (text.startsWith(delimiter, i)) { endField(); i += delimiter.length; continue; }
      const end = ends.find(e => text.startsWith(e, i));
      if (end) { endRow(); i += end.length; continue; }
      field += c; i++;
    }
    if (inside) fail('Quoted field not terminated');
    if (field !== '' || row.length || quoted) endRow();
    let names = o.columns;
    if (names === true || names === 'auto') names = rows.shift() || []; else if (typeof names === 'function') names = names(rows.shift() || []);
    const width = Array.isArray(names) ? names.length : rows.length ? rows[0].length : 0;
    // The first row of another width ends the reading, as it does in that version of csv-parse.
    const odd = o.relax_column_count || o.skip_lines_with_empty_values ? -1 : rows.findIndex(r => r.length !== width);
    if (odd >= 0) rows.length = odd;
    const full = o.skip_lines_with_empty_values ? rows.filter(r => r.some(v => String(v).trim() !== '')) : rows;
    const kept = o.from || o.to ? full.slice((o.from || 1) - 1, o.to) : full;
    if (!Array.isArray(names)) return kept;
    return kept.map(r => { const made = {}; names.forEach((name, at) => { if (name !== false && name !== null && name !== undefined && at < r.length) made[typeof name === 'object' ? name.name : name] = r[at]; }); return made; });
  };
})
