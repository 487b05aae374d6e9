/**
 * Control characters, and marks that turn the direction of writing or hide letters: they could rewrite what an
 * operator reads.
 */
const UNSEEN = /[\p{Cc}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]+/gu;

/** Half a character, which no encoder of UTF-8 takes as it is. */
const LONE_SURROGATE = /\p{Cs}/gu;

/** A model's words as one line that shows what it holds, at most `maxLength` characters long. */
export function cleanText(text: string, maxLength: number): string {
  const clean = text
    .replaceAll(LONE_SURROGATE, '\uFFFD')
    .replaceAll(UNSEEN, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const characters = [...clean];
  return characters.length <= maxLength ? clean : `${characters.slice(0, maxLength - 1).join('')}…`;
}
