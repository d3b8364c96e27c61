/** A state vector that is read through a function, and whose changes are kept apart: who asks, and what changes, shows. */

export interface Overlay {
  /** Behaves as the vector, as far as components are read and written one by one. */
  readonly state: number[];
  /** By component. */
  readonly writes: ReadonlyMap<number, number>;
}

export function overlaid(read: (component: number) => number): Overlay {
  const writes = new Map<number, number>();
  const state = new Proxy<number[]>([], {
    get: (_target, name) => {
      const component = componentOf(name);
      return writes.get(component) ?? read(component);
    },
    set: (_target, name, value: number) => {
      writes.set(componentOf(name), value);
      return true;
    },
  });
  return { state, writes };
}

function componentOf(name: string | symbol): number {
  const component = typeof name === 'string' ? Number(name) : Number.NaN;
  if (Number.isInteger(component)) return component;
  throw new TypeError(`expected a component's number; found ${String(name)}`);
}
