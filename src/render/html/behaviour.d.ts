/** What a page does when somebody filters, searches and folds. Only its text is used: a browser runs it. */
export function behaviour(): void
