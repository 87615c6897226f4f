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
  };
  ['MD5', 'SHA1', 'SHA256', 'SHA384', 'SHA512'].forEach(name => {
    CryptoJS[name] = v => new Words(host.hash(name.toLowerCase(), hexOf(v)));
    CryptoJS['Hmac' + name] = (v, key) => new Words(host.hmac(name.toLowerCase(), hexOf(v), hexOf(key)));
  });
  ['AES', 'DES', 'TripleDES', 'Rabbit', 'RC4', 'PBKDF2'].forEach(name => {
    Object.defineProperty(CryptoJS, name, { get() { throw new Error('CryptoJS.' + name + ' is not provided'); } });
  });
  return CryptoJS;
})
