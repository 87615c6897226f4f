// Libraries: each is loaded when a script first asks for it, and lent to one script at a time.

const loaded = new Map(), lent = new Map(), watched = new Map(), spoiled = new Set();
const own = { deepEqual, show, expect, AssertionError, Address, CookieList, decoded, load, spoil: name => spoiled.add(name) };
function load(name) {
  if (!loaded.has(name)) loaded.set(name, host.library(name)(host, own, host.native(name)));
  return loaded.get(name);
}
// What a script adds to a library stands on a layer above it, which goes with the script.
function layerOn(made, parts) {
  const layer = typeof made !== 'function' ? Object.create(made) : Object.setPrototypeOf(function () {
    return new.target ? Reflect.construct(made, arguments) : made.apply(this, arguments); }, made);
  if (typeof made === 'function' && made.prototype && !made.chained) layer.prototype = made.prototype;
  (parts || []).forEach(part => { layer[part] = typeof made[part] === 'function' ? layerOn(made[part]) : Object.create(made[part]); });
  return layer;
}
// A script that changes what all objects of a library share gets the next one a new library.
const sharedWithObjects = { moment: m => m.fn };
const membersOf = name => Object.getOwnPropertyNames(sharedWithObjects[name](loaded.get(name))).length;
const namespaces = { buffer: ['Buffer'], 'crypto-js': ['enc', 'algo', 'mode', 'pad', 'format', 'lib'] };
function lend(name) {
  if (!lent.has(name)) {
    lent.set(name, layerOn(load(name), namespaces[name]));
    if (sharedWithObjects[name]) watched.set(name, membersOf(name));
  }
  return lent.get(name);
}
function takeBack() {
  watched.forEach((members, name) => { if (membersOf(name) !== members) loaded.delete(name); });
  spoiled.forEach(name => loaded.delete(name));
  spoiled.clear(); watched.clear(); lent.clear();
}
const lendable = ['ajv', 'assert', 'buffer', 'chai', 'cheerio', 'crypto-js', 'lodash', 'moment', 'path', 'querystring', 'tv4', 'url', 'util', 'uuid', 'xml2js'];
function requireLibrary(name) {
  const plain = String(name).replace(/^npm:/, '').replace(/(.)@[^@/]*$/, '$1');
  switch (plain) {
    case 'atob': return global.atob;
    case 'btoa': return global.btoa;
    case 'csv-parse/lib/sync': return lend('csv-parse');
  }
  if (lendable.includes(plain)) return lend(plain);
  throw new Error("the module '" + name + "' is not provided");
}
