// uuid: random identifiers, called by itself or as v4.
(function (host) {
  'use strict';
  const uuid = () => host.uuid();
  uuid.v4 = () => host.uuid();
  return uuid;
})
