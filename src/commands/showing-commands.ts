import { graphFormatNames } from '../render/formats.ts'
import { example, type Commands } from './commands.ts'
import { withFiles, withOutput, withSelection, withService, withSince } from './options.ts'

/** What shows and draws. */
export function addShowing(commands: Commands): void {
  addShow(commands)
  addGraph(commands)
}

function addShow({ add, settle }: Commands): void {
  add('show', 'show a plan that `polyctl plan --out` saved; asks nobody', (command) =>
    example(withOutput(command), 'polyctl show plan.json', 'polyctl show plan.json --format html=plan.html')
      .argument('<plan>', 'a file that `polyctl plan --out` saved')
      .action((plan, options) =>
        settle(options, async (io, options) => (await import('./show.ts')).showCommand(plan, options, io))
      )
  )
}

function addGraph({ add, settle }: Commands): void {
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
