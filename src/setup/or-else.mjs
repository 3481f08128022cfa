/**
 * What an action gives, or something else where it fails: for files that may be missing or damaged, which is no error.
 *
 * @template T
 * @template U
 * @param {() => T} action
 * @param {U} otherwise
 * @returns {T | U}
 */
export function orElse(action, otherwise) {
  try {
    return action();
  } catch {
    return otherwise;
  }
}
