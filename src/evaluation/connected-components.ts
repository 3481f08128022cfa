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

/** Neighbours in a row that hold the same value; it ends before `right`. */
interface Run {
  value: number;
  row: number;
  left: number;
  right: number;
}

/**
 * Finds the connected components of a map, in the order of their first pixels. Pixels that touch at corners hang together, so
 * that a thin slanting thing stays one. Runs of pixels are joined, not pixels (Rosenfeld and Pfaltz 1966; He et al. 2008).
 *
 * @param values [height, width]; neighbours of one value are one component
 * @param wanted values whose components are looked for
 */
export function connectedComponents(
  values: ArrayLike<number>,
  { width, height }: { width: number; height: number },
  wanted: readonly number[],
): Components {
  const map = new Int32Array(width * height).fill(-1);
  const components: Component[] = [];
  const runs = runsOf(values, { width, height }, new Set(wanted));
  const firsts = firstRuns(runs);
  /** Of each run, the component it belongs to. */
  const placed = new Int32Array(runs.length);
  runs.forEach(({ value, row, left, right }, index) => {
    // The first run of a component comes before the others.
    if (firsts[index] === index) {
      placed[index] = components.length;
      components.push({ value, area: 0, top: row, bottom: row, left, right });
    } else placed[index] = placed[firsts[index]];
    const component = components[placed[index]];
    component.area += right - left;
    component.bottom = row + 1;
    component.left = Math.min(component.left, left);
    component.right = Math.max(component.right, right);
    map.fill(placed[index], row * width + left, row * width + right);
  });
  return { map, components };
}

/** @returns row by row, from left to right */
function runsOf(
  values: ArrayLike<number>,
  { width, height }: { width: number; height: number },
  wanted: ReadonlySet<number>,
): Run[] {
  const runs: Run[] = [];
  for (let row = 0; row < height; row += 1) {
    const start = row * width;
    for (let left = 0; left < width; ) {
      const value = values[start + left];
      let right = left + 1;
      while (right < width && values[start + right] === value) right += 1;
      if (wanted.has(value)) runs.push({ value, row, left, right });
      left = right;
    }
  }
  return runs;
}

/** @returns of each run, the first run of its component, an index */
function firstRuns(runs: readonly Run[]): Int32Array {
  const parents = Int32Array.from(runs, (_, index) => index);
  const first = (run: number) => {
    while (parents[run] !== run) {
      parents[run] = parents[parents[run]];
      run = parents[run];
    }
    return run;
  };
  /** Of the runs above, the leftmost that this run or a later one of its row may touch. */
  let above = 0;
  runs.forEach(({ value, row, left, right }, index) => {
    while (runs[above].row < row - 1 || (runs[above].row === row - 1 && runs[above].right < left)) above += 1;
    for (let other = above; runs[other].row < row && runs[other].left <= right; other += 1) {
      if (runs[other].value !== value) continue;
      const [one, two] = [first(index), first(other)];
      parents[Math.max(one, two)] = Math.min(one, two);
    }
  });
  return parents.map((_, index) => first(index));
}
