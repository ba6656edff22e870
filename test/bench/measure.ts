import { spawn } from 'node:child_process'

export interface Measured {
  /** Median of the runs, in milliseconds of wall time. */
  ms: number
  /** The largest resident set of the last run, in MiB. */
  peakMiB: number
  output: string
  code: number
}

const report = `process.on('exit',()=>{try{require('node:fs').writeSync(3,String(process.resourceUsage().maxRSS))}catch{}})`
const preload = `data:text/javascript,${encodeURIComponent(`import{createRequire}from'node:module';const require=createRequire('/');${report}`)}`

/** Runs a whole process several times and takes the median. */
export async function measure(
  words: string[],
  options: { runs?: number; cwd?: string; env?: Record<string, string> } = {}
): Promise<Measured> {
  const times: number[] = []
  let last = { peakMiB: 0, output: '', code: 0 }
  for (let run = 0; run < (options.runs ?? 5); run++) {
    const start = performance.now()
    last = await once(words, options)
    times.push(performance.now() - start)
  }
  // Loading the preload costs time too: the memory is measured in a run of its own.
  const memory = await once(['--import', preload, ...words], options)
  const ordered = times.toSorted((a, b) => a - b)
  return { ...last, ms: ordered[Math.floor(ordered.length / 2)]!, peakMiB: memory.peakMiB }
}

/** Runs a process once. Its memory is known only when it reports it on the fourth stream. */
export async function once(
  words: string[],
  options: { cwd?: string; env?: Record<string, string> }
): Promise<{ peakMiB: number; output: string; code: number }> {
  const child = spawn(process.execPath, words, {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe']
  })
  let output = ''
  let memory = ''
  child.stdout!.on('data', (chunk) => (output += String(chunk)))
  child.stderr!.on('data', (chunk) => (output += String(chunk)))
  child.stdio[3]?.on('data', (chunk) => (memory += String(chunk)))
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)))
  return { peakMiB: Math.round(Number(memory) / 1024), output, code }
}
