/** Chooses the form of each convolution by timing all of them once for each shape, and remembers the choice on disk. */
import { backend } from './backend';
import { caseName } from './convolution-case';
import { type ConvolutionCase, type ConvolutionForm, convolutionForms, STOCK } from './convolution-forms';
import { Graph } from './graph';
import { GraphSession } from './graph-session';
import { NodeBuilder } from './node-builder';
import { tf } from './tensorflow';
import { TuningCache } from './tuning-cache';

/** Says in which form to compute a convolution. */
export interface FormChooser {
  formOf(one: ConvolutionCase): ConvolutionForm;
}

export class Autotuner implements FormChooser {
  constructor(private readonly cache = new TuningCache()) {}

  /**
   * The fastest form for a case on this machine. A case that is new is timed, which takes up to a second or two; that of
   * another batch of about the same size, as an epoch's last one is, goes by the one that is known.
   */
  formOf(one: ConvolutionCase): ConvolutionForm {
    const forms = convolutionForms(one);
    if (operations(one) < WORTHWHILE) return forms[0];
    const known = this.knownChoice(one);
    let form = forms.find(({ name }) => name === known?.form);
    if (!form) {
      const { content } = this.cache;
      const milliseconds = timeForms(one, forms, content.peak);
      form = fastest(forms, milliseconds);
      content.peak = Math.max(content.peak, operations(one) / (milliseconds[form.name] / 1000));
      content.choices[caseName(one)] = { form: form.name, milliseconds };
      this.cache.save();
    }
    return form;
  }

  private knownChoice(one: ConvolutionCase): { form: string } | undefined {
    const { batch } = one;
    const near = Array.from({ length: 2 * batch }, (_, index) => index + 1).filter((other) => 2 * other >= batch);
    near.sort((a, b) => Math.abs(a - batch) - Math.abs(b - batch));
    return near.map((other) => this.cache.content.choices[caseName({ ...one, batch: other })]).find(Boolean);
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

/** Rounds of timing after a first one that only warms up. */
const ROUNDS = 4;

/** Once a form has taken this many times the best form's time, it is out. */
const HOPELESS = 1.3;

/** In the first round, which also allocates; there it ends the form's kin as well, which differ from it by a parameter. */
const HOPELESS_AT_FIRST = 1.8;

/**
 * When TensorFlow's own form computes at this share of the fastest rate seen so far, no form can be clearly faster: that
 * would take nine tenths of the fastest rate.
 */
const AT_PEAK = 0.9 * CLEARLY;

/**
 * The lowest of several times of each form, measured in turns, so that a disturbance meets all of them.
 *
 * @param peak operations a second that some form of some case reached
 */
function timeForms(one: ConvolutionCase, forms: readonly ConvolutionForm[], peak: number): Record<string, number> {
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
  for (let round = 0; round <= 2; round += 1) time(0);
  if (operations(one) / (lowest[0] / 1000) < AT_PEAK * peak) {
    const best = () => Math.min(...lowest);
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
  }
  tf.dispose(values);
  session.dispose();
  const timed = forms.map(({ name }, index) => [name, Number(lowest[index].toFixed(3))] as const);
  return Object.fromEntries(timed.filter(([, milliseconds]) => Number.isFinite(milliseconds)));
}

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
