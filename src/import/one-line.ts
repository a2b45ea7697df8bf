/**
 * Text from outside as part of a comment: whoever names a group must not end the comment and write a manifest below it.
 * Control characters, line separators and marks that turn the writing direction become spaces.
 */
export const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
