#!/usr/bin/env -S node --max-semi-space-size=16 --
// The command on the path. (`--` keeps Node from taking options such as --env-file for itself. What is read of large files lives long:
// a large room for what lives shortly would only take memory.) It runs the built program where there is one, and the sources in a checkout.
'use strict'

require('./check-node.cjs')

var fs = require('node:fs')
var path = require('node:path')

var sources = path.join(__dirname, '..', 'src', 'main.ts')
var built = path.join(__dirname, '..', '.dist')

if (fs.existsSync(sources)) {
  require('node:module').enableCompileCache()
  import(require('node:url').pathToFileURL(sources).href)
} else require('./load.cjs')(built)
