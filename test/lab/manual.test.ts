import { manualTakeover } from "../../lab/manual";

test.each([
  [1, 0, "systemctl disable --now coppice-agent.service"],
  [2, 1, "start_etcd() {"],
  [2, 2, "member list"],
  [2, 3, "snapshot save /var/lib/coppice/by-hand.db"],
  [4, 0, "LOST=etcd-1\n"],
  [4, 1, "put_aside"],
  [4, 2, "member promote"],
  [5, 0, "own_volume"],
  [5, 2, "node -e '\n"],
  [5, 4, "etcdutl snapshot restore"],
  [5, 5, "kube-apiserver.service"],
  [6, 0, "enable --now coppice-agent.service"],
])("section %i, block %i of the manual is the one that the lab pastes", (section, block, text) => {
  expect(manualTakeover()(section, block)).toContain(text);
});

test("a block that is not there is no empty step", () => {
  expect(() => manualTakeover()(1, 9)).toThrow("docs/manual-takeover.md has no shell block 10 in section 1");
});
