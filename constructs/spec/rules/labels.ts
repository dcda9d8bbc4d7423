import { leaveOut, type Change, type Path, type Problem } from "../problems";
import { at, rule } from "./rule";

/** Domains of Kubernetes in which a kubelet may label its own node, as the flag `--node-labels` takes them. */
const kubeletDomains = ["kubelet.kubernetes.io", "node.kubernetes.io"];
const kubernetesDomains = ["kubernetes.io", "k8s.io"];

const isIn = (domain: string, domains: readonly string[]): boolean => domains.some((one) => domain === one || domain.endsWith(`.${one}`));

/** `example.com/pool` in its two parts; the first is empty for keys of one's own. */
function partsOf(key: string): { readonly domain: string; readonly word: string } {
  const [word = "", domain = ""] = key.split("/").reverse();
  return { domain, word };
}

export const labelsOwn = rule("labels-own", ["workers"], ({ workers }) =>
  Object.entries(workers).flatMap(([pool, { labels }]) =>
    Object.keys(labels).flatMap((key): Problem[] => {
      const { domain, word } = partsOf(key);
      if (!isIn(domain, kubernetesDomains) || isIn(domain, kubeletDomains)) return [];
      const path = at("workers", pool, "labels", key);
      const rule = "stays outside kubernetes.io and k8s.io: a kubelet may not set it on its own node";
      const fix = word in labels ? leaveOut(path) : { text: `call it ${word}`, changes: [{ rename: path, to: word }] };
      return [{ path, value: key, rule, fix }];
    }),
  ),
);

/** Taints in these come and go with the state of a node; the controllers that keep them would take these away. */
const keptByControllers = ["node.kubernetes.io", "node.cloudprovider.kubernetes.io"];

export const taintsOwn = rule("taints-own", ["workers"], ({ workers }) =>
  eachTaint(workers, (taint, path) => {
    const { domain, word } = partsOf(taint.key);
    if (!isIn(domain, keptByControllers)) return [];
    const changes: Change[] = [{ set: [...path, "key"], to: word }];
    const rule = `stays outside ${domain}: controllers set and remove those taints`;
    return [{ path: [...path, "key"], value: taint.key, rule, fix: { text: `use ${JSON.stringify(word)}`, changes } }];
  }),
);

export const taintsDiffer = rule("taints-differ", ["workers"], ({ workers }) =>
  eachTaint(workers, (taint, path, all) => {
    const first = all.findIndex((one) => one.key === taint.key && one.effect === taint.effect);
    if (first === path.at(-1)) return [];
    return [{ path, value: taint, rule: "differs from the others in key or effect", fix: leaveOut(path) }];
  }),
);

type Pool = Parameters<typeof labelsOwn.check>[0]["workers"][string];
type Taint = Pool["taints"][number];

function eachTaint(
  workers: Readonly<Record<string, Pool>>,
  check: (taint: Taint, path: Path, all: readonly Taint[]) => readonly Problem[],
): readonly Problem[] {
  return Object.entries(workers).flatMap(([pool, { taints }]) =>
    taints.flatMap((taint, index) => check(taint, at("workers", pool, "taints", index), taints)),
  );
}
