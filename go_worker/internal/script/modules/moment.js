// moment: its objects and overloads. What dates are is computed by the engine (native).
(function (host, own, native) {
  'use strict';
  const LOCAL = 1 << 20, LONGEST = 1e4, ISO_8601 = () => {}, RFC_2822 = () => {};
  const missing = name => () => { throw new Error('moment' + name + ' is not provided'); };
  const isObject = v => Object.prototype.toString.call(v) === '[object Object]';
  const isDate = v => v instanceof Date || Object.prototype.toString.call(v) === '[object Date]';
  const unit = name => (name === undefined || name === null ? '' : native.unit(String(name)));
  const valueOf = v => v.valueOf();
  const pick = (values, closest) => { const list = (values.length === 1 && Array.isArray(values[0]) ? values[0] : values).map(v => isMoment(v) ? v : moment(v));
    return list.length ? list.reduce((a, b) => (!b.isValid() || (a.isValid() && closest(+b, +a)) ? b : a)) : moment(); };

  class Moment {
    constructor(at, zone, utc) { this._at = at; this._zone = zone; this._isUTC = utc; }
    clone() { const m = new Moment(this._at, this._zone, this._isUTC); m._i = this._i; m._offset = this._offset; m._overflow = this._overflow; return m; }
    isValid() { return this._at === this._at; }
    invalidAt() { return this._overflow === undefined ? -2 : this._overflow; }
    valueOf() { return this._at; }
    unix() { return Math.floor(this._at / 1000); }
    toDate() { return new Date(this._at); }
    toArray() { return ['year', 'month', 'date', 'hour', 'minute', 'second', 'millisecond'].map(u => this.get(u)); }
    toObject() { const a = this.toArray(); return { years: a[0], months: a[1], date: a[2], hours: a[3], minutes: a[4], seconds: a[5], milliseconds: a[6] }; }
    format(layout) { if (layout && layout.length > LONGEST) throw new RangeError('Invalid format length'); return native.format(this._at, this._zone, this._isUTC, layout ? String(layout) : ''); }
    toString() { return this.format('ddd MMM DD YYYY HH:mm:ss [GMT]ZZ'); }
    toISOString(keepOffset) { if (!this.isValid()) return null;
      const m = keepOffset === true ? this : this.clone().utc(), years = m.year() < 0 || m.year() > 9999 ? 'YYYYYY' : 'YYYY';
      return m.format(years + '-MM-DD[T]HH:mm:ss.SSS' + (keepOffset === true ? 'Z' : '[Z]')); }
    toJSON() { return this.toISOString(); }
    inspect() { if (!this.isValid()) return 'moment.invalid(/* ' + this._i + ' */)';
      const years = this.year() >= 0 && this.year() <= 9999 ? 'YYYY' : 'YYYYYY', name = this.isLocal() ? 'moment' : this._zone === 0 ? 'moment.utc' : 'moment.parseZone';
      return name + '("' + this.format(years + '-MM-DD[T]HH:mm:ss.SSS' + (this.isLocal() ? '' : 'Z')) + '")'; }
    add(n, what) { return this._move(n, what, 1); }
    subtract(n, what) { return this._move(n, what, -1); }
    _move(n, what, sign) {
      if (what !== undefined && what !== null && !isNaN(+what)) [n, what] = [what, n];
      const d = duration(n, what);
      if (this.isValid()) this._at = native.add(this._at, this._zone, d._months, d._days, d._milliseconds, sign);
      return this; }
    startOf(what) { this._at = native.startOf(this._at, this._zone, unit(what)); return this; }
    endOf(what) { this._at = native.endOf(this._at, this._zone, unit(what)); return this; }
    get(what) { const name = unit(what); return typeof this[name] === 'function' ? this[name]() : this; }
    set(what, value) {
      if (what !== null && typeof what === 'object') { order(what).forEach(name => this.set(name, what[name])); return this; }
      const name = unit(what); return typeof this[name] === 'function' ? this[name](value) : this; }
    _part(name, value) {
      if (value === undefined || value === null) return native.get(this._at, this._zone, name);
      this._at = native.set(this._at, this._zone, name, +value); return this; }
    month(v) { if (typeof v === 'string' && isNaN(+v)) { v = native.named(v, 'months'); if (v < 0) return this; } return this._part('month', v); }
    day(v) { if (typeof v === 'string' && isNaN(+v)) v = Math.max(native.named(v, 'weekdays'), 0); return this._part('day', v); }
    isoWeekday(v) { if (typeof v === 'string' && isNaN(+v)) v = native.named(v, 'weekdays') || 7; return this._part('isoWeekday', v); }
    daysInMonth() { return this._part('daysInMonth'); }
    weeksInYear() { return this._part('weeksInYear'); }
    isoWeeksInYear() { return this._part('isoWeeksInYear'); }
    isLeapYear() { const y = this.year(); return (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0; }
    eraYear() { const y = this.year(); return y > 0 ? y : 1 - y; }
    diff(other, what, exact) { other = like(other, this); return native.diff(this._at, other._at, this._zone, other._zone, unit(what), exact === true); }
    isSame(other, what) { const at = valueOf(asMoment(other)), u = unit(what) || 'millisecond';
      return u === 'millisecond' ? this._at === at : +this.clone().startOf(u) <= at && at <= +this.clone().endOf(u); }
    isAfter(other, what) { const at = valueOf(asMoment(other)), u = unit(what) || 'millisecond'; return u === 'millisecond' ? this._at > at : at < +this.clone().startOf(u); }
    isBefore(other, what) { const at = valueOf(asMoment(other)), u = unit(what) || 'millisecond'; return u === 'millisecond' ? this._at < at : +this.clone().endOf(u) < at; }
    isSameOrAfter(other, what) { return this.isSame(other, what) || this.isAfter(other, what); }
    isSameOrBefore(other, what) { return this.isSame(other, what) || this.isBefore(other, what); }
    isBetween(from, to, what, ends) { from = asMoment(from); to = asMoment(to); ends = ends || '()';
      if (!this.isValid() || !from.isValid() || !to.isValid()) return false;
      return (ends[0] === '(' ? this.isAfter(from, what) : !this.isBefore(from, what)) && (ends[1] === ')' ? this.isBefore(to, what) : !this.isAfter(to, what)); }
    from(other, bare) { other = asMoment(other);
      return this.isValid() && other.isValid() ? between(other, this).humanize(!bare) : 'Invalid date'; }
    fromNow(bare) { return this.from(moment(), bare); }
    to(other, bare) { other = asMoment(other); return this.isValid() && other.isValid() ? between(this, other).humanize(!bare) : 'Invalid date'; }
    toNow(bare) { return this.to(moment(), bare); }
    calendar(reference, formats) {
      if (arguments.length === 1 && isObject(reference) && !isMoment(reference)) { formats = reference; reference = undefined; }
      const now = reference === undefined ? moment() : asMoment(reference), days = this.diff(like(now, this).startOf('day'), 'days', true);
      const which = days < -6 ? 'sameElse' : days < -1 ? 'lastWeek' : days < 0 ? 'lastDay' : days < 1 ? 'sameDay' : days < 2 ? 'nextDay' : days < 7 ? 'nextWeek' : 'sameElse';
      const own = formats && formats[which];
      return this.format((typeof own === 'function' ? own.call(this, now) : own) || calendar[which]); }
    utcOffset(input, keep) {
      if (input === undefined || input === null) return this.isValid() ? native.offset(this._zone, this._at) : NaN;
      if (typeof input === 'string') { input = native.offsetIn(input); if (input === null) return this; } else if (Math.abs(input) < 16) input *= 60;
      const before = this.isValid() ? native.offset(this._zone, this._at) : 0;
      if (keep) this._at += (before - input) * 60000;
      this._zone = Math.round(input); this._isUTC = true; return this; }
    utc(keep) { return this.utcOffset(0, keep); }
    local(keep) { if (this._isUTC) { const parts = keep ? this.toArray() : null; this._zone = LOCAL; this._isUTC = false; if (parts) this._at = native.at(LOCAL, parts); } return this; }
    parseZone() {
      if (this._offset !== undefined) return this.utcOffset(this._offset);
      if (typeof this._i === 'string') { const found = native.fullOffsetIn(this._i); return found === null ? this.utcOffset(0, true) : this.utcOffset(found); }
      return this; }
    isLocal() { return this.isValid() && !this._isUTC; }
    isUtcOffset() { return this.isValid() && this._isUTC; }
    isUtc() { return this.isValid() && this._isUTC && this._zone === 0; }
    isDST() { const at = m => this.clone().month(m).utcOffset(); return this.utcOffset() > at(0) || this.utcOffset() > at(5); }
    hasAlignedHourOffset(other) { return this.isValid() && (this.utcOffset() - (other ? asMoment(other).utcOffset() : 0)) % 60 === 0; }
    zoneAbbr() { return this._isUTC ? 'UTC' : ''; }
    zoneName() { return this._isUTC ? 'Coordinated Universal Time' : ''; }
    locale(name) { return name === undefined ? 'en' : this; }
    lang(name) { return name === undefined ? localeData : this; }
    localeData() { return localeData; }
    creationData() { return { input: this._i, isUTC: this._isUTC, locale: localeData }; }
    max(other) { other = asMoment(other); return this.isValid() && other.isValid() ? (other > this ? this : other) : invalid(); }
    min(other) { other = asMoment(other); return this.isValid() && other.isValid() ? (other < this ? this : other) : invalid(); }
  }
  const P = Moment.prototype;
  ['year', 'quarter', 'date', 'hour', 'minute', 'second', 'millisecond', 'week', 'isoWeek', 'weekday', 'dayOfYear'].forEach(name => { P[name] = function (v) { return this._part(name, v); }; });
  ['weekYear', 'isoWeekYear'].forEach(name => { P[name] = function (v) { return v === undefined ? this._part(name) : missing('().' + name + ' as a setter')(); }; });
  ['year', 'quarter', 'month', 'date', 'day', 'hour', 'minute', 'second', 'millisecond', 'week', 'isoWeek'].forEach(name => { P[name + 's'] = P[name]; });
  ['parsingFlags', 'isDSTShifted', 'zone', 'eraName', 'eraNarrow', 'eraAbbr'].forEach(name => { P[name] = missing('().' + name); });
  P.weeksInWeekYear = P.weeksInYear; P.isoWeeksInISOWeekYear = P.isoWeeksInYear; P.dates = P.date; P.toGMTString = P.toString; P.isUTC = P.isUtc;
  if (typeof Symbol === 'function') P[Symbol.for('nodejs.util.inspect.custom')] = function () { return 'Moment<' + this.format() + '>'; };
  const calendar = { sameDay: '[Today at] LT', nextDay: '[Tomorrow at] LT', nextWeek: 'dddd [at] LT', lastDay: '[Yesterday at] LT', lastWeek: '[Last] dddd [at] LT', sameElse: 'L' };
  const sizes = ['year', 'quarter', 'month', 'week', 'isoWeek', 'weekday', 'isoWeekday', 'dayOfYear', 'date', 'day', 'hour', 'minute', 'second', 'millisecond'];
  const order = o => Object.keys(o).sort((a, b) => sizes.indexOf(unit(a)) - sizes.indexOf(unit(b)));
  const isMoment = v => v instanceof Moment;
  const asMoment = v => isMoment(v) ? v : moment(v);
  const like = (v, model) => { const m = isMoment(v) ? v.clone() : isDate(v) ? new Moment(v.valueOf(), LOCAL, false) : moment(v);
    m._zone = model._zone; m._isUTC = model._isUTC; return m; };
  const invalid = () => new Moment(NaN, LOCAL, false);

  // Whatever a moment is made of.
  function create(input, format, locale, strict, utc) {
    if (format === true || format === false) { strict = format; format = undefined; }
    if (locale === true || locale === false) { strict = locale; locale = undefined; }
    if ((isObject(input) && !isMoment(input) && !Object.keys(input).length) || (Array.isArray(input) && !input.length)) input = undefined;
    const zone = utc ? 0 : LOCAL, made = new Moment(NaN, zone, !!utc);
    made._i = isMoment(input) ? input._i : input;
    if (input === null || (format === undefined && input === '')) return made;
    if (isMoment(input)) { made._at = input._at; made._offset = input._offset;
      if (input._isUTC && !utc) { made._zone = input._zone; made._isUTC = true; } }
    else if (isDate(input)) made._at = input.valueOf();
    else if (format !== undefined && format !== null && format !== '') read(made, String(input), [].concat(format).map(layoutOf), strict);
    else if (input === undefined) made._at = Date.now();
    else if (typeof input === 'number') made._at = new Date(input).valueOf();
    else if (typeof input === 'string') read(made, input, [], strict);
    else if (Array.isArray(input)) fromParts(made, input);
    else if (isObject(input)) fromObject(made, input);
    return made;
  }
  const layoutOf = f => f === ISO_8601 ? '\0iso8601' : f === RFC_2822 ? '\0rfc2822' : String(f);
  function read(made, text, formats, strict) {
    if (text.length > LONGEST || formats.some(f => f.length > LONGEST)) return;
    const date = formats.length ? null : /^\/?Date\((-?\d+)/i.exec(text);
    if (date) { made._at = +date[1]; return; }
    const found = native.parse(text, formats, !!strict, made._zone);
    made._at = found[0]; if (found[1] !== null) made._offset = found[1]; made._overflow = found[2];
    // What is neither ISO 8601 nor RFC 2822 is left to Date.
    if (found[3] && !strict && !formats.length) made._at = native.lenient(text, made._zone);
  }
  function fromParts(made, list) {
    const now = new Moment(Date.now(), made._zone, made._isUTC).toArray(), parts = [];
    list = list.map(v => v === undefined || v === null ? undefined : Math.trunc(+v));
    let i = 0; for (; i < 3 && list[i] === undefined; i++) parts[i] = now[i];
    for (; i < 7; i++) parts[i] = list[i] === undefined ? (i === 2 ? 1 : 0) : list[i];
    const days = new Moment(native.at(0, [parts[0], parts[1], 1]), 0, true).daysInMonth();
    const most = [Infinity, 11, days, 24, 59, 59, 999], over = [1, 2, 3, 4, 5, 6].find(k => !(parts[k] >= (k === 2 ? 1 : 0) && parts[k] <= most[k]));
    if (over !== undefined || (parts[3] === 24 && parts[4] + parts[5] + parts[6])) { made._overflow = over === undefined ? 3 : over; return; }
    made._overflow = -1; made._at = native.at(made._zone, parts);
  }
  function fromObject(made, o) {
    const given = {}; Object.keys(o).forEach(k => { const u = unit(k); if (u) given[u] = o[k]; });
    fromParts(made, [given.year, given.month, given.day === undefined ? given.date : given.day, given.hour, given.minute, given.second, given.millisecond]);
  }
  function moment(input, format, locale, strict) { return create(input, format, locale, strict, false); }
  const { duration, isDuration, between } = own.load('moment-duration')({ unit, asMoment, isObject, like, LOCAL });
  const localeData = { months: m => m ? native.names('months')[m.month()] : native.names('months'), monthsShort: m => m ? native.names('monthsShort')[m.month()] : native.names('monthsShort'),
    weekdays: m => m ? native.names('weekdays')[m.day()] : native.names('weekdays'), weekdaysShort: m => m ? native.names('weekdaysShort')[m.day()] : native.names('weekdaysShort'),
    weekdaysMin: m => m ? native.names('weekdaysMin')[m.day()] : native.names('weekdaysMin'), firstDayOfWeek: () => 0, firstDayOfYear: () => 6, ordinal: n => native.ordinal(+n),
    meridiem: (h, m, lower) => h > 11 ? (lower ? 'pm' : 'PM') : lower ? 'am' : 'AM', isPM: t => String(t).toLowerCase()[0] === 'p', longDateFormat: k => native.longFormat(String(k)) };
  Object.assign(moment, {
    utc: (input, format, locale, strict) => create(input, format, locale, strict, true),
    parseZone: (input, format, locale, strict) => create(input, format, locale, strict, false).parseZone(),
    unix: seconds => moment(seconds * 1000), now: () => Date.now(), invalid, isMoment, isDate, duration, isDuration,
    max: function () { return pick([].slice.call(arguments), (a, b) => a > b); }, min: function () { return pick([].slice.call(arguments), (a, b) => a < b); },
    ISO_8601, RFC_2822, version: '2.30.1', fn: P, defaultFormat: 'YYYY-MM-DDTHH:mm:ssZ', defaultFormatUtc: 'YYYY-MM-DDTHH:mm:ss[Z]',
    locale: () => 'en', lang: () => 'en', locales: () => ['en'], localeData: () => localeData, normalizeUnits: u => (typeof u === 'string' ? unit(u) || undefined : undefined),
    HTML5_FMT: { DATETIME_LOCAL: 'YYYY-MM-DDTHH:mm', DATETIME_LOCAL_SECONDS: 'YYYY-MM-DDTHH:mm:ss', DATETIME_LOCAL_MS: 'YYYY-MM-DDTHH:mm:ss.SSS', DATE: 'YYYY-MM-DD',
      TIME: 'HH:mm', TIME_SECONDS: 'HH:mm:ss', TIME_MS: 'HH:mm:ss.SSS', WEEK: 'GGGG-[W]WW', MONTH: 'YYYY-MM' },
  });
  ['months', 'monthsShort', 'weekdays', 'weekdaysShort', 'weekdaysMin'].forEach(kind => { moment[kind] = i => (typeof i === 'number' ? native.names(kind)[i] : native.names(kind)); });
  ['defineLocale', 'updateLocale', 'relativeTimeThreshold', 'relativeTimeRounding', 'calendarFormat', 'updateOffset'].forEach(name => { moment[name] = missing('.' + name); });
  moment.prototype = P; Object.defineProperty(P, 'constructor', { value: Moment, configurable: true, writable: true });
  return moment;
})
