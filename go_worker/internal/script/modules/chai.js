// chai: its expect, which is that of pm.
(function (host, own) {
  'use strict';
  return { expect: own.expect, AssertionError: own.AssertionError };
})
