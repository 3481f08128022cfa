/**
 * Each key by as few of its last parts as tell it from the others: of `model.encoder.name` and `training.optimizer.name` that is
 * `encoder.name` and `optimizer.name`. Neither `name` nor a place in a list stands alone, which says nothing.
 *
 * @param keys dotted
 */
export function shortKeys(keys: readonly string[]): (key: string) => string {
  return (key) => {
    const parts = key.split('.');
    const ends = parts.map((_, index) => parts.slice(-1 - index).join('.'));
    const others = keys.filter((other) => other !== key);
    const isClear = (end: string) =>
      end !== 'name' && !/^\d/.test(end) && !others.some((other) => `.${other}`.endsWith(`.${end}`));
    return ends.find(isClear) ?? key;
  };
}

/** A setting's value as it is shown: text as it is, all else as JSON. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
