import type { LoadedModules } from './loaded-modules';

interface Declaration {
  get: () => unknown;
  set?: (value: unknown) => void;
  /** It is what it is once the cell has ended. */
  constant?: boolean;
}

/** What cells leave for later ones: an object whose properties are the variables themselves, so that both see a change. */
export type CellScope = Record<string, unknown>;

export function emptyScope(): CellScope {
  return Object.create(null, { __esModule: { value: true } });
}

/** The names of one cell in the scope. */
export class CellDeclarations {
  private readonly declared = new Map<string, Declaration>();
  private readonly replaced = new Map<string, PropertyDescriptor | undefined>();
  /** Value of the cell's last expression. */
  result: unknown;

  /** What the compiled cell calls to declare its names. */
  readonly helpers = {
    declare: (declarations: Record<string, Declaration>) => this.declare(declarations),
    imported: (module: string, name: string) => importedValue(this.modules.load(module), name),
    result: (value: unknown) => {
      this.result = value;
    },
  };

  constructor(
    private readonly names: CellScope,
    private readonly modules: LoadedModules,
  ) {}

  private declare(declarations: Record<string, Declaration>): void {
    for (const [name, declaration] of Object.entries(declarations)) {
      const { get, set } = declaration;
      this.declared.set(name, declaration);
      this.replaced.set(name, Object.getOwnPropertyDescriptor(this.names, name));
      Object.defineProperty(this.names, name, { get, set, configurable: true, enumerable: true });
    }
  }

  /**
   * Ends the cell, however far it came: what it had not reached is again what it was before. Constants are kept by value,
   * so that nothing else of the cell stays in memory for them.
   *
   * @returns the names that it declared
   */
  end(): string[] {
    const reached = [...this.declared].filter(([name, declaration]) => {
      const value = reachedValue(declaration);
      if (value) {
        if (declaration.constant)
          Object.defineProperty(this.names, name, {
            value: value.value,
            writable: true,
            configurable: true,
            enumerable: true,
          });
        return true;
      }
      const before = this.replaced.get(name);
      if (before) Object.defineProperty(this.names, name, before);
      else delete this.names[name];
      return false;
    });
    this.replaced.clear();
    return reached.map(([name]) => name);
  }
}

/** Undefined while the variable's declaration has not been reached. */
function reachedValue({ get, constant, set }: Declaration): { value: unknown } | undefined {
  if (!constant && !set) return { value: undefined }; // an import: looked up when it is used
  try {
    return { value: get() };
  } catch {
    return undefined;
  }
}

/** What `import` makes of a CommonJS module, as TypeScript's `esModuleInterop` has it. */
function importedValue(module: unknown, name: string): unknown {
  const isModule = (module as { __esModule?: boolean } | undefined)?.__esModule === true;
  if (name === '*') return isModule ? module : { ...(module as object), default: module };
  if (name === 'default' && !isModule) return module;
  return (module as Record<string, unknown>)[name];
}
