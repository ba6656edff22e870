/** A word as it can be pasted into a shell, whatever it holds: quoted only where it has to be. */
export function shellWord(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** A name as it can be pasted into a shell: in double quotes where these are enough. */
export function shellName(name: string): string {
  return /["$`\\!\p{Cc}]/u.test(name) ? shellWord(name) : `"${name}"`
}
