// The part of CryptoJS that scripts use: hashes, HMACs and encoders over hexadecimal text.
(function (host) {
  'use strict';
  class Words {
    constructor(hex) { this.hex = hex; this.sigBytes = hex.length / 2; }
    toString(encoder) { return encoder ? encoder.stringify(this) : this.hex; }
    concat(other) { this.hex += other.hex; this.sigBytes = this.hex.length / 2; return this; }
    clone() { return new Words(this.hex); }
  }
  const hexOf = v => v instanceof Words ? v.hex : host.utf8ToHex(String(v));
  const CryptoJS = {
    enc: {
      Hex: { stringify: w => w.hex, parse: t => new Words(String(t).toLowerCase()) },
      Base64: { stringify: w => host.hexToBase64(w.hex), parse: t => new Words(host.base64ToHex(String(t))) },
      Base64url: { stringify: w => host.hexToBase64(w.hex).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''),
        parse: t => new Words(host.base64ToHex(String(t).replace(/-/g, '+').replace(/_/g, '/'))) },
      Utf8: { stringify: w => host.hexToUtf8(w.hex), parse: t => new Words(host.utf8ToHex(String(t))) },
      Latin1: { stringify: w => host.hexToLatin1(w.hex), parse: t => new Words(host.latin1ToHex(String(t))) },
    },
    lib: { WordArray: { random: n => new Words(host.randomHex(n)), create: () => new Words('') } },
    mode: {}, pad: { NoPadding: 'NoPadding', Pkcs7: 'Pkcs7', ZeroPadding: 'ZeroPadding' }, algo: {}, format: {},
  };
  ['CBC', 'CTR', 'ECB'].forEach(name => { CryptoJS.mode[name] = name; });
  ['MD5', 'SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512'].forEach(name => {
    CryptoJS.algo[name] = name;
    CryptoJS[name] = v => new Words(host.hash(name.toLowerCase(), hexOf(v)));
    CryptoJS['Hmac' + name] = (v, key) => new Words(host.hmac(name.toLowerCase(), hexOf(v), hexOf(key)));
  });
  // A key that is a text is stretched with a salt, and the result is OpenSSL's format: `Salted__`, salt, text.
  class Sealed {
    constructor(ciphertext, key, iv, salt) { this.ciphertext = ciphertext; this.key = key; this.iv = iv; this.salt = salt; }
    toString(format) { return format && format.stringify ? format.stringify(this)
      : host.hexToBase64(this.salt ? '53616c7465645f5f' + this.salt.hex + this.ciphertext.hex : this.ciphertext.hex); }
  }
  const opened = text => { const hex = host.base64ToHex(String(text)), salted = hex.startsWith('53616c7465645f5f');
    return salted ? new Sealed(new Words(hex.slice(32)), null, null, new Words(hex.slice(16, 32))) : new Sealed(new Words(hex)); };
  CryptoJS.format.OpenSSL = { stringify: s => s.toString(), parse: opened };
  [['AES', 32, 16], ['DES', 8, 8], ['TripleDES', 24, 8]].forEach(([name, keySize, ivSize]) => {
    const prepared = (key, given, salt) => {
      if (typeof key !== 'string') return { key, iv: given.iv || new Words('') };
      const both = host.openSSLKey(host.utf8ToHex(key), salt.hex, keySize + ivSize);
      return { key: new Words(both.slice(0, 2 * keySize)), iv: new Words(both.slice(2 * keySize)) };
    };
    const call = (f, p, given, hex) => new Words(f(name, given.mode || 'CBC', given.padding || 'Pkcs7', p.key.hex, p.iv.hex, hex));
    CryptoJS[name] = {
      encrypt(message, key, given) { given = given || {};
        const salt = typeof key === 'string' ? given.salt || new Words(host.randomHex(8)) : undefined, p = prepared(key, given, salt);
        return new Sealed(call(host.encrypt, p, given, hexOf(message)), p.key, p.iv, salt); },
      decrypt(sealed, key, given) { given = given || {}; if (typeof sealed === 'string') sealed = opened(sealed);
        return call(host.decrypt, prepared(key, given, sealed.salt || new Words('')), given, sealed.ciphertext.hex); },
    };
  });
  CryptoJS.PBKDF2 = (word, salt, given) => { given = given || {};
    return new Words(host.stretchedKey((given.hasher || 'SHA1').toLowerCase(), hexOf(word), hexOf(salt), given.iterations || 1, 4 * (given.keySize || 4))); };
  ['Rabbit', 'RC4', 'SHA3', 'RIPEMD160', 'EvpKDF', 'HmacSHA3', 'HmacRIPEMD160'].forEach(name => {
    Object.defineProperty(CryptoJS, name, { get() { throw new Error('CryptoJS.' + name + ' is not provided'); } });
  });
  return CryptoJS;
})
