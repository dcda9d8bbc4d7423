import { allowedDifferences } from "./allowed-differences";
import type { StackToTry } from "./cycle";
import { TerraformFailed, type Diagnostic } from "../terraform/diagnostics";
import { atLeast, exactly, reported, type Line } from "../measured/line";
import type { Plan } from "../terraform/plan";
import { describe, differences, notAllowed, type Difference } from "./plan";
import { protectedAddresses, refusedAddresses, shielded } from "./prevent-destroy";
import type { Step } from "./progress";
import { unknownArguments, type ProviderSchema } from "../terraform/provider-schema";
import type { StateResource } from "../terraform/terraform";
import { isGap, withoutArguments } from "./version-gaps";
import type { Workspace } from "./workspace";

/** The steps of one stack; each leaves its figures in the lines. */
export class CycleStack {
  private schema: ProviderSchema | undefined;
  private toAdd = 0;

  constructor(
    private readonly stack: StackToTry,
    private readonly workspace: Workspace,
    private readonly lines: Line[],
  ) {}

  prepare(): Step {
    const { terraform } = this.workspace;
    return this.step("init and validate", async (say) => {
      this.workspace.versionDifferences().forEach(say);
      const init = await terraform.init();
      this.schema = await terraform.providerSchema();
      this.closeVersionGaps(say);
      const validate = await terraform.validate();
      this.seconds("init", init.seconds);
      this.seconds("validate", validate.seconds);
    });
  }

  plan(): Step {
    return this.step("plan", async (say) => {
      const { plan, seconds } = await this.workspace.terraform.plan("first.plan");
      this.toAdd = resources(plan).length;
      const synthesized = Object.values(this.workspace.synthesized().resource ?? {}).flatMap((one) => Object.keys(one)).length;
      say(`${this.toAdd} resources to add`);
      this.lines.push(exactly(`${this.stack.name}: resources planned`, this.toAdd, "resources", synthesized));
      this.seconds("plan", seconds);
    });
  }

  apply(): Step {
    return this.step("apply", async (say) => {
      const { seconds } = await this.workspace.terraform.apply("first.plan", counting(say, this.toAdd));
      const held = (await this.state()).length;
      this.lines.push(exactly(`${this.stack.name}: resources applied`, held, "resources", this.toAdd));
      this.seconds("apply", seconds);
    });
  }

  planIsEmpty(ordinal: "second" | "third"): Step {
    return this.step(`${ordinal} plan is empty`, async (say) => {
      const { plan, seconds } = await this.workspace.terraform.plan(`${ordinal}.plan`);
      const found = differences(plan);
      if (found.length > 0) say(found.map(describe).join("\n"));
      const wrong = notAllowed(found, allowedDifferences).length;
      this.lines.push(exactly(`${this.stack.name}: differences in the ${ordinal} plan`, wrong, "resources", 0));
      this.seconds(`${ordinal} plan`, seconds);
    });
  }

  /**
   * Breaks something, looks whether the next plan would mend just that, and lets it.
   * @param harm gives the addresses of what it broke
   */
  mends(what: string, harm: (state: readonly StateResource[]) => Promise<readonly string[]>): Step {
    const { terraform } = this.workspace;
    return this.step(what, async (say) => {
      const broken = await harm(await this.state());
      const { plan, seconds } = await terraform.plan("mend.plan");
      const planned = notAllowed(differences(plan), allowedDifferences);
      say(planned.length === 0 ? "nothing is planned" : planned.map(describe).join("\n"));
      const wrong = planned.filter(({ address }) => !broken.includes(address)).length;
      const missed = broken.filter((address) => planned.every((one) => one.address !== address)).length;
      this.lines.push(exactly(`${this.stack.name}: ${what}: planned beside it, or not planned`, wrong + missed, "resources", 0));
      if (broken.length === 0) return;
      const { seconds: applying } = await terraform.apply("mend.plan", () => undefined);
      this.seconds(`${what}: plan and apply`, seconds + applying);
    });
  }

