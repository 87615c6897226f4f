// buffer: bytes.
(function (host) {
  'use strict';
  const hexOf = b => { let t = ''; for (let i = 0; i < b.length; i++) t += (b[i] < 16 ? '0' : '') + b[i].toString(16); return t; };
  const ofHex = (hex, into) => { const n = Math.floor(hex.length / 2), out = []; for (let i = 0; i < n; i++) { const b = parseInt(hex.substr(2 * i, 2), 16); if (b !== b) break; out.push(b); } void into; return out; };
  const encoding = e => { const name = String(e === undefined || e === null || e === '' ? 'utf8' : e).toLowerCase(); switch (name) { case 'utf8': case 'utf-8': return 'utf8'; case 'latin1': case 'binary': return 'latin1'; case 'ucs2': case 'ucs-2': case 'utf16le': case 'utf-16le': return 'utf16le'; case 'hex': case 'base64': case 'ascii': return name; } throw new TypeError('Unknown encoding: ' + e); };
  const bytesOf = (text, e) => { switch (encoding(e)) {
    case 'utf8': return ofHex(host.utf8ToHex(text)); case 'latin1': case 'ascii': return ofHex(host.latin1ToHex(text)); case 'hex': return ofHex(text);
    case 'base64': { let t = text.split('=')[0].trim().replace(/[^+/0-9A-Za-z-_]/g, '').replace(/-/g, '+').replace(/_/g, '/'); if (t.length % 4 === 1) t = t.slice(0, -1); return t.length < 2 ? [] : ofHex(host.base64ToHex(t)); }
    default: { const out = []; for (let i = 0; i < text.length; i++) { const c = text.charCodeAt(i); out.push(c & 255, c >>> 8); } return out; } } };
  class Buffer extends Uint8Array {
    toString(e, from, to) { const b = from === undefined && to === undefined ? this : this.subarray(Math.max(0, from | 0), to === undefined ? this.length : Math.max(0, Math.min(to | 0, this.length)));
      switch (encoding(e)) { case 'utf8': return host.hexToText(hexOf(b)); case 'hex': return hexOf(b); case 'base64': return host.hexToBase64(hexOf(b)); case 'latin1': return host.hexToLatin1(hexOf(b)); case 'ascii': return host.hexToLatin1(hexOf(b.map(x => x & 127)));
        default: { let t = ''; for (let i = 0; i + 1 < b.length; i += 2) t += String.fromCharCode(b[i] | (b[i + 1] << 8)); return t; } } }
    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
    equals(other) { return Buffer.compare(this, other) === 0; }
    compare(other) { return Buffer.compare(this, other); }
    slice(from, to) { return this.subarray(from, to); }
    write(text, at, length, e) { if (typeof at === 'string') { e = at; at = 0; } if (typeof length === 'string') { e = length; length = undefined; } const b = bytesOf(text, e), n = Math.min(b.length, length === undefined ? Infinity : length, this.length - (at || 0)); for (let i = 0; i < n; i++) this[(at || 0) + i] = b[i]; return n; }
    copy(to, at, from, end) { const b = this.subarray(from || 0, end === undefined ? this.length : end), n = Math.max(0, Math.min(b.length, to.length - (at || 0))); for (let i = 0; i < n; i++) to[(at || 0) + i] = b[i]; return n; }
    indexOf(what, from) { if (typeof what === 'number') return Uint8Array.prototype.indexOf.call(this, what & 255, from); const b = Buffer.from(what); for (let i = from || 0; i + b.length <= this.length; i++) { let j = 0; while (j < b.length && this[i + j] === b[j]) j++; if (j === b.length) return i; } return -1; }
    includes(what, from) { return this.indexOf(what, from) >= 0; }
    fill(v, from, to) { const b = typeof v === 'number' ? [v & 255] : Buffer.from(v); for (let i = from || 0; i < (to === undefined ? this.length : to); i++) this[i] = b.length ? b[(i - (from || 0)) % b.length] : 0; return this; }
  }
  const view = b => new DataView(b.buffer, b.byteOffset, b.byteLength);
  [['UInt8', 'Uint8', 1], ['Int8', 'Int8', 1], ['UInt16', 'Uint16', 2], ['Int16', 'Int16', 2], ['UInt32', 'Uint32', 4], ['Int32', 'Int32', 4], ['Float', 'Float32', 4], ['Double', 'Float64', 8]].forEach(([name, kind, size]) => {
    (size === 1 ? [['', true]] : [['LE', true], ['BE', false]]).forEach(([end, little]) => {
      const checked = (b, at) => { if (at < 0 || at + size > b.length) throw new RangeError('Index out of range'); };
      Buffer.prototype['read' + name + end] = function (at) { at = at || 0; checked(this, at); return view(this)['get' + kind](at, little); };
      Buffer.prototype['write' + name + end] = function (v, at) { at = at || 0; checked(this, at); view(this)['set' + kind](at, v, little); return at + size; }; }); });
  const made = bytes => { const b = new Buffer(bytes.length); for (let i = 0; i < bytes.length; i++) b[i] = bytes[i]; return b; };
  Buffer.from = (v, e, n) => { if (typeof v === 'string') return made(bytesOf(v, e)); if (v instanceof ArrayBuffer) return new Buffer(v, e, n); if (v && v.type === 'Buffer' && Array.isArray(v.data)) return made(v.data); if (v !== null && typeof v === 'object' && typeof v.length === 'number') return made(Array.from(v, x => x & 255)); throw new TypeError('The first argument must be one of type string, Buffer, ArrayBuffer, Array, or Array-like Object. Received type ' + typeof v); };
  Buffer.alloc = (n, v, e) => { const b = new Buffer(n); return v === undefined ? b : b.fill(typeof v === 'string' ? made(bytesOf(v, e)) : v); }; Buffer.allocUnsafe = n => new Buffer(n);
  Buffer.isBuffer = v => v instanceof Buffer; Buffer.byteLength = (v, e) => (typeof v === 'string' ? bytesOf(v, e).length : v.byteLength); Buffer.isEncoding = e => { try { encoding(e); return true; } catch (x) { return false; } };
  Buffer.concat = (list, n) => { const all = [].concat(...list.map(b => Array.from(b))); return made(n === undefined ? all : Array.from({ length: n }, (x, i) => all[i] || 0)); };
  Buffer.compare = (a, b) => { for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1; return Math.sign(a.length - b.length); };
  // Old scripts write Buffer(x) and new Buffer(x) for Buffer.from(x).
  const Callable = function (v, e, n) { return typeof v === 'number' ? Buffer.alloc(v) : Buffer.from(v, e, n); };
  Object.setPrototypeOf(Callable, Buffer); Callable.prototype = Buffer.prototype; Callable.poolSize = 8192;
  return { Buffer: Callable, SlowBuffer: Callable, kMaxLength: 2147483647, INSPECT_MAX_BYTES: 50 };
})
