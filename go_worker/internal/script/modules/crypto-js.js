// CryptoJS: word arrays, encoders, hashes and ciphers as objects. The engine (native) computes.
(function (host, own, native) {
  'use strict';
  // A run of bytes in words of 32 bits, the first byte on top.
  class WordArray {
    constructor(words, sigBytes) { this.words = words || []; this.sigBytes = sigBytes === undefined ? this.words.length * 4 : sigBytes; }
    toString(encoder) { return (encoder || enc.Hex).stringify(this); }
    concat(other) { const mine = bytesOf(this); for (const b of bytesOf(other)) mine.push(b); const both = fromBytes(mine); this.words = both.words; this.sigBytes = both.sigBytes; return this; }
    clamp() { this.words = fromBytes(bytesOf(this)).words; }
    clone() { return new WordArray(this.words.slice(), this.sigBytes); }
  }
  const bytesOf = w => { const out = []; for (let i = 0; i < w.sigBytes; i++) out.push((w.words[i >>> 2] >>> (24 - (i % 4) * 8)) & 0xff); return out; };
  const fromBytes = bytes => { const words = []; for (let i = 0; i < bytes.length; i++) words[i >>> 2] = (words[i >>> 2] || 0) | (bytes[i] << (24 - (i % 4) * 8)); return new WordArray(words, bytes.length); };
  const hexOf = w => native.wordsToHex(w.words, w.sigBytes);
  const fromHex = hex => new WordArray(native.hexToWords(hex), hex.length / 2);
  const make = (words, sigBytes) => {
    if (words instanceof ArrayBuffer) words = new Uint8Array(words);
    return ArrayBuffer.isView(words) ? fromBytes(Array.from(new Uint8Array(words.buffer, words.byteOffset, words.byteLength))) : new WordArray(words, sigBytes); };
  WordArray.create = make; WordArray.random = n => fromHex(host.randomHex(n));
  const utf16 = little => ({ stringify: w => { const b = bytesOf(w); let s = ''; for (let i = 0; i < b.length; i += 2) s += String.fromCharCode(little ? b[i] | ((b[i + 1] || 0) << 8) : (b[i] << 8) | (b[i + 1] || 0)); return s; },
    parse: t => { const b = []; for (let i = 0; i < t.length; i++) { const c = t.charCodeAt(i); if (little) b.push(c & 255, c >>> 8); else b.push(c >>> 8, c & 255); } return fromBytes(b); } });
  const enc = {
    Hex: { stringify: hexOf, parse: t => { const b = []; t = String(t); for (let i = 0; i < t.length; i += 2) b.push(parseInt(t.substr(i, 2), 16)); return fromBytes(b); } },
    Latin1: { stringify: w => host.hexToLatin1(hexOf(w)), parse: t => fromHex(host.latin1ToHex(String(t))) },
    Utf8: { stringify: w => native.hexToUtf8(hexOf(w)), parse: t => fromHex(host.utf8ToHex(String(t))) },
    Utf16: utf16(false), Utf16BE: utf16(false), Utf16LE: utf16(true),
    Base64: { stringify: w => host.hexToBase64(hexOf(w)), parse: t => fromHex(host.base64ToHex(String(t))) },
    Base64url: { stringify: w => enc.Base64.stringify(w).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''), parse: t => enc.Base64.parse(String(t).replace(/-/g, '+').replace(/_/g, '/')) },
  };
  const wordsOf = v => (v instanceof WordArray ? v : typeof v === 'string' ? enc.Utf8.parse(v) : v && Array.isArray(v.words) ? new WordArray(v.words, v.sigBytes) : missing(v));
  const missing = v => { if (v) throw new TypeError('CryptoJS takes texts and word arrays, not ' + typeof v); return new WordArray(); };
  const refused = name => ({ configurable: true, enumerable: true, get() { throw new Error('CryptoJS.' + name + ' is not provided'); } });

  const CryptoJS = { enc, lib: { WordArray }, algo: {}, mode: {}, pad: {}, format: {}, kdf: {} };
  // Hashes, at once and part by part.
  class Hasher {
    constructor(name, run) { this._name = name; this._run = run; this.reset(); }
    reset() { this._data = new WordArray(); return this; }
    update(v) { this._data.concat(wordsOf(v)); return this; }
    finalize(v) { if (v) this.update(v); const result = this._run(hexOf(this._data)); return fromHex(result); }
    clone() { const h = new Hasher(this._name, this._run); h._data = this._data.clone(); return h; }
  }
  const nameOf = (name, given) => (name === 'SHA3' ? 'sha3-' + ((given && given.outputLength) || 512) : name.toLowerCase());
  ['MD5', 'SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512', 'SHA3', 'RIPEMD160'].forEach(name => {
    CryptoJS.algo[name] = { _name: name, create: given => new Hasher(name, hex => native.hash(nameOf(name, given), hex)) };
    CryptoJS[name] = (v, given) => CryptoJS.algo[name].create(given).finalize(v);
    CryptoJS['Hmac' + name] = (v, key) => CryptoJS.algo.HMAC.create(CryptoJS.algo[name], key).finalize(v);
  });
  CryptoJS.algo.HMAC = { create: (hasher, key) => { const hex = hexOf(wordsOf(key)); return new Hasher('HMAC', data => native.hmac(nameOf(hasher._name), data, hex)); } };
  // Keys of words.
  const derive = (f, given, most) => (word, salt, more) => { const o = Object.assign({ keySize: 4, iterations: 1 }, given, more);
    return fromHex(f(nameOf((o.hasher || most)._name), hexOf(wordsOf(word)), hexOf(wordsOf(salt)), o.iterations, Math.ceil(4 * o.keySize))); };
  const derivation = (name, f, hasher) => { CryptoJS[name] = derive(f, undefined, hasher); CryptoJS.algo[name] = { create: given => ({ compute: (word, salt) => derive(f, given, hasher)(word, salt) }) }; };
  derivation('PBKDF2', native.stretchedKey, CryptoJS.algo.SHA1); derivation('EvpKDF', native.openSSLKey, CryptoJS.algo.MD5);
  ['CBC', 'CFB', 'CTR', 'ECB', 'OFB'].forEach(name => { CryptoJS.mode[name] = { _name: name }; });
  Object.defineProperty(CryptoJS.mode, 'CTRGladman', refused('mode.CTRGladman'));
  ['Pkcs7', 'AnsiX923', 'Iso10126', 'Iso97971', 'ZeroPadding', 'NoPadding'].forEach(name => { CryptoJS.pad[name] = { _name: name }; });

  // What a cipher makes: with a salt it is written in the format of OpenSSL, `Salted__`, salt, text.
  class CipherParams {
    constructor(parts) { Object.assign(this, parts); }
    toString(format) { return (format || this.formatter || CryptoJS.format.OpenSSL).stringify(this); }
  }
  CipherParams.create = parts => new CipherParams(parts); CryptoJS.lib.CipherParams = CipherParams;
  const mark = '53616c7465645f5f';
  CryptoJS.format.OpenSSL = {
    stringify: s => host.hexToBase64((s.salt ? mark + hexOf(s.salt) : '') + hexOf(s.ciphertext)),
    parse: text => { const hex = host.base64ToHex(String(text)), salted = hex.startsWith(mark); return new CipherParams({ ciphertext: fromHex(salted ? hex.slice(32) : hex), salt: salted ? fromHex(hex.slice(16, 32)) : undefined }); },
  };
  CryptoJS.format.Hex = { stringify: s => hexOf(s.ciphertext), parse: text => new CipherParams({ ciphertext: enc.Hex.parse(text) }) };
  CryptoJS.kdf.OpenSSL = { execute: (word, keySize, ivSize, salt) => { salt = salt || WordArray.random(8); const both = CryptoJS.EvpKDF(word, salt, { keySize: keySize + ivSize });
    return new CipherParams({ key: new WordArray(both.words.slice(0, keySize), keySize * 4), iv: new WordArray(both.words.slice(keySize), ivSize * 4), salt }); } };
  [['AES', 8, 4], ['DES', 2, 2], ['TripleDES', 6, 2], ['RC4', 8, 0], ['RC4Drop', 8, 0]].forEach(([name, keySize, ivSize]) => {
    const prepared = (key, given, salt) => { if (typeof key !== 'string') return { key, iv: given.iv }; return (given.kdf || CryptoJS.kdf.OpenSSL).execute(key, keySize, ivSize, salt); };
    const run = (f, p, given, text) => { const mode = given.mode ? given.mode._name : 'CBC', padding = given.padding ? given.padding._name : 'Pkcs7', drop = given.drop === undefined ? 192 : given.drop;
      return fromHex(f(name, mode, padding, hexOf(wordsOf(p.key)), p.iv ? hexOf(wordsOf(p.iv)) : '', text, name === 'RC4Drop' ? drop * 4 : 0)); };
    const opened = (sealed, given) => (typeof sealed === 'string' ? (given.format || CryptoJS.format.OpenSSL).parse(sealed) : sealed);
    CryptoJS[name] = {
      encrypt(message, key, given) { given = given || {}; const p = prepared(key, given, given.salt), s = run(native.encrypt, p, given, hexOf(wordsOf(message)));
        return new CipherParams({ ciphertext: s, key: p.key, iv: p.iv, salt: p.salt, algorithm: CryptoJS.algo[name], mode: given.mode || CryptoJS.mode.CBC, padding: given.padding || CryptoJS.pad.Pkcs7, blockSize: ivSize, formatter: given.format || CryptoJS.format.OpenSSL }); },
      decrypt(sealed, key, given) { given = given || {}; const s = opened(sealed, given); return run(native.decrypt, prepared(key, given, s.salt), given, hexOf(s.ciphertext)); },
    };
    // Part by part: everything comes with the last part.
    const gathering = f => (key, given) => { let data = new WordArray(); return { process: v => { data.concat(wordsOf(v)); return new WordArray(); }, reset: () => { data = new WordArray(); }, finalize: v => { if (v) data.concat(wordsOf(v)); return run(f, { key, iv: (given || {}).iv }, given || {}, hexOf(data)); } }; };
    CryptoJS.algo[name] = { keySize, ivSize, createEncryptor: gathering(native.encrypt), createDecryptor: gathering(native.decrypt) };
  });
  ['Rabbit', 'RabbitLegacy', 'x64'].forEach(name => { Object.defineProperty(CryptoJS, name, refused(name)); if (name !== 'x64') Object.defineProperty(CryptoJS.algo, name, refused('algo.' + name)); });
  return CryptoJS;
})
