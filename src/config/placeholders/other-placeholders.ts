import { problem, type Diagnostic, type Span } from '../../diagnostics/diagnostic.ts'
import type { Path } from '../../state/resource.ts'
import { variableName } from './template.ts'

interface Form {
  tool: string
  /** Matches the whole value. A group of it is the name of a variable, which a message may quote. */
  pattern: RegExp
  help?: string
}

/**
 * Placeholders of other tools, which polyctl would send literally. A form that could also be a password
 * must be in capitals to match, and is quoted only if it has no digits.
 */
const forms: readonly Form[] = [
  { tool: 'dbt', pattern: /^\{\{\s*env_var\(\s*['"](\w+)['"].*\)\s*\}\}$/ },
  { tool: 'a workflow of GitHub', pattern: /^\$\{\{\s*(?:secrets|env|vars)\.(\w+)\s*\}\}$/ },
  { tool: 'a template', pattern: /^\{\{\s*(?:\w+\.)*([A-Z_]+)\s*\}\}$/ },
  { tool: 'a template', pattern: /^\{\{.*\}\}$/ },
  { tool: 'Concourse', pattern: /^\(\(\s*([\w-]+)[\w.:/-]*\s*\)\)$/ },
  { tool: 'Terraform', pattern: /^var\.([a-z]\w*)$/ },
  { tool: 'a shell', pattern: /^\$(?:([A-Z_]+)|[A-Z_][A-Z0-9_]*)$/ },
  { tool: 'Windows', pattern: /^%(?:([A-Z_]+)|[A-Z_][A-Z0-9_]*)%$/ },
  { tool: 'a template', pattern: /^(?:##([A-Z_]+)##|__([A-Z_]+?)__|@@([A-Z_]+)@@)$/ },
  { tool: 'a template', pattern: /^(?<sign>##|__|@@)[A-Z_][A-Z0-9_]*\k<sign>$/ },
  {
    tool: 'SOPS',
    pattern: /^ENC\[.*\]$/,
    help: 'decrypt the file before: `sops exec-env` gives its values as variables'
  },
  {
    tool: '1Password',
    pattern: /^op:\/\/\S+$/,
    help: '`op run` gives it as a variable'
  }
]

/** Returns a problem for a secret that is a placeholder of another tool; undefined for any other text. */
export function otherPlaceholder(
  field: string,
  path: Path,
  value: string,
  span: Span
): Diagnostic | undefined {
  for (const { tool, pattern, help } of forms) {
    const match = pattern.exec(value.trim())
    if (!match) continue
    const found = match.slice(1).find((group) => group !== undefined) ?? ''
    const name = /^\w*[A-Za-z]\w*$/.test(found) ? found : variableName(String(path.at(-1)))
    return problem('P309', `${field} is written in the form of another tool`, {
      labels: [{ span, text: `${tool} would fill this, and polyctl would send it as it stands` }],
      help: [...(help === undefined ? [] : [help]), `write \`\${env:${name}}\`, and give the secret there`]
    })
  }
  return undefined
}
