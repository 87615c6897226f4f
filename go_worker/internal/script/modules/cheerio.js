// cheerio: selections of HTML. Reading, selecting and writing markup is the engine's (native).
(function (host, own, native) {
  'use strict';
  const entry = pairs => { const o = {}; pairs.forEach(p => { if (!(p[0] in o)) o[p[0]] = p[1]; }); return o; };
  // A node as htmlparser2 shows it.
  class Node {
    constructor(doc, at) { this._d = doc; this._n = at; }
    get type() { const k = this._d.kind(this._n), name = k === 'tag' ? this.name : ''; return name === 'script' || name === 'style' ? name : k; }
    get name() { return this._d.kind(this._n) === 'tag' ? this._d.data(this._n) : this.type === 'root' ? 'root' : undefined; }
    get tagName() { return this.name; }
    get data() { return this._d.kind(this._n) === 'tag' ? undefined : this._d.data(this._n); }
    get attribs() { return entry(this._d.attributes(this._n)); }
    get parent() { return this._d.node(this._d.parent(this._n)); }
    get next() { return this._d.node(this._d.next(this._n)); }
    get prev() { return this._d.node(this._d.before(this._n)); }
    get children() { const out = []; for (let c = this._d.node(this._d.first(this._n)); c; c = c.next) out.push(c); return out; }
    get childNodes() { return this.children; }
    get firstChild() { return this._d.node(this._d.first(this._n)); }
  }
  const isTag = n => n._d.kind(n._n) === 'tag';
  const uniq = list => list.filter((n, i) => list.indexOf(n) === i);
  const step = (n, way, until) => { const out = []; for (let m = n[way]; m; m = m[way]) { if (isTag(m)) { if (until && until(m)) break; out.push(m); } } return out; };

  class Selection {
    constructor(doc, nodes, before) { this._d = doc; nodes.forEach((n, i) => { this[i] = n; }); this.length = nodes.length; this._before = before; }
    toArray() { return Array.prototype.slice.call(this); }
    get(i) { return i === undefined ? this.toArray() : this[i < 0 ? this.length + i : i]; }
    _new(nodes) { return new Selection(this._d, uniq(nodes), this); }
    // A selector, a function, a selection or a node as a test of nodes.
    _test(what) {
      if (typeof what === 'string') return n => isTag(n) && this._d.matches(what, n._n);
      if (typeof what === 'function') return (n, i) => what.call(n, i, n);
      const list = what instanceof Selection ? what.toArray() : [].concat(what); return n => list.includes(n); }
    _narrow(nodes, what) { return this._new(what === undefined ? nodes : nodes.filter(this._test(what))); }
    _all(f) { return [].concat(...this.toArray().map(f)); }
    find(what) { if (typeof what !== 'string') { const inside = this._test(what); return this._new(this._all(n => this._d.below(n)).filter(inside)); }
      return this._new(this._d.find(what, this.toArray().map(n => n._n)).map(i => this._d.node(i))); }
    filter(what) { return this._new(this.toArray().filter(this._test(what))); }
    not(what) { const out = this._test(what); return this._new(this.toArray().filter((n, i) => !out(n, i))); }
    has(what) { return this._new(this.toArray().filter(n => new Selection(this._d, [n]).find(what).length > 0)); }
    is(what) { return what !== undefined && this.toArray().some(this._test(what)); }
    first() { return this._new(this.toArray().slice(0, 1)); }
    last() { return this._new(this.toArray().slice(-1)); }
    eq(i) { const n = this[i < 0 ? this.length + i : +i]; return this._new(n ? [n] : []); }
    slice(from, to) { return this._new(this.toArray().slice(from, to)); }
    end() { return this._before || new Selection(this._d, []); }
    add(what) { return this._new(this.toArray().concat(this._d.$(what).toArray())); }
    addBack() { return this._new((this._before ? this._before.toArray() : []).concat(this.toArray())); }
    index(what) { if (what === undefined) return this.length ? step(this[0], 'prev').length : -1; if (typeof what === 'string') return this._d.$(what).toArray().indexOf(this[0]); return this.toArray().indexOf(what instanceof Selection ? what[0] : what); }
    each(f) { this.toArray().every((n, i) => f.call(n, i, n) !== false); return this; }
    map(f) { const out = []; this.toArray().forEach((n, i) => { const v = f.call(n, i, n); if (v !== null && v !== undefined) [].concat(v).forEach(w => out.push(w)); }); return new Selection(this._d, out, this); }
    children(what) { return this._narrow(this._all(n => n.children.filter(isTag)), what); }
    contents() { return this._new(this._all(n => n.children)); }
    parent(what) { return this._narrow(this._all(n => (n.parent && isTag(n.parent) ? [n.parent] : [])), what); }
    parents(what) { return this._narrow(this._all(n => step(n, 'parent')), what); }
    parentsUntil(stop, what) { const test = stop === undefined ? undefined : this._test(stop); return this._narrow(this._all(n => step(n, 'parent', test)), what); }
    closest(what) { const test = this._test(what); return this._new(this._all(n => { for (let m = n; m; m = m.parent) if (isTag(m) && test(m)) return [m]; return []; })); }
    next(what) { return this._narrow(this._all(n => step(n, 'next').slice(0, 1)), what); }
    prev(what) { return this._narrow(this._all(n => step(n, 'prev').slice(0, 1)), what); }
    nextAll(what) { return this._narrow(this._all(n => step(n, 'next')), what); }
    prevAll(what) { return this._narrow(this._all(n => step(n, 'prev')), what); }
    siblings(what) { return this._narrow(this._all(n => step(n, 'prev').reverse().concat(step(n, 'next'))), what); }
    attr(name, value) {
      if (value !== undefined) { this.toArray().filter(isTag).forEach((n, i) => this._d.setAttribute(n._n, name, String(typeof value === 'function' ? value.call(n, i, n.attribs[name]) : value))); return this; }
      if (!this.length || !isTag(this[0])) return undefined;
      if (name === undefined) return this[0].attribs;
      const all = this[0].attribs; return name in all ? (flags.test(name) ? name : all[name]) : undefined; }
    prop(name) { if (!this.length) return undefined; if (name === 'tagName' || name === 'nodeName') return this[0].name.toUpperCase(); return flags.test(name) ? name in this[0].attribs : this.attr(name); }
    data(name) { if (!this.length) return undefined; const all = {}; Object.keys(this[0].attribs).filter(k => k.startsWith('data-')).forEach(k => { all[k.slice(5).replace(/-([a-z])/g, (m, c) => c.toUpperCase())] = typed(this[0].attribs[k]); }); return name === undefined ? all : all[name.replace(/-([a-z])/g, (m, c) => c.toUpperCase())]; }
    val() { if (!this.length) return undefined;
      switch (this[0].name) {
        case 'textarea': return this.text();
        case 'select': { const chosen = this.find('option[selected]'); return 'multiple' in this[0].attribs ? chosen.map((i, o) => valueOf(this._d.$(o))).toArray() : valueOf(chosen); }
        case 'option': return valueOf(this);
      }
      return this.attr('value'); }
    hasClass(name) { return this.toArray().some(n => isTag(n) && (' ' + (n.attribs.class || '') + ' ').replace(/\s/g, ' ').includes(' ' + name + ' ')); }
    text(value) { if (value !== undefined) return missing('().text as a setter')(); return this.toArray().map(n => (n instanceof Node ? this._d.text(n._n) : String(n))).join(''); }
    html(value) { if (value !== undefined) return missing('().html as a setter')(); return this.length ? this[0].children.map(n => this._d.markup(n._n)).join('') : null; }
    remove(what) { (what === undefined ? this : this.filter(what)).toArray().forEach(n => this._d.remove(n._n)); return this; }
    toString() { return this.toArray().map(n => this._d.markup(n._n)).join(''); }
    [Symbol.iterator]() { return this.toArray()[Symbol.iterator](); }
  }
  const flags = /^(?:autofocus|autoplay|async|checked|controls|defer|disabled|hidden|loop|multiple|open|readonly|required|scoped|selected)$/i;
  const valueOf = option => { const v = option.attr('value'); return v === undefined ? (option.length ? option.text() : undefined) : v; };
  const typed = t => { if (t === 'null') return null; if (t === 'true') return true; if (t === 'false') return false; if (String(+t) === t) return +t; if (/^(?:\{[\s\S]*\}|\[[\s\S]*\])$/.test(t)) { try { return JSON.parse(t); } catch (e) { return t; } } return t; };
  const missing = name => () => { throw new Error('cheerio' + name + ' is not provided'); };
  ['removeAttr', 'addClass', 'removeClass', 'toggleClass', 'nextUntil', 'prevUntil', 'append', 'appendTo', 'prepend', 'prependTo', 'wrap', 'after', 'insertAfter', 'before', 'insertBefore', 'replaceWith', 'empty', 'clone', 'css', 'serialize', 'serializeArray'].forEach(name => { Selection.prototype[name] = missing('().' + name); });

  function load(markup, options) {
    if (options && (options.xmlMode || options.xml)) missing('.load with xmlMode')();
    const doc = native.load(markup instanceof Node ? markup._d.markup(markup._n) : markup === undefined || markup === null ? '' : String(markup)), nodes = new Map();
    doc.node = at => { if (at < 0) return null; if (!nodes.has(at)) nodes.set(at, new Node(doc, at)); return nodes.get(at); };
    doc.below = n => [].concat(...n.children.map(c => [c].concat(doc.below(c))));
    const root = doc.node(0);
    const $ = (what, context) => {
      if (what instanceof Selection) return what;
      if (what === undefined || what === null || what === '') return new Selection(doc, []);
      if (what instanceof Node) return new Selection(doc, [what]);
      if (Array.isArray(what)) return new Selection(doc, what);
      if (/^\s*</.test(what)) { const made = load(what); return made.root().contents(); }
      const within = context === undefined ? new Selection(doc, [root]) : $(context);
      return within.find(String(what)); };
    doc.$ = $;
    Object.assign($, { fn: Selection.prototype, root: () => new Selection(doc, [root]), load, contains: (a, b) => { for (let m = b.parent; m; m = m.parent) if (m === a) return true; return false; },
      html: what => (what === undefined ? root.children.map(n => doc.markup(n._n)).join('') : $(what).toString()), text: what => (what === undefined ? $.root() : $(what)).text(), xml: missing('.xml'), parseHTML: t => load(t).root().contents().toArray() });
    return $;
  }
  const cheerio = markup => load(markup).root();
  return Object.assign(cheerio, { load, version: '0.22.0' });
})
