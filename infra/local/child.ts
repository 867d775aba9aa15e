// A child process that cannot outlive us: even after kill -9 the kernel closes our end of its pipe, and its watchdog notices.
import { type ChildProcess, spawn } from 'node:child_process';

/**
 * The shell starts the program beside a reader of the pipe from us: when the pipe ends, the program is killed. It leads its
 * own process group, so that Ctrl-C reaches us alone and we can end things in order.
 */
const watchdog = `
trap : TERM INT HUP
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
[ -z "$PID_FILE" ] || echo "$program" >"$PID_FILE"
{ read -r _ <&3; kill -KILL "$program"; } 2>/dev/null &
exec 3<&-
wait "$program"
code=$?
while kill -0 "$program" 2>/dev/null; do wait "$program"; code=$?; done
exit $code
`;

export type Child = {
  process: ChildProcess;
  exited: Promise<number | null>;
  /** Whoever has not ended after so long is killed. */
  stop: (signal?: NodeJS.Signals, endMsMax?: number) => Promise<void>;
};

export type ChildOptions = {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Where its output goes: read by us, or an open file. */
  output?: 'pipe' | 'inherit' | number;
  /** Where its process id is written, for whoever finds it alive later. */
  pidFile?: string;
};

const killGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
};

export const startChild = (program: string, args: readonly string[], options: ChildOptions = {}): Child => {
  const output = options.output ?? 'pipe';
  const child = spawn('sh', ['-c', watchdog, program, program, ...args], {
    stdio: ['pipe', output, output],
    detached: true,
    env: { ...(options.env ?? process.env), PID_FILE: options.pidFile ?? '' },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  // The watchdog may be gone before we close the pipe.
  child.stdin?.on('error', () => {});
  const exited = new Promise<number | null>((done) => {
    child.once('error', () => done(null));
    child.once('exit', (code) => done(code));
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM', endMsMax = 2000) => {
    killGroup(child, signal);
    const impatient = setTimeout(() => killGroup(child, 'SIGKILL'), endMsMax);
    await exited;
    clearTimeout(impatient);
  };
  return { process: child, exited, stop };
};
