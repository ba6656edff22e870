import { parse } from 'yaml'
import { locate } from '../../src/config/source/index.ts'
import { kinds, shortened } from '../../src/kinds/index.ts'
import { additionsOf } from '../../src/pull/additions.ts'
import { soundPull, type Sound, type SoundInput } from '../../src/pull/sound.ts'
import { WrittenFiles } from '../../src/pull/written.ts'
import { plan } from '../../src/reconcile.ts'
import { openReader } from '../../src/remote/transport.ts'
import { addressText, type DesiredState } from '../../src/state/resource.ts'
import type { Json } from '../../src/state/value.ts'
import { makeRandom } from '../simulation/random.ts'
import type { Scene } from '../simulation/scene.ts'
import { ourKey } from '../simulation/service.ts'
import { environmentOf, filesOf } from '../simulation/world.ts'
import { read } from '../support/reading.ts'
import { writtenYaml } from '../support/written-yaml.ts'

/** What a pull made of the files of a scene, and what a plan says of them then. */
export interface PulledScene {
  /** The files as they were, and as they are. */
  before: Record<string, string>
  files: Record<string, string>
  sound: Sound
  desired: DesiredState
  written: WrittenFiles
  /** Addresses of what a plan still changes. */
  differing: string[]
  /** Addresses of what was not taken over, and of which the text is another one all the same. */
  disturbed: string[]
  /** What is live, of kinds that files declare, and in no file. */
  undeclared: string[]
}

/**
 * Takes over what is live into files that people may have written; undefined where files or service allow no plan.
 * `adds` takes along what no file declares.
 */
export async function pullIn(
  scene: Scene,
  seed: number,
  { adds }: { adds: boolean }
): Promise<PulledScene | undefined> {
  const { world, service } = scene
  const random = makeRandom(seed)
  const plainFiles = filesOf(world, (was) => scene.ids[was])
  const files = Object.fromEntries(
    Object.entries(plainFiles).map(([path, text]) => [
      path,
      writtenYaml(parse(text) as Json, (below) => random.below(below), { aliases: seed % 3 === 0 })
    ])
  )
  const written = new WrittenFiles(kinds)
  const env = environmentOf(world)
  const understanding = await read(files, { env, witness: written })
  if (!understanding.result.ok) return undefined
  const reader = openReader({
    url: 'http://polytomic.test',
    authorization: `Bearer ${ourKey}`,
    version: world.version,
    fetch: (request) => service.server.fetch(request),
    parallelism: 10,
    timeoutMs: 30_000,
    timer: () => () => undefined,
    newKey: () => random.uuid(),
    backoffMs: 1,
    sleep: async () => undefined,
    now: () => 0,
    random: () => 0
  })
  const understood = understanding.result.value
  const options = { maxDeletes: Infinity, maxUpdates: Infinity }
  const planned = await plan(understood, reader, kinds, { ...options, inFull: true })
  if (!planned.ok) return undefined
  const { observed } = planned.value
  const input: SoundInput = {
    plan: planned.value.plan,
    observed,
    desired: understood.desired,
    vault: understood.vault,
    base: undefined,
    kinds,
    written,
    shorten: shortened,
    removeMissing: false,
    options,
    read: async (texts, witness) => await read({ ...files, ...Object.fromEntries(texts) }, { env, witness })
  }
  const additions = adds ? additionsOf(input, { takenVariables: Object.keys(env) }) : []
  const sound = await soundPull({ ...input, additions })
  const after = { ...files }
  for (const [path, text] of sound.pulled.texts) after[path] = text ?? ''
  const again = await read(after, { env })
  if (!again.result.ok) throw new Error(again.result.problems.map(({ message }) => message).join('\n'))
  const replanned = await plan(again.result.value, reader, kinds, options)
  if (!replanned.ok) throw new Error(replanned.problems.map(({ message }) => message).join('\n'))
  const differing = replanned.value.plan.changes.filter(({ action }) => action === 'update')
  const taken = new Set(sound.pulled.taken.map(addressText))
  const disturbed = understood.desired.resources.filter((one) => {
    const place = taken.has(addressText(one)) ? undefined : written.placeOf(one)
    const { source, root } = place?.document ?? {}
    const node = root && place && locate(root, place.path).node
    return (
      source &&
      node &&
      after[source.path]?.includes(source.text.slice(node.start, node.end).trimEnd()) === false
    )
  })
  return {
    before: files,
    files: after,
    sound,
    desired: understood.desired,
    written,
    differing: differing.map(addressText),
    disturbed: disturbed.map(addressText),
    undeclared: replanned.value.plan.unmanaged.flatMap(({ kind, names }) =>
      names.map((name) => `${kind} ${name}`)
    )
  }
}
