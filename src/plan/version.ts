import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kinds } from '../kinds/kind.ts'
import { addressText, type Desired, type DesiredState, type Path } from '../state/resource.ts'
import { isEmpty, isObject, type Json } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'

/**
 * Returns the problems of stated fields that the chosen version of the API does not have, and would drop
 * silently.
 */
export function unknownToVersion(desired: DesiredState, kinds: Kinds, version: ApiVersion): Diagnostic[] {
  return desired.resources.flatMap((resource) => {
    const kind = kinds.managed.find((one) => one.name === resource.kind)
    const first = kind?.api.since
    if (first !== undefined && version < first) return [kindTooNew(resource, version, first)]
    const since = kind?.since ?? {}
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

function kindTooNew(resource: Desired, version: ApiVersion, first: ApiVersion): Diagnostic {
  return problem('P111', `${addressText(resource)} needs version ${first} of the API`, {
    labels: [{ span: resource.span, text: `version ${version} does not have it` }],
    help: [`remove it, or write \`workspace: { api_version: "${first}" }\` or newer`]
  })
}

function tooNew(resource: Desired, place: Path, version: ApiVersion, first: ApiVersion): Diagnostic {
  const name = String(place.at(-1))
  const noun = resource.kind.replaceAll('_', ' ')
  return problem('P111', `\`${name}\` of a ${noun} needs version ${first} of the API`, {
    labels: [{ span: resource.spanAt(place), text: `version ${version} does not have it` }],
    help: [`remove \`${name}\`, or write \`workspace: { api_version: "${first}" }\` or newer`]
  })
}
