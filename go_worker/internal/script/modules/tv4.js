// tv4: JSON Schema as its first checker in Postman had it.
(function (host) {
  'use strict';
  return { error: null, missing: [],
    validateResult(data, schema) { const p = host.validate(JSON.stringify(schema), JSON.stringify(data)), error = p ? { message: p } : null;
      return { valid: p === '', error, missing: [], errors: error ? [error] : [] }; },
    validateMultiple(data, schema) { const r = this.validateResult(data, schema); return { valid: r.valid, errors: r.errors, missing: [] }; },
    validate(data, schema) { const r = this.validateResult(data, schema); this.error = r.error; return r.valid; } };
})
