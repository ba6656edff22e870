/**
 * Thrown when a signal ended the git process, as Ctrl-C does for the whole process group. The repository
 * is not at fault, so no problem may be reported. The class has a file of its own, so that a `catch` which
 * needs it does not load the rest of `config/`.
 */
export class GitStopped extends Error {}
