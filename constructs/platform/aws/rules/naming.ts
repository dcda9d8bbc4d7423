import { leaveOut, use, type Problem } from "../../../spec/problems";
import { at } from "../../../spec/rules/rule";
import { partitionOf } from "../partition";
import { awsRule } from "../spec";

/** Load balancers may not be called `internal-…`, nor security groups `sg-…`; both names begin with that of the cluster. */
const keptPrefixes = ["internal-", "sg-"];

export const nameFree = awsRule("name-free", ["name"], ({ name }): Problem[] => {
  const kept = keptPrefixes.find((prefix) => name.startsWith(prefix));
  if (kept === undefined) return [];
  const path = at("name");
  return [{ path, value: name, rule: `does not start with ${kept}, which AWS keeps for itself`, fix: use(path, name.replace("-", "")) }];
});

export const tagsFree = awsRule("tags-free", ["tags"], ({ tags }) =>
  Object.keys(tags)
    .filter((key) => key.toLowerCase().startsWith("aws:"))
    .map((key): Problem => {
      const path = at("tags", key);
      return { path, value: tags[key], rule: "does not start with aws:, which AWS keeps for itself", fix: leaveOut(path) };
    }),
);

/** A resource takes 50 tags; the rest is for those that Coppice, Kubernetes and the autoscaler set. */
const MOST_TAGS = 40;

export const tagsFew = awsRule("tags-few", ["tags"], ({ tags }): Problem[] => {
  const keys = Object.keys(tags);
  if (keys.length <= MOST_TAGS) return [];
  const changes = keys.slice(MOST_TAGS).map((key) => ({ remove: at("tags", key) }));
  const rule = `holds at most ${MOST_TAGS} tags: AWS takes 50, and some are the cluster's own`;
  return [{ path: at("tags"), value: keys.length, rule, fix: { text: `keep the first ${MOST_TAGS}`, changes } }];
});

/** Owner of the images as an example: the account itself, which may copy them there. */
export const imageInPartition = awsRule("image-in-partition", ["placement"], ({ placement }): Problem[] => {
  const partition = partitionOf(placement.region);
  if (partition === "aws" || placement.image !== undefined) return [];
  const path = at("placement", "image");
  const image = { os: "flatcar", names: { amd64: "flatcar-stable", arm64: "flatcar-stable-arm64" }, owner: placement.account };
  const rule = `is required in ${partition}: the default images are published elsewhere`;
  return [{ path, value: undefined, rule, fix: use(path, image, "name images and their owner") }];
});
