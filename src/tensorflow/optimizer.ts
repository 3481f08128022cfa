import type { FloatNodes } from './float-nodes';
import type { Endpoint } from './graph';
import { integerPower } from './integer-power';
import type { tf } from './tensorflow';

/**
 * How variables follow from their gradients: stated operation by operation and as nodes of a graph, which have to agree but
 * for rounding.
 */
export interface Optimizer {
  /** Names of what it remembers of each variable between steps; of the variable's shape, zero at first. */
  readonly slots: readonly string[];
  /**
   * The numbers by which one step differs from another.
   *
   * @param step counted from 1
   */
  scalars(step: number, learningRate: number): OptimizerScalars;
  /** Updates one variable and its slots. */
  apply(update: VariableUpdate): void;
  /** Adds that update to a graph, and returns the node after which it is done. */
  addTo(nodes: FloatNodes, update: GraphUpdate): string;
}

export interface OptimizerScalars {
  /** Multiplied by a variable's learning-rate factor, each by its name. */
  rates: Readonly<Record<string, number>>;
  /** The same for all variables. */
  others?: Readonly<Record<string, number>>;
}

export interface VariableUpdate {
  variable: tf.Variable;
  gradient: tf.Tensor;
  slots: Readonly<Record<string, tf.Variable>>;
  /** Rates, times the variable's factor, and the others. */
  scalars: Readonly<Record<string, number>>;
  /** Whether weight decay is for this variable. */
  decayed: boolean;
}

export interface GraphUpdate {
  /** The variable's resource. */
  variable: Endpoint;
  /** Its value before the step. */
  value: Endpoint;
  gradient: Endpoint;
  /** Their resources. */
  slots: Readonly<Record<string, Endpoint>>;
  scalars: Readonly<Record<string, Endpoint>>;
  decayed: boolean;
  /** Nodes that read the variable. When all of them are done it is changed in place instead of copied. */
  readers: string[];
}

/** What an optimizer remembers between steps. */
export interface OptimizerState {
  /** Steps done. */
  steps: number;
  /** By the slot's name, in the order of the trained variables. */
  slots: Readonly<Record<string, tf.Tensor[]>>;
  /** Where variables are averaged: their averages, or what they were before these took their places. */
  averages?: tf.Tensor[];
}

/** All tensors of a state, slot after slot, then the averages. */
export function stateTensors({ slots, averages = [] }: OptimizerState): tf.Tensor[] {
  return [...Object.values(slots).flat(), ...averages];
}

/**
 * How far an exponential moving average goes towards the value after a step, as a share of the way: such that values count
 * `decay` times as much with each step that they lie back, and what the average was before the first does not count (Kingma &
 * Ba 2015, section 7.2).
 *
 * @param step counted from 1
 */
export function averageShare(decay: number, step: number): number {
  return (1 - decay) / (1 - integerPower(decay, step));
}