  /** Protects the applied stack, asks for its destroy, and takes the protection off again as an operator would. */
  refusesDestroy(): Step[] {
    const { protectedDir, dir, name } = this.stack;
    if (protectedDir === undefined) return [];
    return [
      this.step("destroy is refused while protected", async (say) => {
        await this.change(protectedDir, say);
        const wanted = protectedAddresses(this.workspace.synthesized());
        const diagnostics = await this.diagnosticsOfDestroy();
        const refused = refusedAddresses(diagnostics, wanted);
        const safe = shielded(refused, wanted, await this.state());
        const message = diagnostics.find(({ severity }) => severity === "error");
        if (message) say(`Terraform: ${message.summary}: ${message.detail ?? ""}`);
        say(`named: ${refused.join(", ")}`);
        this.lines.push(
          atLeast(`${name}: protected resources that Terraform names when it refuses the destroy`, refused.length, "resources", 1),
          exactly(`${name}: protected resources named or below a named one`, safe.length, "resources", wanted.length),
        );
      }),
      this.step("take the protection off", (say) => this.change(dir, say)),
    ];
  }

  destroy(): Step {
    const { terraform } = this.workspace;
    return this.step("destroy to an empty state", async (say) => {
      const { plan, seconds: planning } = await terraform.plan("destroy.plan", ["-destroy"]);
      const { seconds } = await terraform.apply("destroy.plan", counting(say, resources(plan).length));
      const left = await this.state();
      left.forEach(({ address }) => say(`left in the state: ${address}`));
      this.lines.push(exactly(`${this.stack.name}: left in the state after destroy`, left.length, "resources", 0));
      this.seconds("destroy", planning + seconds);
    });
  }

  async state(): Promise<readonly StateResource[]> {
    return (await this.workspace.terraform.state()).filter(({ mode }) => mode === "managed");
  }

  private async change(stackDir: string, say: (text: string) => void): Promise<void> {
    this.workspace.take(stackDir);
    this.closeVersionGaps(() => undefined);
    const { plan } = await this.workspace.terraform.plan("change.plan");
    const found = differences(plan);
    const replaced = found.filter(({ actions }) => actions.includes("delete")).map(describe);
    if (replaced.length > 0) throw new Error(`protection must not replace anything, but would: ${replaced.join("; ")}`);
    if (found.length > 0) await this.workspace.terraform.apply("change.plan", () => undefined);
    say(`${found.length} resources changed`);
  }

  private async diagnosticsOfDestroy(): Promise<readonly Diagnostic[]> {
    try {
      await this.workspace.terraform.plan("refused.plan", ["-destroy"]);
      return [];
    } catch (reason) {
      if (reason instanceof TerraformFailed) return reason.diagnostics;
      throw reason;
    }
  }

  private closeVersionGaps(say: (text: string) => void): void {
    const synthesized = this.workspace.synthesized();
    const unknown = unknownArguments(synthesized, this.schema ?? {});
    unknown.forEach((one) => say(`${isGap(one) ? "left out" : "UNKNOWN"}: ${one.address} ${one.path}, only the pinned provider has it`));
    const open = unknown.filter((one) => !isGap(one));
    if (open.length > 0) {
      const list = open.map(({ address, path }) => `  ${address} ${path}`).join("\n");
      throw new Error(
        `this provider version does not know\n${list}\nuse the pinned version, or name them in version-gaps.ts with a reason`,
      );
    }
    if (unknown.length > 0) this.workspace.replaceStack(withoutArguments(synthesized, unknown));
  }

  private seconds(what: string, value: number): void {
    this.lines.push(reported(`${this.stack.name}: ${what}`, value, "s"));
  }

  private step(title: string, run: Step["run"]): Step {
    return { title: `${this.stack.name}: ${title}`, run };
  }
}

function resources(plan: Plan): Difference[] {
  return differences(plan).filter(({ type }) => type !== "output");
}

/** Says every tenth of the way. */
function counting(say: (text: string) => void, all: number): (message: { readonly type?: string }) => void {
  let done = 0;
  return ({ type }) => {
    if (type !== "apply_complete") return;
    done += 1;
    if (done === all || done % Math.max(1, Math.ceil(all / 10)) === 0) say(`${done} of ${all}`);
  };
}

/** The cycle stopped; what was measured until then, and what broke inside the emulator. */
export class CycleFailed extends Error {
  constructor(
    override readonly cause: unknown,
    readonly lines: readonly Line[],
    tracebacks: readonly string[],
  ) {
    const inside = tracebacks.map((trace) => `\ninside the emulator: ${trace}`).join("");
    super(`${cause instanceof Error ? cause.message : String(cause)}${inside}`);
    this.name = "CycleFailed";
  }
}
