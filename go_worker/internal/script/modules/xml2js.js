// xml2js: XML as an object, in the way of xml2Json.
(function (host) {
  'use strict';
  return { parseString: (text, options, f) => { f = f || options; let value;
    try { value = JSON.parse(host.xml2json(String(text))); } catch (e) { return f(e); }
    return f(null, value); } };
})
