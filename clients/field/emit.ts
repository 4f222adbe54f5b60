// A small WebAssembly assembler: functions of i32 parameters over one memory, written in TypeScript, compiled at
// start-up. It exists so that no binary blob has to be trusted: every byte that runs comes from readable source.
// It knows nothing of fields. It must never become async: modules here are a few KB and compile synchronously.
import { unsignedLeb, type Code, type I32, type Kind, type Value } from './values.js';

/** The part of the WebAssembly API that is used (the TypeScript library has it only for browsers). */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Record<string, unknown> };
};
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const KIND_BYTE: Readonly<Record<Kind, number>> = { i32: 0x7f, i64: 0x7e };
const NO_BLOCK_TYPE = 0x40;
export const PAGE_BYTES = 65_536;

/** A local variable or parameter; itself an expression that reads it. */
export interface Local<K extends Kind> extends Value<K> {
  readonly index: number;
}

/** A function of the module under construction, to be called from others or exported. */
export interface Func {
  readonly index: number;
  readonly params: number;
  /** True when it returns an i32; none returns anything else. */
  readonly returns: boolean;
}

/** The body of one function: statements are appended by calling methods. */
export class Body {
  readonly params: readonly Local<'i32'>[];
  readonly #locals: Kind[] = [];
  readonly #frames: (number | Code)[][] = [[]];

  constructor(params: number) {
    this.params = Array.from({ length: params }, (_, i) => local('i32', i));
  }

  /** A parameter, by position. */
  param(position: number): Local<'i32'> {
    const found = this.params[position];
    if (found === undefined) throw new RangeError(`no parameter ${position}`);
    return found;
  }

