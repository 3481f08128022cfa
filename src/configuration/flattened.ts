/** Values by dotted key; lists and empty objects are values, lists of objects are taken apart. */
export function flattened(value: unknown, key: string[] = []): Record<string, unknown> {
  const isList = Array.isArray(value) && value.every((item) => item === null || typeof item !== 'object');
  const parts = value !== null && typeof value === 'object' && !isList ? Object.entries(value) : [];
  if (parts.length === 0) return key.length > 0 ? { [key.join('.')]: value } : {};
  return Object.assign({}, ...parts.map(([name, part]) => flattened(part, [...key, name])));
}
