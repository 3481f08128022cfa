import { basename } from 'node:path';
import type { Run } from '../../experiment/run-folder';
import { EVENTS_FOLDER, EventFile } from './event-file';

/**
 * Shows an evaluation's panels in TensorBoard, beside the training.
 *
 * @param evaluation its folder, below the run's
 * @param panels PNG files by the scene's name
 * @param epoch of the weights that were evaluated
 */
export function writePanelEvents(
  run: Run,
  evaluation: string,
  panels: Readonly<Record<string, Uint8Array>>,
  epoch: number,
): void {
  const file = new EventFile(run.path(EVENTS_FOLDER, basename(evaluation)), epoch);
  const values = Object.entries(panels).map(([scene, png]) => {
    // A PNG begins with its header, which says width and height.
    const header = Buffer.from(png.buffer, png.byteOffset, 24);
    const [width, height] = [header.readUInt32BE(16), header.readUInt32BE(20)];
    return { tag: `panels/${scene}`, image: { width, height, colorspace: 3, encodedImageString: png } };
  });
  file.write(epoch, values);
}
