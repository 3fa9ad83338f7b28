// Says in one sentence that Node is too old. Loaded before everything else and in old syntax only, so that an old Node can still read it.
/* oxlint-disable no-var */
'use strict';
var MINIMUM_NODE = 20;
if (Number(process.versions.node.split('.')[0]) < MINIMUM_NODE) {
  process.stderr.write(
    'This needs Node ' + MINIMUM_NODE + ' or newer and found ' + process.version + '. Install a current Node from nodejs.org and start again.\n',
  );
  process.exit(1);
}
