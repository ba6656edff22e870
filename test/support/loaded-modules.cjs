// A file for --require: says, when the process ends, which of Node's own modules it loaded.
'use strict'

process.on('exit', () => {
  require('node:fs').writeFileSync(process.env.LOADED_MODULES, process.moduleLoadList.join('\n'))
})
