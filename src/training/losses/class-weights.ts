import { z } from 'zod';
import { ConfigurationError } from '../../errors';
import type { ClassShares } from './class-shares';

/** Ways to weight classes by how often they occur in the training split, by their names. */
const CLASS_WEIGHTS = {
  /** So that each class that occurs counts as much as another. */
  'inverse-frequency': ({ ofAll }) => {
    const present = ofAll.filter((share) => share > 0).length;
    return ofAll.map((share) => (share > 0 ? 1 / (present * share) : 0));
  },
  /** SegNet's (Badrinarayanan et al. 2017, after Eigen & Fergus): the median of the shares where present by each one's. */
  'median-frequency': ({ wherePresent }) => {
    const sorted = wherePresent.filter((share) => share > 0).sort((a, b) => a - b);
    const middle = (sorted.length - 1) / 2;
    const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
    return wherePresent.map((share) => (share > 0 ? median / share : 0));
  },
  /** ENet's (Paszke et al. 2016). */
  enet: (shares) => logarithmic(shares, 1.02),
} satisfies Record<string, (shares: ClassShares) => number[]>;

function logarithmic({ ofAll }: ClassShares, constant: number): number[] {
  return ofAll.map((share) => 1 / Math.log(constant + share));
}

const names = Object.keys(CLASS_WEIGHTS) as [keyof typeof CLASS_WEIGHTS, ...(keyof typeof CLASS_WEIGHTS)[]];

/**
 * What each pixel's loss is multiplied by, by its true class: a number for each class; by how often it occurs in the
 * training split (`inverse-frequency`, `median-frequency`, `enet`, or `{ logarithmic: c }` for 1 / ln(c + share)); null for
 * 1.
 */
export const classWeightsOption = z
  .union([z.enum(names), z.strictObject({ logarithmic: z.number().gt(1) }), z.array(z.number().nonnegative()).min(2)])
  .nullable()
  .default(null);

export type ClassWeightsOption = z.infer<typeof classWeightsOption>;

/** Whether it takes the shares of the training split. */
export function needsShares(option: ClassWeightsOption): boolean {
  return option !== null && !Array.isArray(option);
}

/**
 * @returns a weight for each class; null for none
 * @throws ConfigurationError for a list of another length
 */
export function classWeights(
  option: ClassWeightsOption,
  { classes, shares }: { classes: number; shares: ClassShares | null },
): number[] | null {
  if (option === null) return null;
  if (Array.isArray(option)) {
    if (option.length === classes) return option;
    throw new ConfigurationError(
      `training.loss: ${option.length} class weights for ${classes} classes`,
      'give one for each class, in the order of the classes',
    );
  }
  if (shares === null) throw new Error('the shares of the classes are needed');
  return typeof option === 'string' ? CLASS_WEIGHTS[option](shares) : logarithmic(shares, option.logarithmic);
}
