import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Run } from '../../experiment/run-folder';
import { EVENTS_FOLDER, EventFile } from './event-file';

/**
 * Shows an evaluation's panels in TensorBoard, beside the training.
 *
 * @param evaluation its folder, below the run's
 * @param scenes names of those that have a PNG in its `panels`
 * @param epoch of the weights that were evaluated
 */
export function writePanelEvents(run: Run, evaluation: string, scenes: readonly string[], epoch: number): void {
  const file = new EventFile(run.path(EVENTS_FOLDER, basename(evaluation)), epoch);
  const values = scenes.map((scene) => {
    const png = readFileSync(run.path(evaluation, 'panels', `${scene}.png`));
    // A PNG begins with its header, which says width and height.
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    return { tag: `panels/${scene}`, image: { width, height, colorspace: 3, encodedImageString: png } };
  });
  file.write(epoch, values);
}
