/**
 * `./src/explore`: what one wants at hand in a notebook to try things out.
 *
 *     const scene = await openScene('experiments/synthetic/base.yaml');        // shown: picture, mask, mask over picture
 *     const shorter = override('experiments/synthetic/base.yaml', 'training.epochs: 3');
 *     const { run } = await tryTraining(shorter, { loss: (logits, { classes }) => … });
 *     const seen = await predict(run.folder, scene);                             // or a file: 'street.jpg'
 *     seen.probability('human')
 *     await sweepThreshold(run.folder, 'human')
 *     applyBlock(scene, (input) => contractionBlock(input, …).skip)
 *
 * Each result shows itself as the value of a cell.
 */
export { override } from '../experiment/overridden';
export { contractionBlock, convolutionUnit, expansionBlock, maxPool } from '../model/blocks';
export { tf } from '../tensorflow/tensorflow';
export { meanCounted, memberships, type OwnLoss } from '../training/losses/loss';
export type { OwnAugmentation } from '../training/own-functions';
export { applyBlock } from './block-output';
export { openScene } from './scene-view';
export { predict } from './shown-prediction';
export { sweepThreshold } from './threshold-sweep';
export { tryTraining } from './try-training';