  /** A new local, zero at entry. With `value`, set to it here. */
  local<K extends Kind>(kind: K, value?: Value<K>): Local<K> {
    const made = local(kind, this.params.length + this.#locals.length);
    this.#locals.push(kind);
    if (value !== undefined) this.set(made, value);
    return made;
  }

  set<K extends Kind>(target: Local<K>, value: Value<K>): void {
    this.#push(value.code, 0x21, unsignedLeb(target.index));
  }

  /** Stores four bytes: an i32, or the low half of an i64. */
  store32(address: I32, offset: number, value: Value<Kind>): void {
    const opcode = value.kind === 'i32' ? 0x36 : 0x3e;
    this.#push(address.code, value.code, opcode, 2, unsignedLeb(offset));
  }

  /** Stores eight bytes. */
  store64(address: I32, offset: number, value: Value<'i64'>): void {
    this.#push(address.code, value.code, 0x37, 3, unsignedLeb(offset));
  }

  /** Calls a function for its effect; an i32 that it returns is dropped. */
  call(func: Func, ...args: readonly I32[]): void {
    this.#push(callCode(func, args), ...(func.returns ? [0x1a] : []));
  }

  /** Leaves the function; with a value exactly when it was declared to return one. */
  return(value?: I32): void {
    this.#push(value?.code ?? [], 0x0f);
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    const yes = this.#inside(then);
    const no = otherwise === undefined ? [] : [0x05, this.#inside(otherwise)];
    this.#push(condition.code, 0x04, NO_BLOCK_TYPE, yes, ...no, 0x0b);
  }

  /** do { body } while (body's last word): `body` returns the condition of another round. */
  repeat(body: () => I32): void {
    let again: I32 | undefined;
    const inside = this.#inside(() => (again = body()));
    this.#push(0x03, NO_BLOCK_TYPE, inside, again?.code ?? [], 0x0d, 0, 0x0b);
  }

  /** Counts `counter` from `from` up to, not including, `to` (both signed; runs zero times if from >= to). */
  count(counter: Local<'i32'>, from: I32, to: I32, body: () => void): void {
    this.set(counter, from);
    this.if(lessThan(counter, to), () =>
      this.repeat(() => {
        body();
        this.set(counter, plus(counter, 1));
        return lessThan(counter, to);
      }),
    );
  }

  /** The finished function body in the binary format. */
  encode(): number[] {
    const groups = this.#locals.map((kind): Code => [1, KIND_BYTE[kind]]);
    const code = flatten([unsignedLeb(groups.length), groups, this.#frames[0] ?? [], 0x0b]);
    return [...unsignedLeb(code.length), ...code];
  }

  #push(...code: Code): void {
    this.#frames[this.#frames.length - 1]?.push(...code);
  }

  #inside(body: () => void): Code {
    this.#frames.push([]);
    body();
    return this.#frames.pop() ?? [];
  }
}

const local = <K extends Kind>(kind: K, index: number): Local<K> => ({
  kind,
  index,
  code: [0x20, ...unsignedLeb(index)],
});
const constant = (value: number): Code => [0x41, unsignedLebSmall(value)];
const lessThan = (a: I32, b: I32): I32 => ({ kind: 'i32', code: [a.code, b.code, 0x48] });
const plus = (a: I32, n: number): I32 => ({ kind: 'i32', code: [a.code, constant(n), 0x6a] });

/** Signed LEB128 of a number below 64, which is the number itself. */
function unsignedLebSmall(value: number): number {
  if (value < 0 || value > 63) throw new RangeError(`${value} is no small constant`);
  return value;
}

function callCode(func: Func, args: readonly I32[]): Code {
  if (args.length !== func.params) {
    throw new RangeError(`function ${func.index} takes ${func.params} arguments`);
  }
  return [args.map((arg) => arg.code), 0x10, unsignedLeb(func.index)];
}

/** The i32 that a returning function gives, as an expression (evaluated where it is used). */
export function callValue(func: Func, ...args: readonly I32[]): I32 {
  if (!func.returns) throw new RangeError(`function ${func.index} returns nothing`);
  return { kind: 'i32', code: callCode(func, args) };
}

function flatten(code: Code, out: number[] = []): number[] {
  for (const part of code) {
    if (typeof part === 'number') out.push(part);
    else flatten(part, out);
  }
  return out;
}

const named = (name: string): number[] => [
  ...unsignedLeb(name.length),
  ...Array.from(name, (letter) => letter.charCodeAt(0)),
];

function section(id: number, items: readonly Code[]): number[] {
  const content = flatten([unsignedLeb(items.length), items]);
  return [id, ...unsignedLeb(content.length), ...content];
}

/** What a built module offers: its exports by name, and its memory. */
export interface WasmInstance {
  readonly memory: WasmMemory;
  /** An exported function; throws a RangeError when the module exports none of that name. */
  entry(name: string): (...args: number[]) => number;
}

/** A module under construction: functions, static memory, exports. */
export class ModuleBuilder {
  readonly #functions: { readonly func: Func; readonly body: Body }[] = [];
  readonly #exports: Code[] = [];
  #reserved = 64; // offset 0 stays unused: an address of 0 is a mistake

  /** Offset of `bytes` of memory that this module owns from the start, zero-filled, 64-aligned. */
  reserve(bytes: number): number {
    const offset = this.#reserved;
    this.#reserved += Math.ceil(bytes / 64) * 64;
    return offset;
  }

  /** Bytes reserved so far: what follows is free for run-time allocation. */
  get reserved(): number {
    return this.#reserved;
  }

  /**
   * Adds a function of `params` i32 parameters. `write` gets its body and its parameters. With
   * `options.returns` every path must end in `body.return(value)`; with `options.name` it is exported.
   */
  func(
    params: number,
    write: (body: Body, ...args: Local<'i32'>[]) => void,
    options: { readonly returns?: boolean; readonly name?: string } = {},
  ): Func {
    const func = { index: this.#functions.length, params, returns: options.returns === true };
    const body = new Body(params);
    this.#functions.push({ func, body });
    write(body, ...body.params);
    if (func.returns) body.return({ kind: 'i32', code: constant(0) });
    if (options.name !== undefined) {
      this.#exports.push([named(options.name), 0x00, unsignedLeb(func.index)]);
    }
    return func;
  }

  /** The module in the WebAssembly binary format. */
  bytes(): Uint8Array {
    const signature = (func: Func): Code => [
      0x60,
      unsignedLeb(func.params),
      Array.from({ length: func.params }, () => KIND_BYTE.i32),
      func.returns ? [1, KIND_BYTE.i32] : [0],
    ];
    const pages = Math.ceil(this.#reserved / PAGE_BYTES);
    return Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, this.#functions.map(({ func }) => signature(func))), // prettier-ignore
      ...section(3, this.#functions.map(({ func }) => unsignedLeb(func.index))), // prettier-ignore
      ...section(5, [[0x00, unsignedLeb(pages)]]),
      ...section(7, [[named('memory'), 0x02, 0], ...this.#exports]),
      ...section(10, this.#functions.map(({ body }) => body.encode())), // prettier-ignore
    ]);
  }

  /** Compiles and instantiates, synchronously. */
  instantiate(): WasmInstance {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(this.bytes()));
    const memory = exports['memory'] as WasmMemory;
    const entry = (name: string): ((...args: number[]) => number) => {
      const found = exports[name];
      if (typeof found !== 'function') throw new RangeError(`the module exports no ${name}`);
      return found as (...args: number[]) => number;
    };
    return { memory, entry };
  }
}
