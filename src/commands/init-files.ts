import about from '../../package.json' with { type: 'json' }

/** Lines of `.gitignore`: keys, and what the local Polytomic keeps; not the schema that files name. */
const ignored = ['.env', '.polyctl/*', '!.polyctl/schema.json']

/** Returns `.gitignore` with the lines that it lacks, and nothing else changed. */
export function withIgnored(before: string): string {
  const eol = before.includes('\r\n') ? '\r\n' : '\n'
  const there = new Set(before.split(/\r?\n/).map((line) => line.trim()))
  const isFolder = ['.polyctl', '.polyctl/'].some((line) => there.has(line))
  const missing = ignored.filter((line) => !there.has(line) && !(isFolder && line.includes('.polyctl')))
  if (missing.length === 0) return before
  const start = before === '' || before.endsWith('\n') ? before : `${before}${eol}`
  return `${start}${missing.map((line) => `${line}${eol}`).join('')}`
}

/** What to set, and where: the file is for people, and has no value. */
export function environmentExample(url: string | undefined): string {
  const address = url === undefined ? '' : `# The address of Polytomic.\nPOLYTOMIC_URL=${url}\n`
  return `# Copy this file to .env, which git ignores, and fill it in.
# The key of your organization: Settings, API keys.
POLYTOMIC_API_KEY=
${address}`
}

/** An example that plans at once with \`--local\`, without any secret. `schema` is the line for editors. */
export function exampleFile(schema: string): string {
  return `# ${schema}
#
# An example to begin with. \`polyctl plan --local\` shows what would be made, without an account;
# \`polyctl explain connection\` says what else may stand here, and \`polyctl explain types\` what there is.

roles:
  - name: Data steward

policies:
  - name: Personal data
    policy_actions:
      - { action: read, roles: [Data steward, admin] }

connections:
  - name: Our webhook
    type: webhook
    configuration: { url: "https://example.com/polytomic" }
    # A secret is named, and never written here:
    # header: { name: X-Api-Key, value: "\${env:WEBHOOK_KEY}" }
    policies: [Personal data]
`
}

/** The history is needed to know what files were before. */
const steps = `steps:
      - uses: actions/checkout@v5
        with: { fetch-depth: 0 }
      - uses: actions/setup-node@v6
        with: { node-version: "24" }`

const applied =
  `git fetch origin '+refs/polyctl/applied/*:refs/polyctl/applied/*' ` +
  `'+refs/polyctl/left/*:refs/polyctl/left/*'`

/** The package is in no registry yet, and whoever takes its name there must not get the key. */
const run = `npx --yes --package "$POLYCTL_PACKAGE" ${about.name}`

/** The page of the job shows the result. */
const onPage = '--format markdown="$GITHUB_STEP_SUMMARY"'

/**
 * Plans in review, applies the plan of the commit on merge, and looks for drift each night: the recipe in
 * `configs/ci` in short, without what a script tells on the pull request and in an issue. `url` is where, if
 * not the hosted service.
 */
export function workflow(url: string | undefined): string {
  return `name: polytomic
on:
  pull_request:
  push:
    branches: [main]
  schedule:
    - cron: "17 3 * * *"
permissions:
  contents: read
# One at a time: an apply is never stopped in its middle, the plan of an older commit is.
concurrency:
  group: polytomic-\${{ github.ref }}
  cancel-in-progress: \${{ github.event_name == 'pull_request' }}

env:
  POLYTOMIC_API_KEY: \${{ secrets.POLYTOMIC_API_KEY }}${url === undefined ? '' : `\n  POLYTOMIC_URL: ${url}`}
  # The package that \`npm pack\` makes in a checkout of polyctl: commit it here, or give its address.
  POLYCTL_PACKAGE: ./${about.name}-${about.version}.tgz

jobs:
  review:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    ${steps}
      - run: ${run} fmt --check --verbose
      - run: ${run} validate --format github
      # A pull request from a fork gets no secrets: its files are checked, and not planned.
      - if: env.POLYTOMIC_API_KEY != ''
        run: ${run} plan --since "origin/$GITHUB_BASE_REF" ${onPage}

  plan:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    ${steps}
      - run: ${applied}
      - run: ${run} plan --out plan.json ${onPage}
      - uses: actions/upload-artifact@v4
        with: { name: "polytomic-plan-\${{ github.sha }}", path: plan.json }

  # Exactly what the plan of this commit says, or a refusal. Reviewers of the environment see it before.
  apply:
    needs: plan
    runs-on: ubuntu-latest
    environment: polytomic
    permissions:
      contents: write # what was applied is remembered as a ref
    ${steps}
      - uses: actions/download-artifact@v5
        with: { name: "polytomic-plan-\${{ github.sha }}" }
      - run: ${applied}
      # Variables that the files name, such as passwords, go here as well, each from a secret.
      - run: ${run} apply plan.json --push-applied ${onPage}

  drift:
    if: github.event_name == 'schedule'
    runs-on: ubuntu-latest
    ${steps}
      - run: ${applied}
      - run: ${run} drift ${onPage}
`
}
