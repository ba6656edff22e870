/**
 * Git was told to stop, as a rule together with us: that says nothing about the repository. It stands
 * alone, so that who waits for it loads nothing else.
 */
export class GitStopped extends Error {}
