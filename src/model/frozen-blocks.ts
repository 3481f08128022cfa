import type { Experiment } from '../experiment/schema';

/** Which VGG19 groups keep their weights: throughout, or in some epochs (`model.encoder.freeze`). */
export type Freeze = Experiment['model']['encoder']['freeze'];

/**
 * @param epoch counted from 1
 * @returns the groups (1 to 5) that are frozen in that epoch, ascending, each once
 */
export function frozenBlocksAt(freeze: Freeze, epoch: number): number[] {
  const blocks = freeze.flatMap((entry) => {
    if (typeof entry === 'number') return [entry];
    const [first, last] = entry.epochs;
    return epoch >= first && epoch <= last ? entry.blocks : [];
  });
  return [...new Set(blocks)].sort((a, b) => a - b);
}

/**
 * The epochs that begin with other groups frozen than the epoch before: there the model's `trainable` changes, and with it
 * the set of trained variables, so a new training step (a new optimizer) is due.
 *
 * @param epochs of the whole training
 * @returns ascending, from 2 on
 */
export function refreezingEpochs(freeze: Freeze, epochs: number): number[] {
  const all = Array.from({ length: epochs }, (_, index) => index + 1);
  return all
    .slice(1)
    .filter((epoch) => String(frozenBlocksAt(freeze, epoch)) !== String(frozenBlocksAt(freeze, epoch - 1)));
}
