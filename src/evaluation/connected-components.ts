/** A part of a map that hangs together. */
export interface Component {
  /** What all its pixels hold. */
  value: number;
  /** In pixels. */
  area: number;
  /** Of its bounding box, in pixels; the box ends before `bottom` and `right`. */
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export interface Components {
  /** [height, width], the component of each pixel, an index; -1 where none is wanted. */
  map: Int32Array;
  components: Component[];
}

/** 4: pixels touch along edges; 8: at corners too, so that a thin slanting thing stays one. */
export type Connectivity = 4 | 8;

/**
 * Finds the connected components of a map, in the order of their first pixels.
 *
 * @param values [height, width]; neighbours of one value are one component
 * @param wanted whether a value's components are looked for; all by default
 */
export function connectedComponents(
  values: ArrayLike<number>,
  { width, height }: { width: number; height: number },
  { connectivity = 8, wanted = () => true }: { connectivity?: Connectivity; wanted?: (value: number) => boolean } = {},
): Components {
  const map = new Int32Array(width * height).fill(-1);
  const components: Component[] = [];
  const waiting: number[] = [];
  for (let start = 0; start < map.length; start += 1) {
    if (map[start] >= 0 || !wanted(values[start])) continue;
    const component: Component = { value: values[start], area: 0, top: height, bottom: 0, left: width, right: 0 };
    map[start] = components.length;
    waiting.push(start);
    while (waiting.length > 0) {
      const pixel = waiting.pop()!;
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      extend(component, row, column);
      for (let nextRow = Math.max(0, row - 1); nextRow <= Math.min(height - 1, row + 1); nextRow += 1)
        for (let next = Math.max(0, column - 1); next <= Math.min(width - 1, column + 1); next += 1) {
          if (connectivity === 4 && nextRow !== row && next !== column) continue;
          const neighbour = nextRow * width + next;
          if (map[neighbour] >= 0 || values[neighbour] !== component.value) continue;
          map[neighbour] = components.length;
          waiting.push(neighbour);
        }
    }
    components.push(component);
  }
  return { map, components };
}

/** Takes a pixel into a component. */
export function extend(component: Component, row: number, column: number): void {
  component.area += 1;
  component.top = Math.min(component.top, row);
  component.bottom = Math.max(component.bottom, row + 1);
  component.left = Math.min(component.left, column);
  component.right = Math.max(component.right, column + 1);
}
