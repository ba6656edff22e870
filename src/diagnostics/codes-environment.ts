import type { CodeEntry } from './code-entry.ts'

/** Problems of what comes from outside of the files: the environment, variables, other files, secrets. */
export const environmentCodes = {
  P301: {
    title: 'an environment variable is not set',
    explanation: `
A field that is not secret takes its value from an environment variable, and the variable is not
there. (Secrets may be missing until they must be sent: checking and planning work without them.)
Export the variable, name a file that has it with --env-file, or give a fallback,
\`\${env:NAME:-fallback}\`. Every place that needs it is listed, so one look is enough.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${env:ORDERS_HOST}" }
`,
    good: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${env:ORDERS_HOST:-localhost}" }
`
  },
  P302: {
    title: 'an environment variable is empty',
    explanation: `
The variable is set, but to nothing. That is a different mistake from not setting it: mostly a
secret of the CI that does not exist in this project, or a line \`NAME=\` in a file of variables. If
nothing is what you mean, say so with an empty fallback: \`\${env:NAME:-}\`.`
  },
  P303: {
    title: 'a file named by ${file:…} cannot be read',
    explanation: `
The path is meant from the file that says it, not from where polyctl was started. A file outside of
the repository (without one, of the working folder) is read for secrets only, as Docker and Kubernetes
put them under /run/secrets: what ends up in a plan must not come from just anywhere on the machine.
The same holds for what is inside of \`.git\` and \`.polyctl\`, where keys are kept.`,
    bad: `
connections:
  - { name: Orders, type: bigquery }
models:
  - { name: Buyers, connection: Orders, configuration: { query: "\${file:no-such-file.sql}" } }
`,
    good: `
connections:
  - { name: Orders, type: bigquery }
models:
  - { name: Buyers, connection: Orders, configuration: { query: select * from buyers } }
`
  },
  P304: {
    title: 'a variable has no value',
    explanation: `
The variable is declared without a default, so somebody must give its value: --var name=value, a
file with --var-file, or the environment variable POLYCTL_VAR_name. A default would do as well.`,
    bad: `
variables:
  host: {}
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${var:host}" }
`,
    good: `
variables:
  host: { default: localhost }
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${var:host}" }
`
  },
  P305: {
    title: 'a variable is not declared',
    explanation: `
Variables are declared in a \`variables\` section, in any of the files. That makes a slip of the
finger visible, and tells the next reader what can be set. A value for a name that nobody declares
is a warning; a placeholder for one that has no value either is an error.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${var:host}" }
`,
    good: `
variables:
  host: { default: localhost }
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${var:host}" }
`
  },
  P306: {
    title: 'a variable is not used',
    explanation: `
The variable is declared, but no placeholder names it: setting it would change nothing. Either it
has had its day and can go, or a placeholder is spelled otherwise.`,
    bad: `
variables:
  host: { default: localhost }
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
`,
    good: `
variables:
  host: { default: localhost }
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${var:host}" }
`
  },
  P307: {
    title: 'a secret in plain text',
    explanation: `
It works, but everybody who can read the file can read the secret, now and in the history of git for
ever. Put it into an environment variable or a file and write a placeholder in its place. If the
file was ever pushed, the secret is known: give the system a new one.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: db.example.com, password: swordfish }
`,
    good: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: db.example.com, password: "\${env:MONGODB_PASSWORD}" }
`
  },
  P308: {
    title: 'a secret where it would be seen',
    explanation: `
One source, a variable or a file, fills a secret field and also a field that is shown in plans, logs
and the service's pages. There the secret would be plain to see. If the value is not secret after
all, use two sources; else take it out of the open field.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    configuration:
      hosts: db.example.com
      username: "\${env:TOKEN:-x}"
      password: "\${env:TOKEN}"
`,
    good: `
connections:
  - name: Orders
    type: mongodb
    configuration:
      hosts: db.example.com
      username: "\${env:USERNAME:-x}"
      password: "\${env:TOKEN}"
`
  },
  P309: {
    title: 'a placeholder is not well formed',
    explanation: `
A placeholder says where its value comes from: \`\${env:NAME}\`, \`\${env:NAME:-fallback}\`,
\`\${var:NAME}\` or \`\${file:path}\`. A bare \`\${NAME}\`, as shells have it, is refused rather
than passed on as text. If \`\${\` is meant for another tool, as in the SQL of a template, write one
more dollar sign, and it stays: \`$\${\`.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${ORDERS_HOST}" }
`,
    good: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${env:ORDERS_HOST:-localhost}" }
`
  },
  P315: {
    title: 'an empty secret',
    explanation: `
A password or a key of no letters is sent as it stands, and most systems refuse it, or let everybody in.
Mostly a value was meant to be filled in later. Write a placeholder, or leave the field out. Where an empty
secret is meant, say so: \`\${env:NAME:-}\`.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: db.example.com, password: "" }
`,
    good: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: db.example.com, password: "\${env:MONGODB_PASSWORD}" }
