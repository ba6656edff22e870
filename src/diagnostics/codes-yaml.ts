import type { CodeEntry } from './code-entry.ts'

/** Problems of the files as YAML, before anything in them has a meaning. */
export const yamlCodes = {
  P001: {
    title: 'the file is not YAML',
    explanation: `
YAML reads structure from indentation and from a few signs: \`: \`, \`- \`, \`#\`, quotes, brackets
and braces. Somewhere here one of them is missing, or stands where plain text was meant.

The most common cause is text with a colon and a space in it, which YAML takes for a key. Put such
text in quotes. The next is a line that starts one column beside its neighbours. After the first
mistake everything below is guesswork, so only the first one of a document is shown: put it right
and run again.`,
    bad: `
connections:
  - name: Orders: the old ones
    type: hubspot
`,
    good: `
connections:
  - name: "Orders: the old ones"
    type: hubspot
`
  },
  P002: {
    title: 'a tab where YAML wants spaces',
    explanation: `
YAML knows only spaces at the start of a line, because nobody can say how wide a tab is: each editor
draws it differently. Replace the tabs by spaces, two for each level. Most editors do this by
themselves for files that end in .yaml; if yours does not, look for "indent with spaces" in its
settings.`,
    bad: `
connections:
\t- name: Contacts
\t  type: hubspot
`,
    good: `
connections:
  - name: Contacts
    type: hubspot
`
  },
  P003: {
    title: 'a key is written twice',
    explanation: `
One mapping holds each key once. Many programs take the last of two silently, and the first one is
lost without a word; polyctl asks. This happens when a block is copied, or when two branches that
both add the key are merged. Keep the one that is right.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    type: bigquery
`,
    good: `
connections:
  - name: Orders
    type: bigquery
`
  },
  P004: {
    title: 'an alias names no anchor',
    explanation: `
\`*name\` repeats what \`&name\` marked earlier in the same document. Nothing above has this mark:
it may be spelled otherwise, come further below, or be in another file, and anchors do not reach
across files. If you only wanted text that starts with an asterisk, put it in quotes.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    configuration: *defaults
`,
    good: `
x-defaults: &defaults { hosts: db.example.com }
connections:
  - name: Orders
    type: mongodb
    configuration: *defaults
`
  },
  P005: {
    title: 'a number cannot be held exactly',
    explanation: `
Whole numbers beyond about nine quadrillion (2⁵³), and fractions with more than some sixteen digits,
cannot be held exactly: the last digits would silently change, and very small ones would become zero.
Digits that long are nearly always an id or a key, and those are text. Put them in quotes, and they
stay as they are. \`.nan\` and \`.inf\` are no numbers in JSON, which the service speaks.`,
    bad: `
models:
  - name: Orders
    connection: Shop
    configuration: { table: 12345678901234567890 }
connections:
  - { name: Shop, type: mongodb, configuration: { hosts: db.example.com } }
`,
    good: `
models:
  - name: Orders
    connection: Shop
    configuration: { table: "12345678901234567890" }
connections:
  - { name: Shop, type: mongodb, configuration: { hosts: db.example.com } }
`
  },
  P006: {
    title: 'a key is not plain text',
    explanation: `
In YAML a key may be a whole list or mapping, which is hardly ever meant. What was meant is mostly
text in braces or brackets, as in templates of other tools: \`{name}\` is a mapping for YAML. Put
the key in quotes.`,
    bad: `
models:
  - name: Orders
    connection: Shop
    configuration: { table: orders, [region]: eu }
connections:
  - { name: Shop, type: mongodb, configuration: { hosts: db.example.com } }
`,
    good: `
models:
  - name: Orders
    connection: Shop
    configuration: { table: orders, region: eu }
connections:
  - { name: Shop, type: mongodb, configuration: { hosts: db.example.com } }
`
  },
  P007: {
    title: 'a file is too large',
    explanation: `
A file may have 10 MiB, which is some twenty thousand resources, and its aliases may unfold to a
million values. Beyond that it is mostly a file that got here by accident: a dump, or a log. If it
is real, split it: sections may be spread over any number of files, and polyctl reads whole folders.`
  },
  P008: {
    title: 'a file cannot be read',
    explanation: `
The file was named on the command line, or is a link in one of the folders, but it is not there, is
not yours to read, or is not text in UTF-8. Paths are meant from the folder that polyctl was started
in.`
  },
  P009: {
    title: 'there are no YAML files',
    explanation: `
polyctl reads what --file names, else the folder configs, else the folder polytomic. It looks at any
depth for files that end in .yaml or .yml, and passes over hidden ones. Here it found none, and to
go on as if nothing were wanted would be dangerous.`
  },
  P010: {
    title: 'a file says nothing that polyctl knows',
    explanation: `
The file is among those that polyctl reads, but has none of its sections. If it belongs to another
program, keep it in another folder. If it should say something, it needs a section such as
\`connections:\` with a list under it. Silence here would mean that resources seem to be declared
and are not.`,
    bad: `
services:
  database: { image: postgres }
`,
    good: `
connections:
  - name: Database
    type: bigquery
`
  },
  P012: {
    title: 'a file asks for another version of YAML',
    explanation: `
polyctl reads YAML 1.2. In YAML 1.1, which a line \`%YAML 1.1\` asks for, yes and no are booleans, 010
is eight, and 1:30 is ninety: the same file would mean something else. Remove the line, and write
true and false where a boolean is meant.`,
    bad: `
%YAML 1.1
---
connections:
  - name: Database
    type: bigquery
`,
    good: `
connections:
  - name: Database
    type: bigquery
`
  },
  P013: {
    title: 'a key is one of the program’s own',
    explanation: `
Inside of polyctl, a mapping with the key \`$ref\` names another resource, and one with \`$secret\` stands
for a secret. A file cannot say either in that way: resources are named by their names, and secrets by
placeholders such as \`\${env:NAME}\`. If the key belongs to some text, such as a JSON document, put the
whole text in quotes.`,
    bad: `
connections:
  - name: Database
    type: mongodb
    configuration: { hosts: db.example.com, password: { $secret: env PASSWORD } }
`,
    good: `
connections:
  - name: Database
    type: mongodb
    configuration: { hosts: db.example.com, password: "\${env:PASSWORD}" }
`
  }
} satisfies Record<string, CodeEntry>
