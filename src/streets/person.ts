import { labelNamed } from '../labels';
import type { Random } from '../random';
import type { Point2, Upright } from './camera';
import { type Rgb, scale } from './color';
import { type Stage, shadeRound } from './light';
import { type Outfit, pickOutfit } from './outfit';
import type { Item, Shape } from './svg';

const PERSON = labelNamed('person').id;

export interface PersonPlan {
  readonly x: number;
  readonly z: number;
  /** Height of the ground under the feet, and of the person, in metres. */
  readonly base: number;
  readonly height: number;
  /** Seen from the side (walking left or right), from behind or from the front. */
  readonly view: 'left' | 'right' | 'back' | 'front';
}

/** @returns somebody on foot, in the middle of a step. */
export function person(stage: Stage, plan: PersonPlan, random: Random): Item {
  const frame = stage.camera.upright(plan.x, plan.z, { base: plan.base });
  const outfit = pickOutfit(random);
  const figure = new Figure(stage, frame, plan.height, PERSON);
  if (plan.view === 'left' || plan.view === 'right') fromSide(figure, outfit, plan.view === 'left' ? -1 : 1, random);
  else fromFront(figure, outfit, plan.view === 'back', random);
  return { depth: plan.z, shapes: figure.shapes };
}

/** Draws limbs and trunks in body heights: (0, 0) is between the feet, (0, 1) the crown of the head. */
export class Figure {
  readonly shapes: Shape[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly frame: Upright,
    private readonly height: number,
    private readonly label: number,
  ) {}

  color(rgb: Rgb): Rgb {
    return shadeRound(this.stage.light, rgb, this.frame.z, 0.55);
  }

  limb(width: number, rgb: Rgb, ...points: readonly Point2[]): void {
    const path = this.frame.line(...this.metres(points));
    const stroke = { color: this.color(rgb), width: Math.max(0.7, width * this.height * this.frame.scale) };
    this.shapes.push({ label: this.label, path, fill: null, stroke });
  }

  trunk(rgb: Rgb, ...points: readonly Point2[]): void {
    const fill = this.color(rgb);
    const stroke = { color: fill, width: 0.03 * this.height * this.frame.scale };
    this.shapes.push({ label: this.label, path: this.frame.polygon(...this.metres(points)), fill, stroke });
  }

  disc(across: number, up: number, radius: number, radiusUp: number, rgb: Rgb): void {
    const { height } = this;
    const path = this.frame.ellipse(across * height, up * height, radius * height, radiusUp * height, 14);
    this.shapes.push({ label: this.label, path, fill: this.color(rgb) });
  }

  private metres(points: readonly Point2[]): Point2[] {
    return points.map(([across, up]) => [across * this.height, up * this.height]);
  }
}

