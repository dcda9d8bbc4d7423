/**
 * Regions and the letters of their zones as a typical account sees them.
 * Letters are an account's own: the same letter is another building for another account, and older accounts may see
 * more. So they serve suggestions; a zone is refused only when its region is another one.
 * Codes: botocore 1.44.5, `data/partitions.json`. Letters: `aws ec2 describe-availability-zones`, as published.
 */
export const zoneLetters: Readonly<Record<string, string>> = {
  "af-south-1": "abc",
  "ap-east-1": "abc",
  "ap-east-2": "abc",
  "ap-northeast-1": "acd",
  "ap-northeast-2": "abcd",
  "ap-northeast-3": "abc",
  "ap-south-1": "abc",
  "ap-south-2": "abc",
  "ap-southeast-1": "abc",
  "ap-southeast-2": "abc",
  "ap-southeast-3": "abc",
  "ap-southeast-4": "abc",
  "ap-southeast-5": "abc",
  "ap-southeast-6": "abc",
  "ap-southeast-7": "abc",
  "ca-central-1": "abd",
  "ca-west-1": "abc",
  "cn-north-1": "abc",
  "cn-northwest-1": "abc",
  "eu-central-1": "abc",
  "eu-central-2": "abc",
  "eu-north-1": "abc",
  "eu-south-1": "abc",
  "eu-south-2": "abc",
  "eu-west-1": "abc",
  "eu-west-2": "abc",
  "eu-west-3": "abc",
  "il-central-1": "abc",
  "me-central-1": "abc",
  "me-south-1": "abc",
  "mx-central-1": "abc",
  "sa-east-1": "abc",
  "us-east-1": "abcdef",
  "us-east-2": "abc",
  "us-gov-east-1": "abc",
  "us-gov-west-1": "abc",
  "us-west-1": "ac",
  "us-west-2": "abcd",
};

export const regions: readonly string[] = Object.keys(zoneLetters);

/** The last letter that any region has: us-east-1 has six zones. */
const lastLetter = "f";

export function isZoneOf(region: string, zone: string): boolean {
  const letter = zone.slice(region.length);
  return zone.startsWith(region) && letter.length === 1 && letter >= "a" && letter <= lastLetter;
}
