import type { RouteResult } from '../answer.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/** Escapes a text for HTML: names come from users. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

const style = `
:root { color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif }
body { margin: 0; display: grid; min-height: 100vh; place-items: center }
main { box-sizing: border-box; width: min(32rem, 100vw); padding: 2rem; overflow-wrap: anywhere }
button { font: inherit; padding: 0.5rem 1.5rem; margin-right: 0.75rem; border: 2px solid;
  border-radius: 0.5rem; cursor: pointer;
  background: transparent; color: inherit }
button.yes { background: #1b5fc1; border-color: #1b5fc1; color: #fff }
label { display: block; margin: 0.75rem 0 }
input, select { font: inherit; padding: 0.25rem 0.5rem; max-width: 100% }
input:not([type=checkbox]), select { display: block; box-sizing: border-box; width: 100% }
button:focus-visible { outline: 3px solid #f5a623; outline-offset: 2px }`

/** Returns a self-contained page that may not be framed or cached. `body` is HTML, `title` is text. */
export function page(status: number, title: string, body: string): RouteResult {
  return {
    status,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – local Polytomic</title>
<style>${style}
</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`,
    headers: {
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff'
    }
  }
}
