import { leaveOut, use, type Change, type Fix, type Path, type Problem } from "../../../spec/problems";
import { at } from "../../../spec/rules/rule";
import { googleRule } from "../spec";

/** The cluster's name is in that of its bucket: https://cloud.google.com/storage/docs/buckets#naming */
export const bucketNameFree = googleRule("bucket-name-free", ["name"], ({ name }): Problem[] => {
  if (!/google|g00gle/.test(name)) return [];
  const path = at("name");
  const rule = "does not hold the word google: its bucket could not be called so";
  return [{ path, value: name, rule, fix: use(path, name.replace(/google|g00gle/g, "g")) }];
});

/** https://cloud.google.com/compute/docs/labeling-resources#requirements */
const labelKey = /^[a-z][a-z0-9_-]{0,62}$/;
const labelValue = /^[a-z0-9_-]{0,63}$/;
const asLabel = (text: string): string => text.toLowerCase().replace(/[^a-z0-9_-]+/g, "-");

export const labelsFit = googleRule("labels-fit", ["tags"], ({ tags }) =>
  Object.entries(tags).flatMap(([key, value]): Problem[] => {
    if (labelKey.test(key) && labelValue.test(value)) return [];
    const path = at("tags", key);
    const rule = "becomes a label, of small letters, digits, dashes and underscores";
    return [{ path, value, rule, fix: relabelled(path, key, value, tags) }];
  }),
);

function relabelled(path: Path, key: string, value: string, tags: Readonly<Record<string, string>>): Fix {
  const [newKey, newValue] = [asLabel(key), asLabel(value)];
  if (newKey !== key && newKey in tags) return leaveOut(path);
  const changes: Change[] = [{ set: path, to: newValue }, ...(newKey === key ? [] : [{ rename: path, to: newKey }])];
  return { text: `use ${newKey}: ${JSON.stringify(newValue)}`, changes };
}

export const labelsOwn = googleRule("labels-not-google", ["tags"], ({ tags }) =>
  Object.keys(tags)
    .filter((key) => key.startsWith("goog-"))
    .map((key): Problem => {
      const path = at("tags", key);
      return { path, value: tags[key], rule: "does not start with goog-, which Google keeps for itself", fix: leaveOut(path) };
    }),
);

/** A resource takes 64 labels; the rest is for those that Coppice, Kubernetes and Terraform set. */
const MOST_LABELS = 50;

export const labelsFew = googleRule("labels-few", ["tags"], ({ tags }): Problem[] => {
  const keys = Object.keys(tags);
  if (keys.length <= MOST_LABELS) return [];
  const changes = keys.slice(MOST_LABELS).map((key) => ({ remove: at("tags", key) }));
  const rule = `holds at most ${MOST_LABELS} tags: Google takes 64 labels, and some are the cluster's own`;
  return [{ path: at("tags"), value: keys.length, rule, fix: { text: `keep the first ${MOST_LABELS}`, changes } }];
});
