/** A group as the model's metadata names it. */
export interface Group {
  name: string;
  color: readonly [red: number, green: number, blue: number];
}

/** The legend and the result in one: one row per group, with its colour, its share, and whether the overlay shows it. */
export class AreasTable {
  private readonly rows: { shown: HTMLInputElement; number: HTMLElement; bar: HTMLElement }[];

  /** @param onToggle called when a group is to be shown or hidden */
  constructor(body: HTMLElement, groups: readonly Group[], onToggle: () => void) {
    this.rows = groups.map(({ name, color }) => {
      const row = body.appendChild(document.createElement('tr'));
      const header = row.appendChild(document.createElement('th'));
      header.scope = 'row';
      const label = header.appendChild(document.createElement('label'));
      const shown = label.appendChild(document.createElement('input'));
      Object.assign(shown, { type: 'checkbox', checked: true });
      shown.addEventListener('change', onToggle);
      const swatch = label.appendChild(document.createElement('span'));
      swatch.className = 'swatch';
      swatch.style.backgroundColor = css(color);
      label.append(name);
      const number = row.appendChild(document.createElement('td'));
      number.className = 'number';
      const cell = row.appendChild(document.createElement('td'));
      cell.className = 'bar';
      const bar = cell.appendChild(document.createElement('div'));
      bar.style.backgroundColor = css(color);
      return { shown, number, bar };
    });
  }

  /** Whether the overlay shows each group. */
  get shown(): boolean[] {
    return this.rows.map(({ shown }) => shown.checked);
  }

  /** @param shares of the groups, 0 to 1 */
  fill(shares: readonly number[]): void {
    this.rows.forEach(({ number, bar }, group) => {
      number.textContent = percent(shares[group]);
      bar.style.width = `${100 * shares[group]}%`;
      bar.hidden = shares[group] === 0;
    });
  }
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

function css([red, green, blue]: Group['color']): string {
  return `rgb(${red} ${green} ${blue})`;
}
