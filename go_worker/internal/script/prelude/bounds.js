// Calls that cannot be interrupted make no more than a bounded result.

const most = 1 << 24;
const bounded = (of, name, size, what) => { const call = of[name];
  Object.defineProperty(of, name, { configurable: true, writable: true, value: function () {
    if (size.apply(this, arguments) > most) throw new RangeError('Invalid ' + what + ' length');
    return call.apply(this, arguments); } }); };
bounded(String.prototype, 'repeat', function (n) { return this.length * n; }, 'string');
bounded(String.prototype, 'padStart', n => n, 'string');
bounded(String.prototype, 'padEnd', n => n, 'string');
bounded(Array, 'from', o => o && o.length, 'array');
['fill', 'join', 'concat', 'slice', 'map', 'forEach', 'indexOf', 'sort', 'reverse'].forEach(name => bounded(Array.prototype, name, function () { return this.length; }, 'array'));
['Array', 'ArrayBuffer', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array'].forEach(name => {
  const make = global[name], check = args => { if (args.length === 1 && typeof args[0] === 'number' && args[0] > most) throw new RangeError('Invalid ' + (name === 'Array' ? 'array' : 'typed array') + ' length'); };
  const guarded = new Proxy(make, { construct(made, args, target) { check(args); return Reflect.construct(made, args, target === guarded ? made : target); },
    apply(made, self, args) { check(args); return Reflect.apply(made, self, args); } });
  // The interpreter takes no proxy for the right side of instanceof; subclasses keep the usual test.
  const usual = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(make, Symbol.hasInstance, { configurable: true, value(v) { return usual.call(this === guarded ? make : this, v); } });
  make.prototype.constructor = guarded;
  Object.defineProperty(global, name, { configurable: true, writable: true, value: guarded }); });
