import type { CodeEntry } from './code-entry.ts'

/** Problems that show only against the service: matching and guards. */
export const serviceCodes = {
  P401: {
    title: 'a name matches several live resources',
    explanation:
      'Resources are found by their name, and the service does not keep names unique. Where two have ' +
      'the same one, polyctl does not choose: it might change the wrong one. Look at both (the ids ' +
      'and dates are in the note), then either write `id:` on the declaration to say which one is ' +
      'meant, or rename one of them in the service.'
  },
  P402: {
    title: 'a reference names nothing, neither declared nor live',
    explanation:
      'A reference may name a resource that the files declare, or one that is only in the service. ' +
      'This name is neither. Usually it is a typing error, or the resource was renamed or deleted in ' +
      'the web page. Correct the name, or declare the resource.'
  },
  P403: {
    exit: 'service',
    title: 'the key belongs to another organization',
    explanation:
      'The files say in `workspace.organization` which organization they are for, and the key opens ' +
      'another one. Applying would make everything in the wrong place, so nothing is read or written. ' +
      'Use the right key, or correct the name in the files.'
  },
  P404: {
    title: 'a pinned id does not exist',
    explanation:
      'A declaration carries `id:`, and no live resource of its kind has this id. Perhaps it was ' +
      'deleted and made anew, or the id is from another organization. Remove `id:` to match by name, ' +
      'or correct it. `polyctl drift` tells it as missing, and `polyctl pull --remove-missing` takes its ' +
      'block out of the files.'
  },
  P405: {
    title: 'two declarations match one live resource',
    explanation:
      'Two declarations would both change the same live resource: one by its name and one by `id:` or ' +
      '`lifecycle.renamed_from`, for example. Keep one of them, or correct the pin.'
  },
  P406: {
    title: 'an address names nothing that is declared',
    explanation:
      'An option names a resource, and the files declare none that is called so. Addresses are ' +
      'written as the plan shows them, kind and name: connection "Warehouse". A slash does as well, ' +
      'and so does the name alone.'
  },
  P407: {
    title: 'this looks like a rename',
    explanation:
      'One name is no longer declared, and another one appears with exactly the same content. polyctl ' +
      'would make the new one and leave or delete the old one. If the two are the same thing, say so ' +
      'with `lifecycle: { renamed_from: … }`: then its id stays, and with it all that uses it. If ' +
      'they are not, nothing is to be done.'
  },
  P408: {
    title: 'what a selected resource needs is not selected',
    explanation:
      'With `--only`, `--exclude` or `--kind` just a part of the files is planned. What that part ' +
      'names is read, but not made; and here the service does not have it yet. Select it as well, or ' +
      'apply it first.'
  },
  P409: {
    title: 'an organization is not known',
    explanation:
      '`--organization` names an organization of a partner or of a deployment. The service lists none ' +
      'of this name for this key, or several. Names are compared exactly, ids in any case, and `*` ' +
      'stands for any text.'
  },
  P410: {
    title: 'a live resource does not work',
    explanation:
      'The service looks from time to time whether its connections work, and says of this one that it ' +
      'does not: the password expired, the host is away, a permission is missing. That is no difference ' +
      'between the files and the service, so there is nothing to apply; but its syncs fail until it is ' +
      'mended. If the secret changed, send it again with `polyctl apply --rotate`. Newer services ' +
      'also tell which parts of a sync are not there any more: a model, a field, a connection.'
  },
  P411: {
    title: 'a rotation sends no secret',
    explanation:
      '`--rotate` sends the secrets of a resource again. This one has none, or `ignore_changes` ' +
      'leaves the part as it is that holds them: then what is in the service stays, the old secret ' +
      'with it. Take that part out of `ignore_changes` for as long as the rotation takes, or name ' +
      'only what should stay.'
  },
  P413: {
    title: 'a live resource has members that polyctl does not know',
    explanation:
      'The service is newer than this version of polyctl: its answer has members that nobody here knows. ' +
      'An update replaces a resource in full, so they are sent back as they came, and nothing is lost. ' +
      'But a newer service may say one thing in two members: then what is sent back may contradict what ' +
      'is changed. If it does, the update is refused, or what is read back differs, and these members are ' +
      'named. A newer version of polyctl knows them.'
  },
  P412: {
    title: 'a live resource has almost the same name',
    explanation:
      'A resource is to be made, and the service has one whose name differs only by case, by blanks ' +
      'or invisible letters, or by how its letters are composed. Names are compared exactly, so the ' +
      'two are different things to polyctl; people would hardly tell them apart. If it is the same, ' +
      'write the name as the service has it, or pin it with `id:`; if both are meant, nothing is to ' +
      'be done.'
  },
  P501: {
    exit: 'refused',
    title: 'a field cannot change in place',
    explanation:
      'The service has no way to change this field of an existing resource; the type of a connection ' +
      'is one. polyctl does not delete and make anew on its own, because what uses the resource would ' +
      'break. Give the new one another name, move what uses the old one over, then remove the old ' +
      'one.'
  },
  P502: {
    exit: 'refused',
    title: 'a deletion would break what uses it',
    explanation:
      'Something that stays still uses the resource that is to be deleted. The service refuses this ' +
      'for connections; for models it would not, and their syncs would fail in silence. Let the users ' +
      'named in the note use something else, or delete them too.'
  },
  P503: {
    exit: 'refused',
    title: 'a resource is protected',
    explanation:
      'The resource has `lifecycle.prevent_destroy: true`, and something asks for its deletion. ' +
      'Remove the protection first, in a change of its own, so that somebody sees it in review.'
  },
  P504: {
    exit: 'refused',
    title: 'more deletions than allowed',
    explanation:
      'A plan with unusually many deletions is more often a mistake than a wish: a folder that was ' +
      'left out, a wrong branch. The limit is the larger of 3 and a tenth of what is live of the kinds ' +
      'that something is deleted of. When all of them are meant, pass `--max-deletes` with their number.'
  },
  P505: {
    exit: 'refused',
    title: 'nobody can confirm',
    explanation:
      'Changes are confirmed by a person, and there is none: standard input is not a terminal, or the ' +
      'answer is wanted as JSON. In CI, where the plan was reviewed, pass `--yes`. The same is said where ' +
      'the input ends at a question (Ctrl-D): nothing is done, or written, without an answer.'
  },
  P506: {
    exit: 'refused',
    title: 'pruning needs to know what was declared',
    explanation:
      'Without a memory of its own, polyctl cannot tell what was once in the files from what somebody ' +
      'made in the web page. `--prune` therefore needs `--since` with the revision that was applied ' +
      'last, or `workspace.exclusive`, which lists sections that declare everything there is.'
  },
  P507: {
    exit: 'conflict',
    title: 'a saved plan is not what would be done now',
    explanation:
      'A saved plan is an approval of exactly what it showed. Since then the files, the options or ' +
      'the service have moved, and what would be done now is something else: the notes say what, and ' +
      'who moved it. Nothing was changed. Make a new plan, and have that approved.'
  },
  P508: {
    title: 'a saved plan cannot be used',
    explanation:
      'The file is no plan of `polyctl plan --out`, it is damaged or was changed by hand, another ' +
      'version of polyctl wrote it, or it is for another organization. Make a new plan.'
  },
  P509: {
    exit: 'refused',
    title: 'the key may not manage this kind',
    explanation:
      'Keys differ in what they may do: that of a user, of an organization, of a partner who has many ' +
      'organizations. The service tells whose key it is, and the files hold something that such a key ' +
      'may not manage in this version of the API. Nothing was written. Use another key, or a newer ' +
      'version of the API.'
  },
  P510: {
    exit: 'refused',
    title: 'a resource cannot be changed here',
    explanation:
      'Some resources are not this organization’s to change: connections that another organization ' +
      'shares with it, and the roles and policies that come with the service. They can be named by ' +
      'others. A shared connection may be declared as long as nothing is to be changed on it; what comes ' +
      'with the service is named only. Remove the declaration, or change the resource where it belongs.'
  },
  P511: {
    exit: 'refused',
    title: 'the person whose key is in use cannot be deleted',
    explanation:
      'The plan would delete the user whose key it is made with. The keys of a user end with the ' +
      'user, so the rest of the plan, and every later one, would be refused. Declare that user, or ' +
      'use the key of somebody else.'
  },
  P512: {
    exit: 'refused',
    title: 'more updates than allowed',
    explanation:
      'A plan that rewrites much of what is there at once is more often a mistake than a wish: a wrong ' +
      '`--var-file` or `--env-file`, a search and replace that went too far. The limit is the larger of ' +
      '20 and a quarter of the declared resources that the service has; what is new does not count, nor ' +
      'what `--rotate` sends again. Where a person is asked, the plan says so and the question names the ' +
      'number; with `--yes`, or for a saved plan, nothing is done. When all of them are meant, pass ' +
      '`--max-updates` with their number; `--max-updates 0` allows none.'
  },
  P513: {
    exit: 'refused',
    title: 'files that exist would be overwritten',
    explanation:
      '`polyctl import` writes files that declare what is live. Some of them exist and say something else: ' +
      'somebody wrote or changed them, or the service changed since. Nothing was written, for no file is ' +
      'overwritten unasked. `--unmanaged` writes only what no file declares yet, into files of their own; ' +
      '`--force` overwrites, and what the files said is lost unless git has it; `--out` writes elsewhere.'
  },
  P514: {
    title: 'a file cannot be written',
    explanation:
      'The message names the file and the reason: the disk is full, the folder may not be written, or a ' +
      'file is where a folder should be. Each file is written beside itself and then renamed, so it has ' +
      'either all of its old text or all of its new one; those before it in the list are written already. ' +
      'Mend the reason and run the command again: it writes what is missing.'
  }
} satisfies Record<string, CodeEntry>