function fromSide(figure: Figure, outfit: Outfit, direction: -1 | 1, random: Random): void {
  const stride = random.uniform(-0.5, 0.5);
  const at = (across: number, up: number): Point2 => [across * direction, up];
  const leg = (swing: number, darkness: number) => {
    const bend = swing < 0 ? 0.35 : 0.08;
    const knee = at(Math.sin(swing) * 0.25, 0.5 - Math.cos(swing) * 0.25);
    const ankle = at(
      Math.sin(swing) * 0.25 + Math.sin(swing - bend) * 0.23,
      0.27 - Math.cos(swing - bend) * 0.23 + 0.01,
    );
    const [ankleX, ankleY] = ankle;
    if (outfit.skirt) figure.limb(0.055, scale(outfit.skin, darkness), at(0, 0.5), knee, ankle);
    else figure.limb(0.085, scale(outfit.legs, darkness), at(0, 0.5), knee, ankle);
    figure.limb(0.045, outfit.shoes, ankle, [ankleX + 0.055 * direction, ankleY - 0.012]);
  };
  const arm = (swing: number, darkness: number) => {
    const elbow = at(Math.sin(swing) * 0.16, 0.79 - Math.cos(swing) * 0.16);
    const hand = at(Math.sin(swing) * 0.16 + Math.sin(swing + 0.4) * 0.14, 0.63 - Math.cos(swing + 0.4) * 0.14);
    figure.limb(0.055, scale(outfit.top, darkness), at(0, 0.79), elbow, hand);
    figure.disc(hand[0], hand[1], 0.026, 0.026, outfit.skin);
  };
  arm(stride, 0.75);
  leg(-stride, 0.75);
  leg(stride, 1);
  const hem = outfit.coat ? 0.36 : outfit.skirt ? 0.32 : 0.49;
  const flare = outfit.coat || outfit.skirt ? 0.085 : 0.06;
  if (outfit.skirt) figure.trunk(outfit.legs, at(-0.05, 0.55), at(0.05, 0.55), at(flare, hem), at(-flare, hem));
  const bottom = outfit.skirt ? 0.5 : hem;
  figure.trunk(
    outfit.top,
    at(-0.055, 0.81),
    at(0.045, 0.82),
    at(0.07, 0.68),
    at(outfit.coat ? flare : 0.055, bottom),
    at(outfit.coat ? -flare : -0.055, bottom),
  );
  if (outfit.bag) figure.trunk(outfit.bag, at(-0.13, 0.78), at(-0.06, 0.79), at(-0.06, 0.58), at(-0.13, 0.6));
  arm(-stride, 0.9);
  figure.limb(0.055, outfit.skin, at(0, 0.83), at(0.01, 0.87));
  figure.disc(-0.012 * direction, 0.93, 0.056, 0.062, outfit.hair);
  figure.disc(0.016 * direction, 0.912, 0.044, 0.058, outfit.skin);
  figure.disc(-0.002 * direction, 0.962, 0.05, 0.034, outfit.hair);
}

function fromFront(figure: Figure, outfit: Outfit, back: boolean, random: Random): void {
  const lift = random.uniform(0, 0.05);
  for (const [side, raised] of [
    [-1, 0],
    [1, lift],
  ]) {
    const legs = outfit.skirt ? outfit.skin : outfit.legs;
    figure.limb(
      outfit.skirt ? 0.055 : 0.08,
      scale(legs, side < 0 ? 0.88 : 1),
      [side * 0.045, 0.5],
      [side * 0.052, 0.27 + raised],
      [side * 0.05, 0.04 + raised],
    );
    figure.limb(0.05, outfit.shoes, [side * 0.05, 0.025 + raised], [side * 0.065, 0.02 + raised]);
  }
  if (outfit.skirt) figure.trunk(outfit.legs, [-0.07, 0.56], [0.07, 0.56], [0.1, 0.33], [-0.1, 0.33]);
  const hem = outfit.coat ? 0.35 : 0.48;
  for (const side of [-1, 1]) {
    const out = random.uniform(0.125, 0.16);
    figure.limb(0.055, scale(outfit.top, 0.86), [side * 0.1, 0.79], [side * out, 0.64], [side * (out - 0.01), 0.5]);
    figure.disc(side * (out - 0.01), 0.475, 0.026, 0.03, outfit.skin);
  }
  figure.trunk(
    outfit.top,
    [-0.105, 0.8],
    [-0.05, 0.83],
    [0.05, 0.83],
    [0.105, 0.8],
    [0.085, 0.6],
    [outfit.coat ? 0.105 : 0.085, hem],
    [outfit.coat ? -0.105 : -0.085, hem],
    [-0.085, 0.6],
  );
  if (outfit.bag && back) figure.trunk(outfit.bag, [-0.07, 0.79], [0.07, 0.79], [0.075, 0.57], [-0.075, 0.57]);
  figure.limb(0.06, outfit.skin, [0, 0.83], [0, 0.87]);
  figure.disc(0, 0.925, 0.05, 0.066, back ? outfit.hair : outfit.skin);
  if (!back) figure.disc(0, 0.96, 0.052, 0.036, outfit.hair);
}
