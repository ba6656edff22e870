/** A server in a process of its own, for tests that kill it. */
import { createServer } from '../../src/server/index.ts'
import { listen } from '../../src/server/listen.ts'

const server = createServer({ directory: process.argv[2] ?? '', apiKey: 'k' })
const { url } = await listen(server, { port: 0 })
console.log(url)
