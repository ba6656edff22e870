import { shellWord } from '../render/shell.ts'
import type { FileOptions, ServiceOptions } from './options.ts'

/** The options that decide which service is reached, as a person gave them. */
type Reaching = Partial<
  Pick<ServiceOptions, 'url' | 'local' | 'contact' | 'insecureHttp' | 'allowHost'> &
    Pick<FileOptions, 'environment' | 'envFile'>
>

/** Returns what a suggested command needs to reach the same service: ` --url https://…`, or nothing. */
export function reachOf({ environment, envFile, url, insecureHttp, allowHost, ...own }: Reaching): string {
  const words = [
    ...(environment === undefined ? [] : ['--environment', environment]),
    ...(envFile ?? []).flatMap((path) => ['--env-file', path]),
    ...(url === undefined ? [] : ['--url', url]),
    ...(allowHost ?? []).flatMap((host) => ['--allow-host', host]),
    ...(insecureHttp === true ? ['--insecure-http'] : []),
    ...(own.local === true ? ['--local'] : []),
    ...(own.contact === true ? ['--contact'] : [])
  ]
  return words.map((word) => ` ${shellWord(word)}`).join('')
}
