import type { Ec2 } from "../../agent/cloud/ec2";
import { seatTag } from "../../constructs/spec/tag-names";
import { retiredTag, type Shelf } from "./shelf";

/**
 * Agents find a volume by the tag of their seat: without it, nobody takes it. It is detached without force: what still writes
 * to it ends first, and until then EC2 says that it is being detached.
 */
export function awsShelf(ec2: Ec2): Shelf {
  return {
    async putAside({ id, tags }) {
      const seat = (tags as Readonly<Record<string, string>> | undefined)?.[seatTag] ?? "";
      const of = { "ResourceId.1": String(id) };
      const steps = [
        ["CreateTags", { ...of, "Tag.1.Key": retiredTag, "Tag.1.Value": seat }],
        ["DeleteTags", { ...of, "Tag.1.Key": seatTag }],
        ["DetachVolume", { VolumeId: String(id) }],
      ] as const;
      for (const [action, parameters] of steps) {
        const done = await ec2(action, parameters);
        // It is in no machine.
        if (done.kind === "unknown" && !(action === "DetachVolume" && done.reason.includes("IncorrectState"))) return done;
      }
      return { kind: "known", value: "put aside" };
    },
  };
}
