import { type SizeScore, scoresBySize } from '../../evaluation/object-scores';
import { type SmallThings, thingsOfClass } from '../../evaluation/small-things';
import { spread } from '../../evaluation/spread';
import { fileWord } from '../drawing/file-word';
import { type Figure, INK, modelLine, modelStyles, themedLayout, WHISKERS_NOTE } from './figure';

export interface ModelThings {
  label: string;
  pretrained: boolean;
  /** One per seed. */
  seeds: readonly SmallThings[];
  /** Classes that are told of whatever they are called. */
  wanted?: readonly string[];
}

/** Heights in pixels, each bin half as wide again as a person's next step away. */
const EDGES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

/** Fewer things than this say nothing of a height. */
const FEWEST = 5;

/** Cityscapes' things that are neither small nor thin. */
const LARGE = /^(vehicle|car|truck|bus|train)$/;

/** One figure for each class of small things of which there are enough to tell. */
export function recallByHeightFigures(models: readonly ModelThings[], options: { subtitle?: string } = {}): Figure[] {
  const wanted = new Set(models.flatMap((model) => model.wanted ?? []));
  const named = models.flatMap(({ seeds }) => seeds[0].classes);
  const classes = new Set(named.filter((of) => wanted.has(of) || !LARGE.test(of)));
  const told = [...classes].filter((of) => models.some(({ seeds }) => binsOf(seeds, of, undefined).length > 0));
  return told.sort().map((of) => recallByHeightFigure(models, of, options));
}

/**
 * What share of a class's pixels was found, by how high the thing is in the picture that is evaluated. Things of which there
 * are fewer than five of a height are left out.
 *
 * @param of the class, such as `human`
 * @param options what else is told
 * @param options.side heights are told as in pictures of this height, for models that see pictures of several sizes
 */
export function recallByHeightFigure(
  models: readonly ModelThings[],
  of: string,
  { subtitle = '', side }: { subtitle?: string; side?: number } = {},
): Figure {
  const styles = modelStyles(models);
  const several = models.some(({ seeds }) => seeds.length > 1);
  const bins = models.map(({ seeds }) => binsOf(seeds, of, side));
  const data = models.map(({ label, seeds }, index) => {
    const shown = bins[index];
    return modelLine(label, styles[index], {
      x: shown.map(({ middle }) => middle),
      y: shown.map(({ recall }) => recall.mean),
      customdata: shown.map(({ from, below, things }) => [heights(from, below), things]),
      deviations: seeds.length > 1 ? shown.map(({ recall }) => recall.deviation) : undefined,
      hovertemplate: '%{customdata[0]} px: %{y:.2f} of the pixels of %{customdata[1]} things',
    });
  });
  const all = bins.flat();
  const [least, most] = [Math.min(...all.map(({ from }) => from)), Math.max(...all.map(({ below }) => below))];
  const ticks = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].filter((tick) => tick >= least && tick <= most);
  return {
    name: `recall-by-height-${fileWord(of)}`,
    description: `Recall of ${of} by height in pixels: ${models.map(({ label }, index) => `${label} ${describe(bins[index])}`).join('; ')}`,
    data,
    layout: themedLayout(
      `Recall of ${of} by height`,
      [subtitle, several && WHISKERS_NOTE, `heights of fewer than ${FEWEST} things are left out`],
      { width: 860, height: 470, labels: models.map(({ label }) => label) },
      {
        xaxis: {
          title: side ? `Height in a picture of ${side} pixels` : 'Height in the picture, in pixels',
          type: 'log',
          ...(all.length > 0 && { range: [Math.log10(least) - 0.03, Math.log10(most)] }),
          tickvals: ticks,
          ticktext: ticks.map(String),
          showline: true,
          tickcolor: INK,
        },
        yaxis: { title: 'Share of its pixels that is found', range: [0, 1.02], dtick: 0.2, tickformat: '.1f' },
      },
    ),
  };
}

interface ShownBin extends Pick<SizeScore, 'from' | 'below' | 'things'> {
  /** Where it is drawn: the geometric middle of its heights, which are whole pixels. */
  middle: number;
  recall: { mean: number; deviation: number };
}

/** Bins of enough things, the same ones for all seeds: the truth does not depend on the model. */
function binsOf(seeds: readonly SmallThings[], of: string, side: number | undefined): ShownBin[] {
  const scores = seeds.map((each) =>
    scoresBySize(thingsOfClass(inPictureOf(side, each), of), ({ height }) => height, EDGES),
  );
  return scores[0].flatMap(({ from, below, things }, bin) => {
    if (things < FEWEST) return [];
    const recall = spread(scores.map((each) => each[bin].recall));
    return [{ from, below, things, middle: Math.sqrt(from * (below - 1)), recall }];
  });
}

/** The things as high as they would be in a picture of that height. */
function inPictureOf(side: number | undefined, { classes, scenes }: SmallThings): SmallThings {
  const scaled = scenes.map(({ things, height: whole, ...scene }) => ({
    ...scene,
    height: side ?? whole,
    things: things.map(({ height, ...thing }) => ({
      ...thing,
      height: Math.round((height * (side ?? whole)) / whole),
    })),
  }));
  return { classes, scenes: scaled };
}

function heights(from: number, below: number): string {
  return below - from === 1 ? String(from) : `${from} to ${below - 1}`;
}

function describe(bins: readonly ShownBin[]): string {
  const [first, last] = [bins[0], bins[bins.length - 1]];
  if (!first) return 'has too few things';
  return `${first.recall.mean.toFixed(2)} at ${heights(first.from, first.below)} pixels, ${last.recall.mean.toFixed(2)} at ${heights(last.from, last.below)}`;
}
