import { graphFormatNames } from '../render/formats.ts'
import { example, type Commands } from './commands.ts'
import { withFiles, withOutput, withSelection, withService, withSince } from './options.ts'

/** What draws. */
export function addGraph({ add, settle }: Commands): void {
  add('graph', 'draw what data moves through; --live shows what a plan would do to it', (command) =>
    example(
      withSince(withSelection(withOutput(withService(withFiles(command)), graphFormatNames))),
      'polyctl graph',
      'polyctl graph --live --format svg=graph.svg',
      'polyctl graph --only \'sync "Users"\' --format mermaid'
    )
      .optionsGroup('Service:')
      .option(
        '--live',
        'ask the service: what would be created, changed or deleted, and what does not work'
      )
      .action((options) =>
        settle(options, async (io, options) => (await import('./graph.ts')).graphCommand(options, io))
      )
  )
}
