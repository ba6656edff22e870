import type { CodeEntry } from './code-entry.ts'

/** Problems that show only against the service: matching, guards, applying. */
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
      'or correct it.'
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
      'mended. If the secret changed, send it again with `polyctl apply --rotate`.'
  },
  P411: {
    title: 'a rotation sends no secret',
    explanation:
      '`--rotate` sends the secrets of a resource again. This one has none, or `ignore_changes` ' +
      'leaves the part as it is that holds them: then what is in the service stays, the old secret ' +
      'with it. Take that part out of `ignore_changes` for as long as the rotation takes, or name ' +
      'only what should stay.'
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
    title: 'a field cannot change in place',
    explanation:
      'The service has no way to change this field of an existing resource; the type of a connection ' +
      'is one. polyctl does not delete and make anew on its own, because what uses the resource would ' +
      'break. Give the new one another name, move what uses the old one over, then remove the old ' +
      'one.'
  },
  P502: {
    title: 'a deletion would break what uses it',
    explanation:
      'Something that stays still uses the resource that is to be deleted. The service refuses this ' +
      'for connections; for models it would not, and their syncs would fail in silence. Let the users ' +
      'named in the note use something else, or delete them too.'
  },
  P503: {
    title: 'a resource is protected',
    explanation:
      'The resource has `lifecycle.prevent_destroy: true`, and something asks for its deletion. ' +
      'Remove the protection first, in a change of its own, so that somebody sees it in review.'
  },
  P504: {
    title: 'more deletions than allowed',
    explanation:
      'A plan with unusually many deletions is more often a mistake than a wish: a folder that was ' +
      'left out, a wrong branch. The limit is the larger of 3 and a tenth of what is live of the kinds ' +
      'that something is deleted of. When all of them are meant, pass `--max-deletes` with their number.'
  },
  P505: {
    title: 'nobody can confirm',
    explanation:
      'Changes are confirmed by a person, and there is none: standard input is not a terminal, or the ' +
      'answer is wanted as JSON. In CI, where the plan was reviewed, pass `--yes`.'
  },
  P506: {
    title: 'pruning needs to know what was declared',
    explanation:
      'Without a memory of its own, polyctl cannot tell what was once in the files from what somebody ' +
      'made in the web page. `--prune` therefore needs `--since` with the revision that was applied ' +
      'last, or `workspace.exclusive`, which lists sections that declare everything there is.'
  },
  P507: {
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
    title: 'the key may not manage this kind',
    explanation:
      'Keys differ in what they may do: that of a user, of an organization, of a partner who has many ' +
      'organizations. The service tells whose key it is, and the files hold something that such a key ' +
      'may not manage in this version of the API. Nothing was written. Use another key, or a newer ' +
      'version of the API.'
  },
  P510: {
    title: 'a resource cannot be changed here',
    explanation:
      'Some resources are not this organization’s to change: connections that another organization ' +
      'shares with it, and the roles and policies that come with the service. They can be named by ' +
      'others. A shared connection may be declared as long as nothing is to be changed on it; what comes ' +
      'with the service is named only. Remove the declaration, or change the resource where it belongs.'
  },
  P511: {
    title: 'the person whose key is in use cannot be deleted',
    explanation:
      'The plan would delete the user whose key it is made with. The keys of a user end with the ' +
      'user, so the rest of the plan, and every later one, would be refused. Declare that user, or ' +
      'use the key of somebody else.'
  },
  P512: {
    title: 'more updates than allowed',
    explanation:
      'A plan that rewrites much of what is there at once is more often a mistake than a wish: a wrong ' +
      '`--var-file` or `--env-file`, a search and replace that went too far. The limit is the larger of ' +
      '20 and a quarter of the declared resources that the service has; what is new does not count, nor ' +
      'what `--rotate` sends again. Where a person is asked, the plan says so and the question names the ' +
      'number; with `--yes`, or for a saved plan, nothing is done. When all of them are meant, pass ' +
      '`--max-updates` with their number; `--max-updates 0` allows none.'
  },
  P601: {
    title: 'the service refused a change',
    explanation:
      'The service looked at the request and said no; its own words are in the note. What it names is ' +
      'usually a value in the files: a field that the target does not have, a mode that it does not ' +
      'take. Nothing was changed by this request, and what depends on it was left alone. Correct the ' +
      'files and apply again.'
  },
  P602: {
    title: 'a request may have been carried out',
    explanation:
      'The connection broke after a change was sent and before it was answered, and looking for it ' +
      'failed as well. Nobody can say whether it was done. Run `polyctl plan`: it shows what is there ' +
      'now. Applying again is safe, nothing is made twice.'
  },
  P603: {
    title: 'the service cannot be reached',
    explanation:
      'No connection came about, several tries included: the host does not exist, nobody listens ' +
      'there, or the network is down. Check `--url`, POLYTOMIC_URL or `workspace.url`, and proxies.'
  },
  P604: {
    title: 'the key is refused',
    explanation:
      'The service does not accept the key. Keys belong to one user in one organization and can be ' +
      'revoked; they are made in the settings of the web page. Check POLYTOMIC_API_KEY for left-over ' +
      'spaces or quotes, and that the address is that of the organization.'
  },
  P605: {
    title: 'the key may not do this',
    explanation:
      'The key is known, and its owner may not do what was asked: a role is missing, or a partner key ' +
      'was used where an organization’s key is needed. In the versions of the API before 2025-09-18 ' +
      'it is the other way round for users: their addresses are for the keys of partners.'
  },
  P606: {
    title: 'the service does not know it',
    explanation:
      'What was asked for is not there. One resource was deleted since the plan was made, or ' +
      'something that it uses: plan again. Where a whole list is not there, the address leads to ' +
      'something that is not the API, or to a service that does not speak this version of it.'
  },
  P607: {
    title: 'the service is busy with something that excludes this',
    explanation:
      'The service answered that something under way excludes the request, a running sync for ' +
      'example. Wait for it to end and try again.'
  },
  P608: {
    title: 'the service throttles',
    explanation:
      'The service asked to slow down. polyctl did, for all requests, and waited as long as it was ' +
      'told to, for five minutes at most; the answer was still the same. Nothing of what was asked was ' +
      'taken on. Try again later, or with a smaller ' +
      '`--parallelism`.'
  },
  P609: {
    title: 'the service failed',
    explanation:
      'The service answered with an error of its own (5xx), several tries included. It is not about ' +
      'your files. Try again; if it stays so, tell those who run the service.'
  },
  P610: {
    title: 'the answer is not JSON',
    explanation:
      'Something answered that is not a Polytomic API: a sign-in page of a proxy, an error page. ' +
      'Check the address, and whether this machine must go through a proxy.'
  },
  P611: {
    title: 'the answer is a redirect',
    explanation:
      'The service wanted to send the request, and with it your key, to another address. polyctl ' +
      'never follows. If that other address is right, give it as `--url`.'
  },
  P612: {
    title: 'the answer has another shape',
    explanation:
      'The answer is JSON, but not what the API answers in this version. Perhaps the address is that ' +
      'of another service, or `workspace.api_version` is not what this service speaks.'
  },
  P613: {
    title: 'the service did not answer in time',
    explanation:
      'No answer came within `--timeout` seconds, several tries included. Try again, or wait longer.'
  },
  P614: {
    title: 'the service kept something else',
    explanation:
      'A change was accepted, and reading it back showed other values than those that were sent. ' +
      'Either somebody changed it in the same moment, or the service corrects the value in silence: ' +
      'then the file should say what the service makes of it. `polyctl plan` shows both sides.'
  },
  P615: {
    title: 'a secret is missing',
    explanation:
      'A change must send a secret, and the environment variable or file that holds it is not there. ' +
      'An update sends all secrets of its resource, because leaving one out could clear it. Set the ' +
      'variable, or pass `--env-file`. Planning works without.'
  },
  P616: {
    title: 'there is no key',
    explanation:
      'Neither POLYTOMIC_API_KEY nor a partner or deployment key with an organization is set. Keys ' +
      'are never given on the command line, where other users of the machine could read them. To try ' +
      'polyctl without an account, pass `--local`.'
  },
  P617: {
    title: 'the address of the service is wrong',
    explanation:
      'The address must be an http or https URL without a user, a password, a query or a fragment, ' +
      'such as https://app.polytomic.com. A path is allowed, for services behind a proxy.'
  },
  P618: {
    title: 'it changed after it was planned',
    explanation:
      'Just before a change is sent, the resource is read again. Somebody changed it after the plan was ' +
      'made, so what was approved is no longer what would happen: this change was not sent, and what ' +
      'depends on it was skipped. Plan again to see both sides.'
  },
  P621: {
    title: 'the source is still being read',
    explanation:
      'A connection that was made a moment ago is known in full only when the service has read what ' +
      'the source has. Until then it refuses what is about its schemas. polyctl asks again in growing ' +
      'pauses, for five minutes at most, and the note says how long it did. Large sources take ' +
      'longer: apply again later, nothing is made twice. If it stays so, the source may have no ' +
      'schema that its user may read.'
  },
  P622: {
    title: 'polyctl failed at one change',
    explanation:
      'Something went wrong in polyctl itself while it carried out this change: that is a mistake of ' +
      'ours, not of your files. All other changes were carried out as planned, except those that need ' +
      'this one. The note says whether anything was sent for it. Run `polyctl plan` to see what is ' +
      'there now, and please report it, with what POLYCTL_STACK=1 shows.'
  }
} satisfies Record<string, CodeEntry>
