/**
 * Regions and the letters of their zones; on Google a letter is the same place for everybody. Most are a, b and c.
 * From a public copy of what `gcloud compute zones list` said in 2026; the list: https://cloud.google.com/compute/docs/regions-zones
 */
const withThree = [
  ...["africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3"],
  ...["asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2", "australia-southeast1", "australia-southeast2"],
  ...["europe-central2", "europe-north1", "europe-north2", "europe-southwest1", "europe-west10", "europe-west12", "europe-west2"],
  ...["europe-west3", "europe-west4", "europe-west6", "europe-west8", "europe-west9", "me-central1", "me-central2", "me-west1"],
  ...["northamerica-northeast1", "northamerica-northeast2", "northamerica-south1", "southamerica-east1", "southamerica-west1"],
  ...["us-east4", "us-east5", "us-south1", "us-west1", "us-west2", "us-west3", "us-west4"],
];

export const zoneLetters: Readonly<Record<string, string>> = {
  ...Object.fromEntries(withThree.map((region) => [region, "abc"])),
  "europe-west1": "bcd",
  "us-central1": "abcf",
  "us-east1": "bcd",
};

export const regions: readonly string[] = Object.keys(zoneLetters).sort();

export const zonesIn = (region: string): readonly string[] => [...(zoneLetters[region] ?? "")].map((letter) => `${region}-${letter}`);
