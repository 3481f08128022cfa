import { shortHash } from '../../configuration/canonical-json';

const LONGEST = 60;

/** @returns such as a class's name, as a part of a file's name; one that cannot be a part as it is ends in a hash of it. */
export function fileWord(text: string): string {
  const word = text.replace(/[^\p{L}\p{N} _-]+/gu, '-');
  return word === text && word.length <= LONGEST ? text : `${word.slice(0, LONGEST)}-${shortHash(text, 4)}`;
}
