import type { Api } from "../kubernetes/api";
import { drain } from "../kubernetes/drain";
import { open, publishReport, type Report } from "../kubernetes/report";
import { kubernetesTimes } from "../kubernetes/times";
import { reportEverySeconds } from "../kubernetes/wave-round";
import { decideWorker, type WorkerMove } from "../kubernetes/worker-move";
import { say, sayOnce } from "../log";
import { readRollout } from "../rollout";
import { sleep } from "./loop";
import type { Configuring } from "./machine";
import { restartWatch, wantedRestart } from "./system-restart";
import { ran, type Run } from "./systemd";

const lookMs = 15_000;

/** A worker's part in roll-outs: it says on its node what it runs, and moves when masters have named it. */
export class WorkerRolling {
  private readonly wanted = restartWatch(() => wantedRestart(this.run));
  private said: { readonly text: string; readonly at: number } | undefined;
  /** An agent before this one may have closed the node. */
  private closed = true;

  constructor(
    private readonly machine: Configuring,
    private readonly api: Api,
    /** Seconds for which the kubelet was healthy without a break. */
    private readonly servesFor: () => number,
    private readonly run: Run = ran,
  ) {}

  /** One look, and what follows from it. @returns milliseconds until the next one */
  async round(): Promise<number> {
    const restart = await this.wanted();
    await this.report(restart);
    const step = await this.decide(restart);
    if (step.kind === "rest") {
      if (this.closed && this.machine.health.serves) this.closed = !(await open(this.api, this.machine.hostname));
      return lookMs;
    }
    if (this.machine.health.serves) {
      const { configured, hostname } = this.machine;
      const seconds = kubernetesTimes(configured.value.timerFactor).drain;
      this.closed = true;
      say("drained", { ...(await drain(this.api, hostname, seconds, { monotonic: () => performance.now(), sleep })) });
      // That took minutes: what was wanted then must still be.
      if (JSON.stringify(await this.decide(restart)) !== JSON.stringify(step)) return lookMs;
    }
    await this.move(step);
    return lookMs;
  }

  private async decide(restart: string | undefined): Promise<WorkerMove> {
    const { objects, configured, fellBack, instance, health } = this.machine;
    const read = await readRollout(objects, "worker");
    const now = objects.now();
    if (read.kind !== "found" || now === undefined) return { kind: "rest" };
    const step = decideWorker(read.value, { instance, runs: configured.digest, serves: health.serves, restart, now });
    // What did not come up here is not tried again: masters are told, and make it failed.
    return step.kind === "apply" && step.configuration === fellBack ? { kind: "rest" } : step;
  }

  private async report(restart: string | undefined): Promise<void> {
    const { objects, configured, fellBack, times, hostname } = this.machine;
    const now = objects.now();
    if (now === undefined) return;
    const own: Omit<Report, "at"> = {
      configuration: configured.digest,
      healthy: this.servesFor() >= times.healthy,
      ...(fellBack === undefined ? {} : { fellBack }),
      ...(restart === undefined ? {} : { restart }),
    };
    const text = JSON.stringify(own);
    if (this.said?.text === text && performance.now() - this.said.at < reportEverySeconds(times) * 1000) return;
    const failed = await publishReport(this.api, hostname, { ...own, at: new Date(now).toISOString() });
    if (failed === undefined) this.said = { text, at: performance.now() };
    sayOnce("report", { failed });
  }

  private async move(step: Exclude<WorkerMove, { kind: "rest" }>): Promise<void> {
    if (step.kind === "restart") {
      say("the machine starts again", { reason: step.reason });
      await this.run("systemctl", ["reboot"]);
      return;
    }
    say("starts again with another configuration", { from: this.machine.configured.digest, to: step.configuration });
    process.exit(0);
  }
}
