import { isObject } from '../../configuration/canonical-json';

/**
 * Plotly takes tags and entities in any text for its own, be it a class that is called `<b>` or a model that is called
 * `R&amp;D`. Only what the figures themselves write is meant: breaks of lines, and the ends of hover texts.
 *
 * @returns the same with every text as it is to be read
 */
export function plotlyWords<T>(value: T): T {
  if (typeof value === 'string')
    return value.replaceAll('&', '&amp;').replace(/<(?!br>|extra><\/extra>|\/extra>)/g, '&lt;') as T;
  if (Array.isArray(value)) return value.map(plotlyWords) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plotlyWords(each)])) as T;
}
