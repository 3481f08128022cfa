import { type SizeScore, scoresBySize } from '../../evaluation/object-scores';
import { SMALL_CLASSES, type SmallThings, thingsOfClass } from '../../evaluation/small-things';
import { spread } from '../../evaluation/spread';
import { type Figure, INK, modelStyles, type PlotlyTrace, themedLayout } from './figure';

export interface ModelThings {
  label: string;
  pretrained: boolean;
  /** One per seed. */
  seeds: readonly SmallThings[];
}

/** Heights in pixels, each bin half as wide again as a person's next step away. */
const EDGES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

/** Fewer things than this say nothing of a height. */
const FEWEST = 5;

export interface RecallByHeightOptions {
  name?: string;
  subtitle?: string;
  /** Heights are told as in pictures of this height, for models that see pictures of several sizes. */
  side?: number;
}

/** One figure for each class of small things that the models have and of which there are enough to tell. */
export function recallByHeightFigures(models: readonly ModelThings[], options: { subtitle?: string } = {}): Figure[] {
  const told = SMALL_CLASSES.filter((of) =>
    models.some(({ seeds }) => seeds[0].classes.includes(of) && binsOf(seeds, of, undefined).length > 0),
  );
  return told.map((of) => recallByHeightFigure(models, of, options));
}

/**
 * What share of a class's pixels was found, by how high the thing is in the picture that is evaluated. Things of which there
 * are fewer than five of a height are left out.
 *
 * @param of the class, such as `human`
 */
export function recallByHeightFigure(
  models: readonly ModelThings[],
  of: string,
  { name = `recall-by-height-${of}`, subtitle = '', side }: RecallByHeightOptions = {},
): Figure {
  const styles = modelStyles(models);
  const several = models.some(({ seeds }) => seeds.length > 1);
  const bins = models.map(({ seeds }) => binsOf(seeds, of, side));
  const data = models.map(({ label, seeds }, index): PlotlyTrace => {
    const { color, dash, symbol } = styles[index];
    const shown = bins[index];
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name: label,
      x: shown.map(({ middle }) => middle),
      y: shown.map(({ recall }) => recall.mean),
      customdata: shown.map(({ from, below, things }) => [heights(from, below), things]),
      line: { color, dash, width: 2.5 },
      marker: { color, symbol, size: 7 },
      ...(seeds.length > 1 && {
        error_y: {
          type: 'data',
          array: shown.map(({ recall }) => recall.deviation || 0),
          color,
          thickness: 1.2,
          width: 3,
        },
      }),
      hovertemplate: '%{customdata[0]} px: %{y:.2f} of the pixels of %{customdata[1]} things',
    };
  });
  const all = bins.flat();
  const [least, most] = [Math.min(...all.map(({ from }) => from)), Math.max(...all.map(({ below }) => below))];
  const ticks = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].filter((tick) => tick >= least && tick <= most);
  const notes = [
    subtitle,
    ...(several ? ['whiskers: standard deviation over the seeds'] : []),
    `heights of fewer than ${FEWEST} things are left out`,
  ];
  return {
    name,
    description: `Recall of ${of} by height in pixels: ${models.map(({ label }, index) => `${label} ${describe(bins[index])}`).join('; ')}`,
    data,
    layout: themedLayout(
      `Recall of ${of} by height`,
      notes.filter(Boolean).join('; '),
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
