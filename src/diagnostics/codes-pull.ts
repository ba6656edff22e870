import type { CodeEntry } from './code-entry.ts'

/** Problems of taking over into the files what the service has. */
export const pullCodes = {
  P701: {
    title: 'the value in the service cannot be written where it comes from',
    explanation:
      'What the service has differs from the files, and the files do not say the value at this place: ' +
      'it comes from a variable, from the environment or another file, by an alias or `<<` from an ' +
      'anchor, or other places use it by its anchor, or the text came by standard input. Which of these ' +
      'is to change is for people to say. The place is left as it is, and the message has the value: ' +
      'change what the value comes from, or write it at this place instead.'
  },
  P702: {
    title: 'the files and the service both changed a value',
    explanation:
      'Since the revision of `--since`, the files say something else here, and so does the service, and ' +
      'the two are not the same. Taking the value of the service would undo what somebody wrote. The ' +
      'place is left as it is, with all three values told. Write what is right; `polyctl apply` brings ' +
      'it to the service.'
  },
  P703: {
    title: 'what the service has cannot be taken over into the files',
    explanation:
      'polyctl makes a patch of the YAML that means exactly what the service has, and reads it before ' +
      'it writes. Here none was found: files cannot say such a value, or what people wrote means more ' +
      'than the one value that differs. The place is left as it is. Change it by hand with what the ' +
      'message says, and let `polyctl plan` show whether that is it.'
  },
  P704: {
    title: 'a secret is not taken over from the service',
    explanation:
      'The place holds a secret, or the service answers a mask in its stead. A secret belongs in a ' +
      'variable of the environment and not in a file, so polyctl writes none, whatever the service ' +
      'answers. Set the variable that the file names, or name one: `${env:NAME}`.'
  },
  P705: {
    title: 'the service does not have a declared resource any more',
    explanation:
      'The files declare it, and nothing in the service is it. If somebody deleted it there and that ' +
      'was right, `polyctl pull --remove-missing` takes its block out of the files; this needs a ' +
      'revision to compare with, which tells what is new in the files from what is gone. If it was ' +
      'wrong, `polyctl apply` makes it again.'
  },
  P706: {
    exit: 'refused',
    title: 'nothing tells the changes of the service from those of the files',
    explanation:
      'Taking over what the service has must not undo what somebody wrote and has not applied yet. A ' +
      'revision tells the two apart: `--since`, and without it the last commit, so that what is not ' +
      'committed is left alone. Here there is none: the folder is in no git repository, git does not ' +
      'have the files, or they come by standard input. With `--since none` every difference is taken ' +
      'over, whoever made it.'
  },
  P707: {
    title: 'a patch cannot be written',
    explanation:
      'The file cannot be replaced, or it is not any more what polyctl read a moment ago: an editor or ' +
      'another program changed it. What the file held is untouched; other files were written whole. Run ' +
      'the command again.'
  },
  P708: {
    exit: 'refused',
    title: 'the same files would be changed for several organizations',
    explanation:
      'What the service has differs from organization to organization, and one file cannot say all of ' +
      'it. Keep a folder for each organization, and name it with `{organization}`: `--file ' +
      '"configs/{organization}"`. Or pull from one organization alone.'
  },
  P709: {
    title: 'a file was not formatted',
    explanation:
      '`polyctl fmt` reads what it is about to write. Where a comment would leave the line that it is ' +
      'about, or a value would come out otherwise, the file stays as it is: another layout is better ' +
      'than another meaning. A comment directly behind a dash (`- # like this`), or amid brackets, is ' +
      'the usual cause; on a line of its own above the item it has a place that stays. A file to which ' +
      'a link leads out of the repository is left as well, unless it is named.'
  }
} satisfies Record<string, CodeEntry>
