import { formatted, bootstrapping, table } from "./decision";
import type { Observation } from "../../agent/observation";
import {
  absent,
  data,
  disks,
  down,
  emptied,
  empty,
  epoch,
  found,
  marker,
  members,
  otherToken,
  round,
  running,
  statuses,
  valid,
} from "./observed";

const leftFor = (disk: string) => ({ ...epoch, joined: [{ seat: "etcd-0", disk }, ...epoch.joined.slice(1)] });

const blank = (...names: string[]) => new Map(names.map((name) => [name, { fenced: false }]));
const unborn: Partial<Observation> = {
  epoch: absent,
  desired: "there",
  disk: formatted({ marker: { ...marker, known: undefined, joined: undefined }, data: { state: "empty" } }),
};

describe("the ordinary life of a seat", () => {
  table([
    ["a good disk starts", {}, "start"],
    ["a member that runs, runs on", { etcd: running, members: members(0, 1, 2) }, "run"],
    ["a blank volume is formatted", { disk: { volume: "blank", data: { state: "empty" } } }, "format"],
    ["without a volume it asks for one", { disk: { volume: "missing", data: { state: "empty" } } }, { kind: "wait", request: "volume" }],
    ["all seats of a new cluster there: bootstrap", { ...unborn, peers: blank("etcd-1", "etcd-2") }, "bootstrap"],
    ["a silent seat is waited for", { ...unborn, peers: blank("etcd-1"), quiet: 119 }, "wait"],
    ["but not for ever", { ...unborn, peers: blank("etcd-1"), quiet: 120 }, "bootstrap"],
    [
      "a seat without its volume says nothing",
      { ...unborn, peers: new Map([["etcd-1", { fenced: false, diskless: true }]]), quiet: 1e6 },
      "wait",
    ],
    ["one seat alone does not bootstrap", { ...unborn, quiet: 1e6 }, "wait"],
    [
      "nor does anyone who cannot tell whether the store was emptied",
      { ...unborn, peers: blank("etcd-1", "etcd-2"), desired: "unknown" },
      "wait",
    ],
    [
      "the epoch is on the disk before anything is done in it",
      { epoch: bootstrapping, disk: formatted({ marker: { ...marker, known: undefined, joined: undefined }, data: { state: "empty" } }) },
      "remember",
    ],
    ["a seat that never joined joins as new", { epoch: bootstrapping, disk: emptied }, { kind: "join", as: "new" }],
    ["one that has joined never does again", { epoch: found({ ...epoch, state: "bootstrapping" }), disk: emptied }, "wait"],
    [
      "a late one replaces its member",
      { epoch: found({ ...epoch, joined: [] }), disk: emptied, members: members(0, 1, 2), permitLeft: 800 },
      { kind: "replace", step: "remove" },
    ],
    [
      "the leader says that the epoch runs",
      { etcd: { ...running, leader: true }, epoch: found({ ...epoch, state: "bootstrapping" }), members: members(0, 1, 2) },
      "mark-running",
    ],
    [
      "a new seat adds itself",
      {
        seat: "etcd-3",
        disk: formatted({ ...emptied, marker: { ...marker, seat: "etcd-3", joined: undefined } }),
        members: members(0, 1, 2),
        permitLeft: 800,
      },
      "add-seat",
    ],
    [
      "a new seat waits for the others",
      { seat: "etcd-3", disk: formatted({ ...emptied, marker: { ...marker, seat: "etcd-3", joined: undefined } }), members: members(0, 1) },
      "wait",
    ],
  ]);
});

