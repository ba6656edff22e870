// Loads the built program. Node's own cache holds of a file only what is compiled before the file runs, and most functions
// are compiled when they are first called: a third of what a short command takes. So V8's code is kept as it is at the end of
// a run, in one file for each command, where Node keeps its own and under the same settings (NODE_COMPILE_CACHE,
// NODE_DISABLE_COMPILE_CACHE). What cannot be read or written is done without.
'use strict'

const fs = require('node:fs')
const { enableCompileCache, getCompileCacheDir } = require('node:module')
const { Script } = require('node:vm')

/** Runs the program that was built into a folder. */
module.exports = function run(folder) {
  const main = fs.readFileSync(`${folder}/main.cjs`, 'utf8')
  const cache = openCache(fileOf(folder, main))
  const modules = new Map()
  const load = (name, text) => {
    const known = modules.get(name)
    if (known) return known.exports
    const module = { exports: {} }
    modules.set(name, module)
    const path = `${folder}/${name}`
    const start = cache.script(path, name, text ?? fs.readFileSync(path, 'utf8')).runInThisContext()
    start(module.exports, requireHere, module, path, folder)
    return module.exports
  }
  const requireHere = (id) => {
    if (id.startsWith('./')) return load(id.slice(2))
    return id.startsWith(`${folder}/`) ? load(id.slice(folder.length + 1)) : require(id)
  }
  load('main.cjs', main)
}

/** Each build has a mark of its own in its first line: code of another build must never run. */
function fileOf(folder, main) {
  const [, mark] = /^\/\/ build ([0-9a-f]{16})\n/.exec(main) ?? []
  if (mark === undefined) return undefined
  enableCompileCache()
  const directory = getCompileCacheDir()
  if (directory === undefined) return undefined
  const [, , word = ''] = process.argv
  const isCommand = /^[a-z]+$/.test(word) && fs.existsSync(`${folder}/${word}.cjs`)
  return `${directory}/polyctl-${mark}-${isCommand ? word : 'other'}`
}

function openCache(file) {
  const { tag = file && tagOf(), code } = read(file)
  const scripts = new Map()
  let isWhole = true
  const save = () => {
    // The program changes a flag while it reads large files, and V8 takes code only under the flags it was compiled under.
    if (tagOf() !== tag) return
    for (const [name, script] of scripts) code.set(name, script.createCachedData())
    write(file, asBytes(tag, code))
  }
  return {
    script(path, name, text) {
      const cachedData = code.get(name)
      const script = new Script(`(function (exports, require, module, __filename, __dirname) { ${text}\n})`, {
        filename: path,
        ...(cachedData ? { cachedData } : {})
      })
      scripts.set(name, script)
      const isTaken = script.cachedDataRejected === false
      // What V8 takes under other flags alone is there for the next run.
      if (!isWhole || file === undefined || isTaken || (cachedData && tagOf() !== tag)) return script
      isWhole = false
      process.once('exit', save)
      return script
    }
  }
}

/** Of V8's version and its flags. Where all code is there, nobody asks for it. */
function tagOf() {
  return require('node:v8').cachedDataVersionTag()
}

/** The code of each script, by its name. What others could have written is not run. */
function read(file) {
  const code = new Map()
  if (file === undefined) return { code }
  let fd
  try {
    fd = fs.openSync(file, 'r')
    const { uid, mode } = fs.fstatSync(fd)
    if (process.getuid && (uid !== process.getuid() || (mode & 0o022) !== 0)) return { code }
    const bytes = fs.readFileSync(fd)
    const [length, at, tag] = [0, 4, 8].map((place) => bytes.readUInt32LE(place))
    // A file of which a part is missing has another length than it says.
    if (length !== bytes.length) return { code }
    for (const [name, start, end] of JSON.parse(bytes.toString('utf8', at))) code.set(name, bytes.subarray(start, end))
    return { code, tag }
  } catch {
    return { code: new Map() }
  } finally {
    if (fd !== undefined) fs.closeSync(fd)
  }
}

/** Whoever reads the file meanwhile, or after the machine stopped in the middle, finds it old or new. */
function write(file, bytes) {
  const beside = `${file}.${process.pid}`
  try {
    const fd = fs.openSync(beside, 'wx', 0o600)
    try {
      fs.writeSync(fd, bytes)
      fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
    fs.renameSync(beside, file)
  } catch {
    try {
      fs.rmSync(beside, { force: true })
    } catch {}
  }
}

/** The whole length, the place of the table, the tag; each code at a place that V8 can read from; and the table. */
function asBytes(tag, code) {
  const parts = [Buffer.alloc(16)]
  const table = []
  let at = 16
  for (const [name, part] of code) {
    table.push([name, at, at + part.length])
    const gap = -part.length & 7
    parts.push(part, Buffer.alloc(gap))
    at += part.length + gap
  }
  const bytes = Buffer.concat([...parts, Buffer.from(JSON.stringify(table))])
  for (const [index, value] of [bytes.length, at, tag].entries()) bytes.writeUInt32LE(value, index * 4)
  return bytes
}
