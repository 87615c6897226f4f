// moment.duration: its objects and overloads. What lengths are is computed by the engine (native).
(function (host, own, native) {
  'use strict';
  const parts = ['years', 'months', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'];
  const ordered = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'];
  return moments => {
    const { unit, asMoment, isObject, like, LOCAL } = moments;
    class Duration {
      constructor(months, days, milliseconds) { this._months = months; this._days = days; this._milliseconds = milliseconds; }
      _three(f, extra) { return native[f](this._months, this._days, this._milliseconds, extra); }
      isValid() { return !isNaN(this._months + this._days + this._milliseconds); }
      clone() { return duration(this); }
      abs() { this._months = Math.abs(this._months); this._days = Math.abs(this._days); this._milliseconds = Math.abs(this._milliseconds); return this; }
      _move(n, what, sign) { const d = duration(n, what); this._months += sign * d._months; this._days += sign * d._days; this._milliseconds += sign * d._milliseconds; return this; }
      add(n, what) { return this._move(n, what, 1); }
      subtract(n, what) { return this._move(n, what, -1); }
      as(what) { const name = unit(what); if (!ordered.includes(name)) throw new Error('Unknown unit ' + (name || undefined)); return this._three('as', name); }
      get(what) { const name = unit(what); return typeof this[name + 's'] === 'function' ? this[name + 's']() : NaN; }
      valueOf() { return this._three('as', 'millisecond'); }
      weeks() { const w = this.days() / 7; return w < 0 ? Math.ceil(w) || 0 : Math.floor(w); }
      humanize(direction) { return this._three('humanize', direction === true); }
      toISOString() { return this.isValid() ? this._three('iso') : 'Invalid date'; }
      toString() { return this.toISOString(); }
      toJSON() { return this.toISOString(); }
      locale(name) { return name === undefined ? 'en' : this; }
      localeData() { return asMoment().localeData(); }
    }
    parts.forEach((name, i) => { Duration.prototype[name] = function () { return this.isValid() ? this._three('parts')[i] : NaN; }; });
    ordered.forEach(name => { Duration.prototype['as' + name[0].toUpperCase() + name.slice(1) + 's'] = function () { return this.as(name); }; });
    Duration.prototype.toIsoString = Duration.prototype.toISOString;
    const isDuration = v => v instanceof Duration;
    const made = three => new Duration(three[0], three[1], three[2]);
    function ofObject(o) {
      const given = {}; let fine = true, decimal = false;
      Object.keys(o).forEach(k => { const u = unit(k) === 'isoWeek' ? 'week' : unit(k), v = o[k]; if (!u) return; if (!ordered.includes(u) || (v !== null && v !== undefined && isNaN(+v))) fine = false; else given[u] = +(v || 0); });
      ordered.forEach(u => { if (given[u]) { if (decimal) fine = false; if (given[u] !== Math.trunc(given[u])) decimal = true; } });
      const sum = new Duration(0, 0, 0);
      if (!fine) return new Duration(NaN, NaN, NaN);
      Object.keys(given).forEach(u => { const d = native.of(given[u], u); sum._months += d[0]; sum._days += d[1]; sum._milliseconds += d[2]; });
      return sum;
    }
    // between is the time from one moment to another, in months and milliseconds.
    function between(a, b) {
      if (!a.isValid() || !b.isValid()) return new Duration(0, 0, 0);
      b = like(b, a);
      const ahead = !(b < a), from = ahead ? a : b, to = ahead ? b : a;
      let months = to.month() - from.month() + (to.year() - from.year()) * 12;
      if (from.clone().add(months, 'M') > to) months--;
      const rest = +to - +from.clone().add(months, 'M'), sign = ahead ? 1 : -1;
      return new Duration(sign * months || 0, 0, sign * rest || 0);
    }
    function duration(input, key) {
      if (isDuration(input)) return new Duration(input._months, input._days, input._milliseconds);
      if (typeof input === 'number' || (input !== null && input !== '' && typeof input !== 'object' && !isNaN(+input) && input !== undefined)) return key ? ofObject({ [key]: +input }) : new Duration(0, 0, +input);
      if (typeof input === 'string') return made(native.parse(input));
      if (isObject(input) && ('from' in input || 'to' in input)) return between(asMoment(input.from), asMoment(input.to));
      return isObject(input) ? ofObject(input) : new Duration(0, 0, 0);
    }
    duration.fn = Duration.prototype; duration.invalid = () => new Duration(NaN, NaN, NaN);
    return { duration, isDuration, between };
  };
})
