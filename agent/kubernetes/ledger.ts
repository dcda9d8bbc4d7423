import type * as z from "zod";
import type { Api, ApiAnswer, ApiFailure } from "./api";
import { collections, configMap, pathOf } from "./objects";

export type Entries<T> = ReadonlyMap<string, T>;

export type Page<T> =
  | { readonly kind: "read"; readonly entries: Entries<T>; readonly version?: string }
  /** It holds something that no agent wrote. */
  | { readonly kind: "torn"; readonly reason: string }
  | ApiFailure;

/**
 * What masters must agree on before one of them acts: entries by name in a ConfigMap of kube-system, written whole and only
 * over what was read. It needs no leader: of two masters that decide at once, one loses the write and looks again.
 */
export class Ledger<T> {
  constructor(
    private readonly api: Api,
    readonly name: string,
    private readonly schema: z.ZodType<T>,
  ) {}

  async read(): Promise<Page<T>> {
    const answer = await this.api.get(pathOf.configMap(this.name), configMap);
    if (answer.kind === "absent") return { kind: "read", entries: new Map() };
    if (answer.kind !== "answered") return answer.kind === "conflict" ? { kind: "unavailable", reason: answer.reason } : answer;
    const entries = new Map<string, T>();
    for (const [name, text] of Object.entries(answer.value.data ?? {})) {
      const parsed = this.parse(text);
      if (parsed === undefined)
        return { kind: "torn", reason: `${name} in the ConfigMap kube-system/${this.name} is nothing that an agent wrote: delete it` };
      entries.set(name, parsed);
    }
    const version = answer.value.metadata.resourceVersion;
    return { kind: "read", entries, ...(version === undefined ? {} : { version }) };
  }

  write(entries: Entries<T>, version: string | undefined): Promise<ApiAnswer<unknown>> {
    const object = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: this.name, namespace: "kube-system", ...(version === undefined ? {} : { resourceVersion: version }) },
      data: Object.fromEntries([...entries].map(([name, entry]) => [name, JSON.stringify(entry)])),
    };
    return version === undefined ? this.api.create(collections.configMaps, object) : this.api.update(pathOf.configMap(this.name), object);
  }

  private parse(text: string): T | undefined {
    try {
      return this.schema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }
}
