// Ajv: JSON Schema.
(function (host) {
  'use strict';
  return function Ajv() {
    const self = this; self.errors = null;
    self.validate = (schema, data) => { const p = host.validate(JSON.stringify(schema), JSON.stringify(data)); self.errors = p ? [{ message: p }] : null; return p === ''; };
    self.compile = schema => { const f = data => { const ok = self.validate(schema, data); f.errors = self.errors; return ok; }; return f; };
  };
})
