import { createHash } from 'node:crypto'
import { element, elementText, type Child } from '../element.ts'
import { behaviour } from './behaviour.js'
import { pageStyle } from './style.ts'

/**
 * A whole page. It holds all that it needs and may ask for nothing: what is not in it cannot run, be shown,
 * or be sent anywhere.
 */
export function pageText(title: string, body: readonly Child[]): string {
  const head = element(
    'head',
    {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { 'http-equiv': 'Content-Security-Policy', content: pagePolicy() }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('meta', { name: 'color-scheme', content: 'light dark' }),
    element('meta', { name: 'referrer', content: 'no-referrer' }),
    element('link', { rel: 'icon', href: 'data:,' }),
    element('title', {}, title),
    element('style', {}, pageStyle)
  )
  const whole = element(
    'html',
    { lang: 'en' },
    head,
    element('body', {}, ...body, element('script', {}, script))
  )
  return `<!doctype html>\n${elementText(whole, 'html')}\n`
}

const script = `(${behaviour.toString()})()`

/** What such a page may do, for a browser: nothing but run its own script and look as it does. */
export function pagePolicy(): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(pageStyle)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'"
  ].join('; ')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
