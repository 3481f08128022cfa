import { type Html, html, joinHtml } from '../../html';
import type { ModelPart } from '../../model/summary';
import { MUTED_INK } from '../figures/figure';
import { type SvgDrawing, svgDocument, svgLegend, svgText } from './svg-drawing';

export interface NetworkDrawingOptions {
  title: string;
  /** Stages of the encoder whose weights were taken over from another model. */
  takenOver?: readonly number[];
}

interface Kind {
  label: string;
  fill: string;
  stroke: string;
}

const TAKEN_OVER: Kind = { label: 'encoder, weights taken over', fill: '#fde4e1', stroke: '#d00000' };
const RANDOM: Kind = { label: 'encoder, random weights', fill: '#ffe6f3', stroke: '#ff44aa' };
const OWN: Kind = { label: 'decoder and head, random weights', fill: '#eef1f6', stroke: MUTED_INK };
const JOINING: Kind = { label: 'without weights', fill: '#fbfcfd', stroke: '#aab0bd' };

const SIDE = 24;
const TOP = 64;
const CARD = { width: 86, height: 54 };
const STEP = { x: 100, y: 78 };
/** Between the line that comes from the encoder into a card, or leaves it, and the one from below. */
const PORT = 9;

/**
 * A network as its parts: each one step to the right of what it needs, and one down for each halving of the picture's sides.
 * So a U-Net is a U. Lines along one level that pass over others are what the encoder hands over.
 *
 * @returns a drawing whose text is outlined
 */
export function networkDrawing(
  parts: readonly ModelPart[],
  { title, takenOver = [] }: NetworkDrawingOptions,
): SvgDrawing {
  const places = placesOf(parts);
  const kindOf = ({ stage, parameters }: ModelPart) => {
    if (stage !== undefined) return takenOver.includes(stage) ? TAKEN_OVER : RANDOM;
    return parameters > 0 ? OWN : JOINING;
  };
  const width = Math.max(...[...places.values()].map(({ x }) => x)) + CARD.width + SIDE;
  const bottom = Math.max(...[...places.values()].map(({ y }) => y)) + CARD.height;
  const lines = parts.flatMap(({ part, inputs }) =>
    inputs.map((input) => connection(places.get(input)!, places.get(part)!)),
  );
  const cards = parts.map((each) => card(each, places.get(each.part)!, kindOf(each)));
  const kinds = [TAKEN_OVER, RANDOM, OWN, JOINING].filter((kind) => parts.some((each) => kindOf(each) === kind));
  const legend = svgLegend(
    kinds.map(({ label, stroke }) => ({ label, color: stroke })),
    SIDE,
    bottom + 20,
    width - 2 * SIDE,
  );
  const body = [svgText(title, SIDE, 36, { size: 18, weight: 600 }), ...lines, ...cards, ...legend.body];
  return svgDocument(width, bottom + 20 + legend.height + 14, `${title}: ${parts.map(described).join('; ')}`, body);
}

interface CardPlace {
  column: number;
  level: number;
  x: number;
  y: number;
}

function placesOf(parts: readonly ModelPart[]): Map<string, CardPlace> {
  const places = new Map<string, CardPlace>();
  for (const { part, shape, inputs } of parts) {
    const column = Math.max(0, ...inputs.map((input) => places.get(input)!.column + 1));
    const level = Math.round(Math.log2(parts[0].shape[0] / shape[0]));
    places.set(part, { column, level, x: SIDE + column * STEP.x, y: TOP + level * STEP.y });
  }
  return places;
}

/** Down or up by one step beside the card; further up below it; along a level straight. */
function connection(from: CardPlace, to: CardPlace): Html {
  const [middleX, middleY] = [CARD.width / 2, CARD.height / 2];
  const over = to.column - from.column > 1;
  const path = () => {
    if (to.level === from.level) {
      const y = from.y + middleY - (over ? PORT : 0);
      return `M${from.x + CARD.width} ${y}H${to.x}`;
    }
    if (to.level < from.level && over)
      return `M${from.x + CARD.width} ${from.y + middleY}H${to.x + middleX}V${to.y + CARD.height}`;
    const start = to.level > from.level ? from.y + CARD.height : from.y;
    return `M${from.x + middleX} ${start}V${to.y + middleY + PORT}H${to.x}`;
  };
  const dashed = over && to.level === from.level && html` stroke-dasharray="6 4"`;
  return html`<path d="${path()}" fill="none" stroke="${MUTED_INK}" stroke-width="1.5"${dashed}/>`;
}

function card({ part, shape, frozen }: ModelPart, { x, y }: CardPlace, { fill, stroke }: Kind): Html {
  const center = { anchor: 'middle', size: 11 } as const;
  const middle = x + CARD.width / 2;
  const [height, width, channels] = shape;
  return joinHtml([
    html`<rect x="${x}" y="${y}" width="${CARD.width}" height="${CARD.height}" rx="5" fill="${fill}" stroke="${stroke}" stroke-width="1.5"/>`,
    svgText(part, middle, y + 18, { ...center, size: 12, weight: 600 }),
    svgText(`${height} x ${width}`, middle, y + 33, { ...center, fill: MUTED_INK }),
    svgText(frozen ? `${channels}, frozen` : `${channels} channels`, middle, y + 47, { ...center, fill: MUTED_INK }),
  ]);
}

function described({ part, shape, inputs }: ModelPart): string {
  return `${part} ${shape.join('x')}${inputs.length > 0 ? ` from ${inputs.join(' and ')}` : ''}`;
}
