import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kinds } from '../kinds/kind.ts'
import type { Desired, DesiredState, Path } from '../state/resource.ts'
import { isEmpty, isObject, type Json } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'

/**
 * Fields that the files state and that the chosen version of the API does not have: it would drop them in
 * silence.
 */
export function unknownToVersion(desired: DesiredState, kinds: Kinds, version: ApiVersion): Diagnostic[] {
  return desired.resources.flatMap((resource) => {
    const since = kinds.managed.find((kind) => kind.name === resource.kind)?.since ?? {}
    return Object.entries(since)
      .filter(([, first]) => version < first)
      .flatMap(([path, first]) =>
        stated(resource.fields, path.split('.')).map((place) => tooNew(resource, place, version, first))
      )
  })
}

function stated(value: Json | undefined, [head, ...rest]: string[], place: Path = []): Path[] {
  if (head === undefined) return isEmpty(value) || value === false ? [] : [place]
  if (head === '*')
    return (Array.isArray(value) ? value : []).flatMap((item, index) =>
      stated(item, rest, [...place, index])
    )
  return isObject(value) ? stated(value[head], rest, [...place, head]) : []
}

function tooNew(resource: Desired, place: Path, version: ApiVersion, first: ApiVersion): Diagnostic {
  const name = String(place.at(-1))
  return problem('P111', `\`${name}\` of a ${resource.kind} needs version ${first} of the API`, {
    labels: [{ span: resource.spanAt(place), text: `version ${version} does not have it` }],
    help: [`remove \`${name}\`, or write \`workspace: { api_version: "${first}" }\` or newer`]
  })
}
