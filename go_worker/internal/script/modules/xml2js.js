// xml2js: XML as objects. The engine reads it (native).
(function (host, own, native) {
  'use strict';
  const defaults = { explicitArray: true, explicitRoot: true, attrkey: '$', charkey: '_', emptyTag: '' };
  const through = (fs, v, name) => [].concat(fs || []).reduce((a, f) => f(a, name), v);
  function build(node, o) {
    const made = {}, key = through(o.tagNameProcessors, o.normalizeTags ? node[0].toLowerCase() : node[0]); let text = '';
    const put = (k, v) => { if (!(k in made)) made[k] = o.explicitArray ? [v] : v; else { if (!Array.isArray(made[k])) made[k] = [made[k]]; made[k].push(v); } };
    if (!o.ignoreAttrs) node[1].forEach(a => { const name = through(o.attrNameProcessors, a[0]), v = through(o.attrValueProcessors, a[1], a[0]);
      if (o.mergeAttrs) put(name, v); else { made[o.attrkey] = made[o.attrkey] || {}; made[o.attrkey][name] = v; } });
    (node[2] || []).forEach(part => { if (typeof part === 'string') text += part; else { const [name, v] = build(part, o); put(name, v); } });
    if (/^\s*$/.test(text)) return [key, Object.keys(made).length ? made : o.emptyTag !== '' ? o.emptyTag : text];
    if (o.trim) text = text.trim(); if (o.normalize) text = text.replace(/\s{2,}/g, ' ').trim();
    text = through(o.valueProcessors, text, key);
    if (!Object.keys(made).length && !o.explicitCharkey) return [key, text];
    return [key, Object.assign({ [o.charkey]: text }, made)];
  }
  function read(text, options) {
    const o = Object.assign({}, defaults, options);
    ['explicitChildren', 'validator', 'xmlns', 'chunkSize'].forEach(name => { if (o[name] && name !== 'chunkSize') throw new Error('xml2js with ' + name + ' is not provided'); });
    const tree = JSON.parse(native.tree(String(text))); if (!tree) return null;
    const [name, value] = build(tree, o); return o.explicitRoot ? { [name]: value } : value;
  }
  const parseString = (text, options, f) => { if (typeof options === 'function') { f = options; options = {}; }
    let value; try { value = read(text, options); } catch (e) { if (f) return f(e); throw e; }
    return f ? f(null, value) : undefined; };
  class Parser { constructor(options) { this.options = options; } parseString(text, f) { return parseString(text, this.options || {}, f); } reset() {} }
  const shortened = { stripPrefix: t => t.replace(/^(?!xmlns)[^:]*:/, ''), firstCharLowerCase: t => t.charAt(0).toLowerCase() + t.slice(1), normalize: t => t.toLowerCase(), parseNumbers: t => (isNaN(t) ? t : t % 1 === 0 ? parseInt(t, 10) : parseFloat(t)), parseBooleans: t => (/^(?:true|false)$/i.test(t) ? t.toLowerCase() === 'true' : t) };
  const made = { parseString, Parser, processors: shortened, defaults: { '0.1': { explicitArray: false }, '0.2': defaults }, xml2Json: text => { let result; try { result = read(text, { explicitArray: false, trim: true, mergeAttrs: false }); } catch (e) { return undefined; } return result; } };
  Object.defineProperty(made, 'Builder', { get() { throw new Error('xml2js.Builder is not provided'); } });
  return made;
})
