import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { scripts } from '../../src/commands/completion-scripts.ts'

/** What is used of the grammars. */
interface Grammars {
  Parser: {
    new (): {
      setLanguage(language: object): void
      parse(text: string): { rootNode: { hasError: boolean } } | null
    }
    init(): Promise<void>
  }
  Language: { load(path: string): Promise<object> }
}

/** PowerShell itself is nowhere to be had for a test: whether a script is one says the grammar. */

test('the script is PowerShell by its grammar, which notices a bracket that is missing', async () => {
  const require = createRequire(import.meta.url)
  const { Parser, Language } = require('@vscode/tree-sitter-wasm') as Grammars
  await Parser.init()
  const parser = new Parser()
  const path = require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm')
  parser.setLanguage(await Language.load(path))
  const isSound = (text: string): boolean => parser.parse(text)?.rootNode.hasError === false
  const script = scripts.get('powershell') ?? ''
  expect(isSound(script)).toBe(true)
  for (const part of ['{ return }', '$cursorPosition)', "@('--powershell', '--')", 'CompletionResult]'])
    expect([part, isSound(script.replace(part, part.slice(0, -1)))]).toEqual([part, false])
})
