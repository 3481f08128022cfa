import type { Experiment } from '../experiment/schema';

/** Which VGG19 groups keep their weights: throughout, or in some epochs (`model.encoder.freeze`). */
export type Freeze = Experiment['model']['encoder']['freeze'];

/** Successive epochs in which the same groups are frozen. */
export interface FreezePhase {
  /** Counted from 1. */
  firstEpoch: number;
  lastEpoch: number;
  /** VGG19 groups (1 to 5), ascending. */
  frozenBlocks: number[];
}

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

/** @returns a training's epochs in order, as few phases as possible */
export function freezePhases(freeze: Freeze, epochs: number): FreezePhase[] {
  const phases: FreezePhase[] = [];
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    const frozenBlocks = frozenBlocksAt(freeze, epoch);
    const current = phases[phases.length - 1];
    if (String(current?.frozenBlocks) === String(frozenBlocks)) current.lastEpoch = epoch;
    else phases.push({ firstEpoch: epoch, lastEpoch: epoch, frozenBlocks });
  }
  return phases;
}
