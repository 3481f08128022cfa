import { describe, expect, test } from 'bun:test';
import { IGNORED } from '../../../src/data/classes/class-set';
import { createProgram } from '../../../src/tensorflow/program';
import { tf } from '../../../src/tensorflow/tensorflow';
import { createLoss, type LossOptions, lossSchema, lossWeights } from '../../../src/training/losses';
import { classShares } from '../../../src/training/losses/class-shares';
import { COMPILED } from '../../tensorflow/execution';

type Term = Parameters<typeof lossSchema.parse>[0];

/** Probabilities [1/2, 1/4, 1/4], [1/4, 1/4, 1/2], [1/8, 3/4, 1/8] of classes 0, 2, 0. */
const PROBABILITIES = [
  [0.5, 0.25, 0.25],
  [0.25, 0.25, 0.5],
  [0.125, 0.75, 0.125],
];
const CLASSES = [0, 2, 0];
const LOGITS = PROBABILITIES.map((row) => row.map(Math.log));

const lossOf = (options: LossOptions, ignoring: boolean) =>
  createLoss(options, { classes: 3, shares: null }, { ignoring });

function value(terms: unknown[], logits = LOGITS, classes = CLASSES): number {
  const loss = lossOf(lossSchema.parse(terms as Term), classes.includes(IGNORED));
  return tf.tidy(() => loss(tf.tensor2d(logits), tf.tensor1d(classes, 'int32')).dataSync()[0]);
}

const ln = Math.log;

describe('values', () => {
  test('cross-entropy with weights 1, 2 and 4: the sum of them by the number of pixels', () => {
    // ln 2, ln 2 and ln 8, times 1, 4 and 1.
    expect(value([{ weights: [1, 2, 4] }])).toBeCloseTo((ln(2) + 4 * ln(2) + ln(8)) / 3, 6);
  });

  test('focal: (1 - p)^2 times cross-entropy', () => {
    const expected = (0.25 * ln(2) + 0.25 * ln(2) + 0.765625 * ln(8)) / 3;
    expect(value([{ name: 'focal' }])).toBeCloseTo(expected, 6);
    expect(value([{ name: 'focal', gamma: 0 }])).toBeCloseTo(value([{}]), 6);
  });

  test('dice: of probabilities', () => {
    // Class 0: 2 x (0.5 + 0.125) + 1 by (0.875 + 2 + 1); class 1: 1 by (1.25 + 0 + 1); class 2: 2 x 0.5 + 1 by (0.875 + 1 + 1).
    const coefficients = [2.25 / 3.875, 1 / 2.25, 2 / 2.875];
    const mean = coefficients.reduce((sum, each) => sum + each, 0) / 3;
    expect(value([{ name: 'dice' }])).toBeCloseTo(1 - mean, 6);
  });

  test('Lovász-softmax: errors in falling order, each times what it adds to the Jaccard loss', () => {
    // Class 0, errors 0.875 (of it), 0.5 (of it), 0.25 (not): losses 1/2, 2/2, 1 - 0/3 = 1: 0.875/2 + 0.5/2 + 0.
    // Class 2, errors 0.5 (of it), 0.25 (not), 0.125 (not): the first one is all of it: 0.5. Class 1 is absent.
    expect(value([{ name: 'lovasz-softmax' }])).toBeCloseTo((0.6875 + 0.5) / 2, 6);
    // Of decisions without doubt it is the Jaccard loss itself: class 0 has 1 of 2 found and none wrong, IoU 1/2; class 2
    // 1 of 1 found, and 1 wrong, IoU 1/2.
    const sure = [0, 2, 2].map((chosen) => [0, 1, 2].map((each) => (each === chosen ? 50 : 0)));
    expect(value([{ name: 'lovasz-softmax' }], sure)).toBeCloseTo(0.5, 5);
  });

  test('OHEM: pixels below the probability, or at least the hardest share', () => {
    // True classes have 1/2, 1/2, 1/8.
    expect(value([{ name: 'ohem', probability: 0.7 }])).toBeCloseTo((ln(2) + ln(2) + ln(8)) / 3, 6);
    expect(value([{ name: 'ohem', probability: 0.3 }])).toBeCloseTo(ln(8), 6);
    // None is below 0.1: of three, a third is one.
    expect(value([{ name: 'ohem', probability: 0.1, keep: 0.3 }])).toBeCloseTo(ln(8), 6);
  });

  test('a sum: each times its factor', () => {
    const sum = value([{ factor: 2 }, { name: 'dice', factor: 0.5 }]);
    expect(sum).toBeCloseTo(2 * value([{}]) + 0.5 * value([{ name: 'dice' }]), 6);
  });

  for (const name of ['cross-entropy', 'focal', 'dice', 'lovasz-softmax', 'ohem'])
    test(`${name}: a pixel that is ignored is as if it were not there`, () => {
      const more = value([{ name }], [...LOGITS, [3, -2, 5]], [...CLASSES, IGNORED]);
      expect(more).toBeCloseTo(value([{ name }]), 6);
      expect(value([{ name }], [[3, -2, 5]], [IGNORED])).toBeFinite();
    });
});

