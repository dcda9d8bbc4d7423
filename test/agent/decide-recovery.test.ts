import { snapshot, formatted, restoring, lost2, table } from "./decision";
import {
  votes,
  disks,
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
  statuses,
  valid,
  vote,
} from "./observed";

describe("rows 13 and 14: too few disks", () => {
  const voted = { ...emptied, fence: vote(0, empty) };
  const hopeless = { disk: emptied, statuses: lost2 };
  table([
    ["not before T_q", { ...hopeless, quiet: 119 }, "wait"],
    ["a round is opened after it", { ...hopeless, quiet: 121 }, "open"],
    ["not while a seat does not report", { ...hopeless, statuses: statuses([empty, valid(1), undefined]), quiet: 1e6 }, "wait"],
    ["not on an old report", { ...hopeless, statuses: statuses([empty, valid(1), empty], 31), quiet: 1e6 }, "wait"],
    ["not while seats restore", { epoch: found({ ...restoring.value, joined: epoch.joined }), ...hopeless, quiet: 300 }, "wait"],
    [
      "a person names the absent",
      {
        ...hopeless,
        statuses: statuses([empty, valid(1), undefined]),
        quiet: 121,
        approval: { epoch: 3, absent: [{ seat: "etcd-2", disk: disks[2] }], by: "p", at: "2026-01-01T00:00:00Z" },
      },
      "open",
    ],
    [
      "who names all seats has named none",
      {
        ...hopeless,
        quiet: 121,
        approval: { epoch: 3, absent: disks.map((disk, seat) => ({ seat: `etcd-${seat}`, disk })), by: "p", at: "2026-01-01T00:00:00Z" },
      },
      "open",
    ],
    ["an open round is voted in", { ...hopeless, recovery: found(round("open")) }, "vote"],
    ["not by a member that has a quorum", { etcd: running, members: members(0, 1, 2), recovery: found(round("open")) }, "run"],
    [
      "not when enough disks are there",
      { etcd: running, recovery: found(round("open")), statuses: statuses([valid(0), valid(1), empty]) },
      "wait",
    ],
    ["a fenced vote is published", { disk: voted, recovery: found(round("open")) }, "publish"],
    ["who voted waits", { disk: voted, recovery: found(round("open")), votes: votes([empty]) }, "wait"],
    [
      "all votes in: proceed",
      { disk: voted, recovery: found(round("open")), votes: votes([empty, valid(1), empty]) },
      { kind: "close", as: "proceed" },
    ],
    [
      "enough disks voted: void",
      { disk: formatted({ fence: vote(0, valid(0)) }), recovery: found(round("open")), votes: votes([valid(0), valid(1), empty]) },
      { kind: "close", as: "void" },
    ],
    ["too late: void", { disk: voted, recovery: found(round("open", 7, now - 1)), votes: votes([empty]) }, { kind: "close", as: "void" }],
    [
      "another disk than the one that voted: void",
      { disk: emptied, recovery: found(round("open")), votes: votes([valid(0)]) },
      { kind: "close", as: "void" },
    ],
    ["void lifts the fence", { disk: voted, recovery: found(round("void")) }, "lift"],
    ["a later open round is voted in anew", { disk: voted, recovery: found(round("open", 8)) }, "vote"],
    ["proceed: whoever still runs stops", { etcd: running, recovery: found(round("proceed")) }, "stop"],
    [
      "proceed: the newest disk raises the epoch",
      {
        disk: formatted({ fence: vote(0, valid(0)) }),
        recovery: found(round("proceed")),
        votes: votes([valid(0), empty, empty]),
        statuses: statuses([valid(0), empty, empty]),
        snapshot,
      },
      { kind: "raise", from: "disk" },
    ],
    [
      "proceed: a newer snapshot goes before it",
      {
        disk: formatted({ fence: vote(0, valid(0)) }),
        recovery: found(round("proceed")),
        votes: votes([valid(0), empty, empty]),
        statuses: statuses([valid(0), empty, empty]),
        snapshot: { ...snapshot, revision: 95 },
      },
      { kind: "raise", from: { ...snapshot, revision: 95 } },
    ],
    [
      "proceed: a longer log of an earlier term is no newer",
      {
        disk: formatted({ fence: vote(0, valid(0)) }),
        recovery: found(round("proceed")),
        votes: votes([valid(0), empty, empty]),
        statuses: statuses([valid(0), empty, empty]),
        snapshot: { ...snapshot, term: 5, index: 90 },
      },
      { kind: "raise", from: { ...snapshot, term: 5, index: 90 } },
    ],
    [
      "proceed: a shorter log of a later term is",
      {
        disk: formatted({ fence: vote(0, valid(0)) }),
        recovery: found(round("proceed")),
        votes: votes([valid(0), empty, empty]),
        statuses: statuses([valid(0), empty, empty]),
        snapshot: { ...snapshot, term: 3, index: 110, revision: 95 },
      },
      { kind: "raise", from: "disk" },
    ],
    [
      "proceed: a disk with more of the same term is, whatever revision it has applied",
      {
        disk: formatted({ fence: vote(0, valid(0)) }),
        recovery: found(round("proceed")),
        votes: votes([valid(0), empty, empty]),
        statuses: statuses([valid(0), empty, empty]),
        snapshot: { ...snapshot, term: 4, index: 99, revision: 95 },
      },
      { kind: "raise", from: "disk" },
    ],
    [
      "proceed: others wait for the newest disk",
      { disk: voted, recovery: found(round("proceed")), votes: votes([empty, valid(1), empty]), statuses: lost2, snapshot },
      "wait",
    ],
    [
      "proceed: no disk, the snapshot",
      {
        disk: voted,
        recovery: found(round("proceed")),
        votes: votes([empty, empty, empty]),
        statuses: statuses([empty, empty, empty]),
        snapshot,
      },
      { kind: "raise", from: snapshot },
    ],
    [
      "proceed: nothing at all, and nothing was ever there",
      {
        epoch: found({ ...epoch, state: "bootstrapping" }),
        disk: voted,
        recovery: found(round("proceed")),
        statuses: statuses([empty, empty, empty]),
        snapshot: "none",
      },
      { kind: "raise", from: "nothing" },
    ],
    [
      "a later epoch: the old disk is moved aside, fence and all",
      { epoch: found({ ...epoch, number: 4, token: otherToken }), disk: formatted({ fence: vote(0, valid(0)) }) },
      "archive",
    ],
    ["then restored", { epoch: restoring, disk: emptied }, "restore"],
    [
      "then on record, then started",
      { epoch: restoring, disk: formatted({ marker: { ...marker, joined: undefined } }) },
      { kind: "join", as: "restored" },
    ],
    ["but never twice", { epoch: found({ ...restoring.value, joined: epoch.joined }), disk: emptied }, "wait"],
  ]);
});
