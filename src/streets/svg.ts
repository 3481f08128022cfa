import { PATH_UNITS, type Point2 } from './camera';
import { css, type Rgb } from './color';

/** A gradient along a line in picture coordinates. */
export interface LinearGradient {
  readonly from: Point2;
  readonly to: Point2;
  readonly stops: readonly (readonly [offset: number, color: Rgb])[];
}

/** One path of a scene. Shapes are painted in order, later ones over earlier ones. */
export interface Shape {
  /** Cityscapes label id in the mask; null for a detail that only the picture shows, such as a window or a shadow. */
  readonly label: number | null;
  /** Which of the things of that label it is part of, from 0; for those that Cityscapes counts one by one. */
  readonly instance?: number;
  /** Which of the scene's subjects it is part of, from 0. */
  readonly subject?: number;
  /** SVG path data as the camera writes it: in parts of a nominal pixel. */
  readonly path: string;
  /** Colour of the inside; null for a line, or for a shape that only the mask shows. */
  readonly fill: Rgb | LinearGradient | null;
  /** Outline with round joins and caps, in nominal pixels. */
  readonly stroke?: { readonly color: Rgb; readonly width: number };
  /** Of the inside. */
  readonly opacity?: number;
}

/** Shapes that are painted together, farthest items first. */
export interface Item {
  readonly depth: number;
  readonly shapes: readonly Shape[];
}

/** An instance id is the label's id times this plus a number, as in Cityscapes' `*_instanceIds.png`. */
export const INSTANCES_OF_LABEL = 1000;

export interface Canvas {
  readonly nominalWidth: number;
  readonly nominalHeight: number;
  readonly width: number;
  readonly height: number;
}

/** @returns the scene as it looks, anti-aliased. */
export function pictureSvg(shapes: readonly Shape[], canvas: Canvas): string {
  const definitions: string[] = [];
  const paths: string[] = [];
  for (const { path, fill, stroke, opacity } of shapes) {
    if (path === '' || (fill === null && !stroke)) continue;
    let paint = 'none';
    if (fill !== null && 'stops' in fill) {
      paint = `url(#g${definitions.length})`;
      definitions.push(gradient(fill, definitions.length));
    } else if (fill !== null) paint = css(fill);
    const line = stroke
      ? ` stroke="${css(stroke.color)}" stroke-width="${(stroke.width * PATH_UNITS).toFixed(1)}"`
      : '';
    // Not `opacity`: librsvg would paint each such path on a canvas of its own.
    const alpha = opacity === undefined ? '' : ` fill-opacity="${opacity.toFixed(3)}"`;
    paths.push(`<path d="${path}" fill="${paint}"${line}${alpha}/>`);
  }
  return svg(`<defs>${definitions.join('')}</defs>${paths.join('')}`, canvas, '');
}

/**
 * @returns the scene's mask: the same shapes without anti-aliasing, in flat colours whose red and green are the high and the
 *   low byte of the instance id: the label id, or a thousand times it plus the number of the thing. Blue is the number of
 *   the subject from 1, and 0 where there is none.
 */
export function maskSvg(shapes: readonly Shape[], canvas: Canvas): string {
  const paths = shapes
    .filter(({ label, path }) => label !== null && path !== '')
    .map(({ label, instance, subject, path, fill, stroke }) => {
      const id = instance === undefined ? label! : label! * INSTANCES_OF_LABEL + instance;
      const color = `rgb(${id >> 8},${id & 255},${subject === undefined ? 0 : subject + 1})`;
      const line = stroke ? ` stroke="${color}" stroke-width="${(stroke.width * PATH_UNITS).toFixed(1)}"` : '';
      const inside = fill === null && stroke ? 'none' : color;
      return `<path d="${path}" fill="${inside}"${line}/>`;
    });
  return svg(paths.join(''), canvas, ' shape-rendering="crispEdges"');
}

function gradient({ from, to, stops }: LinearGradient, index: number): string {
  const marks = stops.map(([offset, color]) => `<stop offset="${offset}" stop-color="${css(color)}"/>`).join('');
  const [x1, y1, x2, y2] = [...from, ...to].map((value) => Math.round(value * PATH_UNITS));
  return `<linearGradient id="g${index}" gradientUnits="userSpaceOnUse" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}">${marks}</linearGradient>`;
}

function svg(content: string, { nominalWidth, nominalHeight, width, height }: Canvas, rendering: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" preserveAspectRatio="none" ` +
    `viewBox="0 0 ${nominalWidth * PATH_UNITS} ${nominalHeight * PATH_UNITS}"><g stroke-linejoin="round" stroke-linecap="round"${rendering}>${content}</g></svg>`
  );
}
