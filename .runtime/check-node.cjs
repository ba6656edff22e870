// Says in one sentence that Node is too old, before anything that needs a newer one is loaded. Old syntax on purpose.
'use strict'

var fs = require('node:fs')
var path = require('node:path')

var wanted = '22.18 or newer on the 22 line, or 24.11 or newer (not 23, and not 24.0 to 24.10)'

var inCheckout =
  'This is a checkout: run it through npm (`npm run -s polyctl -- --help`). `npm ci` brings the right Node along,\n' +
  'unless optional packages were left out.\n'

var installed = 'Install such a Node from https://nodejs.org or with your version manager, and run polyctl again.\n'

function newEnough(version) {
  var parts = version.split('.').map(Number)
  if (parts[0] === 22) return parts[1] >= 18
  if (parts[0] === 24) return parts[1] >= 11
  return parts[0] > 24
}

function check() {
  if (newEnough(process.versions.node)) return
  var isCheckout = fs.existsSync(path.join(__dirname, '..', 'src', 'main.ts'))
  process.stderr.write(
    'polyctl needs Node ' + wanted + '; this is Node ' + process.versions.node + ' at ' + process.execPath + '\n' +
      (isCheckout ? inCheckout : installed)
  )
  process.exit(1)
}

check()