`
  },
  P312: {
    title: 'what was applied is not pushed',
    explanation:
      'After an apply of committed files, git remembers the commit as a ref, ' +
      '`refs/polyctl/applied/ORGANIZATION`, and later plans compare with it. `--push-applied` sends it ' +
      'to the remote, so that workflows and colleagues compare with the same. That failed: the note says ' +
      'what git said. The service is as the files say all the same. Check the rights of the workflow ' +
      '(`contents: write`), and run the same apply again.'
  },
  P317: {
    exit: 'conflict',
    title: 'somebody else holds the lock',
    explanation:
      '`apply --lock` holds a lock while it runs: the ref `refs/polyctl/lock/ORGANIZATION` on the git ' +
      'remote, which is set only where nobody has set it. Another apply holds it; the message says whose ' +
      'it is and since when. Run it again when that one has ended. An apply that was killed, or lost its ' +
      'network, leaves the lock behind: `--take-lock ID` takes over the lock with this id, and no other. ' +
      'The lock keeps those apart who ask for it; an apply without `--lock` does not look at it. ' +
      'As a warning, the code tells that a lock was taken over.'
  },
  P318: {
    title: 'the lock cannot be used',
    explanation:
      '`apply --lock` keeps its lock as a ref on the git remote. There is no repository or no remote, the ' +
      'remote does not let us push, or `--take-lock` was given something else than the id of a lock, which ' +
      'the message of P317 shows. Where a lock could not be given back at the end, what was applied is ' +
      'applied all the same, and the next apply takes the lock over.'
  },
  P316: {
    title: 'the environment is not known, or is at odds with something else',
    explanation:
      '`polyctl.yaml` names the environments that the same files are for, with the address, organization, ' +
      'files of variables and revision of each. `--environment NAME` chooses one, else ' +
      'POLYCTL_ENVIRONMENT, else `default_environment`. Where several are declared and none is chosen, ' +
      'polyctl does not guess which service was meant. An address that is given outside of the file and ' +
      'is another one stops it as well. `--environment none` works without any of them. Environments ' +
      'stand in `polyctl.yaml`, which is read before all other files, and nowhere else.',
    bad: `
environments:
  eu: { url: https://polytomic.example.com }
roles:
  - name: readers
`,
    good: `
roles:
  - name: readers
`
  },
  P310: {
    title: 'the revision cannot be looked up',
    explanation:
      '`--since` compares with the files of an earlier commit, and asks git for them. Here git is missing, ' +
      'the folder is in no repository, or the commit is not known. In a workflow the usual cause is a ' +
      'shallow clone: ask for the whole history (`fetch-depth: 0`). Or git has the commit, and cannot say ' +
      'what a file held then, or whether somebody removed it: it is ignored, untracked, in a submodule, ' +
      'left out by a sparse checkout, missing on the disk and still tracked, or git is told not to look at ' +
      'it. A new file is known once git tracks it (`git add`); a removed one once git does not ' +
      '(`git rm`). Nothing is compared, and nothing is deleted, before the revision can be read.'
  },
  P311: {
    title: 'the files of the revision cannot be understood',
    explanation:
      'The files of an earlier commit are read with the rules and the variables of today. Then they had ' +
      'mistakes, or they name a variable that is not set any more. What was declared then is not known, so ' +
      'nothing is compared with it and nothing is pruned. Set the variable, or choose a later revision.'
  },
  P625: {
    title: 'a placeholder stands for a key of polyctl itself',
    explanation: `
POLYTOMIC_API_KEY, POLYTOMIC_PARTNER_KEY and POLYTOMIC_DEPLOYMENT_KEY open the service to polyctl, and to
whoever gets to know them. A file that could put one of them somewhere would hand it to everybody who reads
a plan, or to a database that the file names. So no placeholder may stand for such a key: not by its name,
and not by way of another variable or file that holds it. All other variables of the environment can be
named by the files, and \`plan\` prints the values of those that stand in fields which are not secret: in a
workflow that plans what others propose, set only variables that these others may see.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${env:POLYTOMIC_API_KEY}" }
`,
    good: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${env:ORDERS_HOST:-localhost}" }
`
  }
} satisfies Record<string, CodeEntry>