describe("what the machine itself keeps of its seat's disk", () => {
  const sighting = { disk: disks[0] ?? "", epoch: 3 };
  const another = { disk: disks[1] ?? "", epoch: 3 };
  table([
    ["is written before anything else", { sighting: "none" }, "remember"],
    ["and again with another disk or epoch", { sighting: { ...sighting, epoch: 2 } }, "remember"],
    ["then the seat goes on", { sighting }, "start"],
    [
      "not while the epoch is given up: this may be a disk that came back",
      { sighting: another, recovery: found(round("proceed")) },
      "wait",
    ],
    ["nor while votes are out", { sighting: another, recovery: found(round("open")) }, "start"],
    ["after a void round it is", { sighting: another, recovery: found(round("void")) }, "remember"],
    ["not of a disk that the seat has left for another", { sighting: another, epoch: found(leftFor(disks[1] ?? "")) }, "archive"],
    ["without the store, the same disk starts", { epoch: down, sighting }, "start"],
    ["another one does not", { epoch: down, sighting: another }, "wait"],
    ["nor the same one of an epoch before", { epoch: down, sighting: { ...sighting, epoch: 4 } }, "wait"],
    ["nor any on a machine that knows none", { epoch: down, sighting: "none" }, "wait"],
  ]);
});

describe("row 7: disk lost, quorum alive", () => {
  const own = members(0, 1, 2);
  const corrupt = formatted({ data: { state: "corrupt" } });
  const learner = own.map((member) => (member.id === "e0" ? { ...member, learner: true } : member));
  table([
    ["the permit first", { disk: emptied, members: own }, "acquire"],
    ["then remove", { disk: emptied, members: own, permitLeft: 800 }, { kind: "replace", step: "remove", member: "e0" }],
    [
      "a nameless leftover of the same address is removed as well",
      { disk: emptied, members: own.map((member) => (member.id === "e0" ? { ...member, name: "" } : member)), permitLeft: 800 },
      { kind: "replace", step: "remove", member: "e0" },
    ],
    ["then add", { disk: emptied, members: members(1, 2), permitLeft: 800 }, { kind: "replace", step: "add" }],
    ["then wait until in sync", { etcd: { ...running, inSync: false }, members: learner, permitLeft: 800 }, "wait"],
    ["then promote", { etcd: running, members: learner, permitLeft: 800 }, { kind: "replace", step: "promote" }],
    ["then give the permit back", { etcd: running, members: own, permitLeft: 700 }, "release"],
    ["with little of the permit left, more of it first", { disk: emptied, members: own, permitLeft: 50 }, "acquire"],
    [
      "never while another member is a learner",
      {
        disk: emptied,
        members: [...members(0, 1), { ...learner[0], id: "e9", name: "etcd-2", peerUrl: "x", learner: true, healthy: true }],
      },
      "wait",
    ],
    [
      "never when that would cost the quorum",
      { disk: emptied, members: members(0, 1, 2).map((member) => ({ ...member, healthy: member.id === "e1" })) },
      "wait",
    ],
    [
      "what cannot go on is given back",
      { disk: emptied, members: members(1, 2).map((member) => ({ ...member, healthy: member.id === "e1" })), permitLeft: 800 },
      "release",
    ],
    ["corrupt data are moved aside", { disk: corrupt, members: own }, "archive"],
    ["not as long as nothing could take their place", { disk: corrupt }, { kind: "wait", message: expect.stringContaining("corrupt") }],
    ["but in an epoch that the seat has not joined yet", { disk: corrupt, epoch: found({ ...epoch, joined: [] }) }, "archive"],
    ["data of a removed member are moved aside", { members: members(1, 2) }, "archive"],
    ["data of a disk that the seat had before are moved aside", { disk: formatted({ marker: { ...marker, disk: disks[1] } }) }, "archive"],
    ["data of an older epoch are moved aside", { disk: formatted({ data: { ...data, epoch: 2, token: otherToken } }) }, "archive"],
    ["a learner's disk waits for a quorum", { disk: formatted({ data: { ...data, voter: false } }) }, "wait"],
  ]);
});

describe("rows 11, 12 and 25: no quorum, disks there", () => {
  table([
    ["members that run wait, however long", { etcd: running, quiet: 1e6, statuses: statuses([valid(0), valid(1), undefined]) }, "wait"],
    ["also when a third seat is empty", { etcd: running, quiet: 1e6, statuses: statuses([valid(0), valid(1), empty]) }, "wait"],
    ["everything off and on: each starts its disk", { statuses: statuses([undefined, undefined, undefined]) }, "start"],
  ]);
});
