import { decide } from "../../agent/decide";
import type { Observation } from "../../agent/observation";
import { formatted, other, table } from "./decision";
import {
  absent,
  down,
  emptied,
  empty,
  epoch,
  found,
  marker,
  members,
  now,
  otherToken,
  round,
  running,
  seen,
  statuses,
  valid,
  vote,
} from "./observed";

describe("rows 24 and 26: the store", () => {
  table([
    ["down: a member runs on", { epoch: down, etcd: running }, "run"],
    ["down: a good disk starts", { epoch: down }, "start"],
    ["down: a fenced one does not", { epoch: down, disk: formatted({ fence: vote(0, valid(0)) }) }, "wait"],
    ["down: nor one that knows of a later epoch", { epoch: down, disk: formatted({ marker: { ...marker, known: other } }) }, "wait"],
    ["down: nor one whose peers do", { epoch: down, peers: new Map([["etcd-1", { known: other, fenced: false }]]) }, "wait"],
    [
      "down: nor one that was restored and is not on record",
      { epoch: down, disk: formatted({ marker: { ...marker, joined: undefined } }) },
      "wait",
    ],
    ["down: an empty disk waits", { epoch: down, disk: emptied }, "wait"],
    ["forbidden is no other than down", { epoch: { kind: "forbidden", reason: "403" }, etcd: running }, "run"],
    ["recovery unknown: a stopped seat waits", { recovery: down }, "wait"],
    ["without the permit nothing is removed", { disk: emptied, members: members(0, 1, 2) }, "acquire"],
  ]);
});

describe("what a person must do", () => {
  const halts: readonly (readonly [string, Partial<Observation>, string])[] = [
    [
      "torn epoch",
      { epoch: { kind: "torn", reason: "it is not JSON", version: "1", now } },
      "the object epoch in the store cannot be read (it is not JSON); look at its earlier versions and put the last good one back",
    ],
    [
      "torn recovery",
      { recovery: { kind: "torn", reason: "it is not JSON", version: "1", now } },
      "the object recovery in the store cannot be read (it is not JSON); put its last good version back",
    ],
    [
      "store of another cluster",
      { epoch: found({ ...epoch, cluster: "dev" }) },
      "the store holds the epoch of cluster dev, this is prod; correct the store's address",
    ],
    [
      "disk of another cluster",
      { disk: formatted({ marker: { ...marker, cluster: "dev" } }) },
      "the volume of etcd-0 belongs to cluster dev, this is prod; attach the right volume",
    ],
    [
      "disk of another seat",
      { disk: formatted({ marker: { ...marker, seat: "etcd-2" } }) },
      "the volume belongs to seat etcd-2, this is etcd-0; attach the right volume",
    ],
    [
      "garbage marker",
      { disk: formatted({ marker: "garbage" }) },
      "the marker on the volume of etcd-0 cannot be read; put the right volume in place, or empty this one",
    ],
    [
      "garbage fence",
      { disk: formatted({ fence: "garbage" }) },
      "the fence on the volume of etcd-0 cannot be read; see the manual takeover before anything is started",
    ],
    [
      "a volume in other use",
      { disk: { volume: "foreign", data: { state: "empty" } } },
      "the volume of etcd-0 holds data that no agent wrote; detach it, or empty it if nobody needs it",
    ],
    [
      "store emptied, own disk knows",
      { epoch: absent, disk: emptied },
      "the store has no epoch, but the disk of etcd-0 has one: the store was emptied; run coppice rebuild-store",
    ],
    [
      "store emptied, member runs on",
      { epoch: absent, etcd: running },
      "the store has no epoch, but the disk of etcd-0 has one: the store was emptied; run coppice rebuild-store",
    ],
    [
      "store emptied, a peer knows",
      { epoch: absent, disk: { volume: "blank", data: { state: "empty" } }, peers: new Map([["etcd-1", { known: other, fenced: false }]]) },
      "the store has no epoch, but etcd-1 has one on its disk: the store was emptied; run coppice rebuild-store",
    ],
    [
      "store emptied, and no disk here knows",
      { epoch: absent, desired: "absent", disk: { volume: "blank", data: { state: "empty" } } },
      "the store has neither an epoch nor desired/etcd: it was emptied; run coppice rebuild-store if any disk of the cluster is left, else apply the cluster's stack again",
    ],
    [
      "store rolled back",
      { epoch: found({ ...epoch, number: 2, token: otherToken }) },
      "the store names epoch 2, the disk of etcd-0 a later one: the store was rolled back; run coppice rebuild-store",
    ],
    [
      "another incarnation",
      { epoch: found({ ...epoch, token: otherToken }) },
      "the disk of etcd-0 belongs to another incarnation of epoch 3 than the store names; find out which one is the cluster's",
    ],
    [
      "another etcd cluster",
      { epoch: found({ ...epoch, clusterId: "c2" }) },
      "the disk of etcd-0 belongs to another incarnation of epoch 3 than the store names; find out which one is the cluster's",
    ],
    [
      "a peer of a later epoch",
      { peers: new Map([["etcd-1", { known: other, fenced: false }]]) },
      "etcd-1 knows another epoch than the store's 3; find out which one is the cluster's",
    ],
    [
      "a fence whose round is gone",
      { disk: formatted({ fence: vote(0, valid(0)) }) },
      "the disk is fenced by round 7 of votes, which the store does not know: the store was emptied or rolled back; run coppice rebuild-store",
    ],
    [
      "nothing left",
      {
        disk: { ...emptied, fence: vote(0, empty) },
        recovery: found(round("proceed")),
        statuses: statuses([empty, empty, empty]),
        snapshot: "none",
      },
      "no disk holds data of epoch 3 and there is no verified snapshot; bring a snapshot, or start anew with coppice rebuild-store",
    ],
  ];
  test.each(halts)("%s", (_name, different, message) => {
    expect(decide(seen(different))).toEqual({ kind: "halt", message });
  });
});
