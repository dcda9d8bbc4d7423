import { leaveOut, type Path, type Problem } from "../problems";
import { at, rule, type Sections } from "./rule";

type Listed = Pick<Sections, "network" | "access" | "workers" | "repair" | "trust">;

/** Lists of texts in which an entry says the same the second time. */
function lists({
  network,
  access,
  workers,
  repair,
  trust,
}: Listed): readonly { readonly path: Path; readonly entries: readonly string[] }[] {
  return [
    { path: at("network", "dns"), entries: network.dns },
    { path: at("network", "ntp"), entries: network.ntp },
    { path: at("network", "proxy", "bypass"), entries: network.proxy?.bypass ?? [] },
    { path: at("access", "from"), entries: access.from },
    { path: at("trust"), entries: trust },
    ...Object.entries(workers).map(([pool, { alternatives }]) => ({ path: at("workers", pool, "alternatives"), entries: alternatives })),
    ...repair.windows.map((window, index) => ({ path: at("repair", "windows", index, "days"), entries: window.days })),
  ];
}

export const namedOnce = rule("named-once", ["network", "access", "workers", "repair", "trust"], (sections) =>
  lists(sections).flatMap(({ path, entries }) =>
    entries.flatMap((value, index): Problem[] => {
      const entry = [...path, index];
      return entries.indexOf(value) === index ? [] : [{ path: entry, value, rule: "is named once", fix: leaveOut(entry) }];
    }),
  ),
);
