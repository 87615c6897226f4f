// What is claimed of a response, by pm.response.to and pm.expect(pm.response).to alike.

// The answer that a claim is about; of a request, headers can be claimed too.
P._answer = function () {
  if (!(this._o instanceof Answer)) new Assertion(this._o, this._m)._assert(false, 'expecting a postman response object but got #{this}');
  return this._o; };
describe('postmanResponse', function () { return this._assert(this._o instanceof Answer, 'expecting a postman response object but got #{this}', 'not expecting a postman response object'); });
describe('postmanRequest', function () { return this._assert(this._o instanceof RequestView, 'expecting a postman request object but got #{this}', 'not expecting a postman request object'); });
P._code = function (code, have) {
  return this._assert(have === code, 'expected response to have status code #{exp} but got #{act}', 'expected response to not have status code #{act}', code, have); };
P._reason = function (reason, have) {
  return this._assert(have === reason, 'expected response to have status reason #{exp} but got #{act}', 'expected response to not have status reason #{act}', reason, have); };
method(['status'], function (want) { const r = this._answer(); return typeof want === 'number' ? this._code(want, r.code) : this._reason(want, r.reason()); });
method(['statusCode'], function (code) { return this._code(Number(code), this._answer().code); });
method(['statusReason'], function (reason) { return this._reason(String(reason), this._answer().reason()); });
P._classes = function (classes, words) { const code = this._answer().code;
  return this._assert(classes.includes(Math.floor(code / 100)), 'expected response code to be ' + words + ' but found #{act}', 'expected response code to not be ' + words, null, code); };
method(['statusCodeClass'], function (n) { return this._classes([n], display(n) + 'XX'); });
[['info', 1], ['success', 2], ['redirection', 3], ['clientError', 4], ['serverError', 5], ['error', 4, 5]].forEach(([name, ...classes]) =>
  describe(name, function () { return this._classes(classes, classes.map(n => n + 'XX').join(' or ')); }));
// Names of single codes; both the reason, in capitals, and the code must be theirs. One is misspelt in Postman too.
[['accepted', 202, 'Accepted'], ['withoutContent', 204, 'No Content'], ['badRequest', 400, 'Bad Request'], ['unauthorized', 401, 'Unauthorized'],
  ['unauthorised', 401, 'Unauthorised'], ['forbidden', 403, 'Forbidden'], ['notFound', 404, 'Not Found'], ['notAcceptable', 406, 'Acceptable'],
  ['rateLimited', 429, 'Too Many Requests']].forEach(([name, code, reason]) => describe(name, function () { return this._named(code, reason); }));
P._named = function (code, reason) { const r = this._answer();
  return this._reason(reason.toUpperCase(), String(r.reason()).toUpperCase())._code(code, Number(r.code)); };
describe('ok', function () { return this._o instanceof Answer ? this._named(200, 'OK')
  : this._assert(this._o, 'expected #{this} to be truthy', 'expected #{this} to be falsy'); });

method(['header'], function (name, value) {
  const o = this._o, kind = o instanceof Answer ? 'response' : 'request';
  if (!(o instanceof Answer || o instanceof RequestView)) new Assertion(o, this._m)._assert(false, 'expecting a postman request or response object but got #{this}');
  this._assert(o.headers.has(name), "expected " + kind + " to have header with key '" + name + "'", "expected " + kind + " to not have header with key '" + name + "'");
  if (arguments.length < 2) return this;
  const have = o.headers.one(name).value, what = "'" + name + "' " + kind + ' header';
  return this._assert(have === value, 'expected ' + what + ' to be #{exp} but got #{act}', 'expected ' + what + ' to not be #{act}', value, have); });
describe('withBody', function () {
  return this._assert(this._answer().text().length, 'expected response to have content in body', 'expected response to not have content in body'); });
P._isJSON = function () { let problem;
  try { this._answer().json(); } catch (e) { problem = e.name === 'JSONError' ? e.message : e.name + ': ' + e.message; }
  return this._assert(!problem, () => 'expected response body to be a valid json but got error ' + problem, 'expected response body not to be a valid json'); };
describe('json', function () { return this._isJSON(); });
method(['body'], function (want) { const r = this._answer();
  if (typeOf(want) === 'Object') { const have = r._json();
    return this._assert(deepEqual(have, want), 'expected response body json to equal #{exp} but got #{act}', 'expected response body json to not equal #{exp} but got #{act}', want, have); }
  if (!arguments.length) return this.withBody;
  const have = r.text();
  if (want instanceof RegExp) return this._assert(want.exec(have), 'expected response body text to match #{exp} but got #{act}', 'expected response body text #{act} to not match #{exp}', want, have);
  return this._assert(deepEqual(have, want), 'expected response body to equal #{exp} but got #{act}', 'expected response body to not equal #{exp}', want, have); });
// A member by its whole name, else by the names and numbers of a path; only own members count.
function ownAt(o, path) {
  const owns = (v, name) => v !== null && v !== undefined && Object.prototype.hasOwnProperty.call(v, name);
  if (owns(o, path)) return [true, o[path]];
  const names = path.replace(/\[(?:(\d+)|(["'])(.*?)\2)\]/g, (_, n, quote, name) => '.' + (n === undefined ? name : n)).replace(/^\./, '').split('.');
  for (const name of names) { if (!owns(o, name)) return [false, undefined]; o = o[name]; }
  return [true, o]; }
method(['jsonBody'], function (path, value) { const data = this._answer()._json();
  if (!arguments.length) return this._isJSON();
  if (typeof path !== 'string') return this;
  const [has, found] = ownAt(data, path);
  this._assert(has, 'expected #{act} in response to contain property #{exp}', 'expected #{act} in response to not contain property #{exp}', path, data);
  if (arguments.length < 2) return this;
  const at = 'expected response body json at "' + path + '" to ';
  return this._assert(deepEqual(found, value), at + 'contain #{exp} but got #{act}', at + 'not contain #{exp} but got #{act}', value, found); });
method(['jsonSchema'], function (schema) { new Assertion(schema).an('object');
  const data = this._o instanceof Answer ? this._o.json() : this._o, problem = host.validate(JSON.stringify(schema), JSON.stringify(data));
  return this._assert(problem === '', 'expected data to satisfy schema but found following errors: \n' + problem, 'expected data to not satisfy schema'); });
// Numbers of a response; what follows is claimed of the number.
[['responseTime', r => r.responseTime, 'response time'], ['responseSize', r => { const s = r.size(); return s.header + s.body; }, 'response size']].forEach(([name, read, words]) =>
  chained([name], function (value) { const said = ' have a valid ' + words + ' but got #{act}';
    this._assert(typeof this._o === 'number', 'expected response to' + said, 'expected response to not' + said, null, this._o);
    return arguments.length ? this._assert(this._o === value, 'expected response to' + said, 'expected response to not' + said, value, this._o) : this; },
  self => { self._o = read(self._answer()); }));
