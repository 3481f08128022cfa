/** Chooses the form of each convolution by timing, and remembers the choice on disk. */

import { typeAttribute } from './attributes';
import { backend } from './backend';
import { caseName } from './convolution-case';
import { type ConvolutionCase, type ConvolutionForm, convolutionForms, STOCK } from './convolution-forms';
import { executeOperation } from './execute-operation';
import { Graph } from './graph';
import { GraphSession } from './graph-session';
import { convolutionAttributes, NodeBuilder } from './node-builder';
import { tf } from './tensorflow';
import { TuningCache } from './tuning-cache';

/** Says in which forms to compute convolutions. */
export interface FormChooser {
  /** @returns a form for each case, in order */
  formsOf(cases: readonly ConvolutionCase[]): ConvolutionForm[];
}

/** What may be spent on timing other forms than TensorFlow's own, in milliseconds for each recorded function. */
const BUDGET = 1000;

export class Autotuner implements FormChooser {
  constructor(
    private readonly cache = new TuningCache(),
    private readonly budget = BUDGET,
  ) {}

  /**
   * The fastest forms on this machine. TensorFlow's own is timed for each case that is new; where that leaves most to be
   * gained, the others are timed too, as long as the budget lasts. A case of another batch of about the same size, as an
   * epoch's last one is, goes by the one that is known.
   */
  formsOf(cases: readonly ConvolutionCase[]): ConvolutionForm[] {
    const unknown = new Map(cases.flatMap((one) => (this.chosen(one) ? [] : [[caseName(one), one]])));
    if (unknown.size > 0) this.time([...unknown.values()]);
    return cases.map((one) => this.chosen(one)!);
  }

  /** The form that is known to be the fastest, or that of a case so small that the choice does not matter. */
  private chosen(one: ConvolutionCase): ConvolutionForm | undefined {
    const forms = convolutionForms(one);
    if (operations(one) < WORTHWHILE) return forms[0];
    const { batch } = one;
    const near = Array.from({ length: 2 * batch }, (_, index) => index + 1).filter((other) => 2 * other >= batch);
    near.sort((a, b) => Math.abs(a - batch) - Math.abs(b - batch));
    const known = near.map((other) => this.cache.content.choices[caseName({ ...one, batch: other })]).find(Boolean);
    return forms.find(({ name }) => name === known?.form);
  }

  private time(cases: readonly ConvolutionCase[]): void {
    const { content } = this.cache;
    const rated = cases.map((one) => ({ one, rate: stockRate(one) }));
    content.peak = Math.max(content.peak, ...rated.map(({ rate }) => rate));
    const seconds = (one: ConvolutionCase, rate: number) => operations(one) / rate;
    const gain = ({ one, rate }: (typeof rated)[number]) =>
      rate < AT_PEAK * content.peak ? seconds(one, rate) - seconds(one, content.peak) : 0;
    rated.sort((a, b) => gain(b) - gain(a));
    const ends = performance.now() + this.budget;
    for (const { one, rate } of rated) {
      const forms = convolutionForms(one);
      const worth = gain({ one, rate }) > 0 && performance.now() < ends;
      const milliseconds = worth ? timeForms(one, forms) : { [STOCK]: rounded(1000 * seconds(one, rate)) };
      content.choices[caseName(one)] = { form: fastest(forms, milliseconds).name, milliseconds };
    }
    this.cache.save();
  }
}

/** Below so many floating-point operations (a tenth of a millisecond or so) the choice does not matter. */
const WORTHWHILE = 2e7;

function operations({ batch, height, width, inputChannels, filters, kernel, stride }: ConvolutionCase): number {
  return (2 * batch * height * width * inputChannels * filters * kernel ** 2) / stride ** 2;
}

/**
 * A form is chosen when it takes at most this share of the time of TensorFlow's own. Timed by themselves, forms of several
 * nodes look better than they are among others, which want the same caches.
 */
const CLEARLY = 0.8;

function fastest(forms: readonly ConvolutionForm[], milliseconds: Readonly<Record<string, number>>): ConvolutionForm {
  const ranked = forms
    .filter(({ name }) => name in milliseconds)
    .sort((a, b) => milliseconds[a.name] - milliseconds[b.name]);
  return milliseconds[ranked[0].name] < CLEARLY * milliseconds[STOCK] ? ranked[0] : forms[0];
}

/**
 * When TensorFlow's own form computes at this share of the fastest rate seen so far, no form can be clearly faster: that
 * would take nine tenths of the fastest rate.
 */