describe('gradients are those of finite differences, in the compiled step', () => {
  const logits = [
    [0.3, -0.8, 0.1],
    [1.2, 0.4, -0.5],
    [-0.7, 0.9, 0.2],
    [0.6, -0.1, 0.8],
    [0.5, 0.2, -1.1],
  ];
  const classes = [0, 2, 0, 1, IGNORED];
  const cases: Record<string, unknown[]> = {
    'cross-entropy': [{ weights: [1, 2, 4] }],
    focal: [{ name: 'focal', weights: [1, 2, 4] }],
    dice: [{ name: 'dice' }],
    'lovasz-softmax': [{ name: 'lovasz-softmax' }],
    ohem: [{ name: 'ohem', probability: 0.3, keep: 0.4 }],
    sum: [{}, { name: 'lovasz-softmax', factor: 0.5 }],
  };
  for (const [name, terms] of Object.entries(cases))
    test(name, () => {
      const loss = lossOf(lossSchema.parse(terms as Term), true);
      const program = createProgram(COMPILED);
      const slope = program.function((x, labels) => [
        tf.grad((each) => loss(each as tf.Tensor2D, labels as tf.Tensor1D))(x),
      ]);
      const found = tf.tidy(() => [...slope.run([tf.tensor2d(logits), tf.tensor1d(classes, 'int32')])[0].dataSync()]);
      program.dispose();
      const step = 1e-2;
      logits.flat().forEach((_, place) => {
        const moved = (by: number) =>
          value(
            terms,
            logits.map((row, i) => row.map((x, j) => (3 * i + j === place ? x + by : x))),
            classes,
          );
        expect(found[place]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 3);
      });
      expect(found.slice(12).map(Math.abs)).toEqual([0, 0, 0]);
      expect(Math.max(...found.map(Math.abs))).toBeGreaterThan(0.01);
    });
});

describe('class weights', () => {
  // Two samples of 4 pixels: class 0 three times, class 1 once; class 0 once, class 2 once, two that do not count.
  const samples = [
    [0, 0, 0, 1],
    [0, 2, 3, 3],
  ];
  const source = {
    length: 2,
    read: async (index: number) => ({
      name: `${index}`,
      image: new Uint8Array(12),
      width: 2,
      labelIds: Uint8Array.from(samples[index]),
    }),
  };
  const shares = () => classShares(source, Uint8Array.of(0, 1, 2, IGNORED), 3);
  const weights = async (option: unknown) =>
    lossWeights(lossSchema.parse([{ weights: option }] as Term), { classes: 3, shares: await shares() })[
      'cross-entropy'
    ];

  test('shares of all pixels that count, and where a class occurs', async () => {
    expect(await shares()).toEqual({ ofAll: [4 / 6, 1 / 6, 1 / 6], wherePresent: [4 / 6, 1 / 4, 1 / 2] });
  });

  test.each([
    ['inverse-frequency', [0.5, 2, 2]],
    // The median of 2/3, 1/4 and 1/2 is 1/2.
    ['median-frequency', [0.75, 2, 1]],
    ['enet', [1 / ln(1.02 + 4 / 6), 1 / ln(1.02 + 1 / 6), 1 / ln(1.02 + 1 / 6)]],
    [{ logarithmic: 1.2 }, [1 / ln(1.2 + 4 / 6), 1 / ln(1.2 + 1 / 6), 1 / ln(1.2 + 1 / 6)]],
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
  ])('%p', async (option, expected) => {
    (await weights(option)).forEach((weight, index) => {
      expect(weight).toBeCloseTo(expected[index], 12);
    });
  });

  test('a list of another length is refused', async () => {
    await expect(weights([1, 2])).rejects.toThrow('2 class weights for 3 classes');
  });
});
