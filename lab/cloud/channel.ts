/** Calls one of the other side's. @throws Error with what the other side threw, or when it is gone */
export type Remote<Theirs> = <Name extends keyof Theirs & string>(
  name: Name,
  argument: Theirs[Name] extends (argument: infer Argument) => unknown ? Argument : never,
) => Promise<Theirs[Name] extends (argument: never) => infer Result ? Awaited<Result> : never>;

/** The part of a process, or of a child, that sends and receives. */
export interface Port extends NodeJS.EventEmitter {
  readonly send?: (message: object) => boolean;
}

type Message =
  | { readonly id: number; readonly call: string; readonly argument: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (reason: Error) => void;
}

/** Joins two processes: each calls what the other offers. */
export function channel<Theirs>(port: Port, own: object): Remote<Theirs> {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const answer = async (id: number, call: string, argument: unknown): Promise<void> => {
    try {
      const offered = (own as Record<string, ((argument: unknown) => unknown) | undefined>)[call];
      if (!offered) throw new Error(`nobody offers ${call}`);
      port.send?.({ id, result: await offered(argument) });
    } catch (reason) {
      port.send?.({ id, error: reason instanceof Error ? reason.message : String(reason) });
    }
  };
  port.on("message", (message: Message) => {
    if ("call" in message) return void answer(message.id, message.call, message.argument);
    const asker = waiting.get(message.id);
    waiting.delete(message.id);
    if ("error" in message) asker?.reject(new Error(message.error));
    else asker?.resolve(message.result as never);
  });
  // One that has just ended takes no answer any more.
  port.on("error", () => undefined);
  port.once("disconnect", () => {
    waiting.forEach(({ reject }) => reject(new Error("the other process is gone")));
    waiting.clear();
  });
  return (call, argument) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      if (port.send?.({ id, call, argument }) !== undefined) return;
      waiting.delete(id);
      reject(new Error("the other process is gone"));
    });
}