const AT_PEAK = 0.9 * CLEARLY;

/** Enough floating-point operations to tell the rate of a convolution, some milliseconds. */
const SAMPLE = 1e9;

/** @returns operations per second of TensorFlow's own form, the higher of two times, by a part of the batch and of the height */
function stockRate(one: ConvolutionCase): number {
  const sample = { ...one };
  while (operations(sample) > SAMPLE && sample.batch > 1) sample.batch = Math.ceil(sample.batch / 2);
  while (operations(sample) > SAMPLE && sample.height % (2 * sample.stride) === 0 && sample.height > 16)
    sample.height /= 2;
  const { part, batch, height, width, inputChannels, filters, kernel, stride } = sample;
  return tf.tidy(() => {
    const [first, second] = operandShapes(sample).map((shape) => tf.fill(shape, 0.5));
    const type = typeAttribute('T', 'float32');
    const run = (name: string, inputs: tf.Tensor[]) => {
      const started = performance.now();
      tf.dispose(executeOperation(name, [type, ...convolutionAttributes(stride)], inputs));
      return performance.now() - started;
    };
    const image = tf.tensor1d([batch, height, width, inputChannels], 'int32');
    const filter = tf.tensor1d([kernel, kernel, inputChannels, filters], 'int32');
    const once = {
      forward: () => run('Conv2D', [first, second]),
      inputGradient: () => run('Conv2DBackpropInput', [image, first, second]),
      filterGradient: () => run('Conv2DBackpropFilter', [first, filter, second]),
    }[part];
    once();
    return operations(sample) / (Math.min(once(), once()) / 1000);
  });
}

/** Rounds of timing after a first one that only warms up. */
const ROUNDS = 4;

/** Once a form has taken this many times the best form's time, it is out. */
const HOPELESS = 1.3;

/** In the first round, which also allocates; there it ends the form's kin as well, which differ from it by a parameter. */
const HOPELESS_AT_FIRST = 1.8;

/** The lowest of several times of each form, measured in turns, so that a disturbance meets all of them. */
function timeForms(one: ConvolutionCase, forms: readonly ConvolutionForm[]): Record<string, number> {
  const { TF_FLOAT } = backend().binding;
  const graph = new Graph();
  const shapes = operandShapes(one);
  const operands = shapes.map((shape, index) => graph.placeholder(`operand_${index}`, { shape, dtype: TF_FLOAT }));
  const fetches = forms.map(({ name, build }) => build(new NodeBuilder(graph, name), [operands[0], operands[1]]));
  const session = new GraphSession(graph);
  const values = shapes.map((shape) => tf.fill(shape, 0.5));
  const feeds = operands.map((operand, index) => [operand, values[index]] as const);
  const lowest = forms.map(() => Number.POSITIVE_INFINITY);
  const time = (form: number) => {
    const started = performance.now();
    tf.dispose(session.run(feeds, [fetches[form]]));
    lowest[form] = Math.min(lowest[form], performance.now() - started);
  };
  const best = () => Math.min(...lowest);
  for (let round = 0; round <= 2; round += 1) time(0);
  const hopelessKin = new Set<string>();
  let left: number[] = [];
  forms.forEach(({ name }, index) => {
    if (hopelessKin.has(kinOf(name))) return;
    if (index > 0) time(index);
    if (index === 0 || lowest[index] < HOPELESS_AT_FIRST * best()) left.push(index);
    else hopelessKin.add(kinOf(name));
  });
  for (let round = 1; round <= ROUNDS && left.length > 1; round += 1) {
    for (const index of left) time(index);
    left = left.filter((index) => index === 0 || lowest[index] < HOPELESS * best());
  }
  tf.dispose(values);
  session.dispose();
  const timed = forms.map(({ name }, index) => [name, rounded(lowest[index])] as const);
  return Object.fromEntries(timed.filter(([, milliseconds]) => Number.isFinite(milliseconds)));
}

const rounded = (milliseconds: number) => Number(milliseconds.toFixed(3));

/** The name without its parameter: `views` of `views-16`. */
function kinOf(name: string): string {
  return name.split('-', 1)[0];
}

function operandShapes(one: ConvolutionCase): number[][] {
  const { part, batch, height, width, inputChannels, filters, kernel, stride } = one;
  const input = [batch, height, width, inputChannels];
  const filter = [kernel, kernel, inputChannels, filters];
  const output = [batch, height / stride, width / stride, filters];
  if (part === 'forward') return [input, filter];
  return part === 'inputGradient' ? [filter, output] : [input, output];
}
