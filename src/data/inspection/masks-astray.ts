import { agreement, bestOffset, boundaryLength, type Offset, type SceneEdges } from './edges';

/** Masks are tried in places so many pixels away. */
const REACH = 6;
/** How much better another place has to be. */
const BETTER = 1.1;
/** How many other masks each picture is held against, and how few tell nothing. */
const OTHERS = 12;
const FEWEST_OTHERS = 3;
/** By how many standard deviations of chance a mask that follows its picture and one that does not have to differ from the limit. */
const CERTAIN = 2;

/** What was found of one mask; agreements are multiples of that of other scenes' masks on the same picture. */
export interface MaskAssessment {
  /** `not assessed` where the mask has too little of a boundary for chance to be ruled out. */
  verdict: 'follows' | 'other scene' | 'shifted' | 'not assessed';
  /** NaN where there is nothing to compare. */
  agreement: number;
  /** Where it agrees better, of a mask that is shifted. */
  moved?: { offset: Offset; agreement: number };
}

export interface MaskAssessments {
  /** In the order of the scenes. */
  masks: readonly MaskAssessment[];
  /** What a mask that agrees less is taken for another scene's; NaN where none is assessed. */
  limit: number;
  /** Of other scenes' masks laid on the pictures that are assessed, the share that falls below the limit, 0 to 1. */
  power: number;
}

interface Compared {
  length: number;
  own: number;
  others: readonly { agreement: number; length: number }[];
}

/**
 * Tells masks that do not follow their pictures. What is to be expected is taken from the data set itself: half of its masks
 * agree more than `typical` times as well with their own picture as others' do, and how much others' scatter, by how long
 * their boundaries are, is chance. The limit lies halfway, on a scale of ratios; where chance could carry a mask across it,
 * as with few labels, nothing is said of it.
 *
 * @param scenes looked at in one height, in the order in which they were taken
 */
export function assessMasks(scenes: readonly SceneEdges[]): MaskAssessments {
  const compared = scenes.map((_, index) => compare(scenes, index));
  const known = compared.filter(({ own, others }) => others.length >= FEWEST_OTHERS && !Number.isNaN(own));
  const typical = median(known.map(({ own }) => own));
  const limit = Math.sqrt(typical);
  // Of a normal distribution, half lies within 0.6745 standard deviations.
  const scatter =
    median(
      known.flatMap(({ others }) => others.map((each) => Math.abs(Math.log(each.agreement)) * each.length ** 0.5)),
    ) / 0.6745;
  const isAssessed = ({ own, others, length }: Compared) =>
    others.length >= FEWEST_OTHERS && !Number.isNaN(own) && Math.log(limit) >= (CERTAIN * scatter) / Math.sqrt(length);
  const laid = compared.filter(isAssessed).flatMap(({ others }) => others);
  return {
    limit: laid.length === 0 ? Number.NaN : limit,
    power: laid.filter((other) => other.agreement < limit).length / laid.length,
    masks: compared.map((each, index) =>
      isAssessed(each) ? assessed(scenes[index], each.own, limit) : { verdict: 'not assessed', agreement: each.own },
    ),
  };
}

function assessed(edges: SceneEdges, own: number, limit: number): MaskAssessment {
  const { offset, agreement: best, halves } = bestOffset(edges, REACH);
  const gain = best / agreement(edges, edges);
  const isAway = Math.max(...offset.map(Math.abs)) > 1;
  const halvesAgree = halves.every((half) => half.every((value, axis) => Math.abs(value - offset[axis]) <= 1));
  if (isAway && halvesAgree && gain > BETTER && own * gain >= limit)
    return { verdict: 'shifted', agreement: own, moved: { offset, agreement: own * gain } };
  return { verdict: own < limit ? 'other scene' : 'follows', agreement: own };
}

function compare(scenes: readonly SceneEdges[], index: number): Compared {
  // Frames that follow each other in a film have nearly the same mask, so others are taken from all over the data set.
  const apart = Math.max(1, Math.floor(scenes.length / (OTHERS + 1)));
  const others = Array.from({ length: Math.min(OTHERS, scenes.length - 1) }, (_, step) => {
    const other = scenes[(index + (1 + step) * apart) % scenes.length];
    return { agreement: agreement(scenes[index], other), length: boundaryLength(other) };
  }).filter((other) => other.agreement > 0);
  const mean = others.reduce((sum, other) => sum + other.agreement, 0) / others.length;
  return {
    length: boundaryLength(scenes[index]),
    own: agreement(scenes[index], scenes[index]) / mean,
    others: others.map((other) => ({ ...other, agreement: other.agreement / mean })),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
}
