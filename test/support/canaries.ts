/**
 * Planted secrets, and every way in which a program may write one: what a test looks for in all that can be
 * seen. A canary has signs that each encoding changes, so that no encoding is found by accident of another.
 */

/** A secret that nothing else can look like; `name` tells which of several was found. */
export function canary(name: string): string {
  return `cAn4ry-${name}-"q" ü/+=&<\\>-8f3k`
}

/** The same from letters, digits and `-` alone: for places where other signs would mean something. */
export function plainCanary(name: string): string {
  return `cAn4ry-${name}-8f3k9d2w`
}

/** Every usual way to write a secret down: texts that must not occur in what is shown. Longest first. */
export function encodings(secret: string): string[] {
  const jsons = jsonForms(secret)
  const bytes = Buffer.from(secret)
  const urls = urlForms(secret)
  const forms = [
    secret,
    ...jsons,
    ...jsons.flatMap((form) => jsonForms(form)),
    ...urls,
    ...urls.flatMap((form) => urlForms(form)),
    ...jsons.flatMap((form) => urlForms(form)),
    ...htmlForms(secret),
    ...[0, 1, 2].flatMap((before) => base64Forms(bytes, before)),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase()
  ]
  return [...new Set(forms)].toSorted((a, b) => b.length - a.length)
}

/** The encodings of the secrets that occur in a text: empty where nothing leaks. */
export function leaksIn(text: string, secrets: Iterable<string>): string[] {
  return [...secrets].flatMap((secret) => encodings(secret).filter((form) => text.includes(form)))
}

/** Inside of a JSON text: as JavaScript, Go, PHP and Python write it, in both cases of hex digits. */
function jsonForms(text: string): string[] {
  const script = JSON.stringify(text).slice(1, -1)
  const unit = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  const go = script.replaceAll(/[<>&\u2028\u2029]/g, unit)
  const slashes = script.replaceAll('/', String.raw`\/`)
  const ascii = [script, go, slashes].map((form) => form.replaceAll(/[\u0080-\uffff]/g, unit))
  const lower = [script, go, slashes, ...ascii]
  return [
    ...lower,
    ...lower.map((form) =>
      form.replaceAll(/\\u[0-9a-f]{4}/g, (escape) => `\\u${escape.slice(2).toUpperCase()}`)
    )
  ]
}

function urlForms(text: string): string[] {
  const component = encodeURIComponent(text)
  const strict = component.replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
  )
  const forms = [
    component,
    strict,
    encodeURI(text),
    ...[component, strict].map((it) => it.replaceAll('%20', '+'))
  ]
  return [
    ...forms,
    ...forms.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()))
  ]
}

function htmlForms(text: string): string[] {
  const named: Readonly<Record<string, string>> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": 'apos'
  }
  const escaped = (write: (sign: string) => string): string => text.replaceAll(/[&<>"']/g, write)
  const code = (sign: string): number => sign.codePointAt(0) ?? 0
  return [
    escaped((sign) => `&${named[sign]};`),
    escaped((sign) => `&#${code(sign)};`),
    escaped((sign) => `&#x${code(sign).toString(16)};`),
    escaped((sign) => `&#x${code(sign).toString(16).toUpperCase()};`),
    // As Go's html/template writes it: quotes by number, the rest by name.
    escaped((sign) => (sign === '"' ? '&#34;' : sign === "'" ? '&#39;' : `&${named[sign]};`))
  ]
}

/**
 * What of the base64 of a longer text depends on the secret alone, when `before` bytes stand in front of it
 * (modulo three), as in `user:password`; and the whole, where it stands alone.
 */
function base64Forms(bytes: Buffer, before: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(before), bytes])
  const start = Math.ceil((before * 8) / 6)
  const inner = padded.toString('base64').slice(start, Math.floor((padded.length * 8) / 6))
  const url = inner.replaceAll('+', '-').replaceAll('/', '_')
  return before === 0 ? [inner, url, bytes.toString('base64'), bytes.toString('base64url')] : [inner, url]
}
