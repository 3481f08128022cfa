import { spread } from '../../evaluation/spread';
import type { ChangeRecall } from '../../study/counterfactual-recall';
import { type Figure, modelLine, modelStyles, themedLayout, WHISKERS_NOTE } from './figure';

export interface ModelRecall {
  label: string;
  pretrained: boolean;
  /** One list a seed; the entries are the sizes that the thing was drawn in. */
  seeds: readonly (readonly ChangeRecall[])[];
}

/**
 * What share of the very same things is found when they are drawn in other sizes, all else in their scenes staying as it is.
 *
 * @param of what they are, such as `people`
 */
export function counterfactualRecallFigure(models: readonly ModelRecall[], of: string, { subtitle = '' } = {}): Figure {
  const styles = modelStyles(models);
  const several = models.some(({ seeds }) => seeds.length > 1);
  const data = models.map(({ label, seeds }, index) => {
    const recalls = seeds[0].map((_, size) => spread(seeds.map((each) => each[size].recall)));
    return modelLine(label, styles[index], {
      x: seeds[0].map(({ height }) => height),
      y: recalls.map(({ mean }) => mean),
      customdata: seeds[0].map(({ things }) => things),
      deviations: seeds.length > 1 ? recalls.map(({ deviation }) => deviation) : undefined,
      hovertemplate: '%{x:.0f} px: %{y:.2f} of the pixels of %{customdata}',
    });
  });
  const things = Math.max(...models.flatMap(({ seeds }) => seeds[0].map((each) => each.things)));
  return {
    name: `counterfactual-recall-${of}`,
    description: `Recall of the same ${of} drawn in several sizes: ${models.map(({ label, seeds }) => `${label} ${seeds[0].map(({ height, recall }) => `${recall.toFixed(2)} at ${height.toFixed(0)} pixels`).join(', ')}`).join('; ')}`,
    data,
    layout: themedLayout(
      `The same ${of}, smaller and smaller`,
      [subtitle, `the same ${things} ${of}, each drawn in several sizes in its scene`, several && WHISKERS_NOTE],
      { width: 860, height: 470, labels: models.map(({ label }) => label) },
      {
        xaxis: {
          title: 'Mean height in the picture that the model sees, in pixels',
          rangemode: 'tozero',
          showline: true,
        },
        yaxis: { title: 'Share of their pixels that is found', range: [0, 1.02], dtick: 0.2, tickformat: '.1f' },
      },
    ),
  };
}
