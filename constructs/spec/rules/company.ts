import { holds } from "../cidr";
import { leaveOut, type Fix, type Path, type Problem } from "../problems";
import { at, rule, type Sections } from "./rule";

interface Server {
  readonly path: Path;
  /** A name, an address or a URL. */
  readonly value: string;
  readonly fix: Fix;
}

/** What machines need before the first pod of the cluster runs. */
function servers({ network, access, mirror }: Pick<Sections, "network" | "access" | "mirror">): readonly Server[] {
  const { dns, ntp, proxy } = network;
  const entry = (list: "dns" | "ntp") => (value: string, index: number) => ({
    path: at("network", list, index),
    value,
    fix: leaveOut(at("network", list, index)),
  });
  const optional = (path: Path, value: string | undefined, whole = path): Server[] =>
    value === undefined ? [] : [{ path, value, fix: leaveOut(whole) }];
  return [
    ...dns.map(entry("dns")),
    ...ntp.map(entry("ntp")),
    ...optional(at("network", "proxy", "http"), proxy?.http, at("network", "proxy")),
    ...optional(at("network", "proxy", "https"), proxy?.https),
    ...optional(at("access", "oidc", "issuer"), access.oidc?.issuer, at("access", "oidc")),
    ...optional(at("mirror"), mirror),
  ];
}

const hostIn = (value: string): string => value.replace(/^https?:\/\//, "").replace(/[:/].*$/, "");

export const serversOutside = rule("servers-outside", ["network", "access", "mirror"], (sections) => {
  const { pods, services, domain } = sections.network;
  return servers(sections).flatMap(({ path, value, fix }): Problem[] => {
    const host = hostIn(value);
    const isAddress = /^\d+(\.\d+){3}$/.test(host);
    const inside = isAddress ? [pods, services].some((block) => holds(block, host)) : host.endsWith(`.${domain}`);
    return inside ? [{ path, value, rule: "stands outside the cluster: machines need it before the first pod runs", fix }] : [];
  });
});

/** Tags that tell machines, and people, what belongs to what. */
const ownTags = [/^coppice-/, /^Name$/, /^kubernetes\.io\//, /^k8s\.io\//, /^KubernetesCluster$/];

export const tagsOwn = rule("tags-own", ["tags"], ({ tags }) =>
  Object.keys(tags)
    .filter((key) => ownTags.some((own) => own.test(key)))
    .map((key): Problem => {
      const path = at("tags", key);
      return { path, value: tags[key], rule: "is a tag of one's own: Coppice and Kubernetes set this one", fix: leaveOut(path) };
    }),
);
