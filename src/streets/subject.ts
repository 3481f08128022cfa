import type { Random } from '../random';
import { mix, type Rgb, scale } from './color';
import type { Caster } from './shadow';
import type { Item, LinearGradient, Shape } from './svg';

/** Where a thing stands on the ground, and how much larger than usual it is. */
export interface Spot {
  readonly x: number;
  readonly z: number;
  /** Height of the ground, in metres. */
  readonly base: number;
  readonly size?: number;
}

/** What a thing adds to a scene. */
export interface Drawn {
  readonly item: Item;
  readonly caster: Caster;
}

/** Many things, in no order. */
export interface Things {
  readonly items: Item[];
  readonly casters: Caster[];
}

/** Some of them can be changed. */
export interface ChangeableThings extends Things {
  readonly subjects: Subject[];
}

/** A person on foot, or a pole with what it carries (lamp, sign, traffic light): small things that a scene can be asked to change. */
export interface Subject extends Drawn {
  readonly kind: 'person' | 'pole';
  readonly spot: Spot;
  /** Draws the very same thing at another place or in another size. */
  redraw(spot: Spot): Drawn;
}

/** What is done to one subject; all else in the scene stays as it is. */
export type Change =
  | { readonly kind: 'removed' }
  /** To another place, in metres: x to the right of the eye, z ahead; one that is not given stays. */
  | { readonly kind: 'moved'; readonly x?: number; readonly z?: number }
  /** Made so many times as large, its feet where they are. */
  | { readonly kind: 'scaled'; readonly by: number }
  /** Given one hue; what is light and dark about it stays. */
  | { readonly kind: 'recoloured'; readonly color: Rgb };

/** @param draw takes the same numbers from the stream wherever the thing stands, so that what is drawn after it stays as it is */
export function subject(
  kind: Subject['kind'],
  spot: Spot,
  draw: (spot: Spot, random: Random) => Drawn,
  random: Random,
): Subject {
  const again = random.clone();
  return { kind, spot, ...draw(spot, random), redraw: (other) => draw(other, again.clone()) };
}

/** @returns the subject after the change; null when it is taken out */
export function changed({ item, caster, spot, redraw }: Subject, change: Change): Drawn | null {
  switch (change.kind) {
    case 'removed':
      return null;
    case 'moved':
      return redraw({ ...spot, x: change.x ?? spot.x, z: change.z ?? spot.z });
    case 'scaled':
      return redraw({ ...spot, size: (spot.size ?? 1) * change.by });
    case 'recoloured':
      return { caster, item: { ...item, shapes: recoloured(item.shapes, change.color) } };
  }
}

/** Each colour becomes the given one, as much lighter or darker as it was than the thing's mean. */
function recoloured(shapes: readonly Shape[], color: Rgb): Shape[] {
  const colors = shapes.flatMap(({ fill, stroke }) => [
    ...(fill === null ? [] : 'stops' in fill ? fill.stops.map(([, stop]) => stop) : [fill]),
    ...(stroke ? [stroke.color] : []),
  ]);
  const mean = colors.reduce((sum, each) => sum + brightness(each), 0) / colors.length;
  // Half-way, so that the dark of hair and shoes keeps the colour visible.
  const recolor = (rgb: Rgb): Rgb => mix(color, scale(color, brightness(rgb) / mean), 0.5);
  const refill = (fill: Rgb | LinearGradient): Rgb | LinearGradient => {
    if (!('stops' in fill)) return recolor(fill);
    return { ...fill, stops: fill.stops.map(([offset, stop]) => [offset, recolor(stop)] as const) };
  };
  return shapes.map((shape) => ({
    ...shape,
    fill: shape.fill === null ? null : refill(shape.fill),
    ...(shape.stroke && { stroke: { ...shape.stroke, color: recolor(shape.stroke.color) } }),
  }));
}

/** As the eye weighs the channels (ITU-R BT.601). */
function brightness([red, green, blue]: Rgb): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
