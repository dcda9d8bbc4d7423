import { CannotRun } from "../terraform/cannot-run";
import { answerOf, findProgram, type Environment } from "../terraform/find-program";

export interface Python {
  readonly program: string;
  readonly version: string;
}

const wayOut = "install Python 3.10 or later with its venv module";

export function findPython(env: Environment): Python {
  const program = findProgram(["python3", "python"], env);
  if (!program) throw new CannotRun("no python3 on PATH", wayOut);
  // Debian splits venv from Python: without ensurepip an environment comes without pip.
  const version = answerOf(program, ["-c", "import ensurepip, sys, venv; print('%d.%d.%d' % sys.version_info[:3])"], env)?.trim();
  if (!version) throw new CannotRun(`${program} has no venv or no ensurepip module`, wayOut);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major !== 3 || minor < 10) throw new CannotRun(`${program} is ${version}`, wayOut);
  return { program, version };
}
