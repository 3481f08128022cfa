import type { ConfusionMatrix } from '../../evaluation/confusion-matrix';
import { wordsOf } from '../../evaluation/metric';
import { type Figure, MUTED_INK, themedLayout } from './figure';

/**
 * Where the pixels of each group went: rows are the truth and add up to 1, so the diagonal holds each group's accuracy.
 * A group without true pixels has an empty row.
 */
export function confusionMatrixFigure(
  matrix: ConfusionMatrix,
  { name, title = 'Confusion matrix' }: { name?: string; title?: string } = {},
): Figure {
  const { classes } = matrix;
  const { one } = wordsOf(matrix.metric);
  const shares = rowShares(matrix);
  return {
    name: name ?? `confusion-matrix-${matrix.metric}`,
    description: `${title}, ${matrix.metric}: share of each true ${one}'s pixels (rows) by predicted ${one} (columns)`,
    data: [
      {
        type: 'heatmap',
        x: [...classes],
        y: [...classes],
        z: shares,
        zmin: 0,
        zmax: 1,
        xgap: 2,
        ygap: 2,
        hoverongaps: false,
        // One hue from light to dark, after ColorBrewer's PuBu.
        colorscale: [
          [0, '#f4f5fa'],
          [0.25, '#bdc9e1'],
          [0.5, '#74a9cf'],
          [0.75, '#2b8cbe'],
          [1, '#034e7b'],
        ],
        texttemplate: '%{z:.2f}',
        textfont: { size: 13 },
        colorbar: {
          outlinewidth: 0,
          thickness: 14,
          dtick: 0.25,
          tickformat: '.2f',
          title: { text: 'Share of true pixels', side: 'right', font: { size: 13 } },
        },
        hovertemplate: 'true %{y}, predicted %{x}: %{z:.3f}<extra></extra>',
      },
    ],
    layout: themedLayout(
      title,
      `${matrix.metric}: each row shows where the pixels of one true ${one} went`,
      { width: 860, height: 640 },
      {
        xaxis: { title: 'Predicted', type: 'category', showgrid: false },
        yaxis: { title: 'True', type: 'category', showgrid: false, autorange: 'reversed' },
        annotations: classes
          .filter((_, row) => shares[row][0] === null)
          .map((empty) => ({
            xref: 'paper',
            x: 0.5,
            y: empty,
            text: 'no true pixels',
            showarrow: false,
            font: { color: MUTED_INK },
          })),
      },
    ),
  };
}

/** @returns each row divided by its sum, 0 to 1; null throughout a row that is empty. */
export function rowShares({ classes, counts }: ConfusionMatrix): (number | null)[][] {
  return classes.map((_, row) => {
    const values = Array.from(counts.subarray(row * classes.length, (row + 1) * classes.length));
    const total = values.reduce((sum, value) => sum + value, 0);
    return values.map((value) => (total > 0 ? value / total : null));
  });
}
