/** Frames of one film, one per second as CamVid's, look alike for about so many. */
const BLOCK_LENGTH = 10;

/**
 * Groups scenes into the units that a bootstrap may draw as if they had nothing to do with each other. Frames of one film
 * are alike: drawn one by one they would count as more evidence than they are. So each sequence is cut into blocks of
 * neighbouring frames (Carlstein 1986: non-overlapping blocks), and a scene that is the only one of its sequence is a
 * block of its own: where no scene has a neighbour this is the plain bootstrap.
 *
 * A scene's name tells its sequence: all before a number at the end, as in CamVid (`Seq05VD_f00210`, `0001TP_008550`) and
 * in Cityscapes (`hamburg_000000_067799`; most of its sequences, and all generated ones, have one labelled frame).
 *
 * What holds over the sequences there are need not hold in another town: two drives of CamVid stay two drives.
 *
 * @param names of the scenes
 * @param length of a block at most, in scenes
 * @returns indices into `names`, block by block; each scene is in one block
 */
export function sceneBlocks(names: readonly string[], length = BLOCK_LENGTH): number[][] {
  const sequences = new Map<string, { frame: number; index: number }[]>();
  names.forEach((name, index) => {
    const [, sequence = name, frame = '0'] = /^(.+)_\D?(\d+)$/.exec(name) ?? [];
    sequences.set(sequence, [...(sequences.get(sequence) ?? []), { frame: Number(frame), index }]);
  });
  return [...sequences.values()].flatMap((scenes) => {
    const ordered = scenes.sort((a, b) => a.frame - b.frame).map(({ index }) => index);
    const count = Math.ceil(ordered.length / length);
    const edge = (block: number) => Math.round((block * ordered.length) / count);
    return Array.from({ length: count }, (_, block) => ordered.slice(edge(block), edge(block + 1)));
  });
}
