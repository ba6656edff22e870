import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import type { WorldIo } from '../../src/commands/io.ts'
import type { ServerOptions } from '../../src/server/index.ts'
import { memoryConnectors, memorySystem, type MemorySystem } from '../server/runner/memory.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { peopleFile } from './people-file.ts'

/** Addresses that no file, document or log may hold. */
export const ada = 'ada.planted@example.com'
export const alan = 'alan.planted@example.com'
export const grace = 'grace.planted@example.com'

const files = { 'configs/a.yaml': peopleFile({ columns: ['name', 'phone'] }) }

/** A person's terminal. */
export const terminal = { in: false, out: true, err: true, width: 100 }

/** What does not fit a schema of `schemas/`; null where all does. */
export function misfits(name: string, value: unknown): unknown {
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    allErrors: true,
    formats: { 'date-time': true }
  })
  const validate = ajv.compile(JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8')) as object)
  validate(value)
  return validate.errors ?? null
}

interface Setting {
  system?: MemorySystem
  server?: ServerOptions
  io?: Partial<WorldIo>
  isTerminal?: boolean
}

export interface PreviewWorld extends Sandbox {
  system: MemorySystem
  /** What the source has from now on. */
  source(...rows: Record<string, string | null>[]): void
  /** What the target has under an address. */
  target(email: string): Record<string, unknown> | undefined
  read(path: string): string
  /** From now on the service is one that has nothing beside its API. */
  hide(): void
  change(path: string, change: (text: string) => string): void
}

/** A sync of people, in a source and a target that are in memory. */
export async function previewWorld(setting: Setting = {}): Promise<PreviewWorld> {
  const { system = memorySystem(), server, io, isTerminal = false } = setting
  let isHidden = false
  const made: Sandbox = createSandbox({
    files,
    env: { PASSWORD: 'p' },
    server: {
      run: { fetch: (request) => fetch(request), connectors: memoryConnectors(system) },
      ...server
    },
    io: {
      fetch: async (request) =>
        isHidden && new URL(request.url).pathname.startsWith('/polyctl')
          ? new Response('<html>', { status: 404 })
          : await made.server.fetch(request),
      ...(isTerminal ? { terminal } : {}),
      ...io
    }
  })
  expect(await made.run('apply', '--yes', '--no-check', '--quiet')).toMatchObject({ code: 0 })
  made.requests()
  return Object.assign(made, {
    system,
    source: (...rows: Record<string, string | null>[]) => void system.rows.set('people', rows),
    target: (email: string) =>
      [...(system.objects.get('people')?.values() ?? [])].find((record) => record['email'] === email),
    hide: () => {
      isHidden = true
    },
    read: (path: string) => readFileSync(join(made.folder, path), 'utf8'),
    change: (path: string, change: (text: string) => string) =>
      writeFileSync(join(made.folder, path), change(readFileSync(join(made.folder, path), 'utf8')))
  })
}

/** The same with three people: one is new, one differs, one is the same. */
export async function threePeople(setting: Setting = {}): Promise<PreviewWorld> {
  const made = await previewWorld(setting)
  made.system.objects.set(
    'people',
    new Map([
      ['t1', { email: alan, name: 'Alan', phone: '1' }],
      ['t2', { email: grace, name: 'Grace', phone: '2' }]
    ])
  )
  made.source(
    { email: ada, name: 'Ada', phone: '3' },
    { email: alan, name: 'Alan Turing', phone: '1' },
    { email: grace, name: 'Grace', phone: '2' },
    { email: null, name: 'Nobody', phone: null }
  )
  return made
}
